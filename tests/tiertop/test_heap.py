# SPDX-License-Identifier: GPL-2.0-or-later
"""The heap of a live process: one of libtiermalloc.so's name is mapped here, with a page as the
library writes it."""

from __future__ import annotations

import csv
import ctypes
import io
import json
import mmap
import os
import struct
import tempfile
import unittest
from pathlib import Path

from tool import tiertop

PLAIN, PARTED = 1, 3  # enum heap_state
TEXT_AT = 16 + 4 * 4 + 4 * (32 + 128) + 6 * 16 + 3 * 8  # struct heap_page
SPEC = 'limit:node:0="4096"'


def page(state: int, text: str) -> bytes:
    """The head and the text of struct heap_page; the figures between are 0."""
    head = b"tiermalloc page\0" + struct.pack("<4I", 2, state, 0, 0)
    return head.ljust(TEXT_AT, b"\0") + text.encode() + b"\0"


class Heap(unittest.TestCase):
    """Each stream has it."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = Path(folder.name) / "libtiermalloc.so"
        path.write_bytes(bytes(4 * 4096))
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0, flags=mmap.MAP_PRIVATE)
        self.addCleanup(self.map.close)
        # Where Yama allows a parent only, it must be told that a child may look, too.
        ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1))

    def put(self, state: int, text: str) -> None:
        """Write the page, which is not the first one."""
        written = page(state, text)
        self.map[2 * 4096:2 * 4096 + len(written)] = written

    def mine(self, *words: str) -> str:
        """What is said of this process."""
        done = tiertop("--no-config", "--once", "--cpu", "5000", *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        if "--csv" in words:
            rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
        else:
            rows = json.loads(done.stdout)["processes"]
        return next(row["heap"] for row in rows if int(row["pid"]) == os.getpid())

    def test_its_spec(self) -> None:
        self.put(PARTED, SPEC)
        self.assertEqual(self.mine("--json"), SPEC)
        self.assertEqual(self.mine("--csv"), SPEC)

    def test_plain(self) -> None:
        self.put(PLAIN, "TIER_HEAP: column 1: no")
        self.assertEqual(self.mine("--json"), "plain")

    def test_none(self) -> None:
        self.assertEqual(self.mine("--json"), "")

    def test_record_and_replay(self) -> None:
        self.put(PARTED, SPEC)
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/heap.jsonl"
            self.mine("--json", "--record", path)
            self.assertEqual(self.mine("--json", "--replay", path), SPEC)


if __name__ == "__main__":
    unittest.main()
