# SPDX-License-Identifier: GPL-2.0-or-later
"""What tierbench counts on the bus is what its loops do: the machine code of each is looked at.
An ordinary store to a line has it read first, one past the caches has not; so a loop that is said
to pass by the caches must have such stores, and the others none."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import unittest
from pathlib import Path

BENCH = str(Path(os.environ["TIERCTL"]).with_name("tierbench"))
WIDTHS = 4  # scalar, sse2, avx2, avx512
FORMS = 3  # whole, in two and in four parts


def loops() -> dict[str, list[str]]:
    """Each kind of loop, and the machine code of it at each width and in each form."""
    code = subprocess.run(["objdump", "-d", "--no-show-raw-insn", BENCH], check=True, text=True,
                          capture_output=True, timeout=60).stdout
    found: dict[str, list[str]] = {}
    for kind, text in re.findall(r"^[0-9a-f]+ <body_(\w+)_[124]>:\n((?:.+\n)+)", code, re.M):
        found.setdefault(kind, []).append(text)
    return found


@unittest.skipUnless(platform.machine() == "x86_64", "skip: arm64 has other instructions")
class Stores(unittest.TestCase):
    """One test per promise."""

    def test_stores__are_of_the_kind_that_is_counted(self) -> None:
        found = loops()
        self.assertEqual(sorted(found), ["copy", "copy_nt", "mix", "mix_nt", "read", "triad",
                                         "triad_nt", "write", "write_nt"])
        for kind, codes in found.items():
            self.assertEqual(len(codes), WIDTHS * FORMS, kind)
            for code in codes:
                with self.subTest(kind=kind, code=code[:200]):
                    streams = len(re.findall(r"\tv?movnt(?:dq|ps|pd|i)\b", code))
                    self.assertEqual(streams > 0, kind.endswith("_nt"))
                    self.assertEqual("sfence" in code, kind.endswith("_nt"))
                    # Nothing is left to a C library, which may do as it likes.
                    self.assertNotIn("mem", "".join(re.findall(r"\bcall\b.*", code)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
