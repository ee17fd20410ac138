# SPDX-License-Identifier: GPL-2.0-or-later
"""Longer work of others under the library: the outcome is that of a plain run.

Python's own tests, each by its verdict; this project built by gcc, each object by its bytes;
openssl's benchmark. `test_suites.py --long` takes all of Python's tests that are quick and quiet
everywhere, all of this project, and long_suites.py: suites that must be fetched first.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from heap import HEAPS_OF_SUITES, environment, run

ROOT = Path(__file__).resolve().parents[2]

MODULES = ("test_array", "test_bytes", "test_collections", "test_copy", "test_deque", "test_dict",
           "test_exceptions", "test_gc", "test_generators", "test_heapq", "test_json", "test_list",
           "test_memoryview", "test_re", "test_set", "test_struct", "test_thread",
           "test_threading_local", "test_unicode", "test_zlib")
MORE_MODULES = ("test_ast", "test_asyncgen", "test_bz2", "test_compile", "test_csv", "test_ctypes",
                "test_datetime", "test_decimal", "test_fork1", "test_functools", "test_hashlib",
                "test_io", "test_itertools", "test_long", "test_lzma", "test_mmap", "test_pickle",
                "test_queue", "test_sort", "test_statistics", "test_subprocess", "test_threading",
                "test_threadsignals", "test_tuple", "test_weakref", "test_xml_etree")
TARGETS = ("tier_base", "tier_heap")

# "test_x (test.test_y.Z.test_x) ... ok", with the test's first words on a line of their own.
VERDICT = re.compile(r"^(\S+ \(\S+\))(?:\n.*)? \.\.\. (ok|FAIL|ERROR|skipped .*|expected failure)$",
                     re.MULTILINE)

long_way = False


def verdicts(heap: str | None, module: str) -> tuple[int, list[tuple[str, str]]]:
    """What each test of a module of Python's came to; with every object from malloc."""
    ours = run(heap, "/usr/bin/python3", "-m", "unittest", "-v", f"test.{module}",
               PYTHONMALLOC="malloc", timeout=600)
    return ours.returncode, sorted(VERDICT.findall(ours.stderr))


class Suites(unittest.TestCase):
    """Every verdict, byte or line is that of a plain run."""

    maxDiff = 2000

    def test_python(self) -> None:
        """Modules of Python's own tests, named above."""
        if run(None, "/usr/bin/python3", "-c", "import test.test_list").returncode:
            self.skipTest("Python's own tests (libpython3.11-testsuite) are not installed")
        for module in MODULES + (MORE_MODULES if long_way else ()):
            plain = verdicts(None, module)
            self.assertGreater(len(plain[1]), 3, module)
            for heap in HEAPS_OF_SUITES:
                with self.subTest(module=module, heap=heap):
                    self.assertEqual(verdicts(heap, module), plain)

    def build(self, heap: str | None, folder: Path) -> dict[str, str]:
        """Objects and archives by their bytes; always in the same folder, which objects name."""
        shutil.rmtree(folder, ignore_errors=True)
        for words in (["cmake", "-S", ROOT, "-B", folder, "-G", "Ninja"],
                      ["cmake", "--build", folder, "-j2", *(() if long_way else (
                          "--target", *TARGETS))]):
            done = subprocess.run(words, env=environment(heap), stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout[-2000:] + done.stderr)
            self.assertNotIn("tiermalloc: ", done.stdout + done.stderr)
        return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
                for path in sorted(folder.rglob("*.[oa]"))}

    def test_tierkit(self) -> None:
        """cmake, ninja, gcc, as, ar: the same objects."""
        for tool in ("cmake", "ninja", "gcc"):
            if not shutil.which(tool):
                self.skipTest(f"{tool} is not installed")
        with tempfile.TemporaryDirectory() as name:
            plain = self.build(None, Path(name) / "build")
            self.assertGreater(len(plain), 10)
            for heap in HEAPS_OF_SUITES:
                with self.subTest(heap=heap):
                    self.assertEqual(self.build(heap, Path(name) / "build"), plain)

    def test_openssl(self) -> None:
        """Its benchmark, but for the figures; and what it makes of bytes."""
        if not shutil.which("openssl"):
            self.skipTest("openssl is not installed")
        speed = ("openssl", "speed", "-seconds", "1", "-bytes", "1024", "-multi", "2", "sha256")
        crypt = ("/bin/sh", "-c", "seq 1 200000 | openssl enc -aes-256-cbc -pbkdf2 -nosalt -k x |"
                                  " openssl dgst -sha256")
        for words in speed, crypt:
            plain = run(None, *words)
            self.assertEqual(plain.returncode, 0, plain.stderr)
            for heap in HEAPS_OF_SUITES:
                with self.subTest(heap=heap, words=words[1]):
                    ours = run(heap, *words)
                    self.assertEqual(ours.returncode, 0, ours.stderr)
                    if words is crypt:
                        self.assertEqual(ours.stdout, plain.stdout)
                    # The more digits a figure has, the fewer spaces are before it.
                    self.assertEqual(re.sub(r" *[\d.]+", "#", ours.stdout),
                                     re.sub(r" *[\d.]+", "#", plain.stdout))


if __name__ == "__main__":
    long_way = "--long" in sys.argv
    if long_way:
        import long_suites

        Long = long_suites.Long
    unittest.main(argv=[word for word in sys.argv if word != "--long"])
