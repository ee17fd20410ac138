# SPDX-License-Identifier: GPL-2.0-or-later
"""tierbench as people and scripts meet it: small buffers, real memory, every refusal."""

from __future__ import annotations

import csv
import io
import json
import os
import pty
import re
import resource
import signal
import subprocess
import tempfile
import termios
import time
import unittest
from pathlib import Path

import seccomp
from tool import TOP, environment

BENCH = str(Path(os.environ["TIERCTL"]).with_name("tierbench"))
# Not built with sanitizers.
HEAPS = Path(BENCH).parent.parent / "lib" / "libtiermalloc.so"
PAGE = (TOP / "bench" / "man" / "tierbench.1.scd").read_text(encoding="utf-8")
# As small as may be: what is tested here are proofs and words, never speed.
SMALL = ("--size", "2M", "--any-size", "--seconds", "0.15", "--no-store")


def run(*words: str, **how) -> subprocess.CompletedProcess[str]:
    """Run tierbench to its end."""
    how.setdefault("env", environment())
    how.setdefault("stdin", subprocess.DEVNULL)
    return subprocess.run([BENCH, *words], text=True, timeout=60, capture_output=True, **how)


def commands() -> list[str]:
    """What the overview names."""
    lines = run("help").stdout.splitlines()
    return [line.split()[0] for line in lines if line.startswith("  ")]


