# SPDX-License-Identifier: GPL-2.0-or-later
"""Misuse: one clear line on stderr, the right status, nothing on stdout."""

from __future__ import annotations

import json
import os
import tempfile
import unittest
from pathlib import Path

from tool import environment, fixture, tierctl

CXL = ("--root", fixture("2s-cxl"))

# Words, exit status, what the line says.
MISUSES = [
    ([], 2, "no command"),
    (["shop"], 2, "shop: no such command; did you mean 'show'?"),
    (["frobnicate"], 2, "no such command; 'tierctl help' lists them"),
    ([""], 2, "no such command"),
    (["show\nrun"], 2, "show?run: no such command"),
    (["\033[2J"], 2, "?[2J: no such command"),
    (["x" * 100_000], 2, "no such command"),
    (["help", "shop"], 2, "did you mean 'show'?"),
    (["help", "show", "--list"], 2, "not both"),
    (["help", "--completion", "zsh"], 2, "zsh: no completion for this shell"),
    (["help", "--list", "--completion", "bash"], 2, "choose one"),
    (["--bogus"], 2, "--bogus: no such option"),
    (["--"], 2, "no command"),
    (["show", "--jsn"], 2, "did you mean --json?"),
    (["show", "--json=yes"], 2, "takes no value"),
    (["show", "-x"], 2, "-x: no such option"),
    (["show", "extra"], 2, "extra: unexpected; usage: tierctl show"),
    (["show", "--force"], 2, "--force: no such option"),
    (["show", "--root"], 2, "--root: this option needs a value"),
    (["--root", "a", "show", "--root", "b"], 2, "given twice"),
    (["capture", "--json"], 2, "--json: this command does not take it"),
    (["capture", "a", "b"], 2, "b: unexpected"),
    (["check", "--bytes"], 2, "does not take it"),
    (["where"], 2, "PID: missing"),
    (["where", "abc"], 2, "abc: not a process id"),
    (["where", "0"], 2, "not a process id"),
    (["where", "-5"], 2, "-5: no such option"),
    (["where", "--", "-5"], 2, "not a process id"),
    (["where", "99999999999999999999"], 2, "not a process id"),
    (["where", "1", "2"], 2, "2: unexpected"),
    (["where", "2147483647"], 5, "no such process"),
    ([*CXL, "where", "1"], 3, "not this machine"),
    (["--root", "/nonexistent", "show"], 1, "/nonexistent: open: "),
    (["--root", "", "show"], 1, "open: "),
    (["--root", "/dev/null", "show"], 2, "/dev/null: open: "),
    (["--root", "/etc/passwd", "show"], 2, "/etc/passwd: open: "),
    (["--root", "tests", "show"], 2, "tests: open: "),
    (["tiering", "demotion", "on", "promotion", "on", "x"], 2, "x: unexpected"),
    (["tiering", "promotion", "maybe"], 2, "maybe: expected on or off"),
    (["tiering", "--rate", "-1"], 2, "expected a rate"),
    (["tiering", "--watch", "--dry-run"], 2, "choose one"),
    (["tiering", "--watch", "--count", "0"], 2, "how many lines"),
    ([*CXL, "tiering", "demotion", "off"], 3, "not this machine"),
    (["dax"], 2, "ACTION: missing"),
    (["dax", "offline", "dax0.0", "--timeout", "x"], 2, "expected seconds"),
    ([*CXL, "dax", "offline", "dax0.0", "--yes"], 2, "does not take it"),
    ([*CXL, "dax", "offline", "dax0.0"], 3, "not this machine"),
    (["weights", "shew"], 2, "expected show, set"),
    (["weights", "show", "--dry-run"], 2, "for changes"),
    (["weights", "reset", "all"], 2, "all: unexpected"),
    (["weights", "from-bench", "a", "b"], 2, "b: unexpected"),
    ([*CXL, "weights", "set", "dram=3"], 3, "not this machine"),
    (["reclaim"], 2, "SEL AMOUNT: missing"),
    (["reclaim", "dram", "1G", "now"], 2, "now: unexpected"),
    ([*CXL, "reclaim", "dram", "1G"], 3, "not this machine"),
    # run: every failure of ours is 125.
    (["run"], 125, "no command given"),
    (["run", "--bogus", "--", "true"], 125, "no such option"),
    (["run", "--prefer-dram"], 125, "no command given"),
    (["run", "--prefer-dram", "--"], 125, "no command given"),
    (["run", "--prefer-dram", "--bind", "dram", "true"], 125,
     "--prefer-dram and --bind: choose one"),
    (["run", "--prefer", "dram", "--prefer", "cxl", "true"], 125, "--prefer: given twice"),
    (["run", "--prefer"], 125, "needs a value"),
    (["run", "--prefer-dram", "--dry-run", "--report", "true"], 125, "choose one"),
    ([*CXL, "run", "--prefer-dram", "true"], 125, "not this machine"),
    ([*CXL, "run", "--prefer-dram", "--report", "true"], 125, "not this machine"),
]

