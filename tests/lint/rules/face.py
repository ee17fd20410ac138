# SPDX-License-Identifier: GPL-2.0-or-later
"""Each exported function is declared and documented in tier.h and in a man page; so is each
that tier.h defines itself."""

from __future__ import annotations

import itertools
import re
from typing import Iterator

from tree import Finding, Sample, Tree

MAP = "libtier/tier.map"
HEADER = "libtier/tier.h"
HEADERS = r"libtier/(tier|preload/tiermalloc)\.h"
MAN = r"libtier/man/.*\.scd"
MOST_EXPORTS = 59
# A comment must say what can go wrong, and who may call at the same time.
ERRORS = re.compile(r"\bErrors:")
DECLARATION = re.compile(
    r"^(?![ \t#/*}]|typedef|static)\w(?:(?!\n\n)[^;{}#])*?\b(tier_\w+)\s*\(", re.M)
INLINE = re.compile(r"^static inline\s[^;{}#()]*?\b(tier_\w+)\s*\(", re.M)
THREADS = re.compile(r"\bThreads:")


def exports(tree: Tree) -> dict[str, int]:
    """Exported name -> its line in the symbol map."""
    text = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()),
                  tree.read(MAP), flags=re.S)
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        for name in re.findall(r"\b(tier_\w+)\s*;", line):
            found[name] = number
    return found


def comment_before(lines: list[str], number: int) -> str:
    """The comment above line `number` (counted from 1), perhaps shared with neighbours:
    declarations without a blank line between them may stand below one comment."""
    while number > 1 and lines[number - 2].endswith(";"):
        number -= 1
    first = number - 1
    while first > 0 and re.match(r"\s*(/\*|\*|//)", lines[first - 1]):
        first -= 1
        if lines[first].lstrip().startswith("/*"):
            break
    return "\n".join(lines[first:number - 1])


def declarations(header: str) -> dict[str, int]:
    """Declared function -> line on which its declaration begins."""
    found = {}
    for match in DECLARATION.finditer(header):
        found.setdefault(match.group(1), header.count("\n", 0, match.start()) + 1)
    return found


def inlines(header: str) -> dict[str, int]:
    """Function that the header defines -> line on which that begins."""
    return {match.group(1): header.count("\n", 0, match.start()) + 1
            for match in INLINE.finditer(header)}


def prototypes(text: str) -> dict[str, tuple[int, str]]:
    """Declared function -> (line, declaration without attributes and layout)."""
    found = {}
    for match in itertools.chain(DECLARATION.finditer(text), INLINE.finditer(text)):
        body = text[match.start():text.index(")", match.start()) + 1]
        body = re.sub(r"\b[A-Z]+(_[A-Z]+)+\b", "", body)
        plain = re.sub(r"\(\s", "(", re.sub(r"\s+", " ", body)).strip()
        found[match.group(1)] = (text.count("\n", 0, match.start()) + 1, plain)
    return found


def check_pages(tree: Tree) -> Iterator[Finding]:
    """What a man page's synopsis declares is what a header declares."""
    real = {}
    for path in tree.match(HEADERS):
        real |= prototypes(tree.read(path))
    for path in tree.match(MAN):
        synopsis = tree.read(path).split("# DESCRIPTION")[0]
        for name, (line, text) in prototypes(synopsis).items():
            if text != real.get(name, (0, ""))[1]:
                yield Finding(path, line, f"{name}: not as its header declares it")


def check_comment(lines: list[str], name: str, number: int) -> Iterator[Finding]:
    """What stands above a function says what must be said of each."""
    comment = comment_before(lines, number)
    if not comment:
        yield Finding(HEADER, number, f"{name}: no comment above it")
    elif not ERRORS.search(comment):
        yield Finding(HEADER, number, f"{name}: says nothing of errors")
    elif not THREADS.search(comment):
        yield Finding(HEADER, number, f"{name}: says nothing of threads")


def check(tree: Tree) -> Iterator[Finding]:
    """Every name in the map."""
    if MAP not in tree.paths:
        return
    yield from check_pages(tree)
    header = tree.read(HEADER)
    lines = header.splitlines()
    pages = "".join(tree.read(path) for path in tree.match(MAN))
    declared = declarations(header)
    names = exports(tree)
    for name, number in names.items():
        if not re.search(rf"\b{name}\b", pages):
            yield Finding(MAP, number, f"{name}: no man page in libtier/man names it")
        if name not in declared:
            yield Finding(MAP, number, f"{name}: not declared in tier.h")
            continue
        yield from check_comment(lines, name, declared[name])
    for name, number in inlines(header).items():
        yield from check_comment(lines, name, number)
        if not re.search(rf"\b{name}\b", pages):
            yield Finding(HEADER, number, f"{name}: no man page in libtier/man names it")
    for name in declared.keys() - names.keys():
        yield Finding(HEADER, declared[name], f"{name}: declared but not exported")
    if len(names) > MOST_EXPORTS:
        yield Finding(MAP, 1, f"{len(names)} exports; the ceiling is {MOST_EXPORTS}")


SAMPLES = [
    Sample(files={
        MAP: "TIER_0 {\nglobal:\n\ttier_ok; tier_also;\n"
             "\ttier_mute;\n\ttier_gone;\n\ttier_wild;\n"
             "\t/* tier_no; */\nlocal:\n\t*;\n};\n",
        HEADER: "/* What it does.\n * Errors: -EINVAL. Threads: any. */\n"
                "int tier_ok(int x);\nint tier_also(void);\n\n"
                "int tier_mute(void);\n\n"
                "/* Errors: none. */\nconst char *tier_wild(\n\tint y);\n\n"
                "/* Errors: none. Threads: any. */\nint tier_extra(void);\n\n"
                "/* Errors: none. Threads: any. */\nstatic inline int tier_in(int x)\n"
                "{\n\treturn tier_ok(x);\n}\n\n"
                "/* What it does. */\nstatic inline int\ntier_bare(void)\n{\n}\n",
        "libtier/man/tier.3.scd": "int tier_ok(int x);\nint tier_also(\n    void);\n"
                                  "int tier_mute(int x);\ntier_wild\n"
                                  "static inline int tier_in(long x);\n"},
        expect=["libtier/man/tier.3.scd:4: tier_mute: not as",
                "libtier/man/tier.3.scd:6: tier_in: not as",
                f"{HEADER}:6: tier_mute: no comment",
                f"{HEADER}:9: tier_wild: says nothing of threads",
                f"{HEADER}:13: tier_extra: declared but not",
                f"{HEADER}:22: tier_bare: says nothing of errors",
                f"{HEADER}:22: tier_bare: no man page",
                f"{MAP}:5: tier_gone: no man page", f"{MAP}:5: tier_gone: not declared"]),
]
