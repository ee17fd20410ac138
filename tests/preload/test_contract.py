# SPDX-License-Identifier: GPL-2.0-or-later
"""The C library's promises under every kind of heap, and random calls against them."""

from __future__ import annotations

import subprocess
import tempfile
import unittest
from pathlib import Path

from heap import BIN, HEAPS, run

HERE = Path(__file__).resolve().parent

# Modes of mbind(2).
BIND, INTERLEAVE, PREFERRED_MANY = 2, 3, 5


class Contract(unittest.TestCase):
    """What a program can notice of its allocator."""

    maxDiff = None

    def test_as_the_c_library(self) -> None:
        """Sizes, alignments and errno are answered as without a preload."""
        plain = run(None, BIN / "heap_contract")
        self.assertEqual(plain.returncode, 0)
        self.assertGreater(len(plain.stdout.splitlines()), 50)
        for heap in HEAPS:
            with self.subTest(heap=heap):
                ours = run(heap, BIN / "heap_contract")
                self.assertEqual(ours.stdout, plain.stdout)
                self.assertEqual(ours.stderr, "")

    def test_as_jemalloc(self) -> None:
        """A program that is linked with jemalloc finds jemalloc's own calls, of the same heap."""
        for heap in HEAPS:
            command = (BIN / "heap_jemalloc", "" if "limit" in heap else "own")
            plain = run(None, *command)
            self.assertGreater(len(plain.stdout.splitlines()), 30)
            with self.subTest(heap=heap):
                ours = run(heap, *command)
                self.assertEqual((ours.stdout, ours.stderr, ours.returncode),
                                 (plain.stdout, "", 0))

    def test_before_constructors(self) -> None:
        """Who allocates before any library's constructor has run."""
        for heap in HEAPS:
            with self.subTest(heap=heap):
                ours = run(heap, BIN / "heap_ends", "early", TIER_HEAP_STATS="1")
                self.assertEqual(ours.stdout, "0 bad\n")
                self.assertRegex(ours.stderr, "^tiermalloc: heap (placed|parted): " if heap else
                                              "^tiermalloc: heap plain, ")

    def test_operators(self) -> None:
        """C++'s new and delete in all forms, also where another allocator has some, too."""
        for other in ([], ["-ljemalloc"]):
            with tempfile.TemporaryDirectory() as folder:
                program = Path(folder) / "operators"
                subprocess.run(["c++", "-std=c++17", "-O1", "-faligned-new",
                                "-Wno-alloc-size-larger-than", "-o", program,
                                HERE / "operators.cpp", *other], check=True)
                plain = run(None, program)
                self.assertIn("too large: bad_alloc", plain.stdout)
                for heap in HEAPS:
                    with self.subTest(heap=heap, other=other):
                        ours = run(heap, program)
                        self.assertEqual((ours.stdout, ours.stderr, ours.returncode),
                                         (plain.stdout, "", 0))

    def test_random_calls(self) -> None:
        """Contents, alignment, sizes, tiers, with blocks freed by other threads."""
        for heap, (boundary, tiers) in HEAPS.items():
            for seed in (1, 2):
                with self.subTest(heap=heap, seed=seed):
                    ours = run(heap, BIN / "heap_property", str(seed), "20000",
                               str(boundary), str(tiers))
                    self.assertEqual((ours.stdout, ours.stderr), ("0 failures\n", ""))

    def test_explicit(self) -> None:
        """Programs that choose for a thread, or for a mapping of theirs."""
        for heap, words in {
                "": (0, 0, 0),
                "prefer:node:0": (0, 0, PREFERRED_MANY),
                "bind:node:0": (0, 0, BIND),
                "interleave:node:0": (0, 0, INTERLEAVE),
                "prefer:node:0;limit:node:0=200M": (1, 0, PREFERRED_MANY),
                "ratio:node:0=3,node:0-0=1": (2, 3, PREFERRED_MANY),
                "ratio:node:0=3,node:0-0=1;limit:node:0=1G": (2, 3, PREFERRED_MANY),
                "threshold:4K:node:0<node:0-0": (2, 4096, PREFERRED_MANY),
                "threshold:30K:node:0<node:0-0": (2, 30 << 10, PREFERRED_MANY),
                "threshold:1T:node:0<node:0-0": (2, 1 << 40, PREFERRED_MANY),
                "auto-threshold:node:0=1,node:0-0=1": (2, 0, PREFERRED_MANY),
                "limit:node:0=200M,node:0-0=200M": (2, 0, PREFERRED_MANY)}.items():
            with self.subTest(heap=heap):
                ours = run(heap, BIN / "heap_explicit", *map(str, words))
                self.assertEqual((ours.stdout, ours.stderr), ("0 failures\n", ""))

    def test_property_test_can_fail(self) -> None:
        """The same with a boundary that is not the heap's: objects lie elsewhere."""
        ours = run("threshold:4K:node:0<node:0-0", BIN / "heap_property", "1", "2000",
                   "8192", "2")
        self.assertEqual(ours.returncode, 1)
        self.assertIn("in the wrong tier", ours.stderr)


if __name__ == "__main__":
    unittest.main()
