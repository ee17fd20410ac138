# SPDX-License-Identifier: GPL-2.0-or-later
"""How soon the first screen of a program is on a terminal, how long a key waits for it, and what
memory it has.

Knows no program: it is told what the last word of a screen is, and which key changes one.
"""

from __future__ import annotations

import fcntl
import os
import pty
import resource
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

ROWS, COLUMNS = 30, 100
SECONDS = 60  # for a first screen
PAUSE = 0.037  # between keys, so that they fall anywhere into a refresh


class Screen:
    """A program on a pseudo-terminal."""

    def __init__(self, command: list[str], descriptors: int) -> None:
        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))

        self.master, slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self.began = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
            env={**os.environ, "TERM": "xterm-256color"}, preexec_fn=limit)
        os.close(slave)

    def read(self, seconds: float) -> bytes:
        """What is there within that time."""
        if not select.select([self.master], [], [], seconds)[0]:
            return b""
        return os.read(self.master, 1 << 16)

    def first_ms(self, last_word: bytes) -> float:
        """Until that word was there, from its start on."""
        seen = b""
        while last_word not in seen:
            more = self.read(SECONDS)
            if not more:
                raise RuntimeError(f"no screen within {SECONDS} s: {seen[-200:]!r}")
            seen += more
        return 1e3 * (time.monotonic() - self.began)

    def waits_ms(self, key: bytes, count: int) -> list[float]:
        """Until something changed on the screen, for each of so many keys."""
        waits = []
        for _ in range(count):
            time.sleep(PAUSE)
            while self.read(0):
                pass
            began = time.monotonic()
            os.write(self.master, key)
            self.read(SECONDS)
            waits.append(1e3 * (time.monotonic() - began))
        return waits

    def most_mib(self) -> float:
        """The most memory that it has had until now (VmHWM, proc(5))."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        os.close(self.master)
