# SPDX-License-Identifier: GPL-2.0-or-later
"""C looks as clang-format lays it out."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Iterator

from tree import Finding, Sample, Tree

STYLE = Path(__file__).parents[3] / ".clang-format"
WARNING = re.compile(r"([^:\s]+):(\d+):\d+: (?:warning|error): .*")


def check(tree: Tree) -> Iterator[Finding]:
    """Every C file, in one call of clang-format."""
    files = tree.match(r".*\.[ch]")
    if not files:
        return
    if not (tree.root / ".clang-format").exists():
        shutil.copy(STYLE, tree.root)
    result = tree.tool("clang-format", "--style=file", "--dry-run", "--Werror", *files)
    seen = set()
    for match in WARNING.finditer(result.stderr):
        if match.group(1) not in seen:
            seen.add(match.group(1))
            yield Finding(match.group(1), int(match.group(2)),
                          "not as clang-format -i would leave it (first place)")
    if result.returncode and not seen:
        raise RuntimeError(result.stderr)


SAMPLES = [
    Sample(files={"good.c": "int f(int a)\n{\n\tif (a)\n\t\treturn 1;\n\treturn 0;\n}\n",
                  "bad.c": "int f(int a) {\n  return a;\n}\n"},
           expect=["bad.c:1: not as"]),
]
