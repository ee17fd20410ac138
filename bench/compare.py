#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times our tools beside their neighbours, in pairs, and prints ratios.

A pair runs as blocks of four, ours theirs theirs ours, so that drift of the machine falls
on both alike. Each block gives one ratio; printed are the median of the ratios and the
interval that holds the true median with 95 % confidence, whatever the distribution.
Nothing is asserted: a time on a shared machine is information, not a verdict.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
GENERATE = HERE.parent / "tests" / "fixtures" / "generate.py"
NODES = 1024


@dataclass(frozen=True)
class Pair:
    """Two commands that do the same for the user, and what we promise about them."""

    name: str
    ours: list[str]
    theirs: list[str]
    promise: str


def pairs(tierctl: str, large: str) -> list[Pair]:
    """What is compared; `large` is a capture of a machine with many nodes."""
    lstopo = ["lstopo-no-graphics", "--of", "console"]
    return [
        Pair("run", [tierctl, "run", "--prefer-dram", "--", "true"],
             ["numactl", "-p", "0", "true"], "at most 1.5"),
        Pair("show", [tierctl, "show"], lstopo, "at most 1"),
        Pair(f"show-{NODES}", [tierctl, "--root", large, "show"],
             lstopo + ["-i", f"numa:{NODES} pu:1"], "ours within 50 ms"),
    ]


def run_once(path: str, command: list[str], quiet: list[tuple]) -> int:
    """Nanoseconds from starting a program to having its exit status."""
    began = time.perf_counter_ns()
    pid = os.posix_spawn(path, command, os.environ, file_actions=quiet)
    _, status = os.waitpid(pid, 0)
    took = time.perf_counter_ns() - began
    if status:
        shown = subprocess.run(command, capture_output=True, text=True)
        raise RuntimeError(f"{' '.join(command)}: exit status "
                           f"{os.waitstatus_to_exitcode(status)}: {shown.stderr.strip()}")
    return took


def measure(pair: Pair, blocks: int) -> tuple[list[float], list[float]]:
    """Milliseconds of ours and of theirs, two of each per block."""
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    ours, theirs = [], []
    sides = [(pair.ours, ours), (pair.theirs, theirs)]
    paths = [shutil.which(command[0]) for command, _ in sides]
    if None in paths:
        raise RuntimeError(f"{sides[paths.index(None)][0][0]}: not found")
    for block in range(-2, blocks):
        for side in (0, 1, 1, 0):
            command, times = sides[side]
            took = run_once(paths[side], command, quiet) / 1e6
            if block >= 0:
                times.append(took)
    return ours, theirs


def arguments(parser: argparse.ArgumentParser, what: str,
              known: Iterable[str]) -> argparse.Namespace:
    """What was asked for, with the build to measure, and the names of what is to be measured:
    all that are known if none is given."""
    known = list(known)
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("names", nargs="*", metavar=what.upper(), help=", ".join(known))
    args = parser.parse_args()
    unknown = set(args.names) - set(known)
    if unknown:
        parser.error(f"no such {what}: {', '.join(sorted(unknown))}")
    args.names = args.names or known
    return args


def interval(values: list[float]) -> tuple[float, float]:
    """The 95 % interval of the median, from order statistics alone."""
    values = sorted(values)
    n = len(values)
    below, k = 0.0, 0
    while k < n // 2 and (below := below + math.comb(n, k) / 2 ** n) < 0.025:
        k += 1
    low = max(k - 1, 0)
    return values[low], values[n - 1 - low]


def report(pair: Pair, ours: list[float], theirs: list[float]) -> None:
    """One line per pair."""
    ratios = [(ours[i] + ours[i + 1]) / (theirs[i] + theirs[i + 1])
              for i in range(0, len(ours), 2)]
    low, high = interval(ratios)
    middle = [statistics.median(values) for values in (ours, theirs, ratios)]
    print("{:<10} {:8.2f} {:8.2f} {:7.2f}".format(pair.name, *middle),
          f" [{low:.2f}, {high:.2f}]   {pair.promise}", flush=True)


def main() -> int:
    """Generate what is needed, measure, print."""
    parser = argparse.ArgumentParser(description="Time tools beside others, in pairs.")
    parser.add_argument("--blocks", type=int, default=100, help="of four runs, per pair")
    args = arguments(parser, "pair", [pair.name for pair in pairs("", "")])

    large = args.build / f"{NODES}-nodes.capture"
    subprocess.run([sys.executable, str(GENERATE), "--nodes", str(NODES), str(large)],
                   check=True)
    wanted = pairs(str(args.build / "bin" / "tierctl"), str(large))
    print("pair        ours ms theirs ms  ratio  [95 % interval]   promise")
    try:
        for pair in wanted:
            if pair.name in args.names:
                report(pair, *measure(pair, args.blocks))
    except RuntimeError as error:
        print(f"compare: {error}", file=sys.stderr)
        return 1
    print("\nratio: ours / theirs, median of the blocks; smaller is better")
    for pair in wanted:
        print(f"{pair.name + ':':<11} {' '.join(pair.ours[1:])}"
              f"  |  {' '.join(pair.theirs)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
