# SPDX-License-Identifier: GPL-2.0-or-later
"""What is printed: tables that fit, JSON that parses, colour only for eyes, and a failing
write that is a failure."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import struct
import subprocess
import sys
import tempfile
import termios
import unittest

from tool import FIXTURES, TIERCTL, environment, fixture, read_terminal, tierctl

MACHINES = sorted(path.parent.name for path in FIXTURES.glob("*/capture"))
CXL = ("--root", fixture("2s-cxl"))
WRITERS = [[*CXL, "show"], [*CXL, "show", "--json"], [*CXL, "check"], [*CXL, "capture"],
           ["help"], ["--version"], ["where", str(os.getpid())],
           [*CXL, "run", "--prefer-dram", "--dry-run"]]


def on_terminal(*words: str, columns: int = 100, stderr: int | None = None,
                **env: str) -> str:
    """What tierctl prints on a terminal of that width."""
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    with subprocess.Popen([TIERCTL, *words], stdin=slave, stdout=slave, stderr=stderr,
                          env=environment(**env)) as child:
        os.close(slave)
        text = read_terminal(master)
        child.wait()
    return text.decode()


class Output(unittest.TestCase):
    """Standard output."""

    def test_output__fits_80_columns(self) -> None:
        for machine in MACHINES:
            for words in (["show"], ["show", "--explain"], ["check"]):
                result = tierctl("--root", fixture(machine), *words)
                with self.subTest(machine=machine, words=words):
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.assertEqual(result.stderr, "")
                    for line in result.stdout.splitlines():
                        self.assertEqual(line, line.rstrip())
                        if not line.startswith(("DISTANCE", "   ")):
                            self.assertLessEqual(len(line), 80, line)

    def test_output__help_fits_80_columns(self) -> None:
        for command in ["", *tierctl("help", "--list").stdout.split()]:
            text = tierctl("help", *command.split()).stdout
            with self.subTest(command=command):
                self.assertGreater(len(text.splitlines()), 10)
                for line in text.splitlines():
                    self.assertLessEqual(len(line), 80, line)

    def test_output__json_of_every_machine(self) -> None:
        for machine in MACHINES:
            for words in (["show", "--json"], ["check", "--json"]):
                result = tierctl("--root", fixture(machine), *words)
                with self.subTest(machine=machine, words=words):
                    document = json.loads(result.stdout)
                    self.assertEqual(document["schema"], 1)
                    self.assertEqual(document["errors"], [])

    def test_output__json_holds_what_the_tables_show(self) -> None:
        document = json.loads(tierctl(*CXL, "show", "--json").stdout)

        self.assertFalse(document["live"])
        self.assertEqual([t["nodes"] for t in document["tiers"]], [[0, 1], [2]])
        self.assertEqual([t["kind"] for t in document["tiers"]], ["dram", "cxl"])
        node = document["nodes"][2]
        self.assertEqual(node["kind"]["value"], "cxl")
        self.assertEqual(node["kind"]["source"], "dax-path")
        self.assertEqual(node["performance"]["read_latency_ns"], 250)
        self.assertEqual(node["rank"]["value"], 1)
        self.assertEqual(node["usability"]["value"], "yes")
        self.assertEqual(node["dax"], ["dax0.0"])
        self.assertEqual(document["distances"]["rows"][0], [10, 21, 14])
        self.assertEqual(document["dax"][0]["target_node"], 2)

    def test_output__unknown_is_null_and_dash(self) -> None:
        root = ("--root", fixture("laptop"))
        node = json.loads(tierctl(*root, "show", "--json").stdout)["nodes"][0]
        row = [line for line in tierctl(*root, "show").stdout.splitlines()
               if line.startswith("   0")][2]

        self.assertIsNone(node["performance"]["read_latency_ns"])
        self.assertIsNone(node["performance"]["source"])
        self.assertEqual(row.split()[1:6], ["-"] * 5)

    def test_output__bytes_are_plain_integers(self) -> None:
        text = tierctl(*CXL, "show", "--bytes").stdout

        self.assertIn("137438953472", text)
        self.assertNotRegex(text, r"GiB|GB/s| ns")

    def test_output__long_matrix_only_when_asked(self) -> None:
        with tempfile.NamedTemporaryFile() as big:
            subprocess.run([sys.executable, "-B", str(FIXTURES / "generate.py"), "--nodes",
                            "1024", big.name], check=True)
            short = tierctl("--root", big.name, "show")
            whole = tierctl("--root", big.name, "show", "--distances").stdout

        self.assertEqual(short.returncode, 0, short.stderr)
        self.assertIn("\n1023 ", short.stdout)
        self.assertIn("tierctl show --distances", short.stdout)
        self.assertNotRegex(short.stdout, r"(?m)^DISTANCE")
        self.assertEqual(len(whole.split("\nDISTANCE ")[1].split("\n\n")[0].splitlines()),
                         1025)

    def test_output__colour_only_for_eyes(self) -> None:
        escape = "\033["
        self.assertNotIn(escape, tierctl(*CXL, "show").stdout)
        self.assertIn(escape, on_terminal(*CXL, "show"))
        self.assertIn(escape, on_terminal(*CXL, "show", NO_COLOR=""))
        self.assertNotIn(escape, on_terminal(*CXL, "show", NO_COLOR="1"))
        self.assertNotIn(escape, on_terminal(*CXL, "show", TERM="dumb"))
        self.assertNotIn(escape, on_terminal(*CXL, "show", "--json"))

    def test_output__wraps_at_the_terminal(self) -> None:
        root = ("--root", fixture("all-in-one-tier"))
        narrow = on_terminal(*root, "check", columns=60).splitlines()
        wide = on_terminal(*root, "check", columns=200).splitlines()

        self.assertGreater(len(narrow), len(wide))

    def test_output__capture_never_on_a_terminal(self) -> None:
        self.assertEqual(on_terminal(*CXL, "capture", stderr=subprocess.DEVNULL), "")

    def test_output__options_may_follow_operands(self) -> None:
        me = str(os.getpid())
        self.assertEqual(json.loads(tierctl("where", me, "--json").stdout)["pid"], int(me))


class Failing(unittest.TestCase):
    """Standard output that cannot take it."""

    def check(self, words: list[str], result: subprocess.CompletedProcess, why: str) -> None:
        with self.subTest(words=words):
            self.assertEqual(result.returncode, 125 if "run" in words else 1)
            self.assertEqual(result.stderr, f"tierctl: stdout: write: {why}\n")

    def test_failing__full_device(self) -> None:
        for words in WRITERS:
            with open("/dev/full", "w", encoding="ascii") as full:
                result = tierctl(*words, stdout=full, stderr=subprocess.PIPE)
            self.check(words, result, "No space left on device")

    def test_failing__closed(self) -> None:
        for words in WRITERS:
            command = 'exec "$@" >&-'
            result = subprocess.run(["sh", "-c", command, "sh", TIERCTL, *words], text=True,
                                    stderr=subprocess.PIPE, env=environment(), timeout=60)
            self.check(words, result, "Bad file descriptor")

    def test_failing__reader_gone(self) -> None:
        for words in WRITERS:
            reader, writer = os.pipe()
            os.close(reader)
            result = tierctl(*words, stdout=writer, stderr=subprocess.PIPE)
            os.close(writer)
            self.check(words, result, "Broken pipe")

    def test_failing__nothing_open_at_all(self) -> None:
        result = subprocess.run(["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", TIERCTL, "show"],
                                env=environment(), timeout=60)
        self.assertEqual(result.returncode, 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
