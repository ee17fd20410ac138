# SPDX-License-Identifier: GPL-2.0-or-later
"""run --report: a parent that is not felt, and a report that says what it saw."""

from __future__ import annotations

import json
import os
import re
import select
import signal
import subprocess
import sys
import time
import unittest

import seccomp
from tool import TIERCTL, environment, tierctl

REPORT = ("run", "--prefer-dram", "--report", "--")
MIB = 1 << 20

# Touches so many MiB, says so, ends when its standard input does.
HOLD = "import sys; b = bytearray({} << 20); print('ready', flush=True); sys.stdin.read()"
# Says which signal came,
# past Python's buffers: a handler in the middle of a print would break them.
CATCH = """
import os, signal, sys
def say(word):
    os.write(1, word.encode() + b'\\n')
for name in ('TERM', 'HUP', 'USR1', 'USR2', 'CONT'):
    signal.signal(getattr(signal, 'SIG' + name),
                  lambda number, frame: say(signal.Signals(number).name))
say('ready')
while sys.stdin.readline():
    say('line')
"""


def start(*words: str, **how) -> subprocess.Popen[str]:
    """tierctl, its streams as pipes."""
    return subprocess.Popen([TIERCTL, *words], text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            env=environment(), **how)


def state(pid: int) -> str:
    """The state letter of a process."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return file.read().rsplit(")", 1)[1].split()[0]


def await_state(pid: int, letters: str) -> None:
    """Wait for a state of a process; the test's timeout is the limit."""
    end = time.monotonic() + 30
    while state(pid) not in letters:
        if time.monotonic() > end:
            raise TimeoutError(f"process {pid} is {state(pid)}, not {letters}")
        os.sched_yield()


def child_of(pid: int) -> int:
    """The one child of a process."""
    with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
        return int(file.read())


class Report(unittest.TestCase):
    """What is printed."""

    def hold(self, script: str, *words: str) -> str:
        """The report of a Python script that waits, after many samples of it."""
        with start("run", "--prefer-dram", "--report", *words, "--", sys.executable, "-c",
                   script) as child:
            self.assertEqual(child.stdout.readline(), "ready\n")
            select.select([child.stdout], [], [], 1)  # it prints nothing more
            text = child.communicate("")[1]
            self.assertEqual(child.returncode, 0, text)
        return text

    def test_report__counts_the_peak(self) -> None:
        document = json.loads(self.hold(HOLD.format(64), "--json"))

        self.assertGreaterEqual(document["peak_bytes"], 64 * MIB)
        self.assertLess(document["peak_bytes"], 128 * MIB)
        self.assertGreaterEqual(document["samples"], 2)
        self.assertTrue(document["policy_set"])
        self.assertLess(document["sampling_ns"], document["elapsed_ns"] / 20)
        self.assertGreaterEqual(sum(n["peak_bytes"] for n in document["nodes"]), 64 * MIB)

    def test_report__counts_descendants(self) -> None:
        script = ("import os, sys, subprocess\n"
                  f"b = bytearray(32 << 20)\nc = {HOLD.format(48)!r}\n"
                  "sys.exit(subprocess.run([sys.executable, '-c', c]).returncode)")
        document = json.loads(self.hold(script, "--json"))

        self.assertGreaterEqual(document["peak_bytes"], 80 * MIB)

    def test_report__reads_well(self) -> None:
        text = self.hold(HOLD.format(64))

        self.assertRegex(text, r"(?m)^asked +prefer:dram$")
        self.assertRegex(text, r"(?m)^in force +nodes? \d")
        self.assertRegex(text, r"(?m)^samples +\d+ in \d+\.\d+ s")
        self.assertRegex(text, r"(?m)^TIER +KIND +NODES +PEAK$")
        self.assertRegex(text, r"(?m)^NODE +TIER +KIND +PEAK$")

    def test_report__is_honest_about_short_lives(self) -> None:
        result = tierctl(*REPORT, "true")
        samples = int(re.search(r"samples +(\d+)", result.stderr).group(1))

        self.assertLess(samples, 10)
        self.assertRegex(result.stderr, "too soon|few")

    def test_report__leaves_stdout_alone(self) -> None:
        result = tierctl(*REPORT, "echo", "hi")
        self.assertEqual(result.stdout, "hi\n")


