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
import machine as machines
import session
from kernels import Kernel, LabError

# Each start takes the next line of `plan`: "up", or what the console says before the end.
QEMU = r"""#!{python}
import os, re, sys
plan = open({plan!r}).read().splitlines()
word = plan[0]
open({plan!r}, "w").write("\n".join(plan[1:]))
fds = [re.match(r"fd=(\d+),set=3$", option) for option in sys.argv]
events = int(next(fd for fd in fds if fd)[1])
if word == "up":
    os.write(events, b"ready\n")
    os.read(0, 1)
else:
    print(word, flush=True)
"""


class Boots(unittest.TestCase):
    def setUp(self) -> None:
        self.directory = Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.plan = self.directory / "plan"
        qemu = self.directory / "qemu"
        qemu.write_text(QEMU.format(python=sys.executable, plan=str(self.plan)))
        qemu.chmod(qemu.stat().st_mode | stat.S_IXUSR)
        self.enterContext(mock.patch.object(guest, "QEMU", str(qemu)))

    def boot(self, *plan: str) -> str:
        """Boot by a plan; what was noted meanwhile. All of the plan must have been used."""
        self.plan.write_text("\n".join(plan))
        nowhere = Path("/dev/null")
        kernel = Kernel("6.12", "6.12", nowhere, nowhere, nowhere, nowhere)
        noted = io.StringIO()
        with guest.Guest(machines.load("one-node"), kernel, self.directory / "run") as one, \
                contextlib.redirect_stderr(noted):  # fmt: skip
            session.boot(one, session.Events())
        self.assertEqual(self.plan.read_text(), "")
        return noted.getvalue()

    def test_first_start(self) -> None:
        self.assertEqual(self.boot("up"), "")

    def test_fault_of_qemu_is_noted_and_started_again(self) -> None:
        noted = self.boot("Oops: int3: 0000 [#1] SMP", "Oops: int3: 0000 [#1] SMP", "up")
        self.assertEqual(len(re.findall("booting again", noted)), 2)

    def test_fault_of_qemu_does_not_last(self) -> None:
        with self.assertRaisesRegex(LabError, "died while it came up"):
            self.boot(*["Oops: int3: 0000 [#1] SMP"] * session.MOST_STARTS)

    def test_other_death_is_told_at_once(self) -> None:
        with self.assertRaisesRegex(LabError, "BUG: unable to handle"):
            self.boot("BUG: unable to handle page fault for address", "up")


if __name__ == "__main__":
    unittest.main()
