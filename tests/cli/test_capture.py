# SPDX-License-Identifier: GPL-2.0-or-later
"""tierctl capture: whole or not at all, never over something else, and read back."""

from __future__ import annotations

import os
import stat
import tempfile
import unittest
from pathlib import Path

from tool import FIXTURES, fixture, tierctl

MACHINES = sorted(path.parent.name for path in FIXTURES.glob("*/capture"))


class Capture(unittest.TestCase):
    """In a folder of its own."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory(prefix="capture-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.file = self.folder / "machine.capture"

    def leftovers(self) -> list[str]:
        return sorted(p.name for p in self.folder.iterdir() if p != self.file)

    def test_capture__is_read_back(self) -> None:
        for words in ([str(self.file)], ["--force", str(self.file)]):
            result = tierctl("capture", *words)
            self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        self.assertEqual(self.leftovers(), [])

        result = tierctl("--root", str(self.file), "show")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("TIER", result.stdout)

    def test_capture__of_a_capture_shows_the_same(self) -> None:
        for machine in MACHINES:
            text = tierctl("--root", fixture(machine), "capture").stdout
            self.file.write_text(text, encoding="utf-8")
            for words in (["show", "--json"], ["capture"]):
                first = tierctl("--root", fixture(machine), *words).stdout
                again = tierctl("--root", str(self.file), *words).stdout
                with self.subTest(machine=machine, words=words):
                    self.assertEqual(first, again)

    def test_capture__leaves_what_exists(self) -> None:
        self.file.write_text("mine\n", encoding="utf-8")
        result = tierctl("capture", str(self.file))

        self.assertEqual(result.returncode, 1)
        self.assertIn("--force replaces it", result.stderr)
        self.assertEqual(self.file.read_text(encoding="utf-8"), "mine\n")
        self.assertEqual(self.leftovers(), [])

    def test_capture__leaves_a_dangling_link(self) -> None:
        self.file.symlink_to(self.folder / "nowhere")
        result = tierctl("capture", str(self.file))

        self.assertEqual(result.returncode, 1)
        self.assertTrue(self.file.is_symlink())
        self.assertEqual(self.leftovers(), [])

    def test_capture__replaces_nothing_but_files(self) -> None:
        pipe = self.folder / "pipe"
        os.mkfifo(pipe)
        self.file.symlink_to("pipe")
        for path in (pipe, self.file, self.folder):
            result = tierctl("capture", "--force", str(path))
            with self.subTest(path=path):
                self.assertEqual(result.returncode, 1)
                self.assertIn("no regular file", result.stderr)
        self.assertTrue(pipe.is_fifo() and self.file.is_symlink())

    def test_capture__goes_to_stdout(self) -> None:
        for words in ([], ["-"]):
            text = tierctl("capture", *words).stdout
            self.assertTrue(text.startswith("tierkit-capture 1\n"))

    def test_capture__honours_the_umask(self) -> None:
        tierctl("capture", str(self.file), preexec_fn=lambda: os.umask(0o027))
        self.assertEqual(stat.S_IMODE(self.file.stat().st_mode), 0o640)

    def test_capture__says_where_it_cannot_write(self) -> None:
        for place in ("no/such/folder/x", "machine.capture/x"):
            self.file.touch()
            result = tierctl("capture", str(self.folder / place))
            with self.subTest(place=place):
                self.assertEqual(result.returncode, 1)
                self.assertIn(place, result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
