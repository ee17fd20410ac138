# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree speaks of the machine's memory, not of how or where it was written."""

from __future__ import annotations

import re
from typing import Iterator

from tree import Finding, Sample, Tree

# Character classes keep a pattern from matching its own line.
FORBIDDEN = [
    (r"\b(developer|coding|chat|work)['s]* sess[i]on\b", "speaks of how it was made"),
    (r"\b(su[b]agent|assis[t]ant|language m[o]del|chat[b]ot)\b", "speaks of who made it"),
    (r"\b(generated|written|made) (by|with) an? (A[I]|m[o]del|b[o]t)\b",
     "speaks of who made it"),
    (r"(?<![\w.])/(home/\w+|wor[k]/\w+|mnt/\w+/|Users/\w+)", "path of one machine"),
    (r"\b(FI[X]ME|XX[X])\b", "a note that belongs into the issue tracker"),
    (r"\b(lorem ip[s]um|asd[f])\b", "filler"),
]
SKIP = re.compile(r"LICENSES/.*|.*\.xml|(.*/)?capture|.*\.capture|tests/fuzz/corpus/.*")


def check(tree: Tree) -> Iterator[Finding]:
    """All text that people wrote; recordings of machines are not."""
    for path in tree.paths:
        if SKIP.fullmatch(path):
            continue
        for number, text in tree.lines(path):
            for pattern, why in FORBIDDEN:
                match = re.search(pattern, text, re.I)
                if match:
                    yield Finding(path, number, f"'{match.group()}': {why}")


SAMPLES = [
    Sample(files={"a.c": "/* see /home" "/joe/notes */\n/* a login session is fine */\n",
                  "b.md": "FIX" "ME later\n", "LICENSES/x.txt": "XX" "X\n",
                  "c.md": "as a chat" "bot would\nbuilt in a coding ses" "sion\n"},
           expect=["a.c:1: ", "b.md:1: ", "c.md:1: ", "c.md:2: "]),
]
