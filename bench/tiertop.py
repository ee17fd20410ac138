#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What tiertop costs, and for how long it locks the memory map of what it watches.

A process of some GiB in small pages and many that sleep are looked at 120 times; beside that, one
run of `numastat -p` and one plain reader of numa_maps. The kernel's own figure of the CPU time is
held against what tiertop says of itself. Holds of the lock are read from the kernel's mmap_lock
tracepoints, where they are there and ours to use. Nothing is asserted: a time on a shared machine
is information, not a verdict.
"""

from __future__ import annotations

import argparse
import contextlib
import mmap
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

GIB = 1 << 30
TRACING = Path("/sys/kernel/tracing")
EVENT = re.compile(r"-(\d+)\s+\[\d+\].*?(\d+\.\d+): mmap_lock_(\w+): mm=(\S+) .*?write=(\w+)")
COST = re.compile(r"cost ([0-9.]+) ms CPU")
PROMISES = ("10 ms of CPU time a refresh with 1,000 processes, one of them 16 GiB; growth from 1 "
            "to 16 GiB below 1.6 times; no hold of a memory map above 150 us")


@contextlib.contextmanager
def sleepers(count: int) -> Iterator[None]:
    """So many processes that do nothing."""
    children = [subprocess.Popen(["sleep", "infinity"], start_new_session=True)
                for _ in range(count)]
    try:
        yield
    finally:
        for child in children:
            child.kill()
        for child in children:
            child.wait()


@contextlib.contextmanager
def large(gib: float) -> Iterator[int]:
    """A process with so much memory in pages of 4 KiB; its number."""
    ready, tell = os.pipe()
    pid = os.fork()
    if not pid:
        memory = mmap.mmap(-1, int(gib * GIB), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        memory.madvise(mmap.MADV_NOHUGEPAGE)
        for at in range(0, len(memory), 4096):
            memory[at] = 1
        os.write(tell, b"x")
        while True:
            time.sleep(3600)
    try:
        os.close(tell)
        os.read(ready, 1)
        yield pid
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(ready)


def cpu_of_children() -> float:
    """Seconds of CPU time of the children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def percentile(values: list[float], share: float) -> float:
    """The value below which that share lies."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


class Trace:
    """The mmap_lock events of one program, in a trace instance of its own."""

    def __init__(self) -> None:
        self.folder = TRACING / "instances" / f"tiertop-{os.getpid()}"
        self.why = ""
        try:
            self.folder.mkdir()
            (self.folder / "buffer_size_kb").write_text("32768")
            (self.folder / "set_event_pid").write_text(str(os.getpid()))
            (self.folder / "options" / "event-fork").write_text("1")
            (self.folder / "events" / "mmap_lock" / "enable").write_text("1")
        except OSError as error:
            self.why = str(error)

    def holds(self) -> list[float]:
        """How long each lock for reading was held, in microseconds; takes the events away."""
        began: dict[tuple[str, str], float] = {}
        holds = []
        with (self.folder / "trace").open() as lines:
            for line in lines:
                found = EVENT.search(line)
                if not found or found[5] != "false":
                    continue
                key = (found[1], found[4])
                if found[3] == "acquire_returned":
                    began[key] = float(found[2])
                elif found[3] == "released" and key in began:
                    holds.append(1e6 * (float(found[2]) - began.pop(key)))
        (self.folder / "trace").write_text("")
        return holds

    def close(self) -> None:
        """Remove the instance."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def tell_holds(trace: Trace) -> str:
    """The distribution of what was traced."""
    if trace.why:
        return f"holds n/a ({trace.why})"
    holds = trace.holds()
    if not holds:
        return "holds n/a (no event)"
    return (f"{len(holds)} holds, median {percentile(holds, .5):.0f} us, "
            f"99.9 % {percentile(holds, .999):.0f} us, longest {max(holds):.0f} us")


def run(command: list[str], out: Path) -> float:
    """Milliseconds of CPU time of one command."""
    before = cpu_of_children()
    with out.open("w", encoding="utf-8") as stdout:
        subprocess.run(command, stdout=stdout, stderr=subprocess.DEVNULL, check=True)
    return 1e3 * (cpu_of_children() - before)


def measure_tiertop(args: argparse.Namespace, trace: Trace, out: Path) -> float:
    """Milliseconds a refresh; prints."""
    command = [str(args.build / "bin" / "tiertop"), "--no-config", "--text", "--size", "100x30",
               "--interval", "0.1"]
    short = run([*command, "--count", "1", "--cpu", "3"], out)
    first = time.monotonic()
    run([*command, "--count", "1", "--cpu", "3"], out)
    first = 1e3 * (time.monotonic() - first)
    long = run([*command, "--count", str(args.refreshes + 1)], out)
    said = [float(cost) for cost in COST.findall(out.read_text(encoding="utf-8"))][1:]
    each = (long - short) / args.refreshes
    print(f"  tiertop           {each:8.2f} ms a refresh; its screen says "
          f"{sum(said) / len(said):.2f} (90 %: {percentile(said, .9):.2f}); "
          f"the first screen after {first:.0f} ms")
    print(f"                    {tell_holds(trace)}")
    return each


def measure_others(pid: int, trace: Trace, out: Path) -> None:
    """The neighbours, once each."""
    names = {"a numa_maps reader": ["cat", f"/proc/{pid}/numa_maps"]}
    if shutil.which("numastat"):
        names["numastat -p"] = ["numastat", "-p", str(pid)]
    for name, command in names.items():
        cost = run(command, out)
        print(f"  {name:<17} {cost:8.2f} ms for this one process")
        print(f"                    {tell_holds(trace)}")


def main() -> int:
    """Measure at 1 GiB and at the largest size."""
    parser = argparse.ArgumentParser(description="What tiertop costs.")
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--processes", type=int, default=1000)
    parser.add_argument("--refreshes", type=int, default=120)
    parser.add_argument("--gib", type=float, default=16, help="of the large process")
    args = parser.parse_args()
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIB
    if args.gib > 0.8 * free:
        print(f"only {free:.1f} GiB are free: {0.8 * free:.1f} instead of {args.gib:.0f}")
        args.gib = round(0.8 * free, 1)
    trace = Trace()
    costs = []
    try:
        with tempfile.TemporaryDirectory() as folder, sleepers(args.processes):
            for gib in (1, args.gib):
                with large(gib) as pid:
                    print(f"{args.processes} processes that sleep, one of {gib:g} GiB")
                    costs.append(measure_tiertop(args, trace, Path(folder) / "out"))
                    measure_others(pid, trace, Path(folder) / "out")
    finally:
        trace.close()
    print(f"growth from 1 to {args.gib:g} GiB: {costs[1] / costs[0]:.2f} times")
    print(f"\npromises: {PROMISES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
