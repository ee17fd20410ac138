# SPDX-License-Identifier: GPL-2.0-or-later
"""tiertop without a screen: its formats, recordings, and what is said when something is wrong."""

from __future__ import annotations

import csv
import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1] / "cli"))
import seccomp  # noqa: E402
from tool import RECORDING, TIERTOP, environment, tiertop

MOVE_PAGES = {"x86_64": (279,), "aarch64": (239,)}
METRIC = re.compile(r'[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? [0-9.]+')


class Formats(unittest.TestCase):
    """The same record for several readers."""

    def test_json_is_what_was_recorded(self) -> None:
        done = tiertop("--replay", RECORDING, "--json")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        want = [json.loads(line) for line in Path(RECORDING).read_text().splitlines()]
        got = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual(got, want)

    def test_round_trip_is_the_same_bytes(self) -> None:
        once = tiertop("--replay", RECORDING, "--json").stdout
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/again.jsonl"
            done = tiertop("--replay", RECORDING, "--record", path, "--csv", "--count", "4")
            self.assertEqual(done.returncode, 0)
            self.assertEqual(Path(path).read_text(), "".join(once.splitlines(True)[:4]))
            again = tiertop("--replay", path, "--json").stdout
        self.assertEqual(again, "".join(once.splitlines(True)[:4]))

    def test_live_json(self) -> None:
        done = tiertop("--once", "--json", "--groups", "--mappings", str(os.getpid()))
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        record = json.loads(done.stdout)
        mine = next(p for p in record["processes"] if p["pid"] == os.getpid())
        self.assertEqual(mine["parent"], os.getppid())
        self.assertIn(mine["how"], ("exact", "sampled"))
        self.assertEqual(len(mine["tiers"]), len(record["tiers"]) + 1)
        for value, lowest, highest in mine["tiers"]:
            self.assertLessEqual(lowest, value)
            self.assertLessEqual(value, highest)
        self.assertTrue(any(m["name"] == "[heap]" for m in record["mappings"]))
        self.assertGreater(record["cpu_ms"], 0)

    def test_heat_is_an_action(self) -> None:
        done = tiertop("--once", "--json", "--readonly", "--heat", str(os.getpid()))
        self.assertEqual((done.returncode, done.stdout), (4, ""))
        self.assertIn("--actions", done.stderr)
        done = tiertop("--once", "--json", "--readonly", "--heat", "901", "--replay", RECORDING)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(json.loads(done.stdout)["regions"][0]["accesses"], 20)

    def test_csv(self) -> None:
        done = tiertop("--replay", RECORDING, "--csv", "--count", "2")
        rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
        self.assertEqual(len(rows), 26)
        redis = next(row for row in rows if row["pid"] == "901")
        self.assertEqual(redis["policy"], "bind:0-1")
        self.assertEqual(redis["heap"], "ratio:node:0-1=3,node:2-3=1")
        self.assertLess(int(redis["tier1_lowest_bytes"]), int(redis["tier1_bytes"]))
        later = next(row for row in rows[13:] if row["pid"] == "901")
        for way in ("promoted", "demoted"):
            low, value, high = (float(later[f"{way}{end}_bytes_per_s"])
                                for end in ("_lowest", "", "_highest"))
            self.assertTrue(low < value < high, (way, low, value, high))
        self.assertEqual(rows[0]["demoted_highest_bytes_per_s"], "")
        train = next(row for row in rows if row["pid"] == "1322")
        self.assertEqual(train["command"], 'python3 train.py --model "small"')
        self.assertEqual(next(r for r in rows if r["pid"] == "2000")["tier0_bytes"], "")

    def test_openmetrics(self) -> None:
        done = tiertop("--replay", RECORDING, "--once", "--openmetrics")
        lines = done.stdout.splitlines()
        self.assertEqual(lines[-1], "# EOF")
        for line in lines[:-1]:
            if not line.startswith("# "):
                self.assertRegex(line, METRIC)
        self.assertIn('tier_total_bytes{tier="1",kind="pmem",nodes="2-3"} 270582939648', lines)
        # What is not known is no metric, and never 0.
        self.assertFalse([x for x in lines if x.startswith('tier_lost_bytes{tier="0"')])

    def test_textfile(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/tiers.prom"
            done = tiertop("--replay", RECORDING, "--once", "--textfile", path)
            self.assertEqual((done.returncode, done.stdout), (0, ""))
            self.assertTrue(Path(path).read_text().endswith("# EOF\n"))
            self.assertEqual(os.listdir(folder), ["tiers.prom"])

    def test_batch_ends_by_count_and_signal(self) -> None:
        done = tiertop("--batch", "--json", "--count", "2", "--interval", "0.1")
        self.assertEqual(len(done.stdout.splitlines()), 2)
        process = subprocess.Popen([TIERTOP, "--batch", "--json", "--interval", "0.1"],
                                   stdout=subprocess.PIPE, env=environment())
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(30), -signal.SIGINT)
        process.stdout.close()


    def test_seeking(self) -> None:
        spark = "\u2588"  # of the largest rate there is
        table = (("", "1/6", False), ("...", "4/6", True), (")", "2/6", False),
                 ("}", "6/6", True), ("$", "6/6", True), ("$(", "5/6", True),
                 ("$^", "1/6", False), ("....,", "4/6", True))
        for keys, place, has_history in table:
            done = tiertop("--replay", RECORDING, "--no-config", "--once", "--text", "--size",
                           "140x40", *(["--keys", keys] if keys else []))
            self.assertEqual((done.returncode, done.stderr), (0, ""), keys)
            lines = done.stdout.splitlines()
            self.assertIn(f"13 processes  {place} ", lines[0], keys)
            self.assertEqual(spark in done.stdout, has_history, (keys, lines[1:3]))
            # Rates of one time are not drawn beside those of another.
            if keys in ("$", "}", "$(", "....,"):
                self.assertEqual(done.stdout.count(spark), 1, (keys, lines[1:3]))


