# SPDX-License-Identifier: GPL-2.0-or-later
"""No trailing blanks, no carriage returns, and a newline at the end of each file."""

from __future__ import annotations

import re
from typing import Iterator

from tree import Finding, Sample, Tree

SKIP = re.compile(r"LICENSES/.*|.*\.xml|(.*/)?capture|.*\.capture|tests/fuzz/corpus/.*"
                  r"|tests/golden/expect/.*")


def check(tree: Tree) -> Iterator[Finding]:
    """All text that people wrote."""
    for path in tree.paths:
        if SKIP.fullmatch(path):
            continue
        text = tree.read(path)
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                yield Finding(path, number, "blanks at the end of the line")
        if text and not text.endswith("\n"):
            yield Finding(path, text.count("\n") + 1, "no newline at the end of the file")


SAMPLES = [
    Sample(files={"a.c": "int x;\nint y; \n", "b.c": "int x;\r\n", "c.c": "int x;",
                  "ok.c": "int x;\n", "empty.c": ""},
           expect=["a.c:2: blanks", "b.c:1: blanks", "c.c:1: no newline"]),
]
