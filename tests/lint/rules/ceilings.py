# SPDX-License-Identifier: GPL-2.0-or-later
"""No file, function or parameter list grows past its ceiling."""

from __future__ import annotations

import json
import re
from typing import Iterator

from tree import Finding, Sample, Tree

FILE_LINES = [(r"libtier/tier\.h", None), (r".*\.h", 200), (r".*\.(c|py|sh)|dev", 600)]
FUNCTION_LINES = 70
PARAMETERS = 5


def ceiling_of(path: str) -> int | None:
    """How many lines a file may have; None where there is no limit."""
    return next((top for what, top in FILE_LINES if re.fullmatch(what, path)), None)


def check_files(tree: Tree) -> Iterator[Finding]:
    """Lines per file."""
    for path in tree.paths:
        top = ceiling_of(path)
        lines = top and len(tree.read(path).splitlines())
        if top and lines > top:
            yield Finding(path, lines, f"{lines} lines; the ceiling is {top}")


def parameters(signature: str) -> int:
    """How many parameters a signature as ctags prints it has; "..." is none."""
    inner = signature.strip()[1:-1].replace(", ...", "").replace(",...", "").strip()
    if inner in ("", "void"):
        return 0
    flat = re.sub(r"\([^()]*\)", "", inner)
    return len(re.sub(r"\([^()]*\)", "", flat).split(","))


def functions(tree: Tree) -> Iterator[dict]:
    """The function definitions of all C files, as ctags sees them."""
    files = tree.match(r".*\.[ch]")
    if not files:
        return
    result = tree.tool("ctags", "--output-format=json", "--fields=+neS", "--c-kinds=f",
                       "--languages=C", "--langmap=C:.c.h", "-f", "-", *files)
    if result.returncode:
        raise RuntimeError(f"ctags: {result.stderr.strip()}")
    for line in result.stdout.splitlines():
        yield json.loads(line)


def length(tree: Tree, tag: dict) -> int:
    """A function's lines, without those of constant tables in it: tables are data."""
    count, in_table = 0, False
    lines = tree.read(tag["path"]).splitlines()
    for line in lines[tag["line"] - 1:tag.get("end", tag["line"])]:
        in_table = in_table or re.match(r"\tstatic const .*[^;]$", line) is not None
        count += not in_table
        in_table = in_table and not line.startswith("\t};")
    return count


def is_foreign(tree: Tree, tag: dict) -> bool:
    """Whether another library dictates the parameters: the line above says so."""
    lines = tree.read(tag["path"]).splitlines()
    return tag["line"] > 1 and "Signature: " in lines[tag["line"] - 2]


def check(tree: Tree) -> Iterator[Finding]:
    """Files, then functions."""
    yield from check_files(tree)
    for tag in functions(tree):
        lines = length(tree, tag)
        if lines > FUNCTION_LINES:
            yield Finding(tag["path"], tag["line"], f"{tag['name']}: {lines} lines; "
                                                    f"the ceiling is {FUNCTION_LINES}")
        count = parameters(tag.get("signature", "()"))
        if count > PARAMETERS and not is_foreign(tree, tag):
            yield Finding(tag["path"], tag["line"], f"{tag['name']}: {count} parameters; "
                                                    f"the ceiling is {PARAMETERS}")


SAMPLES = [
    Sample(
        files={
            "a.c": "\n" * 601,
            "b.h": "\n" * 201,
            "libtier/tier.h": "\n" * 999,
            "c.c": "int f(void)\n{\n" + "\tg();\n" * 68 + "}\n",
            "e.c": "int f(void)\n{\n\tstatic const int t[] = {\n" + "\t\t1,\n" * 68
                   + "\t};\n" + "\tg();\n" * 67 + "}\n",
            "f.c": "int f(void)\n{\n\tstatic const int t = 1;\n" + "\tg();\n" * 68 + "}\n",
            "d.c": "int ok(int a, int (*b)(int x, int y), int c, int d, int e, ...)\n"
                   "{\n}\n"
                   "int many(int a, int b, int c, int d, int e, int f)\n{\n}\n"
                   "/* Signature: qsort's. */\n"
                   "int foreign(int a, int b, int c, int d, int e, int f)\n{\n}\n",
        },
        expect=["a.c:601: 601 lines", "b.h:201: 201 lines", "c.c:1: f: 71 lines",
                "f.c:1: f: 72 lines",
                "d.c:4: many: 6 parameters"],
    ),
]
