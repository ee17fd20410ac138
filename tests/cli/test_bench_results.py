# SPDX-License-Identifier: GPL-2.0-or-later
"""Where tierbench leaves what it found, what it tells meanwhile, and what signals make of it."""

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

from bench import BENCH, SMALL, BenchCase, run
from tool import environment, read_terminal


class Results(BenchCase):
    """Nothing is lost, and nothing taken for what it is not."""

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
            seen = read_terminal(ours)
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


if __name__ == "__main__":
    unittest.main(verbosity=2)
