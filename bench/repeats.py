#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whether tierbench's intervals hold, and whether it notices a neighbour.

The same measurement is repeated. Its true figure is not known, so the median of all values of
all repeats stands for it: a 95 % interval should hold that in 95 of 100 repeats, unless the
machine itself drifts between them, which is told apart as well as can be: those not marked
noisy are counted by themselves, and each interval is also held against the median of the
repeats around it alone, as they had the machine as it was then. Then it is repeated beside a
neighbour that copies memory on each CPU; all of those should be marked noisy. Each repeat and
the next are also given to tierbench diff, as two runs between which nothing changed: what it
calls changed is a false alarm, or drift of the machine.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from compare import arguments

KINDS = {"window": "latency", "random": "latency", "read": "bandwidth", "copy": "bandwidth"}
NEIGHBOUR_BYTES = 64 << 20
AROUND = 2  # repeats before, and as many behind


@dataclass(frozen=True)
class Repeat:
    """One row of a result."""

    median: float
    low: float
    high: float
    noisy: bool
    values: list[float]
    run: str  # all of it, as JSON

    def holds(self, figure: float) -> bool:
        """Whether the interval has it."""
        return self.low <= figure <= self.high


def neighbour(cpu: int) -> None:
    """Copies memory on one CPU until it is ended."""
    os.sched_setaffinity(0, {cpu})
    block = bytearray(NEIGHBOUR_BYTES)
    while True:
        bytes(block)


class Neighbours:
    """One on each CPU of this process, while the block lasts."""

    def __enter__(self) -> None:
        self.started = [multiprocessing.Process(target=neighbour, args=(cpu,), daemon=True)
                        for cpu in os.sched_getaffinity(0)]
        for process in self.started:
            process.start()

    def __exit__(self, *_: object) -> None:
        for process in self.started:
            process.kill()
            process.join()


def repeat(bench: str, kind: str, seconds: float) -> Repeat:
    """One measurement."""
    result = subprocess.run(
        [bench, KINDS[kind], "--only", kind, "--nodes", "fastest", "--seconds", str(seconds),
         "--no-store", "--json"], capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(result.stderr.strip())
    row, = json.loads(result.stdout)["rows"]
    return Repeat(row["median"], row["low"], row["high"], row["noisy"], row["values"],
                  result.stdout)


def differs(bench: str, before: Repeat, after: Repeat) -> bool:
    """Whether tierbench says that something changed between two repeats."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("before", "after")]
        for file, one in zip(files, (before, after)):
            file.write_text(one.run, encoding="utf-8")
        told = subprocess.run([bench, "diff", *files], capture_output=True, text=True,
                              check=True)
    return any(f"  {word}" in told.stdout for word in ("better\n", "worse\n"))


def pooled_median(repeats: list[Repeat]) -> float:
    """What stands for the true figure: the median of all their values."""
    return statistics.median(value for one in repeats for value in one.values)


def holds_around(repeats: list[Repeat]) -> int:
    """How many intervals hold the figure of the minute that they were taken in."""
    return sum(one.holds(pooled_median(repeats[max(0, at - AROUND):at + AROUND + 1]))
               for at, one in enumerate(repeats))


def report(bench: str, kind: str, alone: list[Repeat], beside: list[Repeat]) -> None:
    """One line of a kind."""
    alarms = [differs(bench, *pair) for pair in zip(alone[::2], alone[1::2])]
    pooled = pooled_median(alone)
    quiet = [one for one in alone if not one.noisy]
    spread = (statistics.stdev(one.median for one in quiet) / pooled * 100
              if len(quiet) > 1 else float("nan"))
    print(f"{kind:<8} {sum(one.holds(pooled) for one in alone):>4} of {len(alone):<4} "
          f"{sum(one.holds(pooled) for one in quiet):>4} of {len(quiet):<4} "
          f"{holds_around(alone):>4} of {len(alone):<4} {spread:6.2f} % "
          f"{sum(one.noisy for one in beside):>6} of {len(beside):<4} "
          f"{sum(alarms):>10} of {len(alarms)}", flush=True)


def main() -> int:
    """Repeat, and count."""
    parser = argparse.ArgumentParser(description="Count how often tierbench's intervals hold.")
    parser.add_argument("--repeats", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=0.5, help="that one may take")
    args = arguments(parser, "kind", KINDS)
    bench = str(args.build / "bin" / "tierbench")

    print("         interval holds   if not noisy  the minute's   spread   beside noisy "
          "    alarms of diff")
    try:
        for kind in args.names:
            alone = [repeat(bench, kind, args.seconds) for _ in range(args.repeats)]
            with Neighbours():
                beside = [repeat(bench, kind, args.seconds) for _ in range(args.repeats)]
            report(bench, kind, alone, beside)
    except RuntimeError as error:
        print(f"repeats: {error}", file=sys.stderr)
        return 1
    print("\nthe minute's: intervals that hold the median of the two repeats before, itself, and"
          "\nthe two behind"
          "\nspread: standard deviation of the medians of repeats that were not noisy"
          "\nbeside noisy: repeats beside a neighbour that were marked"
          "\nalarms of diff: pairs of repeats between which it was sure of a change")
    return 0


if __name__ == "__main__":
    sys.exit(main())
