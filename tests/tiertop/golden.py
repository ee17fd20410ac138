#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Screens of tiertop on recordings, compared byte by byte.

    golden.py --tiertop PATH            draw all, compare with expect/
    golden.py --tiertop PATH --update   write what is drawn there

two-tiers.jsonl is made up by record.py. qemu-2s-pmem.jsonl was recorded in the lab, Linux 6.12
on the machine 2s-pmem, by t_tiertop.sh: a program whose pages `tierctl migrate` moves to pmem.
qemu-demo.jsonl, which README.md shows, was recorded in `./dev lab` by hand: `fill -w` under the
three policies of demo.sh.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import subprocess
import sys
from pathlib import Path

import record

HERE = Path(__file__).resolve().parent
SIZES = ("40x8", "80x24", "100x30", "140x40", "300x100")

# name: (recording, keys)
SCREENS = {
    "processes": ("two-tiers", ""),
    "flows": ("two-tiers", "..."),
    "sorted": ("two-tiers", "}2<Down><Down> "),
    "bytes": ("two-tiers", "2b<Down>"),
    "tree": ("two-tiers", "t<Down><Down>"),
    "folded": ("two-tiers", "t<Down><Down><Down>-"),
    "filter": ("two-tiers", "f!^post.*s$<Enter>"),
    "filter-bad": ("two-tiers", "f!(<Enter>"),
    "search": ("two-tiers", "/java"),
    "follow": ("two-tiers", "<Down><Down>F..ZMI"),
    "groups": ("two-tiers", "g"),
    "mappings": ("two-tiers", "<Enter><Down><Down>"),
    "heat": ("two-tiers", "H<Down>"),
    "heat-ask": ("two-tiers", "<Down>H"),
    "heat-none": ("two-tiers", "}<Down>H"),
    "help": ("two-tiers", "<F1>"),
    "setup": ("two-tiers", "<F2><Down><Enter>"),
    "hidden": ("two-tiers", "S" + "<Enter>".join(n * "<Down>" for n in (8, 2, 1, 3)) + "<Enter>q"),
    "choose": ("two-tiers", "a<Down><Down>"),
    "confirm": ("two-tiers", "a<Down><Enter>"),
    "weighted": ("two-tiers", "a" + 7 * "<Down>" + "<Enter>"),
    "tagged": ("two-tiers", "<Down>   a<Down><Enter>"),
    "qemu": ("qemu-2s-pmem", "t"),
    "qemu-moving": ("qemu-2s-pmem", "......<Down>"),
    "confirm-mapping": ("two-tiers", "<Enter><Down><Down>a<Down><Down><Enter>"),
}
MORE = ("two-tiers", "}", ["--ascii"], "ascii", "140x40")


def draw(tiertop: str, name: str, keys: str, size: str, more: list[str]) -> str:
    """One screen as text."""
    command = [tiertop, "--replay", str(HERE / f"{name}.jsonl"), "--once", "--text",
               "--size", size, "--readonly", "--no-config", *(["--keys", keys] if keys else []),
               *more]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60,
                          env={**os.environ, "LC_ALL": "C"}, check=False)
    if done.returncode or done.stderr:
        return f"status {done.returncode}: {done.stderr}"
    lines = done.stdout.split("\n")
    columns, rows = map(int, size.split("x"))
    if len(lines) != rows + 1 or any(len(line) > columns for line in lines):
        return f"{len(lines) - 1} lines, the longest {max(map(len, lines))}"
    return done.stdout


def drawn(tiertop: str) -> dict[str, str]:
    """Every file of expect/ as it would be now."""
    files = {}
    for screen, (name, keys) in SCREENS.items():
        parts = [f"== {screen} {size}\n" + draw(tiertop, name, keys, size, [])
                 for size in SIZES]
        files[screen] = "".join(parts)
    name, keys, more, screen, size = MORE
    files[screen] = draw(tiertop, name, keys, size, more)
    return files


def main() -> int:
    """Compare or update."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tiertop", required=True)
    parser.add_argument("--update", action="store_true")
    options = parser.parse_args()
    failed = 0
    files = drawn(options.tiertop)
    for screen, text in files.items():
        path = HERE / "expect" / f"{screen}.txt"
        if options.update:
            path.write_text(text, encoding="utf-8")
            continue
        want = path.read_text(encoding="utf-8") if path.exists() else ""
        if want != text:
            failed += 1
            print(f"{screen}:")
            sys.stdout.writelines(list(difflib.unified_diff(
                want.splitlines(True), text.splitlines(True), "expected", "drawn"))[:60])
    fresh = "".join(json.dumps(record.record(n), separators=(",", ":")) + "\n" for n in range(6))
    if fresh != (HERE / "two-tiers.jsonl").read_text(encoding="utf-8"):
        failed += 1
        print("two-tiers.jsonl is not what record.py writes")
    stale = {path.stem for path in (HERE / "expect").glob("*.txt")} - set(files)
    for screen in sorted(stale):
        failed += 1
        print(f"{screen}: no such screen any more")
    print(f"{len(files) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
