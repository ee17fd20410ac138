# SPDX-License-Identifier: GPL-2.0-or-later
"""The screens that README.md shows are those that tiertop draws."""

from __future__ import annotations

import re
import shlex
import unittest

from tool import TOP, tiertop

# A block in which a command stands above all that it prints.
SHOWN = re.compile(r"^```\n\$ tiertop (.+)\n((?:.*\n)+?)```$", re.M)


class Readme(unittest.TestCase):
    """Each of them."""

    def test_screens(self) -> None:
        shown = SHOWN.findall((TOP / "README.md").read_text(encoding="utf-8"))
        self.assertTrue(shown)
        for words, screen in shown:
            done = tiertop("--no-config", *shlex.split(words), cwd=TOP)
            self.assertEqual((done.returncode, done.stderr), (0, ""), words)
            self.assertEqual(done.stdout, screen, words)


if __name__ == "__main__":
    unittest.main()
