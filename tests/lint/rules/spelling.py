# SPDX-License-Identifier: GPL-2.0-or-later
"""Words are spelled as codespell knows them (.codespellrc holds the exceptions)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Iterator

from tree import Finding, Sample, Tree

CONFIG = Path(__file__).parents[3] / ".codespellrc"
LINE = re.compile(r"(?:\./)?(.+?):(\d+): (.+ ==> .+)")


def check(tree: Tree) -> Iterator[Finding]:
    """All files at once."""
    if not tree.paths:
        return
    if not (tree.root / ".codespellrc").exists():
        shutil.copy(CONFIG, tree.root)
    yield from tree.complaints(LINE, "codespell", "--config", ".codespellrc", *tree.paths)


SAMPLES = [
    Sample(files={"a.md": "memory\n" "rec" "ieve\n", "b.c": "/* a se" "perate node */\n"},
           expect=["a.md:2: ", "b.c:1: "]),
]
