# SPDX-License-Identifier: GPL-2.0-or-later
"""tierbench report of the runs in report/: every byte of what it writes, and no harm done.

With UPDATE=1 in the environment what it writes now becomes what is expected.
"""

from __future__ import annotations

import html.parser
import os
import pty
import subprocess
import tempfile
import unittest
from pathlib import Path
from xml.etree import ElementTree

from tool import environment, read_terminal

BENCH = str(Path(os.environ["TIERCTL"]).with_name("tierbench"))
RUNS = Path(__file__).resolve().with_name("report")
# Ending of the expected file, form, locale.
FORMS = (("html", "html", "C"), ("ascii", "text", "C"), ("utf8", "text", "C.UTF-8"),
         ("gnuplot", "gnuplot", "C"))
COLUMNS = 80


def report(run: str, *words: str, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """tierbench report of one of the runs."""
    return subprocess.run([BENCH, "report", f"{run}.json", *words], cwd=RUNS,
                          env=environment(**variables), stdin=subprocess.DEVNULL,
                          capture_output=True, timeout=60)


def on_terminal(run: str, **variables: str) -> str:
    """The text that it writes on a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([BENCH, "report", str(RUNS / f"{run}.json"), "--format", "text"],
                          env=environment(**variables), stdin=subprocess.DEVNULL,
                          stdout=theirs) as child:
        os.close(theirs)
        seen = read_terminal(ours)
        child.wait(timeout=60)
    return seen.decode()


class Tags(html.parser.HTMLParser):
    """Which elements and attributes a page has."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.seen: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.seen.update({tag, *(name for name, _ in attrs)})


class Report(unittest.TestCase):
    """One test per promise."""

    def test_report__writes_what_is_expected(self) -> None:
        for run in ("full", "old", "hostile", "hidden"):
            for ending, form, locale in FORMS:
                path = RUNS / f"{run}.{ending}"
                with self.subTest(path=path.name):
                    result = report(run, "--format", form, LC_ALL=locale)
                    if os.environ.get("UPDATE"):
                        path.write_bytes(result.stdout + result.stderr)
                    self.assertEqual(path.read_text(encoding="utf-8"),
                                     (result.stdout + result.stderr).decode())

    def test_report__has_no_curve_and_says_so(self) -> None:
        page = report("old").stdout.decode()
        text = report("old", "--format", "text").stdout.decode()

        for curve in ("latency against load", "bandwidth by ratio", "reads by CPUs"):
            self.assertRegex(page, f"No (curve of )?{curve}.*did not measure")
            self.assertRegex(text, f"No (curve of )?{curve}.*did not measure")

    def test_report__tells_nothing_of_an_emulator(self) -> None:
        self.assertIn("emulator are not told", report("hidden").stdout.decode())
        result = report("hidden", "--format", "png")
        self.assertEqual((result.returncode, result.stdout), (1, b""))
        self.assertIn(b"nothing to draw", result.stderr)

    def test_report__says_what_was_forced_out_of_an_emulator(self) -> None:
        """In each form, as a picture has no page beside it."""
        warning = "say(s|) nothing of hardware"
        with tempfile.TemporaryDirectory() as folder:
            run = Path(folder) / "run"
            text = (RUNS / "full.json").read_text(encoding="utf-8")
            Path(f"{run}.json").write_text(
                text.replace('"emulator": ""', '"emulator": "QEMU TCG"')
                .replace('"figures_forced": false', '"figures_forced": true'), encoding="utf-8")
            for form in ("html", "text", "svg", "gnuplot"):
                with self.subTest(form=form):
                    self.assertRegex(report(str(run), "--format", form).stdout.decode(), warning)
                    self.assertNotRegex(report("full", "--format", form).stdout.decode(), warning)
            self.assertIn(b"\x89PNG", report(str(run), "--format", "png").stdout)
            told = subprocess.run([BENCH, "diff", f"{run}.json", f"{run}.json"], timeout=60,
                                  capture_output=True, text=True, env=environment(), check=True)
            self.assertRegex(told.stdout, warning)

    def test_report__takes_no_markup_from_a_file(self) -> None:
        full, hostile = (Tags(report(run).stdout.decode()) for run in ("full", "hostile"))

        self.assertLessEqual(hostile.seen, full.seen)
        self.assertNotIn("script", hostile.seen | full.seen)

    def test_report__runs_no_command_from_a_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            marker = Path(folder) / "ran"
            text = (RUNS / "hostile.json").read_text(encoding="utf-8")
            # As short as a word of a run may be; a shell would make the file.
            for attack in ("`>ran`", "'; !>ran #", "'; system '>ran' #"):
                with self.subTest(attack=attack):
                    run = Path(folder) / "run.json"
                    run.write_text(text.replace("node:0'; ! id #", attack), encoding="utf-8")
                    result = subprocess.run(
                        [BENCH, "report", run, "--format", "svg"], cwd=folder,
                        env=environment(), stdin=subprocess.DEVNULL, capture_output=True,
                        timeout=60)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    self.assertFalse(marker.exists())

    def test_report__draws_by_gnuplot(self) -> None:
        for run in ("full", "old", "hostile"):
            with self.subTest(run=run):
                picture = ElementTree.fromstring(report(run, "--format", "svg").stdout)
                self.assertTrue(picture.tag.endswith("svg"))
                self.assertFalse([element for element in picture.iter()
                                  if "script" in str(element.tag)])
                words = "".join(picture.itertext())
                self.assertIn("Latency by CPUs and memory", words)
                self.assertIn("92.0 ns", words)
                self.assertEqual("Latency against load" in words, run != "old")
                png = report(run, "--format", "png").stdout
                self.assertEqual(png[:8], b"\x89PNG\r\n\x1a\n")
                self.assertEqual(png[-8:-4], b"IEND")

    def test_report__without_gnuplot(self) -> None:
        with tempfile.TemporaryDirectory() as empty:
            result = report("full", "--format", "png", PATH=empty)

        self.assertEqual((result.returncode, result.stdout), (3, b""))
        self.assertIn(b"gnuplot-nox", result.stderr)
        self.assertEqual(result.stderr.count(b"\n"), 1)

    def test_report__writes_a_file(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page"
            self.assertEqual(report("full", "--output", str(path)).stdout, b"")
            self.assertEqual(path.read_bytes(), report("full").stdout)
            self.assertEqual(report("full", "--output", "/nonexistent/page").returncode, 1)

    def test_report__fits_a_terminal(self) -> None:
        for run in ("full", "old", "hidden"):
            for locale in ("C", "C.UTF-8"):
                text = report(run, "--format", "text", LC_ALL=locale).stdout.decode()
                for line in text.splitlines():
                    # What the run's own words are, nobody wraps.
                    if not line.startswith(("No ", "Advice")):
                        self.assertLessEqual(len(line), COLUMNS, line)
                    self.assertEqual(line, line.rstrip())
                if run == "full":
                    self.assertEqual(text.isascii(), locale == "C")

    def test_report__has_colours_for_who_wants_them(self) -> None:
        plain = report("full", "--format", "text", LC_ALL="C").stdout.decode()
        colourful = {"TERM": "xterm", "LC_ALL": "C"}

        self.assertIn("\033[34m", on_terminal("full", **colourful))
        for more in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            seen = on_terminal("full", **{**colourful, **more})
            self.assertEqual(seen.replace("\r\n", "\n"), plain)
        self.assertIn("\033[34m", on_terminal("full", **colourful, NO_COLOR=""))
        self.assertNotIn("\033", plain)

    def test_report__refuses(self) -> None:
        result = report("full", "--format", "pdf")
        self.assertEqual(result.returncode, 2)
        self.assertIn(b"html, svg, png, text or gnuplot", result.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
