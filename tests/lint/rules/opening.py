# SPDX-License-Identifier: GPL-2.0-or-later
"""Line 1 names the licence of the room, and a C file then says what it is for."""

from __future__ import annotations

import re
from typing import Iterator

from tree import Finding, Sample, Tree

LICENCES = [
    (r"(kmem-driver|tests/lab/modules)/.*", "GPL-2.0-only"),
    (r"libtier/.*|cmake/(tier\.pc|tier-config\.cmake)\.in", "LGPL-2.1-or-later"),
    (r".*", "GPL-2.0-or-later"),
]
SUBJECT = re.compile(r".*\.(c|h|py|sh|cmake|in|map|scd|yml)|(.*/)?(CMakeLists\.txt|Kbuild"
                     r"|Makefile|run)|dev|\.(clang-format|clang-tidy|editorconfig)")
NAMED = re.compile(r"SPDX-License-Identifier: (\S+)")


def licence_of(path: str) -> str:
    """The licence of the room that a file lies in."""
    return next(name for where, name in LICENCES if re.fullmatch(where, path))


def opening(path: str, lines: list[str]) -> int:
    """The number of the line that must name the licence."""
    if path.endswith(".scd"):
        # scdoc wants the page's title first; its comments come after.
        return next((n for n, text in enumerate(lines, 1) if text.startswith("; ")), 1)
    return 2 if lines and lines[0].startswith("#!") else 1


def check(tree: Tree) -> Iterator[Finding]:
    """Every file whose language has comments."""
    for path in tree.paths:
        if not SUBJECT.fullmatch(path):
            continue
        lines = tree.read(path).splitlines()
        number = opening(path, lines)
        text = lines[number - 1] if len(lines) >= number else ""
        found = NAMED.search(text)
        want = licence_of(path)
        if not found:
            yield Finding(path, number, f"no SPDX line; this room's licence is {want}")
        elif found.group(1) != want:
            yield Finding(path, number, f"says {found.group(1)}; this room's is {want}")
        elif path.endswith((".c", ".h")) and (
                len(lines) < 2 or not re.match(r"/[*/]", lines[1])):
            yield Finding(path, 2, "no sentence that says what the file is for")


SPDX = "SPDX-License-" "Identifier: "
SAMPLES = [
    Sample(
        files={
            "libtier/base/ok.c": f"// {SPDX}LGPL-2.1-or-later\n/* For x. */\n",
            "libtier/base/room.c": f"// {SPDX}GPL-2.0-or-later\n/* For x. */\n",
            "kmem-driver/k.h": f"/* {SPDX}GPL-2.0-or-later */\n",
            "tierctl/mute.c": f"// {SPDX}GPL-2.0-or-later\n\nint x;\n",
            "tierctl/none.c": "int x;\n",
            "tests/ok.sh": f"#!/bin/sh\n# {SPDX}GPL-2.0-or-later\n",
            "tests/late.py": f"\n# {SPDX}GPL-2.0-or-later\n",
            "tierctl/man/ok.1.scd": f"ok(1)\n\n; {SPDX}GPL-2.0-or-later\n",
            "empty.c": "",
            "README.md": "no comments here\n",
        },
        expect=["libtier/base/room.c:1: says", "kmem-driver/k.h:1: says",
                "tierctl/mute.c:2: no sentence", "tierctl/none.c:1: no SPDX",
                "tests/late.py:1: no SPDX", "empty.c:1: no SPDX"],
    ),
]
