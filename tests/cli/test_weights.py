# SPDX-License-Identifier: GPL-2.0-or-later
"""The file that `weights from-bench` reads, and the unit that --persist would write."""

from __future__ import annotations

import json
import unittest

from tool import fixture, tierctl

PMEM = ("--root", fixture("2s-pmem"), "weights")
NODES = [{"node": 0, "weight": 4}, {"node": 2, "weight": 1}]


def document(**changes: object) -> str:
    """A file that is right, but for the changes."""
    return json.dumps({"schema": 1, "nodes": NODES} | changes)


def node(**changes: object) -> str:
    """A file with one node more that is right, but for the changes."""
    return document(nodes=[*NODES, {"node": 3, "weight": 1} | changes])


# A file, and what must be said of it.
REFUSED = [
    ("", "end of data"),
    ("{", "end of data"),
    ("[]", "expected an object"),
    ("null", "expected an object"),
    ("{\"about\": 'x'}", "no JSON"),
    ("{}\0", "holds a NUL"),
    ('{"schema": 1, "nodes": [{"node": 0, "weight": 4},]}', "no JSON"),
    (document() + "{}", "no JSON"),
    ("[[[[[[[[1]]]]]]]]", "no JSON"),
    (document(schema=2), "schema: only 1"),
    (document(schema="1"), "schema: only 1"),
    ("{}", "schema: only 1"),
    ('{"schema": 1}', "nodes: expected a list"),
    (document(nodes={}), "nodes: expected a list"),
    (document(nodes=[]), "there are none"),
    (document(nodes=[4]), "expected objects"),
    (document(node=1), "'node' is no key"),
    (node(wait=3), "'wait' is no key"),
    (node(node=0), "node 0 is there twice"),
    (node(node=-1), "node: expected 0 to 1023"),
    (node(node=1024), "node: expected 0 to 1023"),
    (node(node=None), "node: expected a whole number"),
    (node(node=1.0), "node: expected a whole number"),
    (node(node="3"), "node: expected a whole number"),
    (node(weight=0), "weight: expected 1 to 255"),
    (node(weight=256), "weight: expected 1 to 255"),
    (node(weight=2 ** 70), "weight: expected 1 to 255"),
    (node(weight=None), "neither bandwidth nor weight"),
    (node(read_bytes_per_sec=5), "not both"),
    (document(nodes=[{"weight": 1}]), "without its number"),
    (document(nodes=[{"node": 0, "read_bytes_per_sec": 5},
                     {"node": 1, "write_bytes_per_sec": 5}]), "cannot be compared"),
    (document(nodes=[{"node": 0, "read_bytes_per_sec": 0}]), "expected 1 to"),
    (document(about="x" * (1 << 20)), "larger than"),
]


class Bench(unittest.TestCase):
    """A table of files."""

    def test_bench__refuses(self) -> None:
        for text, words in REFUSED:
            result = tierctl(*PMEM, "from-bench", "--dry-run", input=text)
            with self.subTest(text=text[:80]):
                self.assertEqual(result.returncode, 2, result.stderr)
                self.assertEqual(result.stdout, "")
                self.assertEqual(result.stderr.count("\n"), 1)
                self.assertIn(words, result.stderr)

    def test_bench__takes(self) -> None:
        for text in (document(), document(about="x") + "\n\n", node(read_bytes_per_sec=None)):
            result = tierctl(*PMEM, "from-bench", "-", "--dry-run", input=text)
            with self.subTest(text=text[:80]):
                self.assertEqual(result.returncode, 0, result.stderr)
                self.assertIn("node0: 1 -> 4", result.stdout)

    def test_bench__no_such_node(self) -> None:
        result = tierctl(*PMEM, "from-bench", "--dry-run", input=node(node=9))

        self.assertEqual(result.returncode, 5)
        self.assertIn("node 9", result.stderr)


class Unit(unittest.TestCase):
    """What would be there at boot."""

    def test_unit__is_shown(self) -> None:
        result = tierctl(*PMEM, "set", "dram=3", "--persist", "--dry-run", "--json")
        unit = json.loads(result.stdout)["unit"]

        self.assertEqual(unit["file"], "/etc/systemd/system/tierkit-weights.service")
        self.assertRegex(unit["text"],
                         r"\nExecStart=/\S+/tierctl weights set node:0-1=3,node:2-3=1\n")
        self.assertIn("\n[Install]\nWantedBy=multi-user.target\n", unit["text"])

    def test_unit__goes_with_reset(self) -> None:
        result = tierctl(*PMEM, "reset", "--persist", "--dry-run", "--json")

        self.assertIsNone(json.loads(result.stdout)["unit"]["text"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
