# SPDX-License-Identifier: GPL-2.0-or-later
"""A root that is not this machine: whatever would change it is refused, and nothing is written."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from tool import FIXTURES, TOP, tierctl

INPUT = TOP / "tests" / "golden" / "input"
WEIGHTS = str(INPUT / "bench-weights.json")

# Every form of every command that changes something, with words that are right on the machine.
CHANGES = [
    ["tiering", "demotion", "on"],
    ["tiering", "demotion", "off", "promotion", "on"],
    ["tiering", "--rate", "50"],
    ["weights", "set", "dram=3,pmem=1"],
    ["weights", "set", "dram=3", "--persist"],
    ["weights", "auto"],
    ["weights", "auto", "--persist"],
    ["weights", "from-bench", WEIGHTS],
    ["weights", "reset"],
    ["weights", "reset", "--persist"],
    ["reclaim", "dram", "64M"],
    ["migrate", "1", "--to", "pmem"],
    ["migrate", "--cgroup", "/", "--to", "pmem"],
]
DAX_CHANGES = [
    ["dax", "online", "dax0.0"],
    ["dax", "offline", "dax0.0"],
    ["dax", "use-as-device", "dax0.0"],
    ["dax", "use-as-device", "dax0.0", "--persist"],
    ["dax", "use-as-ram", "dax0.0", "--yes"],
    ["dax", "use-as-ram", "dax0.0", "--yes", "--persist"],
    ["dax", "use-as-ram", "dax0.0", "--zone", "normal"],
]


def content(folder: str) -> dict[str, bytes]:
    """Every file and link below a folder."""
    found = {}
    for path in sorted(Path(folder).rglob("*")):
        if path.is_symlink():
            found[str(path)] = str(path.readlink()).encode()
        elif path.is_file():
            found[str(path)] = path.read_bytes()
    return found


class Elsewhere(unittest.TestCase):
    """Captures, and a folder whose files could even be written."""

    def refused(self, root: str, words: list[str]) -> None:
        result = tierctl("--root", root, *words)
        with self.subTest(root=root, words=words):
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertIn("not this machine", result.stderr)
        result = tierctl("--root", root, *words, "--json")
        with self.subTest(root=root, words=words, json=True):
            self.assertEqual(result.returncode, 3, result.stderr)
            (error,) = json.loads(result.stdout)["errors"]
            self.assertEqual(error["status"], 3)

    def test_elsewhere__captures(self) -> None:
        for words in CHANGES:
            self.refused(str(FIXTURES / "2s-pmem" / "capture"), words)
        for words in DAX_CHANGES:
            self.refused(str(INPUT / "dax-ram.capture"), words)

    def test_elsewhere__a_folder(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([sys.executable, FIXTURES / "generate.py", "--tree", folder, "2s-pmem"],
                           check=True, capture_output=True)
            before = content(folder)
            self.assertGreater(len(before), 20)
            for words in CHANGES + DAX_CHANGES:
                self.refused(folder, words)

            self.assertEqual(content(folder), before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
