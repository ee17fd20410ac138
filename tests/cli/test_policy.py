# SPDX-License-Identifier: GPL-2.0-or-later
"""Policies of processes of our own, as the kernel has them."""

from __future__ import annotations

import json
import os
import subprocess
import unittest

from tool import tierctl


class Look(unittest.TestCase):
    def test_policy__of_a_process_under_one(self) -> None:
        for policy, words in ((["--interleave", "node:0"], "interleave=static:0"),
                              (["--bind", "node:0"], "bind=static:0"), ([], "default")):
            with self.subTest(policy=words):
                child = subprocess.Popen(
                    [os.environ["TIERCTL"], "run", *policy, "--", "sh", "-c",
                     "echo; read x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                child.stdout.readline()
                result = tierctl("policy", str(child.pid), "--json")
                child.communicate(b"\n")
                said = json.loads(result.stdout)
                self.assertEqual(said["threads"][0]["policy"], words)
                self.assertEqual({m["policy"] for m in said["mappings"]}, {words})
                self.assertFalse(any(m["own"] for m in said["mappings"]))

    def test_policy__of_no_process(self) -> None:
        child = subprocess.Popen(["true"])
        child.wait()
        result = tierctl("policy", str(child.pid))
        self.assertEqual(result.returncode, 5)
        self.assertIn("no such process", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
