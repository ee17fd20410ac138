# SPDX-License-Identifier: GPL-2.0-or-later
"""clang-tidy finds no bug (.clang-tidy holds the checks)."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Iterator

from tree import Finding, Sample, Tree

CONFIG = Path(__file__).parents[3] / ".clang-tidy"
WARNING = re.compile(r"(\S+?):(\d+):\d+: (?:warning|error): (.+)")


def compiled(tree: Tree) -> dict[str, str]:
    """The C files that the build compiles, and how; all of them outside a repository."""
    database = tree.build / "compile_commands.json"
    if database.exists():
        entries = json.loads(database.read_text())
        named = {os.path.relpath(e["file"], tree.root): e["command"] for e in entries}
        return {path: named[path] for path in tree.match(r".*\.c") if path in named}
    if (tree.root / ".git").exists():
        raise RuntimeError(f"{database} is missing: run cmake --preset dev")
    return {path: "" for path in tree.match(r".*\.c")}


def fingerprint(tree: Tree, path: str, command: str, shared: str) -> str:
    """What the verdict on one file depends on."""
    text = "\0".join([shared, command, tree.read(path)])
    return hashlib.sha256(text.encode()).hexdigest()


def tidy(tree: Tree, path: str, command: str) -> list[Finding]:
    """clang-tidy's findings for one file."""
    how = ["-p", str(tree.build)] if command else []
    last = [] if command else ["--", "-std=gnu17"]
    result = tree.tool("clang-tidy", "--quiet", *how, path, *last)
    found = [Finding(os.path.relpath(where, tree.root), int(line), text)
             for where, line, text in WARNING.findall(result.stdout)]
    if result.returncode and not found:
        found = [Finding(path, 1, f"clang-tidy: {result.stderr.strip()[-300:]}")]
    return found


def check(tree: Tree) -> Iterator[Finding]:
    """Each compiled file, unless it was clean before and nothing that it sees changed."""
    if not (tree.root / ".clang-tidy").exists():
        shutil.copy(CONFIG, tree.root)
    shared = "\0".join(tree.read(p) for p in tree.match(r".*\.h|(.*/)?\.clang-tidy"))
    clean = tree.build / "tidy-clean"
    known = set(clean.read_text().split()) if clean.exists() else set()
    jobs = {path: (command, fingerprint(tree, path, command, shared))
            for path, command in compiled(tree).items()}
    todo = [path for path, (_, mark) in jobs.items() if mark not in known]
    good = {mark for _, mark in jobs.values()} & known
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda path: tidy(tree, path, jobs[path][0]), todo)
        for path, found in zip(todo, results):
            yield from found
            if not found:
                good.add(jobs[path][1])
    if tree.build.is_dir():
        clean.write_text("\n".join(sorted(good)))


SAMPLES = [
    Sample(files={"bad.c": "#include <stdlib.h>\n\nint f(int n)\n{\n"
                           "\tint *p = malloc(sizeof(*p));\n"
                           "\tif (!p)\n\t\treturn 0;\n\t*p = n;\n\treturn *p;\n}\n",
                  "good.c": "int g(int n)\n{\n\treturn n + 1;\n}\n"},
           expect=["bad.c:9: Potential leak"]),
]
