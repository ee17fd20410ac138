# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion for bash: sourced into a bash, and asked as bash asks."""

from __future__ import annotations

import subprocess
import unittest

from tool import TIERCTL, tierctl

# compopt only works below a real Tab; what it sets does not change the words.
ASK = """
source <("$TIERCTL" help --completion bash) || exit 9
compopt() { :; }
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_tierctl
printf '%s\\n' "${COMPREPLY[@]}"
"""

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
    (["dax", "use"], ["use-as-ram", "use-as-device"], ["online"]),
    (["dax", "online", "--zone", ""], ["movable", "normal"], ["dax0.0"]),
    (["weights", ""], ["set", "auto", "--persist"], ["dram"]),
    (["weights", "set", "d"], ["dram"], ["--persist"]),
    (["help", ""], ["show", "capture"], []),
    (["help", "--completion", ""], ["bash"], ["show"]),
    (["run", ""], ["--prefer-dram", "--bind"], ["ls"]),
    (["run", "--prefer", ""], ["dram", "tier:", "slow"], ["near", "--bind"]),
    (["run", "--prefer", "=", "p"], ["pmem"], ["dram"]),
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
