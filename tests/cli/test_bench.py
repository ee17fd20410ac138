# SPDX-License-Identifier: GPL-2.0-or-later
"""tierbench as people and scripts meet it: small buffers, real memory, every refusal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import unittest
from pathlib import Path

import seccomp
from bench import BENCH, SMALL, BenchCase, run
from tool import TOP

# Not built with sanitizers.
HEAPS = Path(BENCH).parent.parent / "lib" / "libtiermalloc.so"
PAGE = (TOP / "bench" / "man" / "tierbench.1.scd").read_text(encoding="utf-8")


def commands() -> list[str]:
    """What the overview names."""
    lines = run("help").stdout.splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ")]


class Bench(BenchCase):
    """One test per promise."""

    def test_bench__refuses_what_is_wrong(self) -> None:
        self.refuses(2, "no command")
        self.refuses(2, "no such command", "speed")
        self.refuses(2, "no such option", "latency", "--fast")
        self.refuses(2, "does not take it", "matrix", "--weights", "x")
        self.refuses(2, "takes no value", "latency", "--json=1")
        self.refuses(2, "needs a value", "latency", "--size")
        self.refuses(2, "is no size", "latency", "--size", "much")
        self.refuses(2, "from 2M to 1T", "latency", "--size", "4K", "--any-size")
        self.refuses(2, "last-level cache", "latency", "--size", "2M")
        self.refuses(2, "4k, thp or huge", "latency", "--pages", "8k", *SMALL)
        self.refuses(2, "above 0", "latency", "--size", "2M", "--any-size", "--seconds", "0")
        self.refuses(2, "whole number", "bandwidth", *SMALL, "--threads", "0")
        self.refuses(2, "its own", "bandwidth", *SMALL, "--threads", "1000")
        self.refuses(2, "choose one", "latency", *SMALL, "--json", "--csv")
        self.refuses(3, "none that are called so", "bandwidth", *SMALL, "--loops", "mmx")
        self.refuses(5, "no node 1000", "latency", *SMALL, "--nodes", "node:1000")
        self.refuses(2, "selects nothing", "latency", *SMALL, "--nodes", "nonsense")
        self.refuses(2, "none of: window random", "latency", *SMALL, "--only", "windw")
        self.refuses(2, "'' is none of", "bandwidth", *SMALL, "--only", "read,")
        self.refuses(2, "weighted heap", "policy", *SMALL, "--only", "bind,nonsense")
        self.refuses(2, "pairs", "alloc", "--only", "nonsense", "--no-store")
        self.refuses(2, "selects nothing", "policy", *SMALL, "--nodes", "nonsense")
        self.refuses(5, "no node 1000", "policy", *SMALL, "--nodes", "node:1000")
        self.refuses(2, "selects nothing", "matrix", *SMALL, "--cpus", "nonsense")
        self.refuses(5, "no node 1000", "matrix", *SMALL, "--cpus", "node:1000")
        self.refuses(2, "does not take it", "latency", *SMALL, "--threads", "2")
        self.refuses(2, "does not take it", "migrate", *SMALL, "--loops", "scalar")
        self.refuses(2, "no traffic", "loaded", *SMALL, "--only", "triad")
        self.refuses(1, "are free", "latency", "--size", "1T")
        self.refuses(3, "needs two nodes", "migrate", *SMALL, "--nodes", "node:0")
        self.refuses(2, "does not take it", "alloc", "--size", "4M")
        self.refuses(2, "is no heap policy", "alloc", "--heap", "rubbish")
        self.refuses(2, "is no heap policy", "policy", *SMALL, "--heap", "rubbish")
        self.refuses(2, "has none", "policy", *SMALL, "--only", "heap")
        self.refuses(2, "--turn-demotion", "policy", *SMALL, "--only", "demotion-on")
        self.refuses(2, "usage", "diff", "one")
        self.refuses(1, "cannot be read", "diff", "/nonexistent", "/nonexistent")
        self.refuses(2, "no result of tierbench", "report", __file__)
        self.refuses(2, "no result of tierbench", "diff", __file__, __file__)

    def test_bench__one_cpu_has_no_loaded_latency(self) -> None:
        cpu = min(os.sched_getaffinity(0))
        result = run("loaded", *SMALL, preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertIn("needs two CPUs", result.stderr)
        result = run("latency", *SMALL, preexec_fn=lambda: os.sched_setaffinity(0, {cpu}))
        self.assertIn(result.returncode, (0, 4), result.stderr)

    def test_bench__no_huge_pages(self) -> None:
        result = run("latency", "--size", "64G", "--pages", "huge", "--any-size", "--no-store")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertRegex(result.stderr, r"are free|vm\.nr_hugepages")

    def test_bench__every_row_has_its_proof(self) -> None:
        found = self.measure("bandwidth")
        names = [row["variant"] for row in found["rows"]]
        self.assertEqual(len(names), 12 * len({row["place"] for row in found["rows"]}))
        for row in found["rows"]:
            with self.subTest(row=row["variant"]):
                self.assertEqual(row["pages_proved"], 3 * row["bytes"] // 4096)
                self.assertEqual(row["lines_proved"], row["bytes"] // 64)
                self.assertTrue(row["low"] <= row["median"] <= row["high"])
                self.assertEqual(sorted(row["values"]), row["values"])
                self.assertGreaterEqual(len(row["values"]), 8)

    def test_bench__chain_has_every_line(self) -> None:
        for row in self.measure("latency")["rows"]:
            self.assertEqual(row["lines_proved"], row["bytes"] // 64)

    def test_bench__quick_plans_ten_seconds(self) -> None:
        """By count: the times of a test say nothing of a machine."""
        result = run("quick", "--size", "2M", "--any-size", "--no-store", "--json", "--nodes",
                     "fastest")
        if result.returncode == 4 and "proof" in result.stderr:
            self.skipTest("move_pages is forbidden here")
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = json.loads(result.stdout)["rows"]
        tests = [row["test"] for row in rows]
        traffic = [row["variant"] for row in rows if row["test"] == "bandwidth"]
        loads = [row["variant"] for row in rows if row["test"] == "loaded"]
        self.assertEqual([row["variant"] for row in rows[:2]], ["window", "random"])
        self.assertEqual(traffic, ["read", "copy-nt", "3:1", "2:1", "1:1"])
        alone = {row["threads"] for row in rows if row["test"] == "bandwidth"} == {1}
        self.assertEqual(len(set(loads)), 0 if alone else 12)
        self.assertEqual(len(tests), 2 + len(traffic) + len(loads))
        # Samples of 15 ms, and as many as take six of the ten seconds.
        self.assertTrue(all(len(row["values"]) == 6 for row in rows))
        self.assertTrue(all(6 <= row["samples"] <= 20 for row in rows))
        self.assertLessEqual(len(rows) * 20 * 0.015, 6)

    def test_bench__full_plans_a_minute(self) -> None:
        """By count: with the time that the page tells for a figure."""
        seconds, = re.findall(r"\*full\*: ([\d.]+)\)", PAGE)
        rows = self.measure("full", "--nodes", "fastest")["rows"]
        tests = [row["test"] for row in rows]
        self.assertEqual(tests.count("latency"), 2)
        self.assertEqual(tests.count("bandwidth"), 12)
        self.assertIn(tests.count("loaded"), (0, 12))
        self.assertEqual(len(rows), 14 + tests.count("loaded"))
        # Here there is time for one sample in a lap, so no lap is one too many.
        self.assertTrue(all(9 <= row["samples"] == len(row["values"]) <= 12 for row in rows))
        # In twelve laps that leaves more than a second and a half for each to place buffers.
        self.assertLessEqual(len(rows) * float(seconds), 60 - 12 * 1.5)

    def test_bench__every_width_of_loops(self) -> None:
        ran = 0
        widths = ("scalar", "sse2", "avx2", "avx512", "neon")
        for name in [width + form for width in widths for form in ("", "x2", "x4")]:
            result = run("bandwidth", "--only", "triad-nt", *SMALL, "--loops", name, "--json")
            if result.returncode == 0:
                ran += json.loads(result.stdout)["loops"] == name
        if not ran:
            self.measure("latency")
        self.assertGreaterEqual(ran, 6)

    def test_bench__loops_are_chosen_by_trial(self) -> None:
        found = self.measure("bandwidth", "--only", "read,copy-nt")
        self.assertEqual(found["loops"], "by trial")
        for row in found["rows"]:
            self.assertRegex(row["loops"], "^(scalar|sse2|avx2|avx512|neon)(x2|x4)?$")
        found = self.measure("bandwidth", "--only", "read,copy-nt", "--loops", "scalarx4")
        self.assertEqual({found["loops"]} | {row["loops"] for row in found["rows"]},
                         {"scalarx4"})
        self.assertEqual({row["loops"] for row in self.measure("latency")["rows"]}, {""})

    def test_bench__policies_are_proved(self) -> None:
        rows = self.measure("policy")["rows"]
        places = {row["place"] for row in rows}
        self.assertLessEqual({"first-touch", "bind", "prefer", "interleave"}, places)

    def test_bench__a_policy_has_a_value_of_each_placement(self) -> None:
        """There is time for two samples on each."""
        small = ("--size", "2M", "--any-size", "--seconds", "0.4", "--no-store")
        row, = self.measure("policy", "--only", "bind", small=small)["rows"]
        self.assertIn(len(row["values"]), range(9, 13))
        self.assertEqual(row["samples"], 2 * len(row["values"]))

    def test_bench__a_heap_is_a_policy(self) -> None:
        if not HEAPS.exists():
            self.refuses(1, "libtiermalloc.so: not installed", "policy", *SMALL, "--heap",
                         "prefer:fastest")
            return
        rows = self.measure("policy", "--only", "bind", "--heap", "prefer:fastest")["rows"]
        places = [row["place"] for row in rows]
        self.assertEqual(len(places), 2, places)
        self.assertRegex(places[0], "^heap:prefer:node:[0-9]+$")
        self.assertEqual({row["pages_proved"] for row in rows}, {512})

    def test_bench__allocators_do_the_same_work(self) -> None:
        if not HEAPS.exists():
            result = run("alloc", "--only", "pairs", "--no-store")
            self.assertNotEqual(result.returncode, 0)
            self.assertEqual(result.stdout, "")
            return
        self.measure("latency")
        result = run("alloc", "--only", "pairs,threads", "--heap", "bind:all", "--seconds", "0.1",
                     "--no-store", "--json")
        self.assertEqual(result.returncode, 0, result.stderr)
        rows = json.loads(result.stdout)["rows"]
        for load in ("pairs", "threads"):
            found = [row for row in rows if row["variant"] == load]
            self.assertLessEqual({"libc", "plain", "bind:all"}, {row["place"] for row in found})
            self.assertEqual(len({row["lines_proved"] for row in found}), 1)
            self.assertEqual({row["pages_proved"] for row in found}, {1024})
            self.assertTrue(all(row["median"] > 0 for row in found))

    def test_bench__anothers_malloc_is_refused(self) -> None:
        result = run("alloc-work", "-", "libtiermalloc.so")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertRegex(result.stderr, "malloc is of .* and not of libtiermalloc.so")

    @unittest.skipUnless(seccomp.is_known(), "skip: no call numbers for this machine")
    def test_bench__forbidden_placing_is_said_once(self) -> None:
        result = run("latency", *SMALL, preexec_fn=seccomp.refuse_policy_calls)
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertRegex(result.stderr, "^tierbench: prefer:node:[0-9]+: .*EPERM.*\n$")
        self.assertEqual(result.stdout, "")

    def test_bench__records_what_came_between(self) -> None:
        found = self.measure("latency")
        always = Path("/sys/kernel/mm/transparent_hugepage/enabled")

        if always.exists():
            self.assertIn(f"[{found['huge_pages']}]", always.read_text(encoding="ascii"))
        for row in found["rows"]:
            for key, path in (("cpu_stall", "/proc/pressure/cpu"),
                              ("memory_stall", "/proc/pressure/memory")):
                try:
                    known = bool(Path(path).read_text(encoding="ascii"))
                except OSError:
                    known = False
                self.assertEqual(row[key] is not None, known, key)
                self.assertGreaterEqual(row[key] or 0, 0)
            self.assertGreaterEqual(row["stolen"], 0)
            self.assertLess(row["stolen"], 1)
            self.assertGreater(row["stolen_tick"], 0)
            self.assertLessEqual(row["others"] or 0, os.cpu_count() + 1)
            told = any(Path("/sys/devices/system/cpu").glob("cpu*/cpufreq/scaling_cur_freq"))
            self.assertEqual(row["mhz_low"] is not None, told)
            self.assertLessEqual(row["mhz_low"] or 0, row["mhz_high"] or 0)
            self.assertEqual(row["mhz_unknown"], "" if told else "no cpufreq")

    def test_bench__manual_names_everything(self) -> None:
        self.assertGreater(len(commands()), 8)
        for command in commands():
            text = run("help", command).stdout
            self.assertIn(f"*{command}*", PAGE)
            self.assertIn("Examples:", text)
            for word in text.split():
                if word.startswith("--") and word[2:3].isalpha():
                    self.assertIn(f"*{word.rstrip(',.')}*", PAGE.replace("\\", ""))

    def test_bench__help_tells_what_is_true(self) -> None:
        """Of options whose default is not the same for all commands."""
        seconds, = re.findall(r"How long one figure may take, (.*) if not given (\(.*\));",
                              PAGE.replace("*", ""))
        text = run("help", "quick").stdout
        self.assertIn(f"default: {' '.join(seconds)}", text)
        self.assertIn("instead of keeping it", text)
        self.assertIn("(matrix: all)", run("help", "matrix").stdout)
        self.assertIn("(migrate: 4k and thp)", run("help", "migrate").stdout)
        for command in commands():
            lines = run("help", command).stdout.splitlines()
            self.assertLessEqual(max(map(len, lines)), 80, command)

    def test_bench__completion(self) -> None:
        script = run("help", "completion").stdout
        ask = ("COMP_WORDS=(tierbench {}); COMP_CWORD={}; _tierbench; "
               "printf '%s\\n' \"${{COMPREPLY[@]}}\"")
        for words, number, offered in (("la", 1, "latency"), ("latency --pag", 2, "--pages"),
                                       ("latency --pages t", 3, "thp"), ("mi", 1, "migrate"),
                                       ("migrate --pag", 2, "--pages")):
            result = subprocess.run(["bash", "-c", script + ask.format(words, number)],
                                    capture_output=True, text=True, check=False)
            self.assertEqual(result.stdout, offered + "\n", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
