# SPDX-License-Identifier: GPL-2.0-or-later
"""Each allocation failing in turn: no crash, no half output, one clear line.

hwloc 2.9 dies of an assertion when it gets no memory, so libtier stands here without
its modules, as where hwloc is not installed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from pathlib import Path

from tool import TIERCTL, environment, fixture, tierctl

CXL = ("--root", fixture("2s-cxl"))
COMMANDS = [
    [*CXL, "show"], [*CXL, "show", "--explain"], [*CXL, "show", "--json"], [*CXL, "check"],
    [*CXL, "capture"], ["where", str(os.getpid())],
    [*CXL, "run", "--weighted", "dram=3,cxl=1", "--dry-run", "--json", "--", "x"],
    ["run", "--prefer-dram", "--", "true"], ["run", "--prefer-dram", "--report", "--", "true"],
    ["help", "run"],
]
# A library may do without an allocation: so many successes in a row are the end.
SUCCESSES = 25


class Memory(unittest.TestCase):
    """A counter that moves the failure through the program."""

    def setUp(self) -> None:
        self.shim = os.environ["FAILING_MALLOC"]
        folder = tempfile.TemporaryDirectory(prefix="bare-")
        self.addCleanup(folder.cleanup)
        library = Path(TIERCTL).parents[1] / "lib" / "libtier.so.0"
        shutil.copy(library, folder.name)
        self.env = environment(LD_LIBRARY_PATH=folder.name)

    def walk(self, words: list[str], step: int = 1, **env: str) -> int:
        """Fail at 0, 1, 2... until nothing fails any more; how often it did."""
        successes = failures = at = 0
        while successes < SUCCESSES:
            result = tierctl(*words, env={**self.env, **env, "LD_PRELOAD": self.shim,
                                          "FAIL_AT": str(at)})
            with self.subTest(words=words, at=at, **env):
                self.assertGreaterEqual(result.returncode, 0, "died of a signal")
                if result.returncode:
                    self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
                    self.assertTrue(result.stderr.startswith("tierctl: "), result.stderr)
                    if "--json" not in words:
                        self.assertEqual(result.stdout, "")
            failures += result.returncode != 0
            successes = 0 if result.returncode else successes + 1
            at += step
        return failures

    def test_memory__each_allocation_fails(self) -> None:
        for words in COMMANDS:
            with self.subTest(words=words):
                self.assertGreater(self.walk(words), 0)

    def test_memory__all_fail_from_there_on(self) -> None:
        for words in COMMANDS:
            with self.subTest(words=words):
                self.assertGreater(self.walk(words, step=7, FAIL_ALL="1"), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
