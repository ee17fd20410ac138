# SPDX-License-Identifier: GPL-2.0-or-later
"""tierctl where on real processes: what is small is counted, what is large is estimated, and
--exact counts it, too."""

from __future__ import annotations

import json
import os
import subprocess
import time
import unittest
from pathlib import Path

from tool import tierctl

MIB = 1 << 20


class Where(unittest.TestCase):
    """A process of our own, which cannot be refused."""

    def where(self, *words: str) -> dict:
        done = tierctl("where", "--json", *words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return json.loads(done.stdout)

    def test_where__counts_a_small_one(self) -> None:
        found = self.where(str(os.getpid()))
        self.assertTrue(found["exact"])
        self.assertIsNone(found["found_pages"])
        self.assertEqual(sum(tier["bytes"] for tier in found["tiers"]) + found["unranked_bytes"],
                         found["total_bytes"])

    def test_where__estimates_a_large_one(self) -> None:
        child = subprocess.Popen(["python3", "-c", "x = b'x' * (260 << 20); input()"],
                                 stdin=subprocess.PIPE)
        try:
            statm = Path(f"/proc/{child.pid}/statm")
            for _ in range(600):
                if int(statm.read_text().split()[1]) * 4096 > 260 * MIB:
                    break
                time.sleep(0.05)
            found = self.where(str(child.pid))
            self.assertFalse(found["exact"])
            self.assertGreater(found["found_pages"], 1000)
            self.assertGreater(found["total_bytes"], 260 * MIB)
            for part in found["tiers"] + found["nodes"]:
                self.assertLessEqual(part["lowest_bytes"], part["bytes"])
                self.assertLessEqual(part["bytes"], part["highest_bytes"])
            text = tierctl("where", str(child.pid)).stdout
            self.assertIn("95 % SURE", text)
            self.assertIn("--exact counts all", text)
            exact = self.where("--exact", str(child.pid))
            self.assertTrue(exact["exact"])
            self.assertNotIn("lowest_bytes", exact["tiers"][0])
        finally:
            child.communicate(b"\n")

    def test_where__a_thread_of_the_kernel_has_none(self) -> None:
        kernel = Path("/proc/2/comm")
        if not kernel.exists() or kernel.read_text() != "kthreadd\n":
            self.skipTest("skip: no thread of the kernel is seen here")
        done = tierctl("where", "2")
        self.assertEqual(done.returncode, 3)
        self.assertIn("has no memory", done.stderr)


if __name__ == "__main__":
    unittest.main()
