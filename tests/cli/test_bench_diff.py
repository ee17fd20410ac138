# SPDX-License-Identifier: GPL-2.0-or-later
"""tierbench diff by count: how often it calls two runs of one machine different, and what it
misses. The runs are made up, with noise like that of real ones, so no time is measured."""

from __future__ import annotations

import json
import os
import random
import statistics
import subprocess
import tempfile
import unittest
from pathlib import Path

from tool import environment

BENCH = str(Path(os.environ["TIERCTL"]).with_name("tierbench"))
PAIRS = 100
ROWS = 19  # as quick has
SAMPLES = (20, 8, 12, 18)


def row(number: int, chance: random.Random, factor: float, doubt: str) -> dict:
    """One figure: samples around a median, with now and then a disturbed one."""
    spread = 0.005 * (1 + number % 4)
    values = sorted(factor * (100 + number) * chance.lognormvariate(0, spread)
                    * (1 + 0.2 * (chance.random() < 0.1))
                    for _ in range(SAMPLES[number % len(SAMPLES)]))
    return {"unit": "ns", "test": "loaded", "variant": f"read/{number}", "place": "node:0",
            "pages": "4k", "cpu_node": 0, "threads": 2, "bytes": 67108864,
            "load_bytes_per_sec": 1e9, "bus_factor": 0, "pages_proved": 16384,
            "lines_proved": 1048576, "median": statistics.median(values), "low": values[0],
            "high": values[-1], "off_cpu": 0, "preemptions": 0, "migrations": 0,
            "speed_spread": 0, "noisy": doubt == "noisy", "wide": doubt == "wide",
            "in_cache": False, "hidden": False, "values": values}


def write(path: Path, chance: random.Random, factor: float = 1, doubt: str = "") -> None:
    """A run; the factor changes its first figure only."""
    rows = [row(number, chance, 1 if number else factor, doubt) for number in range(ROWS)]
    path.write_text(json.dumps({
        "schema": 1, "date": "2026-11-28T14:00:00Z", "version": "0.1.0", "kernel": "6.12.57",
        "signature": "1-nodes-0123456789abcdef", "loops": "avx2", "emulator": "", "advice": "",
        "figures_forced": False, "rows": rows}), encoding="utf-8")


class Diff(unittest.TestCase):
    """One test per promise."""

    def changed(self, seed: int, factor: float, doubt: str = "") -> list[str]:
        """What diff says of each figure that it does not call the same."""
        chance = random.Random(seed)
        with tempfile.TemporaryDirectory() as folder:
            before, after = Path(folder, "before"), Path(folder, "after")
            write(before, chance)
            write(after, chance, factor, doubt)
            told = subprocess.run([BENCH, "diff", before, after], env=environment(), text=True,
                                  capture_output=True, timeout=60, check=False)
        self.assertEqual(told.returncode, 0, told.stderr)
        lines = told.stdout.splitlines()[1:]
        self.assertEqual(len(lines), ROWS, told.stdout)
        return [line for line in lines if "  same" not in line]

    def test_diff__same_machine_seldom_differs(self) -> None:
        alarms = sum(bool(self.changed(seed, 1)) for seed in range(PAIRS))
        self.assertLessEqual(alarms, PAIRS * 5 // 100)

    def test_diff__change_is_found(self) -> None:
        """Of 5 %, in 38 of 40 pairs; the others have many disturbed samples in one run."""
        found = 0
        for factor, verdict in ((1.05, "worse"), (0.95, "better")):
            for seed in range(20):
                changed = self.changed(seed, factor)
                found += any(line.split()[1] == "read/0" and line.endswith(f"  {verdict}")
                             for line in changed)
        self.assertGreaterEqual(found, 38)

    def test_diff__noise_may_be_the_change(self) -> None:
        """Where one run is noisy or wide, diff is not sure, and says so."""
        for factor, word in ((1.3, "worse"), (0.7, "better")):
            for doubt in ("noisy", "wide"):
                self.assertRegex("".join(self.changed(3, factor, doubt)),
                                 rf"read/0 .*  {word}\? \({doubt}\)$")

    def test_diff__says_what_it_left_out(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            before, after = Path(folder, "before"), Path(folder, "after")
            write(before, random.Random(1))
            run = json.loads(before.read_text(encoding="utf-8"))
            for count, words in ((ROWS, ""), (ROWS - 2, "2 of before, 0 of after.")):
                after.write_text(json.dumps({**run, "rows": run["rows"][:count]}),
                                 encoding="utf-8")
                told = subprocess.run([BENCH, "diff", before, after], env=environment(),
                                      text=True, capture_output=True, timeout=60, check=True)
                self.assertEqual(told.stdout.count("  same"), count)
                self.assertEqual("Not compared" in told.stdout, bool(words))
                self.assertIn(words, told.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
