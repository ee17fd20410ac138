# SPDX-License-Identifier: GPL-2.0-or-later
"""The doctor on this machine and in its documents: nothing changed, every check explained."""

from __future__ import annotations

import json
import re
import subprocess
import unittest

import seccomp
from tool import TIERCTL, TOP, environment, fixture, tierctl

DOCUMENT = TOP / "docs" / "doctor.md"
PAGE = TOP / "tierctl" / "man" / "tierctl-doctor.1.scd"


def checks() -> list[str]:
    return [line.split()[0] for line in tierctl("doctor", "--list").stdout.splitlines()]


def findings(*words: str) -> list[dict]:
    return json.loads(tierctl(*words, "doctor", "--json").stdout)["findings"]


class Doctor(unittest.TestCase):
    def test_doctor__each_check_is_explained(self) -> None:
        text = DOCUMENT.read_text(encoding="utf-8")
        page = PAGE.read_text(encoding="utf-8")
        self.assertGreater(len(checks()), 30)
        for name in checks():
            with self.subTest(check=name):
                self.assertIn(f"`{name}`", text)
                self.assertIn(f"*{name}*", page)

    def test_doctor__sees_sections_that_are_there(self) -> None:
        sections = re.findall(r"^## (\S+)$", DOCUMENT.read_text(encoding="utf-8"), re.M)
        for finding in findings("--root", fixture("doctor-ill")):
            with self.subTest(check=finding["check"]):
                self.assertIn(finding["see"], sections)

    def test_doctor__status_says_whether_there_is_a_problem(self) -> None:
        for name, status in (("doctor-well", 0), ("doctor-ill", 1)):
            with self.subTest(machine=name):
                result = tierctl("--root", fixture(name), "doctor")
                self.assertEqual(result.returncode, status)

    def test_doctor__only_what_is_asked_for_counts(self) -> None:
        ill = ("--root", fixture("doctor-ill"), "doctor")
        self.assertEqual(tierctl(*ill, "zones", "seccomp").returncode, 0)
        self.assertEqual(tierctl(*ill, "zones", "demotion").returncode, 1)

    def test_doctor__every_check_looks_at_this_machine(self) -> None:
        seen = {finding["check"] for finding in findings()}
        self.assertEqual(seen, set(checks()))

    @unittest.skipUnless(seccomp.is_known(), "skip: no call numbers for this machine")
    def test_doctor__finds_a_seccomp_filter(self) -> None:
        result = subprocess.run(
            [TIERCTL, "doctor", "seccomp"], text=True, timeout=60, capture_output=True,
            env=environment(), preexec_fn=seccomp.refuse_policy_calls)
        self.assertEqual(result.returncode, 1, result.stdout + result.stderr)
        for call in ("mbind", "set_mempolicy", "migrate_pages"):
            self.assertIn(call, result.stdout)
        self.assertNotIn("move_pages (", result.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
