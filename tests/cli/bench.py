# SPDX-License-Identifier: GPL-2.0-or-later
"""How tests run tierbench."""

from __future__ import annotations

import json
import os
import subprocess
import unittest
from pathlib import Path

from tool import environment

BENCH = str(Path(os.environ["TIERCTL"]).with_name("tierbench"))
# As small as may be: what is tested are proofs and words, never speed.
SMALL = ("--size", "2M", "--any-size", "--seconds", "0.15", "--no-store")


def run(*words: str, **how) -> subprocess.CompletedProcess[str]:
    """Run tierbench to its end."""
    how.setdefault("env", environment())
    how.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([BENCH, *words], text=True, timeout=60, capture_output=True, **how)


class BenchCase(unittest.TestCase):
    """Runs that must go well, and such that must not."""

    def refuses(self, status: int, says: str, *words: str) -> None:
        """The exit status, one line that says why, and no result."""
        result = run(*words)
        with self.subTest(words=words):
            self.assertEqual(result.returncode, status, result.stderr)
            self.assertIn(says, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertEqual(result.stdout, "")

    def measure(self, *words: str, small: tuple[str, ...] = SMALL) -> dict:
        """A run as JSON; skips where a container forbids to ask for pages."""
        result = run(*words, *small, "--json")
        if result.returncode == 4 and "proof" in result.stderr:
            self.skipTest("move_pages is forbidden here")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)
