# SPDX-License-Identifier: GPL-2.0-or-later
"""What a lint rule sees: a tree of files, and how it reports what it finds there."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Iterator

C_TOKEN = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'""", re.S)


@dataclass(frozen=True, order=True)
class Finding:
    """One thing that is wrong, and where."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


@dataclass(frozen=True)
class Sample:
    """A small tree that a rule must reject, at exactly the places that `expect` names."""

    files: dict[str, str]
    expect: list[str]
    executable: list[str] = field(default_factory=list)


class Tree:
    """The files under `root`: what git would commit, or all of them outside git."""

    def __init__(self, root: Path, build: Path | None = None):
        self.root = root
        self.build = build or root / "build" / "dev"

    @cached_property
    def paths(self) -> list[str]:
        """Every file's path below the root, sorted."""
        if (self.root / ".git").exists():
            out = subprocess.run(
                ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
                cwd=self.root, capture_output=True, check=True, text=True).stdout
            names = [name for name in out.split("\0") if name]
        else:
            names = [os.path.relpath(os.path.join(top, name), self.root)
                     for top, _, files in os.walk(self.root) for name in files
                     if self.build not in Path(top, name).parents]
        return sorted(n for n in set(names) if (self.root / n).is_file())

    def match(self, pattern: str, below: str = "") -> list[str]:
        """The paths below folder `below` whose whole path matches the regex `pattern`."""
        return [p for p in self.paths
                if p.startswith(below) and re.fullmatch(pattern, p)]

    def read(self, path: str) -> str:
        """A file's text; bytes that are not UTF-8 are replaced."""
        return (self.root / path).read_bytes().decode("utf-8", errors="replace")

    def lines(self, path: str) -> Iterator[tuple[int, str]]:
        """(line number, line) pairs of a file."""
        return enumerate(self.read(path).splitlines(), 1)

    def scripts(self, interpreter: str) -> list[str]:
        """Files without a telling name whose first line names an interpreter."""
        return [p for p in self.paths
                if re.match(rf"#!.*\b{interpreter}", self.read(p)[:80])]

    def tool(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run an outside checker at the root of the tree."""
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True,
                              errors="replace")

    def complaints(self, line: re.Pattern[str], *command: str) -> Iterator[Finding]:
        """An outside checker's findings; `line` has groups for path, line and text."""
        result = self.tool(*command)
        found = line.findall(result.stdout)
        if result.returncode and not found:
            raise RuntimeError(f"{command[0]}: {result.stderr.strip()}")
        for path, number, text in found:
            yield Finding(path, int(number), text)


def blank(text: str) -> str:
    """A token's place taken by spaces, so that lines and columns stay as they were."""
    return re.sub(r"[^\n]", " ", text)


def c_code(source: str) -> str:
    """C source without comments, and with the contents of its literals blanked."""
    def mask(match: re.Match[str]) -> str:
        token = match.group()
        if token.startswith("/"):
            return blank(token)
        return token[0] + blank(token[1:-1]) + token[-1]
    return C_TOKEN.sub(mask, source)


def c_strings(source: str) -> Iterator[tuple[int, str]]:
    """(line, contents) of each string literal of C source."""
    for match in C_TOKEN.finditer(source):
        if match.group().startswith('"'):
            yield source.count("\n", 0, match.start()) + 1, match.group()[1:-1]
