#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How long threads stand while their policy is changed, as a distribution.

Programs that sleep and compute are steered many times; each stop of a thread is one figure.
Nothing is asserted: a time on a shared machine is information, not a verdict.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

MODES = ("read", "epoll", "futex", "sleep", "signals", "spin")
FIGURES = ("median_ns", "p90_ns", "p99_ns", "longest_ns")
PROMISE = "a median under 200 us per thread"


def measure(build: Path, mode: str, times: int) -> dict[str, int]:
    """Steer one program; what steer_times says, by name."""
    victim = subprocess.Popen([str(build / "bin" / "steer_victim"), mode], text=True,
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert victim.stdout
    if victim.stdout.readline() != "ready\n":
        raise RuntimeError(f"{mode}: the program did not start")
    result = subprocess.run([str(build / "bin" / "steer_times"), str(victim.pid), str(times)],
                            text=True, capture_output=True, check=False)
    said, _ = victim.communicate()
    if result.returncode or victim.returncode:
        raise RuntimeError(f"{mode}: {result.stderr.strip()} {said.strip()}")
    words = result.stdout.split()
    return {name: int(value) for name, value in zip(words[::2], words[1::2])}


def main() -> int:
    """Measure each, print."""
    parser = argparse.ArgumentParser(description="How long threads stand.")
    parser.add_argument("--build", type=Path, default=Path("build/dev"))
    parser.add_argument("--times", type=int, default=1000, help="of steering each program")
    args = parser.parse_args()

    print("program      stops   median us   90 %   99 %   longest")
    try:
        for mode in MODES:
            figures = measure(args.build, mode, args.times)
            median, p90, p99, longest = (figures[name] / 1000 for name in FIGURES)
            print(f"{mode:<10} {figures['stops']:>7} {median:>11.0f} {p90:>6.0f} {p99:>6.0f} "
                  f"{longest:>9.0f}", flush=True)
    except RuntimeError as error:
        print(f"steering: {error}", file=sys.stderr)
        return 1
    print(f"\npromise: {PROMISE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
