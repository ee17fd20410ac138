# SPDX-License-Identifier: GPL-2.0-or-later
"""Policies of processes of our own, as the kernel has them."""

from __future__ import annotations

import ctypes
import json
import os
import signal
import struct
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import seccomp
from tool import tierctl

PTRACE_SEIZE = 0x4206
LIBC = ctypes.CDLL(None, use_errno=True)


def policy_of(pid: int) -> str:
    """The policy of the last mapping, which has none of its own."""
    return Path(f"/proc/{pid}/numa_maps").read_text(encoding="ascii").splitlines()[-1].split()[1]


def tracer_of(pid: int) -> str:
    """Who traces it; "0" for nobody."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(line.split()[1] for line in lines if line.startswith("TracerPid"))


def program_of_32_bits() -> bytes:
    """An ELF for i386 that pauses for ever."""
    code = bytes.fromhex("b81d000000cd80ebf7")  # pause(), again
    start, base = 52 + 32, 0x08048000
    header = struct.pack("<16sHHIIIIIHHHHHH", b"\x7fELF\x01\x01\x01", 2, 3, 1, base + start,
                         52, 0, 0, 52, 32, 1, 0, 0, 0)
    segment = struct.pack("<IIIIIIII", 1, 0, base, base, start + len(code), start + len(code), 5,
                          0x1000)
    return header + segment + code


class Look(unittest.TestCase):
    def test_policy__of_a_process_under_one(self) -> None:
        for policy, words in ((["--interleave", "node:0"], "interleave=static:0"),
                              (["--bind", "node:0"], "bind=static:0"), ([], "default")):
            with self.subTest(policy=words):
                child = subprocess.Popen(
                    [os.environ["TIERCTL"], "run", *policy, "--", "sh", "-c",
                     "echo; read x"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
                child.stdout.readline()
                result = tierctl("policy", str(child.pid), "--json")
                child.communicate(b"\n")
                said = json.loads(result.stdout)
                self.assertEqual(said["threads"][0]["policy"], words)
                self.assertEqual({m["policy"] for m in said["mappings"]}, {words})
                self.assertFalse(any(m["own"] for m in said["mappings"]))

    def test_policy__of_no_process(self) -> None:
        child = subprocess.Popen(["true"])
        child.wait()
        result = tierctl("policy", str(child.pid))
        self.assertEqual(result.returncode, 5)
        self.assertIn("no such process", result.stderr)


class Change(unittest.TestCase):
    def setUp(self) -> None:
        self.child: subprocess.Popen | None = None

    def tearDown(self) -> None:
        if self.child:
            self.child.kill()
            self.child.wait()

    def begin(self, *words: str, **how) -> int:
        self.child = subprocess.Popen(words or ("sleep", "100"), **how)
        return self.child.pid

    def test_policy__there_and_back(self) -> None:
        pid = self.begin()
        for option, words in (("--bind", "bind=static:0"), ("--interleave", "interleave=static:0"),
                              ("--prefer", "prefer=static:0")):
            result = tierctl("policy", str(pid), option, "node:0")
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(policy_of(pid), words)
        said = json.loads(tierctl("policy", str(pid), "--default", "--json").stdout)
        self.assertEqual(policy_of(pid), "default")
        self.assertEqual(said["changed"], 1)
        self.assertEqual(said["threads"][0]["before"], "prefer=static:0")
        self.assertGreater(said["threads"][0]["stopped_ns"], 0)
        self.assertEqual(tracer_of(pid), "0")

    def test_policy__preview_changes_nothing(self) -> None:
        pid = self.begin()
        result = tierctl("policy", str(pid), "--bind", "node:0", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("set_mempolicy(MPOL_BIND|MPOL_F_STATIC_NODES, {0}, ", result.stdout)
        self.assertRegex(result.stdout, r"[0-9]+ us")
        self.assertEqual(policy_of(pid), "default")

    def test_policy__preview_of_many_threads_has_all(self) -> None:
        threads = 40
        program = ("import threading, time\n"
                   f"for _ in range({threads - 1}):\n"
                   "    threading.Thread(target=time.sleep, args=(100,), daemon=True).start()\n"
                   "print('up', flush=True)\n"
                   "time.sleep(100)")
        pid = self.begin(sys.executable, "-c", program, stdout=subprocess.PIPE)
        with self.child.stdout:
            self.child.stdout.readline()
            result = tierctl("policy", str(pid), "--bind", "node:0", "--dry-run")
        self.assertEqual(result.returncode, 0, result.stderr)
        for call, count in (("mmap", 1), ("get_mempolicy", threads), ("set_mempolicy", threads),
                            ("munmap", 1)):
            self.assertEqual(result.stdout.count(f" {call}("), count, call)

    def test_policy__of_one_that_is_traced(self) -> None:
        pid = self.begin()
        self.assertEqual(LIBC.ptrace(PTRACE_SEIZE, pid, None, None), 0)
        result = tierctl("policy", str(pid), "--bind", "node:0")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"process {os.getpid()} traces it already", result.stderr)
        self.assertEqual(policy_of(pid), "default")

    @unittest.skipUnless(seccomp.is_known(), "skip: no call numbers for this machine")
    def test_policy__of_one_under_a_filter(self) -> None:
        pid = self.begin(preexec_fn=seccomp.refuse_policy_calls)
        result = tierctl("policy", str(pid), "--bind", "node:0")
        self.assertEqual(result.returncode, 4)
        self.assertIn("seccomp filter watches its calls", result.stderr)
        result = tierctl("policy", str(pid), "--bind", "node:0", "--filtered")
        self.assertEqual(result.returncode, 4)
        self.assertIn("forbidden to it (EPERM)", result.stderr)
        self.assertEqual(policy_of(pid), "default")
        self.assertIsNone(self.child.poll())

    @unittest.skipUnless(os.uname().machine == "x86_64", "skip: only x86-64 has these programs")
    def test_policy__of_one_of_32_bits(self) -> None:
        with tempfile.NamedTemporaryFile(delete=False) as file:
            file.write(program_of_32_bits())
        os.chmod(file.name, 0o700)
        try:
            pid = self.begin(file.name)
        except OSError as error:
            self.skipTest(f"skip: this kernel runs no programs of 32 bits: {error}")
        finally:
            os.unlink(file.name)
        result = tierctl("policy", str(pid), "--bind", "node:0")
        self.assertEqual(result.returncode, 3, result.stderr)
        self.assertRegex(result.stderr, "32-bit code|no instruction")
        self.assertIsNone(self.child.poll())
        self.assertEqual(tracer_of(pid), "0")

    def test_policy__interrupted_before_it_begins(self) -> None:
        pid = self.begin()

        def interrupt() -> None:
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
            os.kill(os.getpid(), signal.SIGINT)

        result = tierctl("policy", str(pid), "--bind", "node:0", preexec_fn=interrupt)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("interrupted", result.stderr)
        self.assertEqual(policy_of(pid), "default")


if __name__ == "__main__":
    unittest.main(verbosity=2)