class Bench(unittest.TestCase):
    """One test per promise."""

    def refuses(self, status: int, says: str, *words: str) -> None:
        """The exit status, one line that says why, and no result."""
        result = run(*words)
        with self.subTest(words=words):
            self.assertEqual(result.returncode, status, result.stderr)
            self.assertIn(says, result.stderr)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)
            self.assertEqual(result.stdout, "")

    def measure(self, *words: str, small: tuple[str, ...] = SMALL) -> dict:
        """A run as JSON; skips where a container forbids to ask for pages."""
        result = run(*words, *small, "--json")
        if result.returncode == 4 and "proof" in result.stderr:
            self.skipTest("move_pages is forbidden here")
        self.assertEqual(result.returncode, 0, result.stderr)
        return json.loads(result.stdout)

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

    def test_bench__csv(self) -> None:
        self.measure("latency")
        result = run("latency", *SMALL, "--csv")
        rows = list(csv.DictReader(io.StringIO(result.stdout)))
        self.assertEqual({row["variant"] for row in rows}, {"window", "random"})
        self.assertTrue(all(float(row["median"]) > 0 for row in rows))
        self.assertEqual({(row["emulator"], row["figures_forced"]) for row in rows}, {("", "0")})

    def test_bench__is_kept_and_compared(self) -> None:
        self.measure("latency")
        with tempfile.TemporaryDirectory() as folder:
            words = [word for word in SMALL if word != "--no-store"]
            result = run("latency", *words, env=environment(XDG_STATE_HOME=folder))
            kept = list(Path(folder).rglob("*"))
            files = [str(path) for path in kept if path.is_file()]
            self.assertEqual(len(files), 1, result.stderr)
            self.assertIn(f"kept in {files[0]}", result.stderr)
            same = run("diff", files[0], files[0])
            self.assertEqual(same.returncode, 0, same.stderr)
            self.assertEqual(same.stdout.count("+0.0 %  same"), 2, same.stdout)
            page = run("report", files[0]).stdout
            self.assertTrue(page.endswith("</html>\n"), page)
            self.assertIn("Latency by CPUs and memory", page)

    def test_bench__keeps_each_of_one_second(self) -> None:
        self.measure("latency")
        words = [BENCH, "latency", *SMALL[:-1], "--only", "window"]
        with tempfile.TemporaryDirectory() as folder:
            started = [subprocess.Popen(words, env=environment(XDG_STATE_HOME=folder),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                       for _ in range(3)]
            told = [process.communicate(timeout=60)[1].decode() for process in started]
            kept = [path for path in Path(folder).rglob("*") if path.is_file()]
            self.assertEqual(len(kept), 3, told)
            for path in kept:
                self.assertEqual(len(json.loads(path.read_text(encoding="utf-8"))["rows"]), 1)
                self.assertIn(f"kept in {path}\n", "".join(told))

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

    def test_bench__differing_runs_are_told(self) -> None:
        found = self.measure("latency")
        changes = {"kernel": ("kernel", "0.0.1"), "loops": ("loops", "other"),
                   "huge_pages": ("transparent huge pages", "other"),
                   "numa_balancing": ("NUMA balancing", "other"),
                   "signature": ("machine", "other")}
        with tempfile.TemporaryDirectory() as folder:
            before, after = Path(folder, "before"), Path(folder, "after")
            found.update(huge_pages="never", numa_balancing="off")
            before.write_text(json.dumps(found), encoding="utf-8")
            for key, (what, value) in changes.items():
                after.write_text(json.dumps({**found, key: value}), encoding="utf-8")
                told = run("diff", str(before), str(after)).stdout
                self.assertIn(f"The runs differ in {what}: {found[key]} before, {value} after.",
                              told)
                self.assertEqual(told.count("The runs differ"), 1)
                # What an older result does not have differs from nothing.
                after.write_text(json.dumps({**found, key: ""}), encoding="utf-8")
                self.assertNotIn("differ", run("diff", str(before), str(after)).stdout)
            found["rows"][0]["bytes"] *= 2
            after.write_text(json.dumps(found), encoding="utf-8")
            told = run("diff", str(before), str(after)).stdout
            self.assertEqual(told.count("(other size)"), 1, told)
            after.write_text(json.dumps({**found, "emulator": "QEMU TCG"}), encoding="utf-8")
            self.refuses(1, "under QEMU TCG", "diff", str(before), str(after))

    def test_bench__failing_output_is_a_failure(self) -> None:
        self.measure("latency")
        with open("/dev/full", "wb") as full:
            result = subprocess.run([BENCH, "latency", *SMALL], stdout=full, text=True,
                                    stderr=subprocess.PIPE, timeout=60, env=environment())
        self.assertEqual(result.returncode, 1)
        self.assertIn("cannot be written", result.stderr)
        result = run("latency", *SMALL, "--output", "/nonexistent/file")
        self.assertEqual(result.returncode, 1)
        with tempfile.TemporaryDirectory() as folder:
            result = run("latency", *SMALL, "--output", f"{folder}/file", preexec_fn=lambda:
                         resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0)))
            self.assertEqual(result.returncode, 1)
            self.assertIn("cannot be written: File too large", result.stderr)
            self.assertEqual(list(Path(folder).iterdir()), [])

    def test_bench__output_may_be_no_plain_file(self) -> None:
        """As root a rename over /dev/null would be the end of it."""
        self.measure("latency")
        one = [word for word in SMALL if word != "--no-store"] + ["--only", "window", "--output"]
        with tempfile.TemporaryDirectory() as folder:
            kept, link, full, pipe = (Path(folder, name) for name in "klfp")
            kept.write_text("old", encoding="utf-8")
            link.symlink_to(kept)
            full.symlink_to("/dev/full")
            os.mkfifo(pipe)
            ours = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
            results = [run("latency", *one, str(path)) for path in (link, full, pipe)]
            piped = os.read(ours, 1 << 16)
            os.close(ours)
            self.assertEqual([result.returncode for result in results], [0, 1, 0])
            self.assertIn("No space left", results[1].stderr)
            for text in (kept.read_bytes(), piped):
                self.assertEqual(len(json.loads(text)["rows"]), 1)
            self.assertTrue(link.is_symlink() and full.is_symlink() and pipe.is_fifo())
            self.assertEqual(len(list(Path(folder).iterdir())), 4)

    def progress(self, *words: str, columns: int = 80) -> list[bytes]:
        """What a terminal of that width was told, line by line."""
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, columns))
        with subprocess.Popen([BENCH, *words, *SMALL], stderr=theirs, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, env=environment()) as process:
            os.close(theirs)
            seen = b""
            try:
                while piece := os.read(ours, 65536):
                    seen += piece
            except OSError:  # the other side is closed
                pass
            os.close(ours)
            process.wait(timeout=60)
        before, *lines, last = seen.split(b"\r\033[K")
        self.assertEqual((before, last), (b"", b""), "nothing is left there")
        return lines

    def test_bench__progress_counts_what_is_measured(self) -> None:
        rows = len(self.measure("latency")["rows"]) // 2
        for words, count in ((("latency", "--only", "window"), rows), (("latency",), 2 * rows),
                             (("policy", "--only", "bind,prefer"), 2)):
            told = [tuple(map(int, re.findall(rb"^(\d+)/(\d+) ", line)[0]))
                    for line in self.progress(*words)]
            with self.subTest(words=words):
                self.assertEqual({planned for _, planned in told}, {12 * count})
                self.assertEqual(told[0][0], 1)
                # Nine laps are the fewest.
                self.assertIn(told[-1][0], range(9 * count, 12 * count + 1))

    def test_bench__progress_stays_in_its_line(self) -> None:
        self.measure("latency")
        lines = self.progress("latency", columns=20)
        self.assertEqual({len(line) for line in lines}, {19})

    def test_bench__interrupted(self) -> None:
        self.measure("latency")
        with tempfile.TemporaryDirectory() as folder:
            target = Path(folder, "out.json")
            process = subprocess.Popen(
                [BENCH, "full", "--size", "32M", "--any-size", "--output", str(target)],
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment())
            time.sleep(1)
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=30)
            self.assertEqual(process.returncode, -signal.SIGINT, stderr)
            self.assertEqual(stderr, "tierbench: full: interrupted; no result was kept\n")
            self.assertEqual(stdout, "")
            self.assertEqual(list(Path(folder).iterdir()), [])

    def test_bench__nohup(self) -> None:
        """Who ignores hang-ups does so until the end."""
        self.measure("latency")
        process = subprocess.Popen(
            [BENCH, "latency", *SMALL, "--seconds", "1", "--only", "window"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(),
            preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        time.sleep(0.5)
        process.send_signal(signal.SIGHUP)
        stdout, stderr = process.communicate(timeout=30)
        self.assertEqual(process.returncode, 0, stderr)
        self.assertIn("window", stdout)

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
