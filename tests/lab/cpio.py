# SPDX-License-Identifier: GPL-2.0-or-later
"""Write cpio archives (format "newc", what the kernel unpacks as its first file system).

Knows nothing of what is put in. Owners are root, times are 0 and inode numbers count up, so
that equal content makes an equal archive, and no privilege is needed to make one.
"""

from __future__ import annotations

import stat
from typing import BinaryIO


class Archive:
    """One archive being written; directories above an entry are made by themselves."""

    def __init__(self, out: BinaryIO) -> None:
        self.out = out
        self.inode = 0
        self.seen: set[str] = set()

    def _entry(self, name: str, mode: int, data: bytes = b"",
               rdev: tuple[int, int] = (0, 0)) -> None:  # fmt: skip
        self.inode += 1
        encoded = name.encode() + b"\0"
        fields = (self.inode, mode, 0, 0, 1, 0, len(data), 0, 0, *rdev, len(encoded), 0)
        head = b"070701" + b"".join(b"%08X" % value for value in fields) + encoded
        self.out.write(head + b"\0" * (-len(head) % 4) + data + b"\0" * (-len(data) % 4))
        self.seen.add(name)

    def _parents(self, name: str) -> None:
        parts = name.split("/")[:-1]
        for depth in range(1, len(parts) + 1):
            self.directory("/".join(parts[:depth]))

    def directory(self, name: str) -> None:
        name = name.strip("/")
        if name and name not in self.seen:
            self._parents(name)
            self._entry(name, stat.S_IFDIR | 0o755)

    def file(self, name: str, data: bytes, mode: int = 0o644) -> None:
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFREG | mode, data)

    def symlink(self, name: str, target: str) -> None:
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFLNK | 0o777, target.encode())

    def device(self, name: str, major: int, minor: int) -> None:
        """A character device node."""
        name = name.strip("/")
        self._parents(name)
        self._entry(name, stat.S_IFCHR | 0o600, rdev=(major, minor))

    def close(self) -> None:
        """Write the trailer and pad, so that another archive may follow."""
        self._entry("TRAILER!!!", 0)
        self.out.write(b"\0" * (-self.out.tell() % 512))
