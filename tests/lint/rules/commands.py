# SPDX-License-Identifier: GPL-2.0-or-later
"""Each command has a man page with examples, and the page names each of its options."""

from __future__ import annotations

import re
from typing import Iterator

from tree import Finding, Sample, Tree

SOURCE = "tierctl/main.c"
BINARY = "bin/tierctl"


def ask(tree: Tree, *words: str) -> str:
    """What the built tierctl prints for the given words."""
    result = tree.tool(str(tree.build / BINARY), *words)
    if result.returncode:
        raise RuntimeError(f"tierctl {' '.join(words)}: {result.stderr.strip()}")
    return result.stdout


def check_page(tree: Tree, command: str) -> Iterator[Finding]:
    """One command against its page."""
    page = f"tierctl/man/tierctl-{command}.1.scd"
    if page not in tree.paths:
        yield Finding(page, 1, "missing: each command has a man page")
        return
    text = tree.read(page)
    # scdoc's markup: a backslash before a character that it would otherwise interpret.
    plain = text.replace("\\", "")
    if not re.search(r"^# EXAMPLES$", text, re.M):
        yield Finding(page, 1, "no EXAMPLES section")
    elif f"tierctl {command}" not in plain.split("# EXAMPLES")[1]:
        yield Finding(page, 1, f"no example of tierctl {command}")
    for option in sorted(set(re.findall(r"(?<![\w-])--[a-z][\w-]+",
                                        ask(tree, "help", command)))):
        if not re.search(rf"{option}(?![\w-])", plain):
            yield Finding(page, 1, f"does not name {option}")


def check(tree: Tree) -> Iterator[Finding]:
    """Every command that the built tierctl knows."""
    if SOURCE not in tree.paths:
        return
    if not (tree.build / BINARY).exists():
        raise RuntimeError(f"{tree.build / BINARY} is missing: build first")
    for command in ask(tree, "help", "--list").split():
        yield from check_page(tree, command)


FAKE = """#!/bin/sh
case "$*" in
"help --list") printf 'show\\nrun\\nwhere\\n' ;;
"help show") echo '  --json  --explain' ;;
esac
"""
SAMPLES = [
    Sample(files={
        SOURCE: "", "build/" + BINARY: FAKE,
        "tierctl/man/tierctl-show.1.scd": "*--json*\n\n# EXAMPLES\n\ntierctl show\n",
        "tierctl/man/tierctl-run.1.scd": "# SYNOPSIS\n"},
        executable=["build/" + BINARY],
        expect=["tierctl/man/tierctl-show.1.scd:1: does not name --explain",
                "tierctl/man/tierctl-run.1.scd:1: no EXAMPLES",
                "tierctl/man/tierctl-where.1.scd:1: missing"]),
]
