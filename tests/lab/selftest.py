#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Tests of what starts guests, with a QEMU of our own that runs none."""

from __future__ import annotations

import contextlib
import io
import re
import stat
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import guest
import job
import machine as machines
import session
import suite
from kernels import Kernel, LabError

# Each start takes the next line of `plan`, events (in lower case) and lines of the console.
QEMU = r"""#!{python}
import os, re, sys
plan = open({plan!r}).read().splitlines()
open({plan!r}, "w").write("\n".join(plan[1:]))
fds = [re.match(r"fd=(\d+),set=3$", option) for option in sys.argv]
events = int(next(fd for fd in fds if fd)[1])
for words in plan[0].split("|"):
    if words == "wait":
        os.read(0, 1)
    elif words[0].islower():
        os.write(events, words.encode() + b"\n")
    else:
        print(words, flush=True)
"""

UP = "ready|wait"
STUMBLED = "Oops: int3: 0000 [#1] SMP|RIP: 0010:copy_process+0x1c9/0x2800|Code: 00"
ASTRAY = "Oops: int3: 0000 [#1] SMP|RIP: 0010:dev_dax_kmem_probe+0x1c9/0x2800 [kmem]|Code: 00"


class Case(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.plan = self.directory / "plan"
        self.noted = io.StringIO()
        qemu = self.directory / "qemu"
        qemu.write_text(QEMU.format(python=sys.executable, plan=str(self.plan)))
        qemu.chmod(qemu.stat().st_mode | stat.S_IXUSR)
        self.enterContext(mock.patch.object(guest, "QEMU", str(qemu)))
        self.enterContext(contextlib.redirect_stderr(self.noted))
        nowhere = Path("/dev/null")
        kernel = Kernel("6.12", "6.12", nowhere, nowhere, nowhere, nowhere)
        self.guest = self.enterContext(
            guest.Guest(machines.load("one-node"), kernel, self.directory / "run"))  # fmt: skip

    def starts_again(self) -> int:
        """How often that was noted. All of the plan must have been used."""
        self.assertEqual(self.plan.read_text(), "")
        return self.noted.getvalue().count("booting again")


class Boots(Case):
    def boot(self, *plan: str) -> None:
        self.plan.write_text("\n".join(plan))
        session.boot(self.guest, session.Events())

    def test_first_start(self) -> None:
        self.boot(UP)
        self.assertEqual(self.starts_again(), 0)

    def test_fault_of_qemu_is_noted_and_started_again(self) -> None:
        self.boot(STUMBLED, STUMBLED, UP)
        self.assertEqual(self.starts_again(), 2)

    def test_fault_of_qemu_does_not_last(self) -> None:
        with self.assertRaisesRegex(LabError, "died while it came up"):
            self.boot(*[STUMBLED] * session.MOST_STARTS)

    def test_other_death_is_told_at_once(self) -> None:
        for death in ("BUG: unable to handle page fault for address", ASTRAY):
            with self.subTest(death), self.assertRaisesRegex(LabError, re.escape(death[:12])):
                self.boot(death, UP)


class Suites(Case):
    """Tests a, b and c in one guest."""

    def setUp(self) -> None:
        super().setUp()
        self.enterContext(mock.patch.object(job, "CACHE", self.directory / "cache"))
        self.compose = self.enterContext(mock.patch.object(job, "compose"))

    def run_suite(self, *plan: str) -> list[str]:
        """What was asked of a boot that goes by the plan; in the end the names of what failed."""
        self.plan.write_text("\n".join(plan))
        tests = [suite.Test(name, self.directory / f"t_{name}.sh", [], [], 60, [], False)
                 for name in "abc"]  # fmt: skip
        for test in tests:
            test.path.touch()
        boot = suite.Boot(self.guest, job.Build(self.directory, False), tests)
        with contextlib.redirect_stdout(io.StringIO()) as told:
            boot.run()
        return re.findall(r"^FAIL \S+ \S+ (\S+)", told.getvalue(), re.MULTILINE)

    def orders(self) -> list[str]:
        """Which tests each boot was for."""
        given = [call.args[3]["/lab/tests.list"].decode() for call in self.compose.call_args_list]
        return ["".join(line.split()[0] for line in text.splitlines()) for text in given]

    def test_all_in_one_boot(self) -> None:
        done = "ready|begin a|end a 0|begin b|end b 0|begin c|end c 1"
        self.assertEqual(self.run_suite(done), ["c"])
        self.assertEqual(self.starts_again(), 0)

    def test_fault_of_qemu_costs_one_test_its_first_try(self) -> None:
        files = [self.guest.share / name for name in ("a.out", "b.out", "reboot")]
        for file in files:
            file.touch()
        failed = self.run_suite(f"ready|begin a|end a 1|begin b|{STUMBLED}",
                                "ready|begin b|end b 0|begin c|end c 0")  # fmt: skip
        self.assertEqual(failed, ["a"])
        self.assertEqual(self.orders(), ["abc", "bc"])
        self.assertEqual(self.starts_again(), 1)
        self.assertEqual([file.exists() for file in files], [True, False, False])

    def test_fault_of_qemu_does_not_last(self) -> None:
        more = [f"ready|begin b|{STUMBLED}"] * (session.MOST_STARTS - 1)
        failed = self.run_suite(f"ready|begin a|end a 0|{STUMBLED}", *more)
        self.assertEqual(failed, ["b", "c"])
        self.assertEqual(self.starts_again(), session.MOST_STARTS - 1)

    def test_death_of_the_kernel_counts(self) -> None:
        self.assertEqual(self.run_suite(f"ready|begin a|end a 0|begin b|{ASTRAY}"), ["b", "c"])
        self.assertEqual(self.starts_again(), 0)


if __name__ == "__main__":
    unittest.main()