class Wrong(unittest.TestCase):
    """One line on stderr, and a status that says which kind."""

    def test_misuse(self) -> None:
        table = (
            (["--nonsense"], 2, "--nonsense: no such option"),
            (["--record"], 2, "--record: its value is missing"),
            (["word"], 2, "word: unexpected"),
            (["--interval", "0"], 2, "--interval: 0: not a number, from 0.1 up"),
            (["--interval", "nan"], 2, "--interval: nan"),
            (["--size", "80"], 2, "--size: 80: not as in 80x24"),
            (["--size", "0x0"], 2, "--size: 0x0"),
            (["--count", "-1"], 2, "--count: -1"),
            (["--set", "theme=pink"], 2, "--set: theme=pink: no such setting"),
            (["--completion", "fish"], 2, "only bash is known"),
            (["--replay", "/no/such/file"], 5, "/no/such/file: replay: No such file"),
            (["--replay", "/dev/null", "--once"], 1, "there is no record in it"),
            (["--record", "/no/such/folder/x", "--once"], 1, "record: No such file"),
            (["--root", "/no/such/root", "--once"], 5, "discovery: "),
            ([], 3, "terminal: it is none"),
        )
        for words, status, text in table:
            done = tiertop("--no-config", *words)
            self.assertEqual(done.returncode, status, (words, done.stderr))
            self.assertIn(text, done.stderr)
            self.assertEqual(done.stderr.count("\n"), 1, done.stderr)
            self.assertTrue(done.stderr.startswith("tiertop: "), done.stderr)

    def test_recordings_that_are_none(self) -> None:
        good = json.loads(Path(RECORDING).read_text().splitlines()[0])
        table = (
            ("{", "no JSON"), ("[]", "no record of tiertop"), ("{}", "no record of tiertop"),
            (json.dumps({**good, "tiertop": 2}), "a version"),
            (json.dumps({**good, "time": "late"}), "a number is expected"),
            (json.dumps({**good, "tiers": good["tiers"] * 40}), "too many tiers"),
            (json.dumps({**good, "tiers": good["tiers"][:1]}), "one estimate for each tier"),
            (json.dumps({**good, "processes": good["processes"][::-1]}), "not in the order"),
            (json.dumps({**good, "groups": [7]}), "no object"))
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/bad.jsonl"
            for line, text in table:
                Path(path).write_text(line + "\n")
                done = tiertop("--replay", path, "--once")
                self.assertEqual(done.returncode, 1, line[:60])
                self.assertIn(text, done.stderr)

    def test_a_last_line_that_is_cut_is_left_out(self) -> None:
        text = Path(RECORDING).read_text()
        with tempfile.TemporaryDirectory() as folder:
            path = folder + "/cut.jsonl"
            Path(path).write_text(text[:-500])
            done = tiertop("--replay", path, "--json")
            self.assertEqual((done.returncode, done.stdout.count("\n")), (0, 5))

    def test_full_disk(self) -> None:
        for words in (["--once"], ["--once", "--json"], ["--help"], ["--completion", "bash"]):
            with open("/dev/full", "w", encoding="ascii") as full:
                done = tiertop("--replay", RECORDING, *words, stdout=full,
                               stderr=subprocess.PIPE)
            self.assertEqual(done.returncode, 1, words)
            self.assertIn("stdout: write", done.stderr)

    def test_closed_streams_are_no_files(self) -> None:
        """What is recorded has what is printed and said nowhere else."""
        for closed in (">&-", "2>&-", "<&- >&- 2>&-"):
            with tempfile.TemporaryDirectory() as folder:
                path = folder + "/record.jsonl"
                done = subprocess.run(
                    ["sh", "-c", f'exec "$@" {closed}', "sh", TIERTOP, "--no-config", "--replay",
                     RECORDING, "--once", "--json", "--record", path, "--textfile", "/no/such/x"],
                    env=environment(), timeout=60, check=False, capture_output=True, text=True)
                self.assertEqual(done.returncode, 1, closed)
                self.assertEqual(Path(path).read_text(),
                                 tiertop("--replay", RECORDING, "--once", "--json").stdout, closed)

    def test_few_descriptors(self) -> None:
        done = subprocess.run(["bash", "-c", f"ulimit -n 24; exec {TIERTOP} --once --json"],
                              capture_output=True, text=True, env=environment(), timeout=60,
                              check=False)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertGreater(len(json.loads(done.stdout)["processes"]), 1)

    @unittest.skipUnless(seccomp.is_known(), "skip: no call numbers for this machine")
    def test_without_move_pages(self) -> None:
        """A large process is refused with a reason, and never counted at its cost."""
        child = subprocess.Popen(["python3", "-c", "x = b'x' * (96 << 20); input()"],
                                 stdin=subprocess.PIPE)
        try:
            for _ in range(600):
                if int(Path(f"/proc/{child.pid}/statm").read_text().split()[1]) > 16000:
                    break
                time.sleep(0.05)
            done = subprocess.run(
                [TIERTOP, "--once", "--json"], capture_output=True, text=True,
                env=environment(), timeout=60, check=False,
                preexec_fn=lambda: seccomp.refuse(MOVE_PAGES[os.uname().machine], errno.EPERM))
            self.assertEqual(done.returncode, 0, done.stderr)
            found = {p["pid"]: p for p in json.loads(done.stdout)["processes"]}
            self.assertEqual(found[child.pid]["how"], "refused")
            self.assertIn("not permitted", found[child.pid]["why"])
            self.assertIn("exact", {p["how"] for p in found.values()})
        finally:
            child.communicate(b"\n")


class Help(unittest.TestCase):
    """Help, manual and completion name the same options."""

    def test_manual_names_every_option(self) -> None:
        options = re.findall(r"^  (--[a-z-]+)", tiertop("--help").stdout, re.M)
        manual = (Path(__file__).parents[2] / "tiertop" / "man" / "tiertop.1.scd").read_text()
        self.assertGreater(len(options), 20)
        for option in options:
            self.assertIn(f"*{option}*", manual)
        self.assertIn("# EXAMPLES", manual)

    def test_completion_is_bash(self) -> None:
        text = tiertop("--completion", "bash").stdout
        done = subprocess.run(
            ["bash", "-c", text + 'COMP_WORDS=(tiertop --re) COMP_CWORD=1; _tiertop; '
             'echo "${COMPREPLY[@]}"'], capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout.split(), ["--record", "--replay", "--readonly"])


if __name__ == "__main__":
    unittest.main()
