# SPDX-License-Identifier: GPL-2.0-or-later
"""tierctl run: the command takes its place, as if it had been started directly."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import tempfile
import unittest
from pathlib import Path

import seccomp
from tool import TIERCTL, environment, fixture, tierctl

PREFER = ("run", "--prefer-dram", "--")
SHOW_STATE = "grep -E 'Sig[BIC]' /proc/self/status; ls -l /proc/self/fd | wc -l; umask"


def policy_of_self(*words: str, **how) -> str:
    """The memory policy that a command has under `tierctl run WORDS`."""
    result = tierctl("run", *words, "--", "cat", "/proc/self/numa_maps", **how)
    return result.stdout.split("\n", maxsplit=1)[0].split(" ")[1]


class Run(unittest.TestCase):
    """On this machine, whatever memory it has: it has node 0 or this is another test."""

    def test_run__takes_the_place(self) -> None:
        with subprocess.Popen([TIERCTL, *PREFER, "sh", "-c", "echo $$"], text=True,
                              stdout=subprocess.PIPE, env=environment()) as child:
            self.assertEqual(child.stdout.read(), f"{child.pid}\n")

    def test_run__passes_words_on(self) -> None:
        words = ["--", "--help", "a b", "", "-n", "\n"]
        result = tierctl(*PREFER, "printf", "[%s]", *words)
        self.assertEqual(result.stdout, "".join(f"[{word}]" for word in words))

        result = tierctl("run", "--prefer-dram", "echo", "--json", "--report")
        self.assertEqual((result.stdout, result.stderr), ("--json --report\n", ""))

    def test_run__ends_as_the_command(self) -> None:
        for status in (0, 1, 42, 125, 255):
            result = tierctl(*PREFER, "sh", "-c", f"exit {status}")
            self.assertEqual((result.returncode, result.stderr), (status, ""))
        result = tierctl(*PREFER, "sh", "-c", "kill -KILL $$")
        self.assertEqual(result.returncode, -signal.SIGKILL)

    def test_run__says_why_it_cannot(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder, "script")
            script.write_text("#!/nonexistent/interpreter\n", encoding="ascii")
            script.chmod(0o755)
            for command, status, why in [
                    ("no-such-command", 127, "no such command on the PATH"),
                    ("/no/such/file", 127, "no such file"), ("", 127, "no such command"),
                    (str(script), 127, "interpreter"), ("/etc/passwd", 126, "not permitted"),
                    ("/etc", 126, "not permitted"), ("/etc/passwd/x", 126, "directory")]:
                result = tierctl(*PREFER, command)
                with self.subTest(command=command):
                    self.assertEqual(result.returncode, status)
                    self.assertEqual(result.stderr.count("\n"), 1)
                    self.assertIn(why, result.stderr)

    def test_run__leaves_nothing_behind(self) -> None:
        def unusual() -> None:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            os.umask(0o027)

        for setup in (None, unusual):
            plain = subprocess.run(["sh", "-c", SHOW_STATE], env=environment(), text=True,
                                   stdin=subprocess.DEVNULL, capture_output=True,
                                   preexec_fn=setup, restore_signals=not setup, timeout=60)
            ours = tierctl(*PREFER, "sh", "-c", SHOW_STATE, preexec_fn=setup,
                           restore_signals=not setup)
            self.assertEqual(ours.stdout, plain.stdout)

    def test_run__closed_streams_stay_closed(self) -> None:
        command = 'exec 2>&1; ls /proc/self/fd | tr "\\n" " "'
        script = f"exec '{TIERCTL}' run --prefer-dram -- sh -c '{command}' <&-"
        result = subprocess.run(["sh", "-c", script], env=environment(), text=True,
                                capture_output=True, timeout=60)
        plain = subprocess.run(["sh", "-c", f"exec sh -c '{command}' <&-"], text=True,
                               env=environment(), capture_output=True, timeout=60)
        self.assertEqual(result.stdout, plain.stdout)

    def test_run__sets_the_policy(self) -> None:
        node = self.a_dram_node()
        self.assertRegex(policy_of_self("--prefer", f"node:{node}"), r"^prefer.*:\d")
        self.assertEqual(policy_of_self("--bind", f"node:{node}"), f"bind=static:{node}")
        self.assertEqual(policy_of_self("--interleave", f"node:{node}"),
                         f"interleave=static:{node}")
        self.assertEqual(policy_of_self("--cpus", f"node:{node}"), "default")

    def a_dram_node(self) -> str:
        plan = tierctl("run", "--prefer-dram", "--dry-run")
        self.assertEqual(plan.returncode, 0, plan.stderr)
        return plan.stdout.split("policy=prefer:")[1].split("\n")[0].split("-")[0]

    def test_run__sets_the_cpus(self) -> None:
        result = tierctl("run", "--prefer-dram", "--cpus", "near", "--", "nproc")
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertGreater(int(result.stdout), 0)

    def test_run__dry_run_runs_nothing(self) -> None:
        for root in ([], ["--root", fixture("2s-cxl")]):
            result = tierctl(*root, "run", "--prefer-dram", "--dry-run", "--", "echo", "hi")
            self.assertEqual((result.returncode, result.stderr), (0, ""))
            self.assertIn("command echo hi\n", result.stdout)
            self.assertNotRegex(result.stdout, r"(?m)^hi$")

    def test_run__reads_users_words(self) -> None:
        node = self.a_dram_node()
        env = environment(TIERKIT_NODES=f"node:{node} kind=hbm")
        result = tierctl("run", "--prefer", "hbm", "--dry-run", env=env)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"policy=prefer:{node}", result.stdout)

    @unittest.skipUnless(seccomp.is_known(), "skip: call numbers of this machine not known")
    def test_run__heap(self) -> None:
        result = tierctl("run", "--heap", "prefer:all", "--", "printenv", "TIER_HEAP",
                         "LD_PRELOAD")
        if not (Path(TIERCTL).parent.parent / "lib/libtiermalloc.so").exists():
            # A sanitizer's build has none, and says so before anything runs.
            self.assertEqual((result.returncode, result.stdout), (125, ""))
            self.assertIn("libtiermalloc.so: not installed", result.stderr)
            return
        heap, library = result.stdout.splitlines()
        self.assertTrue(heap.startswith("prefer:node:"))
        self.assertTrue(library.endswith("/libtiermalloc.so"))
        result = tierctl("run", "--heap", "limit:all=1M", "--", "cat", "/proc/self/maps")
        self.assertEqual(result.stderr, "")
        self.assertIn("libtiermalloc.so", result.stdout)

    def test_run__heap_is_shown(self) -> None:
        script = "x = bytearray(9 << 20); print('ready', flush=True); input()"
        with subprocess.Popen([TIERCTL, "run", "--heap", "limit:all=4M", "--",
                               "/usr/bin/python3", "-c", script], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, env=environment()) as child:
            if child.stdout.readline() != "ready\n":
                return  # a sanitizer's build has no such heap: the test above says so
            text = tierctl("heap", str(child.pid))
            document = json.loads(tierctl("heap", "--json", str(child.pid)).stdout)
            child.communicate("\n")
        self.assertIn("parted, limit:node:", text.stdout)
        self.assertIn("Used beyond all tiers: ", text.stdout)
        tier = document["tiers"][0]
        self.assertEqual((document["state"], tier["limit"]), ("parted", 4 << 20))
        self.assertLessEqual(tier["used"], 4 << 20)
        self.assertGreater(tier["spilled"], 0)
        self.assertGreater(document["elsewhere"], 9 << 20)
        self.assertGreater(tier["resident"], 9 << 20)

    def test_run__heap_of_others(self) -> None:
        result = tierctl("heap", str(os.getpid()))
        self.assertEqual(result.returncode, 5)
        self.assertIn("it runs without libtiermalloc.so", result.stderr)
        result = tierctl("heap", "4000000")
        self.assertEqual((result.returncode, result.stderr),
                         (5, "tierctl: process 4000000: heap: no such process\n"))

    def test_run__blocked_by_seccomp(self) -> None:
        for how in ([], ["--report"]):
            result = tierctl("run", "--prefer-dram", *how, "--", "echo", "hi",
                             preexec_fn=seccomp.refuse_policy_calls)
            self.assertEqual((result.returncode, result.stdout), (125, ""))
            self.assertEqual(result.stderr.count("\n"), 1)
            for words in ("EPERM", "seccomp", "CAP_SYS_NICE", "--best-effort"):
                self.assertIn(words, result.stderr)

    @unittest.skipUnless(seccomp.is_known(), "skip: call numbers of this machine not known")
    def test_run__best_effort_goes_on(self) -> None:
        result = tierctl("run", "--prefer-dram", "--best-effort", "--", "echo", "hi",
                         preexec_fn=seccomp.refuse_policy_calls)
        self.assertEqual((result.returncode, result.stdout), (0, "hi\n"))
        self.assertEqual(result.stderr.count("\n"), 1)
        self.assertIn("seccomp", result.stderr)

    @unittest.skipUnless(seccomp.is_known(), "skip: call numbers of this machine not known")
    def test_run__goes_on_when_nobody_listens(self) -> None:
        for how in ([], ["--report"]):
            reader, writer = os.pipe()
            os.close(reader)
            result = tierctl("run", "--prefer-dram", "--best-effort", *how, "--", "sh", "-c",
                             "echo hi; exit 7", stdout=subprocess.PIPE, stderr=writer,
                             preexec_fn=seccomp.refuse_policy_calls)
            os.close(writer)
            self.assertEqual((result.returncode, result.stdout), (7, "hi\n"))

    @unittest.skipUnless(seccomp.is_known(), "skip: call numbers of this machine not known")
    def test_run__no_numa_is_another_message(self) -> None:
        result = tierctl(*PREFER, "true",
                         preexec_fn=lambda: seccomp.refuse_policy_calls(errno.ENOSYS))
        self.assertEqual(result.returncode, 125)
        self.assertIn("ENOSYS", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
