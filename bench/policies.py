#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a policy costs where it changes nothing: reads of memory that was placed by one, beside
reads of memory that was just touched, on one node.

All pages lie on the same node then, which tierbench proves, so the ratio should be 1 within its
interval. Runs are in blocks of four, policy touched touched policy.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys

from compare import arguments, interval

POLICIES = ("bind", "prefer", "prefer-many", "interleave", "weighted")
TOUCHED = "first-touch"


def run(command: list[str], policy: str) -> dict | None:
    """The row of one run; None where the kernel has no such policy."""
    result = subprocess.run([*command, "--only", policy], capture_output=True, text=True,
                            check=False)
    if result.returncode == 3:
        return None
    if result.returncode:
        raise RuntimeError(result.stderr.strip())
    row, = json.loads(result.stdout)["rows"]
    return row


def measure(command: list[str], policy: str, blocks: int) -> list[float]:
    """One ratio for each block; none where there is no such policy."""
    ratios = []
    for _ in range(blocks):
        rows = [run(command, name) for name in (policy, TOUCHED, TOUCHED, policy)]
        if None in rows:
            return []
        first, second, third, last = (row["median"] for row in rows)
        ratios.append((first + last) / (second + third))
    return ratios


def main() -> int:
    """Measure, print."""
    parser = argparse.ArgumentParser(description="What policies cost on one node.")
    parser.add_argument("--blocks", type=int, default=15, help="of four runs, per policy")
    parser.add_argument("--seconds", type=float, default=0.5, help="that one may take")
    args = arguments(parser, "policy", POLICIES)
    command = [str(args.build / "bin" / "tierbench"), "policy", "--nodes", "fastest",
               "--seconds", str(args.seconds), "--no-store", "--json"]

    print("policy       reads beside first touch  [95 % interval]")
    try:
        # The same loops everywhere: those that win a trial here.
        command += ["--loops", run(command, TOUCHED)["loops"]]
        for policy in args.names:
            ratios = measure(command, policy, args.blocks)
            if ratios:
                low, high = interval(ratios)
                print(f"{policy:<12} {statistics.median(ratios):24.3f}  [{low:.3f}, {high:.3f}]"
                      f"{'' if low <= 1 <= high else '  differs'}", flush=True)
            else:
                print(f"{policy:<12} not here", flush=True)
    except RuntimeError as error:
        print(f"policies: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
