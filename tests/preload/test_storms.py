# SPDX-License-Identifier: GPL-2.0-or-later
"""Forks, threads and libraries that come and go while memory is allocated."""

from __future__ import annotations

import os
import unittest

from heap import BIN, HEAPS, run


class Storms(unittest.TestCase):
    """Whatever allocators die of."""

    def storm(self, *words: str) -> None:
        """One kind of storm over every heap."""
        for heap in HEAPS:
            with self.subTest(heap=heap):
                ours = run(heap, BIN / "heap_storm", *words)
                self.assertEqual((ours.stdout, ours.stderr),
                                 (f"{words[0]}: 0 bad\n", ""))

    def test_fork(self) -> None:
        """60 forks of a program whose threads allocate; children allocate on."""
        self.storm("fork")

    def test_wake(self) -> None:
        """240 forks while another thread asks for the first block of a tier."""
        self.storm("wake")

    def test_threads(self) -> None:
        """2,000 threads, each block freed by another thread."""
        self.storm("threads")

    def test_thread_ends(self) -> None:
        """Allocating in destructors of thread data, after the allocator's own."""
        self.storm("exit")

    def test_sizes(self) -> None:
        """What one tier has free does not stay when another grows: 100 MiB at most for 48."""
        ours = run("threshold:4K:node:0<node:0-0", BIN / "heap_storm", "sizes")
        self.assertEqual((ours.stdout, ours.stderr), ("sizes: 0 bad\n", ""))

    def test_requests(self) -> None:
        """A thread for each request, in pages that the last one has left; limits leave none.

        On two CPUs: with many of them jemalloc has more arenas, each of which keeps less, and
        on one it has but one arena, which never is without threads.
        """
        cpus = sorted(os.sched_getaffinity(0))[:2]
        if len(cpus) < 2:
            self.skipTest("one CPU")
        two = "taskset", "-c", ",".join(map(str, cpus))
        for heap in (heap for heap in HEAPS if "limit" not in heap):
            with self.subTest(heap=heap):
                ours = run(heap, *two, BIN / "heap_storm", "requests")
                self.assertEqual((ours.stdout, ours.stderr), ("requests: 0 bad\n", ""))

    def test_dlopen(self) -> None:
        """Libraries opened and closed, one of them with an allocator of its own."""
        self.storm("dlopen", "libm.so.6", "libstdc++.so.6", "libhwloc.so.15")


if __name__ == "__main__":
    unittest.main()
