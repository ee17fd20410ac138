# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion for bash: sourced into a bash, and asked as bash asks."""

from __future__ import annotations

import subprocess
import unittest
from pathlib import Path

from tool import TIERCTL, tierctl

# compopt only works below a real Tab; what it sets does not change the words.
ASK = """
set -u
source <("$TIERCTL" help --completion bash) || exit 9
compopt() { :; }
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_tierctl
printf '%s\\n' "${COMPREPLY[@]}"
"""

# Numbers of the nodes that this machine has; behind "node:0," any item may follow, too.
NODES = [path.name.removeprefix("node")
         for path in Path("/sys/devices/system/node").glob("node[0-9]*")]
NODES_BEHIND = [f"0,{number}" for number in NODES]

# Words as bash splits them (':' and '=' stand alone), what must be offered, what not.
CASES = [
    ([""], ["show", "run", "help"], ["--json"]),
    (["s"], ["show"], ["run"]),
    (["--"], ["--root", "--version"], ["--prefer"]),
    (["--root", ""], ["etc"], ["show"]),
    (["--root", "=", "/et"], ["/etc"], ["show"]),
    (["--root", "x", ""], ["show"], ["--json"]),
    (["show", ""], ["--explain", "--json"], ["--force", "--prefer"]),
    (["show", "--e"], ["--explain"], ["--json"]),
    (["capture", "--"], ["--force"], ["--json"]),
    (["tiering", ""], ["--watch", "--rate"], ["--bind"]),
    (["tiering", "d"], ["demotion"], ["promotion"]),
    (["tiering", "demotion", "o"], ["on", "off"], ["demotion"]),
    (["auto", "st"], ["start", "status", "stop"], ["plan"]),
    (["auto", "plan", "--by", ""], ["damon", "kernel", "both"], ["plan"]),
    (["dax", "use"], ["use-as-ram", "use-as-device"], ["online"]),
    (["dax", "online", "--zone", ""], ["movable", "normal"], ["dax0.0"]),
    (["weights", ""], ["set", "auto", "--persist"], ["dram"]),
    (["weights", "set", "d"], ["dram"], ["--persist"]),
    (["tiering", "demotion", "on", "promotion", ""], ["on", "off"], ["demotion"]),
    (["weights", "set", ""], ["dram", "node:"], ["set", "--persist"]),
    (["weights", "set", "dram", "=", "4,p"], ["4,pmem"], ["4,dram"]),
    (["weights", "from-bench", "/et"], ["/etc"], ["--persist"]),
    (["reclaim", "f"], ["fast", "fastest"], ["dram", "--dry-run"]),
    (["reclaim", "--"], ["--dry-run"], ["dram"]),
    (["migrate", "--only", ""], ["anon", "file"], ["dram"]),
    (["migrate", "--to", "s"], ["slow", "slowest"], ["dram"]),
    (["migrate", "--to", "slow", "--"], ["--from", "--rate"], ["slow"]),
    (["doctor", ""], ["demotion", "bad-blocks", "--list"], ["show"]),
    (["doctor", "demotion", "kernel"], ["kernel-tiers", "kernel-order"], ["demotion"]),
    (["help", ""], ["show", "capture"], []),
    (["help", "--completion", ""], ["bash"], ["show"]),
    (["run", ""], ["--prefer-dram", "--bind"], ["ls"]),
    (["run", "--prefer", ""], ["dram", "tier:", "slow"], ["near", "--bind"]),
    (["run", "--prefer", "=", "p"], ["pmem"], ["dram"]),
    (["run", "--prefer", "="], ["pmem", "dram"], ["--bind"]),
    (["run", "--prefer", "dram,h"], ["dram,hbm"], ["hbm", "dram,cxl"]),
    (["run", "--prefer", "!p"], ["!pmem"], ["pmem"]),
    (["run", "--prefer", "all,!c"], ["all,!cxl"], ["all,cxl"]),
    (["run", "--prefer", "node", ":"], NODES, ["dram", "--bind"]),
    (["run", "--prefer", "node", ":", "0,"], [*NODES_BEHIND, "0,hbm"], ["hbm", "--bind"]),
    (["run", "--prefer", "=", "node", ":", ""], NODES, ["dram", "--bind"]),
    (["run", "--prefer", "hbm,node", ":"], NODES, ["dram", "--bind"]),
    (["run", "--cpus", "n"], ["near", "node:"], ["dram"]),
    (["run", "--weighted", "dram", "=", "3,"], ["3,cxl"], ["--bind"]),
    (["run", "--cpus", ""], ["near", "dram"], []),
    (["run", "--prefer", "dram", "--"], ["--cpus", "--report"], []),
    (["run", "--prefer", "node", ":", "0", "--"], ["--cpus"], ["ls"]),
    (["run", "--prefer-dram", "--", "l"], ["ls"], ["--bind"]),
    (["run", "--prefer-dram", "l"], ["ls"], ["--bind"]),
    (["run", "--prefer-dram", "ls", "/et"], ["/etc"], ["--bind"]),
    (["run", "--prefer-dram", "--", "ls", "--"], [], ["--bind"]),
    (["frobnicate", ""], [], ["show"]),
]


class Completion(unittest.TestCase):
    """A table of half-typed lines."""

    def complete(self, words: list[str]) -> list[str]:
        result = subprocess.run(
            ["bash", "--norc", "-c", ASK, "bash", "tierctl", *words], text=True, timeout=60,
            capture_output=True, env={"TIERCTL": TIERCTL, "PATH": "/usr/bin:/bin"}, cwd="/")
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        return result.stdout.split("\n")

    def test_completion__offers(self) -> None:
        for words, offered, absent in CASES:
            got = [word.rstrip("/") for word in self.complete(words)]
            with self.subTest(words=words):
                self.assertEqual([w for w in offered if w.rstrip("/") not in got], [])
                self.assertEqual([w for w in absent if w in got], [])

    def test_completion__knows_every_option(self) -> None:
        for command in tierctl("help", "--list").stdout.split():
            got = self.complete([command, "--"])
            text = tierctl("help", command).stdout
            named = [line.split()[0] for line in text.splitlines()
                     if line.startswith("  --")]
            with self.subTest(command=command):
                self.assertEqual(sorted(filter(None, got)), sorted(named))


if __name__ == "__main__":
    unittest.main(verbosity=2)