# What `run --dry-run` refuses on the machine with DRAM and CXL: policy, words.
REFUSED_POLICIES = [
    (["--prefer", ""], "--prefer : "),
    (["--prefer", "xyz"], "xyz"),
    (["--prefer", "pmem"], "pmem"),
    (["--bind", "gpu"], "gpu"),
    (["--bind", "dram,"], "--bind dram,"),
    (["--bind", "node:77"], "77"),
    (["--bind", "node:-1"], "node:-1"),
    (["--bind", "node:99999999999999999999"], "node:"),
    (["--bind", "tier:9"], "tier 9"),
    (["--bind", "!all"], "!all"),
    (["--interleave", "slow,!cxl"], "slow"),
    (["--weighted", "dram"], "dram"),
    (["--weighted", "dram=0"], "1 to 255"),
    (["--weighted", "dram=256"], "1 to 255"),
    (["--weighted", "dram=-1"], "1 to 255"),
    (["--weighted", "dram=99999999999999999999"], "1 to 255"),
    (["--weighted", "dram=1,"], "dram=1,"),
    (["--cpus", "near"], "near"),
    (["--prefer-dram", "--cpus", "pmem"], "--cpus pmem: "),
]

# What TIERKIT_NODES refuses: its words, and what is said of them.
REFUSED_NODES = [
    ("node:0", "'node:0': says nothing of these nodes"),
    ("node:0 kind=foo", "'kind=foo': a kind is dram,"),
    ("kind=dram", "'kind=dram': a statement begins with node:LIST"),
    ("node:0 read_latency=x", "'read_latency=x': expected a figure above 0"),
    ("node:9999999999 kind=dram", "'node:9999999999': expected nodes,"),
    ("node:0 kind", "'kind': expected kind=,"),
]


class Misuse(unittest.TestCase):
    """Tables of what people get wrong."""

    def check(self, words: list[str], status: int, text: str, **how) -> None:
        result = tierctl(*words, **how)
        with self.subTest(words=[word[:80] for word in words]):
            self.assertEqual(result.returncode, status, result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertTrue(result.stderr.startswith("tierctl: "), result.stderr)
            self.assertLess(len(result.stderr), 2100)
            self.assertIn(text, result.stderr)

    def test_misuse__one_line_and_a_status(self) -> None:
        for words, status, text in MISUSES:
            self.check(words, status, text)

    def test_misuse__policies(self) -> None:
        for words, text in REFUSED_POLICIES:
            self.check([*CXL, "run", *words, "--dry-run"], 125, text)

    def test_misuse__node_words(self) -> None:
        for words, text in REFUSED_NODES:
            self.check([*CXL, "show"], 2, f"discover: TIERKIT_NODES: {text}",
                       env=environment(TIERKIT_NODES=words))

    def test_misuse__is_in_the_json_too(self) -> None:
        for words, status in [(["show", "--json", "--jsn"], 2),
                              (["show", "--jsn", "--json"], 2),
                              (["--root", "/nonexistent", "check", "--json"], 1),
                              (["where", "2147483647", "--json"], 5),
                              (["run", "--prefer-dram", "--json", "true"], 125),
                              ([*CXL, "run", "--bind", "pmem", "--dry-run", "--json"], 125)]:
            result = tierctl(*words)
            with self.subTest(words=words):
                self.assertEqual(result.returncode, status)
                self.assertEqual(result.stderr.count("\n"), 1)
                errors = json.loads(result.stdout)["errors"]
                self.assertEqual([e["status"] for e in errors], [status])
                self.assertIn(errors[0]["why"], result.stderr)

    def test_misuse__broken_captures(self) -> None:
        whole = Path(fixture("2s-cxl")).read_bytes()
        for data in [b"", b"tierkit-capture 2\n", b"tierkit-capture 1\nfile x\n",
                     whole[:700], b"\0" * 1000, os.urandom(4096)]:
            with tempfile.NamedTemporaryFile() as file:
                file.write(data)
                file.flush()
                self.check(["--root", file.name, "show"], 2, "open: ")


if __name__ == "__main__":
    unittest.main(verbosity=2)
