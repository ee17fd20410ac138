# SPDX-License-Identifier: GPL-2.0-or-later
"""What the documents show is what the tools print, and what they link to exists.

In a block marked `console`, a line `$ tierctl --root ...` is run and the lines below it
must be its output. Other commands in such blocks depend on the machine and are not run.
"""

from __future__ import annotations

import re
import shlex
from pathlib import PurePosixPath
from typing import Iterator

from tree import Finding, Sample, Tree

BINARY = "bin/tierctl"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.M | re.S)
MENTION = re.compile(r"\bdocs/[\w./-]+\.md\b")
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)")


def shown(block: str) -> Iterator[tuple[int, str, str]]:
    """(line in the block, command, output shown for it)."""
    parts = re.split(r"^\$ (.*)\n", block, flags=re.M)
    line = parts[0].count("\n")
    for command, output in zip(parts[1::2], parts[2::2]):
        yield line, command, output
        line += 1 + output.count("\n")


def printed(tree: Tree, command: str) -> str:
    """What the command really prints, errors included."""
    words = shlex.split(command)
    result = tree.tool(str(tree.build / BINARY), *words[1:])
    return result.stdout + result.stderr


def first_difference(want: str, got: str) -> tuple[int, str]:
    """(line offset, description) of the first line that differs."""
    shown_lines, real_lines = want.splitlines(), got.splitlines()
    for n, (a, b) in enumerate(zip(shown_lines, real_lines), 1):
        if a.rstrip() != b.rstrip():
            return n, f"the tool prints: {b}"
    n = min(len(shown_lines), len(real_lines)) + 1
    return n, f"{len(shown_lines)} lines shown, the tool prints {len(real_lines)}"


def check_blocks(tree: Tree, path: str, text: str) -> Iterator[Finding]:
    """The console blocks of one document."""
    for block in BLOCK.finditer(text):
        top = text.count("\n", 0, block.start(1)) + 1
        for line, command, output in shown(block.group(1)):
            if not command.startswith("tierctl --root "):
                continue
            if not (tree.build / BINARY).exists():
                raise RuntimeError(f"{tree.build / BINARY} is missing: build first")
            real = printed(tree, command)
            if [s.rstrip() for s in real.splitlines()] != \
                    [s.rstrip() for s in output.splitlines()]:
                offset, what = first_difference(output, real)
                yield Finding(path, top + line + offset, f"$ {command}: {what}")


def check_links(tree: Tree, path: str, text: str) -> Iterator[Finding]:
    """Links to files of this repository."""
    for link in LINK.finditer(text):
        target = PurePosixPath(path).parent / link.group(1)
        if not (tree.root / target).exists():
            yield Finding(path, text.count("\n", 0, link.start()) + 1,
                          f"links to {link.group(1)}, which does not exist")


def check_mentions(tree: Tree, path: str) -> Iterator[Finding]:
    """Sources that send their reader to a document."""
    for number, line in tree.lines(path):
        for name in MENTION.findall(line):
            if not (tree.root / name).exists():
                yield Finding(path, number, f"names {name}, which does not exist")


def check(tree: Tree) -> Iterator[Finding]:
    """Every Markdown file, and what sources say of documents."""
    for path in tree.match(r".*\.(c|h|scd)"):
        yield from check_mentions(tree, path)
    for path in tree.match(r".*\.md"):
        text = tree.read(path)
        yield from check_blocks(tree, path, text)
        yield from check_links(tree, path, text)


SAMPLES = [
    Sample(files={
        "build/" + BINARY: "#!/bin/sh\necho one\necho two\n",
        "ok.md": "See [it](docs/x.md#top).\n\n```console\n$ tierctl --root a show\none\n"
                 "two\n$ ./dev demo\nnot run\n```\n",
        "a.h": "/* see docs/x.md,\n * docs/none.md. */\n",
        "docs/x.md": "[up](../ok.md) [out](https://example.org)\n",
        "bad.md": "[gone](docs/y.md)\n```console\n$ tierctl --root a show\none\nthree\n"
                  "```\n\n```console\n$ tierctl --root b show\none\n```\n"},
        executable=["build/" + BINARY],
        expect=["a.h:2: names docs/none.md", "bad.md:1: links to docs/y.md",
                "bad.md:5: $ tierctl --root a show: the",
                "bad.md:11: $ tierctl --root b show: 1 lines shown"]),
]
