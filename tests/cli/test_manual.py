# SPDX-License-Identifier: GPL-2.0-or-later
"""What the manual and the README show is what the tools print, for each block that begins with
"$ "."""

from __future__ import annotations

import re
import shlex
import subprocess
import unittest
from pathlib import Path

from tool import TIERCTL, TOP, environment, tierctl

PAGES = sorted((TOP / "tierctl" / "man").glob("*.scd"))


def blocks(text: str) -> list[str]:
    """The literal blocks of a page, scdoc or Markdown, that show a prompt."""
    found = re.findall(r"^```(?:console)?\n(.*?)^```$", text, re.M | re.S)
    return [block for block in found if block.startswith("$ ")]


def split(block: str) -> tuple[list[str], str]:
    """The words behind the prompt, and the output below them."""
    lines = block[2:].split("\n")
    command = lines.pop(0)
    while command.endswith("\\"):
        command = command[:-1] + lines.pop(0)
    return shlex.split(command), "\n".join(lines)


class Manual(unittest.TestCase):
    """One block after the other."""

    def test_manual__shows_real_output(self) -> None:
        count = 0
        for page in PAGES:
            for block in blocks(page.read_text(encoding="utf-8").replace("\\\\", "\\")):
                words, shown = split(block)
                with self.subTest(page=page.name, command=" ".join(words)):
                    self.assertEqual(words[0], "tierctl")
                    result = tierctl(*words[1:])
                    self.assertEqual(result.stdout + result.stderr, shown)
                count += 1
        self.assertGreater(count, 5, "the manual has lost its examples")

    def test_manual__readme_shows_real_output(self) -> None:
        shown_by = []
        for block in blocks((TOP / "README.md").read_text(encoding="utf-8")):
            words, shown = split(block)
            tool = Path(TIERCTL).with_name(words[0])
            with self.subTest(command=" ".join(words)):
                if not tool.exists():
                    self.skipTest(f"skip: {words[0]} was not built")
                result = subprocess.run([tool, *words[1:]], env=environment(), text=True,
                                        cwd=TOP, timeout=60, capture_output=True)
                self.assertEqual(result.stdout + result.stderr, shown)
            shown_by.append(words[0])
        self.assertEqual(shown_by, ["tierctl", "tiertop"], "the README has lost its examples")

    def test_manual__names_every_status(self) -> None:
        for page in PAGES:
            with self.subTest(page=page.name):
                self.assertIn("# EXIT STATUS", page.read_text(encoding="utf-8"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
