# SPDX-License-Identifier: GPL-2.0-or-later
"""What is refused, missing or wrong: the program runs on."""

from __future__ import annotations

import subprocess
import sys
import unittest
from pathlib import Path

from heap import BIN, HEAPS, LIBRARY, environment, run

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))

import seccomp  # noqa: E402

PYTHON = "/usr/bin/python3"
GROW = "import sys; print(len([str(i) for i in range(200000)]))"


class Trouble(unittest.TestCase):
    """One line at most, plain memory, and a program that runs."""

    def runs(self, ours: subprocess.CompletedProcess, lines: int) -> None:
        """The program did its work, and we said that many lines."""
        self.assertEqual((ours.returncode, ours.stdout), (0, "200000\n"))
        self.assertEqual(len(ours.stderr.splitlines()), lines, ours.stderr)
        for line in ours.stderr.splitlines():
            self.assertRegex(line, r"^tiermalloc: .*; the heap stays plain$")

    def test_wrong_words(self) -> None:
        """Texts that mean nothing, here or anywhere."""
        for heap, says in {
                "nonsense": "column 1: 'nonsense' is no heap policy",
                "prefer:node:0;limit:node:1=1G": "column 21: a limit for a tier that",
                "prefer:hbm": "'hbm' selects nothing that can be told from here",
                "prefer:node:1023": "node 1023 has no memory for this process",
                "prefer:" + "x" * 5000: "column 8: no selector is that long",
        }.items():
            with self.subTest(heap=heap[:40]):
                ours = run(heap, PYTHON, "-c", GROW)
                self.runs(ours, 1)
                self.assertIn(says, ours.stderr)

    def test_empty(self) -> None:
        """An empty variable asks for nothing."""
        self.runs(run("", PYTHON, "-c", GROW, TIER_HEAP=""), 0)

    def test_memkind(self) -> None:
        """memtier's variables: understood, and our own come first."""
        one = "KIND:DRAM,RATIO:1;POLICY:STATIC_RATIO"
        ours = run("", PYTHON, "-c", GROW, MEMKIND_MEM_TIERS=one, TIER_HEAP_STATS="1")
        self.assertIn("heap placed: prefer:node:0", ours.stderr)
        ours = run("bind:node:0", PYTHON, "-c", GROW, MEMKIND_MEM_TIERS=one,
                   TIER_HEAP_STATS="1")
        self.assertIn("heap placed: bind:node:0", ours.stderr)
        ours = run("", PYTHON, "-c", GROW, MEMKIND_MEM_TIERS="KIND:DRAM")
        self.runs(ours, 1)
        self.assertIn("MEMKIND_MEM_TIERS: column 1: a tier needs", ours.stderr)

    def test_mbind_refused(self) -> None:
        """A filter as of containers: the call that places memory is not permitted."""
        for heap in filter(None, HEAPS):
            for count, says in ((1, "mbind: Operation not permitted"),
                                (4, "does not tell which nodes may be used")):
                with self.subTest(heap=heap, count=count):
                    ours = subprocess.run(
                        [PYTHON, "-c", GROW], env=environment(heap), text=True,
                        capture_output=True, stdin=subprocess.DEVNULL, timeout=60,
                        preexec_fn=lambda: seccomp.refuse_policy_calls(count=count))
                    self.runs(ours, 1)
                    self.assertIn(says, ours.stderr)

    def test_mbind_refused_later(self) -> None:
        """The same filter when the heap is there: it grows on, and what was refused is counted."""
        later = f"import sys; sys.path.insert(0, {str(HERE.parent / 'cli')!r}); import seccomp; " \
                f"seccomp.refuse_policy_calls(count=1); {GROW}"
        for heap in HEAPS:
            with self.subTest(heap=heap):
                self.runs(run(heap, PYTHON, "-c", later), 0)
        ours = run("ratio:node:0=3,node:0-0=1", PYTHON, "-c", later, TIER_HEAP_STATS="1")
        self.assertRegex(ours.stderr, "^tiermalloc: heap parted: .*, [1-9][0-9]* refused\n")

    def test_few_addresses(self) -> None:
        """ulimit -v: less is reserved, the program runs, and out of memory is ENOMEM."""
        for heap in HEAPS:
            with self.subTest(heap=heap):
                script = f"ulimit -v 4000000; exec {PYTHON} -c '{GROW}'"
                self.runs(run(heap, "/bin/sh", "-c", script), 0)
                script = (f"ulimit -v 4000000; exec {PYTHON} -c 'try: bytearray(6 << 30)\n"
                          "except MemoryError: print(200000)'")
                self.runs(run(heap, "/bin/sh", "-c", script), 0)

    # Of 4,000,000 KiB of addresses: tiers of their own have ranges that others cannot use.
    ADDRESSES = {"ratio:node:0=3,node:0-0=1": 2600, "threshold:4K:node:0<node:0-0": 3100,
                 "auto-threshold:node:0=1,node:0-0=1": 3100, "bind:node:0;limit:node:0=1G": 900}

    def test_full(self) -> None:
        """Memory ends, by addresses or by data: ENOMEM from each call, blocks stay, it goes on.

        What can be had is no less than without the library but for a tenth; and of addresses what
        docs/heap.md says.
        """
        for limit in "-v", "-d":
            script = f"ulimit {limit} 4000000; exec {BIN}/heap_ends full"
            for heap in (None, *HEAPS):
                least = 900 if heap and heap.startswith("bind:node:0;") else 3400
                if limit == "-v" and heap:
                    least = self.ADDRESSES.get(heap, 230 if "limit:" in heap else least)
                with self.subTest(limit=limit, heap=heap):
                    ours = run(heap, "/bin/sh", "-c", f"{script} {least}")
                    self.assertEqual((ours.stdout, ours.stderr), ("0 bad\n", ""))

    def test_foreign_configuration(self) -> None:
        """MALLOC_CONF speaks to a program's own jemalloc, and GLIBC_TUNABLES to glibc."""
        self.runs(run("prefer:node:0", PYTHON, "-c", GROW, MALLOC_ARENA_MAX="1",
                      MALLOC_CONF="abort_conf:true,nonsense:1,narenas:1",
                      GLIBC_TUNABLES="glibc.malloc.check=3"), 0)

    def test_beside_another_allocator(self) -> None:
        """A second preload behind ours: ours serves, the other is quiet."""
        for other in ("libjemalloc.so.2", "libtcmalloc_minimal.so.4"):
            ours = run("threshold:4K:node:0<node:0-0", PYTHON, "-c", GROW,
                       LD_PRELOAD=f"{LIBRARY} {other}")
            self.assertEqual(ours.stdout, "200000\n")

    def test_statistics(self) -> None:
        """TIER_HEAP_STATS=1: at the end, on standard error, after the program's words."""
        ours = run("limit:node:0=2M", PYTHON, "-c", GROW, TIER_HEAP_STATS="1")
        self.assertEqual(ours.stdout, "200000\n")
        lines = ours.stderr.splitlines()
        self.assertRegex(lines[0], r"^tiermalloc: heap parted: limit:node:0=2097152, "
                                   r"[1-9]\d* KiB elsewhere, 0 refused$")
        self.assertRegex(lines[1], r"^tiermalloc: tier 0: (\d+) KiB of 2048 KiB, "
                                   r"[1-9]\d* spilled$")
        self.assertLessEqual(int(lines[1].split()[3]), 2048)

    def test_few_mappings(self) -> None:
        """However much is allocated: a handful of mappings more than plain jemalloc."""
        script = ("b = [bytearray(100000) for i in range(3000)]\n"
                  "print(len(open('/proc/self/maps').readlines()))")
        plain = int(run("", PYTHON, "-c", script).stdout)
        for heap, most in (("prefer:node:0", 2), ("threshold:4K:node:0<node:0-0", 8)):
            with self.subTest(heap=heap):
                ours = int(run(heap, PYTHON, "-c", script).stdout)
                self.assertLessEqual(ours - plain, most)


if __name__ == "__main__":
    unittest.main()
