# SPDX-License-Identifier: GPL-2.0-or-later
"""Python compiles, passes pyflakes, keeps to 100 columns and says what it is for."""

from __future__ import annotations

import ast
import re
from typing import Iterator

from tree import Finding, Sample, Tree

COLUMNS = 100
LINE = re.compile(r"(?:\./)?(.+?):(\d+)(?::\d+)?:? (.+)")


def check_module(tree: Tree, path: str) -> Iterator[Finding]:
    """What pyflakes does not look at: docstring and width."""
    try:
        if not ast.get_docstring(ast.parse(tree.read(path))):
            yield Finding(path, 1, "no docstring")
    except SyntaxError as error:
        yield Finding(path, error.lineno or 1, f"does not compile: {error.msg}")
        return
    for number, text in tree.lines(path):
        if len(text) > COLUMNS:
            yield Finding(path, number, f"{len(text)} columns; {COLUMNS} are allowed")


def check(tree: Tree) -> Iterator[Finding]:
    """Each module by itself, then all of them through pyflakes."""
    files = sorted(set(tree.match(r".*\.py")) | set(tree.scripts("python3?")))
    broken = set()
    for path in files:
        for finding in check_module(tree, path):
            broken.add(path)
            yield finding
    files = [path for path in files if path not in broken]
    if files:
        yield from tree.complaints(LINE, "pyflakes3", *files)


SAMPLES = [
    Sample(files={"ok.py": '"""Ok."""\n', "a.py": '"""Unused."""\nimport os\n',
                  "b.py": "x = 1\n", "c.py": '"""Bad."""\nx = (\n',
                  "d.py": '"""Wide."""\nx = "' + "x" * 100 + '"\n'},
           expect=["a.py:2: 'os' imported", "b.py:1: no docstring",
                   "c.py:2: does not compile", "d.py:2: 106 columns"]),
]
