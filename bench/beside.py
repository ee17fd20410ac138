#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Holds what tierbench finds against what other benchmarks find on the same memory.

A pair runs as blocks of four, ours theirs theirs ours, so that drift of the machine falls
on both alike. Each block gives one ratio of bandwidths, in bytes that a program counts;
printed are the medians and the interval that holds the median ratio with 95 % confidence.
Like is held against like: the best lap where the other tells its best round, the median where
it tells a mean, and huge pages where the kernel gives them to everybody.
Above 1 tierbench drives the memory harder than the other does. This says nothing of slow
memory: only of how well the loops are made.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from compare import arguments, interval

HERE = Path(__file__).resolve().parent
SIZE = 256 << 20  # of each buffer
SECONDS = 0.5
MIB = 1 << 20


@dataclass(frozen=True)
class Other:
    """A benchmark of others: its command, and how it says bytes per second."""

    name: str
    command: list[str]
    rate: Callable[[str], float]
    best: bool = False  # of several rounds; else of all of them


@dataclass(frozen=True)
class Pair:
    """One of our kinds of traffic beside theirs. `count` turns our bytes into what they
    count: a copied byte is one for most, and two for us and for STREAM."""

    ours: str
    other: Other
    threads: int
    count: float


def found(pattern: str, unit: float) -> Callable[[str], float]:
    """Reads one number out of a text."""
    def read(text: str) -> float:
        match = re.search(pattern, text)
        if not match:
            raise RuntimeError(f"no figure in: {text.strip()[-200:]}")
        return float(match.group(1)) * unit
    return read


def loop(load: Path, kernel: str) -> Other:
    """The textbook's loop."""
    return Other(f"loop {kernel}", [str(load), kernel, str(SIZE), str(SECONDS)],
                 found(r"^(\d+)", 1), best=True)


def perf(what: str) -> Other:
    """perf bench mem: glibc's own memcpy or memset. Bytes once."""
    return Other(f"perf {what}", ["perf", "bench", "-f", "simple", "mem", what, "-f", "default",
                                  "-s", f"{SIZE // MIB}MB", "-l", "20"],
                 found(r"(?m)^([\d.]+)\s*$", 1))


def sysbench(what: str) -> Other:
    """sysbench memory, with a block that is no cache's."""
    return Other(f"sysbench {what}",
                 ["sysbench", "memory", f"--memory-block-size={SIZE // MIB}M",
                  "--memory-total-size=1024G", f"--memory-oper={what}", "--threads=1",
                  "--time=1", "run"], found(r"\(([\d.]+) MiB/sec\)", MIB))


def pairs(one: Path, all_of_them: Path, threads: int) -> list[Pair]:
    """What is compared. lmbench is not in Debian 12's main."""
    mbw = Other("mbw memcpy", ["mbw", "-q", "-n", "10", "-t", "0", str(SIZE // MIB)],
                found(r"AVG.*Copy: ([\d.]+) MiB/s", MIB))
    return [
        Pair("copy", loop(one, "copy"), 1, 1),
        Pair("copy-nt", loop(one, "copy"), 1, 1),
        Pair("triad", loop(one, "triad"), 1, 1),
        Pair("triad-nt", loop(one, "triad"), 1, 1),
        Pair("triad", loop(all_of_them, "triad"), threads, 1),
        Pair("triad-nt", loop(all_of_them, "triad"), threads, 1),
        Pair("copy-nt", perf("memcpy"), 1, 0.5),
        Pair("write-nt", perf("memset"), 1, 1),
        Pair("copy-nt", mbw, 1, 0.5),
        Pair("read", sysbench("read"), 1, 1),
        Pair("write", sysbench("write"), 1, 1),
        Pair("write-nt", sysbench("write"), 1, 1),
    ]


def output(command: list[str]) -> str:
    """What a command prints; all of it when it fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit status {result.returncode}: "
                           f"{result.stderr.strip()}")
    return result.stdout


def run_ours(bench: str, *words: str) -> dict:
    """A run of tierbench on the fastest memory."""
    return json.loads(output([bench, "bandwidth", "--nodes", "fastest", "--any-size",
                              "--no-store", "--json", *words]))


def pages_of_all(bench: str) -> str:
    """The pages that a program gets which asks for none in particular."""
    run = run_ours(bench, "--only", "read", "--size", "2M", "--seconds", "0.01")
    return "thp" if run["huge_pages"] == "always" else "4k"


def measure_ours(bench: str, pair: Pair, pages: str) -> float:
    """What tierbench finds."""
    run = run_ours(bench, "--only", pair.ours, "--size", str(SIZE), "--threads",
                   str(pair.threads), "--seconds", str(SECONDS), "--pages", pages)
    row, = run["rows"]
    return (max(row["values"]) if pair.other.best else row["median"]) * pair.count


def measure(bench: str, pair: Pair, pages: str,
            blocks: int) -> tuple[list[float], list[float]]:
    """Bytes per second of ours and of theirs, two of each per block."""
    ours, theirs = [], []
    for _ in range(blocks):
        for side in (0, 1, 1, 0):
            if side:
                theirs.append(pair.other.rate(output(pair.other.command)))
            else:
                ours.append(measure_ours(bench, pair, pages))
    return ours, theirs


def report(pair: Pair, ours: list[float], theirs: list[float]) -> None:
    """One line per pair."""
    ratios = [(ours[i] + ours[i + 1]) / (theirs[i] + theirs[i + 1])
              for i in range(0, len(ours), 2)]
    low, high = interval(ratios)
    print(f"{pair.ours:<9} {pair.other.name:<15} {pair.threads:>3} "
          f"{statistics.median(ours) / 1e9:9.2f} {statistics.median(theirs) / 1e9:9.2f} "
          f"{statistics.median(ratios):7.3f}  [{low:.3f}, {high:.3f}]", flush=True)


def build(folder: Path) -> tuple[Path, Path]:
    """The textbook's loops as most people build them: for one thread, and for all."""
    made = []
    for name, more in (("loop_one", ["-Wno-unknown-pragmas"]), ("loop_all", ["-fopenmp"])):
        made.append(folder / name)
        subprocess.run(["cc", "-O3", *more, "-o", made[-1], HERE / "loop_load.c"], check=True)
    return made[0], made[1]


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description="Hold tierbench against others, in pairs.")
    parser.add_argument("--blocks", type=int, default=15, help="of four runs, per pair")
    # Each once, in their order.
    kinds = dict.fromkeys(pair.ours for pair in pairs(Path(), Path(), 1))
    args = arguments(parser, "kind", kinds)
    bench = str(args.build / "bin" / "tierbench")

    missing = [name for name in ("perf", "mbw", "sysbench") if not shutil.which(name)]
    if missing:
        parser.error(f"not installed: {', '.join(missing)}")
    threads = int(output(["nproc"]))
    wanted = [pair for pair in pairs(*build(args.build), threads)
              if pair.ours in args.names]
    pages = pages_of_all(bench)
    print("ours      beside          thr      ours    theirs   ratio  [95 % interval]"
          f"   (GB/s, {args.blocks} blocks of four, pages {pages})")
    try:
        for pair in wanted:
            report(pair, *measure(bench, pair, pages, args.blocks))
    except RuntimeError as error:
        print(f"beside: {error}", file=sys.stderr)
        return 1
    print("\nratio: ours / theirs, median of the blocks; larger is better. Bytes as the other "
          "counts them.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