class Parent(unittest.TestCase):
    """What is not felt."""

    def test_parent__reports_on_no_policy_too(self) -> None:
        done = tierctl("run", "--report", "--", "true")
        self.assertEqual(done.returncode, 0)
        self.assertIn("asked     default", done.stderr)
        self.assertIn("in force  the kernel's default", done.stderr)

    def test_parent__ends_as_the_command(self) -> None:
        for status in (0, 1, 42, 255):
            self.assertEqual(tierctl(*REPORT, "sh", "-c", f"exit {status}").returncode, status)
        for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSEGV, signal.SIGPIPE,
                       signal.SIGUSR1, signal.SIGINT):
            result = tierctl(*REPORT, "sh", "-c", f"kill -{int(number)} $$")
            self.assertEqual(result.returncode, -number)

    def test_parent__failures_have_no_report(self) -> None:
        for command, status in (("no-such-command", 127), ("/etc/passwd", 126)):
            result = tierctl(*REPORT, command)
            self.assertEqual(result.returncode, status)
            self.assertEqual(result.stderr.count("\n"), 1, result.stderr)

    @unittest.skipUnless(seccomp.is_known(), "skip: call numbers of this machine not known")
    def test_parent__without_a_process_to_spare(self) -> None:
        # The leak sanitizer's own work at the end is done in a process that it starts.
        result = tierctl(*REPORT, "true", preexec_fn=seccomp.refuse_forks,
                         env=environment(ASAN_OPTIONS="detect_leaks=0"))

        self.assertEqual(result.returncode, 125)
        self.assertEqual(result.stderr,
                         "tierctl: run: fork: Resource temporarily unavailable\n")

    def test_parent__tells_failures_as_json(self) -> None:
        result = tierctl("--json", *REPORT, "no-such-command")
        error, = json.loads(result.stdout)["errors"]

        self.assertEqual((result.returncode, error["status"]), (127, 127))
        self.assertEqual((error["object"], error["what"]), ("run", "no-such-command"))

    def test_parent__hides_nothing_from_the_command(self) -> None:
        show = "grep 'Sig[BIC]' /proc/self/status; ls -l /proc/self/fd | wc -l"

        def unusual() -> None:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])

        for setup in (None, unusual):
            how = {"preexec_fn": setup, "restore_signals": not setup}
            plain = subprocess.run(["sh", "-c", show], env=environment(), text=True,
                                   stdin=subprocess.DEVNULL, capture_output=True,
                                   timeout=60, **how)
            ours = tierctl(*REPORT, "sh", "-c", show, **how)
            self.assertEqual(ours.stdout, plain.stdout)
            self.assertEqual(ours.returncode, 0)

    def test_parent__hands_signals_on(self) -> None:
        with start(*REPORT, sys.executable, "-c", CATCH) as child:
            self.assertEqual(child.stdout.readline(), "ready\n")
            for name in ("TERM", "HUP", "USR1", "USR2", "CONT"):
                child.send_signal(getattr(signal, "SIG" + name))
                self.assertEqual(child.stdout.readline(), f"SIG{name}\n")
            child.communicate("")
            self.assertEqual(child.returncode, 0)

    def test_parent__keeps_interrupts_to_itself(self) -> None:
        with start(*REPORT, sys.executable, "-c", CATCH) as child:
            self.assertEqual(child.stdout.readline(), "ready\n")
            child.send_signal(signal.SIGINT)
            child.send_signal(signal.SIGQUIT)
            child.stdin.write("still here?\n")
            child.stdin.flush()
            self.assertEqual(child.stdout.readline(), "line\n")
            child.communicate("")
            self.assertEqual(child.returncode, 0)

    def test_parent__stops_and_goes_on_with_the_command(self) -> None:
        # In a process group of its own, as a shell would have it: nobody could wake a group
        # that is orphaned, as this test's may be, so the kernel does not stop it.
        with start(*REPORT, sys.executable, "-c", CATCH, process_group=0) as child:
            self.assertEqual(child.stdout.readline(), "ready\n")
            command = child_of(child.pid)
            for target, number in ((command, signal.SIGSTOP), (child.pid, signal.SIGTSTP)):
                os.kill(target, number)
                await_state(command, "T")
                await_state(child.pid, "T")
                os.kill(child.pid, signal.SIGCONT)
                self.assertEqual(child.stdout.readline(), "SIGCONT\n")
                await_state(child.pid, "SR")
            child.communicate("")
            self.assertEqual(child.returncode, 0)

    def test_parent__takes_the_command_along(self) -> None:
        with start(*REPORT, sys.executable, "-c", CATCH) as child:
            self.assertEqual(child.stdout.readline(), "ready\n")
            child.kill()
            # The pipe closes when its last holder, the command, has died as well.
            self.assertEqual(child.stdout.read(), "")


if __name__ == "__main__":
    unittest.main(verbosity=2)
