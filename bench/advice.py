#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How near the ratio that tierbench's advisor picks is to the best of all.

A machine with one kind of memory has no tiers, so these are emulations: a buffer in the
last-level cache beside one in DRAM, which differ truly, and pairs of buffers that are held
back to a rate each. For each the advisor measures both alone, predicts, and measures at most
six ratios; then 71 ratios are measured, and what was picked is held against their best in
blocks of four. It says nothing of slow memory, only of the advisor's arithmetic.
"""

from __future__ import annotations

import argparse
import math
import statistics
import subprocess
import sys
from pathlib import Path

from compare import arguments, interval

HERE = Path(__file__).resolve().parent
CASES = {"cache": "cache and DRAM", "1000:500": "held back, 2:1", "1000:250": "held back, 4:1",
         "1000:111": "held back, 9:1", "500:500": "held back, 1:1"}


def build(folder: Path) -> Path:
    """The load, with the advisor in it."""
    load = folder / "tiers_load"
    subprocess.run(["cc", "-O2", "-I", HERE, "-I", HERE.parent / "libtier/base", "-o", load,
                    HERE / "tiers_load.c", HERE / "advise.c", HERE / "chain.c", "-lm"],
                   check=True)
    return load


def run(load: Path, case: str, blocks: int) -> dict[str, list[float]]:
    """What the load prints: the numbers of each word."""
    result = subprocess.run([load, case, str(blocks)], capture_output=True, text=True,
                            check=True)
    found: dict[str, list[float]] = {}
    for line in result.stdout.splitlines():
        word, number, *_ = line.split()
        found.setdefault(word, []).append(float(number))
    return found


def ratio_text(fast: float) -> str:
    """Pages of the fast one for one of the slow one."""
    return "fast only" if math.isinf(fast) else f"{fast:.2f}:1"


def main() -> int:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description="Hold the advisor's pick against all ratios.")
    parser.add_argument("--blocks", type=int, default=15, help="of four measurements")
    args = arguments(parser, "case", CASES)
    load = build(args.build)

    print(f"{'emulated':<16}{'predicted':>10}{'picked':>10}{'ratios':>7}{'best':>10}"
          "   picked / best  [95 % interval]")
    for case in args.names:
        found = run(load, case, args.blocks)
        low, high = interval(found["ratio"])
        print(f"{CASES[case]:<16}" + "".join(
            f"{ratio_text(found[word][0]):>10}" for word in ("predicted", "picked"))
              + f"{found['trials'][0]:>7.0f}{ratio_text(found['best'][0]):>10}"
              f"{statistics.median(found['ratio']):>16.3f}  [{low:.3f}, {high:.3f}]",
              flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
