#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What tiertop costs, and for how long it locks the memory map of what it watches.

A process of some GiB and many that sleep are looked at 120 times; beside that, one run of `numastat
-p` and one plain reader of numa_maps. Its memory is in small pages, in huge ones, or in small ones
and 2,048 mappings. The kernel's own figure of the CPU time is held against what tiertop says of
itself, and how soon the first screen is there is taken from a terminal. How long the large process
is held up is read from the kernel's mmap_lock tracepoints, where they are there and ours to use, in
rounds of all three, and without the time in which the holder did not run. Nothing is asserted: a
time on a shared machine is information, not a verdict.
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

from screen import Screen

GIB = 1 << 30
TRACING = Path("/sys/kernel/tracing")
EVENT = re.compile(r"-(\d+)\s+\[\d+\].*?(\d+\.\d+): mmap_lock_(\w+): mm=(\S+) .*?write=(\w+)")
SWITCH = re.compile(r"(\d+\.\d+): sched_switch: .*prev_pid=(\d+) .*next_pid=(\d+)")
LOST = re.compile(r"entries-in-buffer/entries-written: (\d+)/(\d+)")
ROUNDS = 9
AREAS = 2048
KEYS = 200
KINDS = {"small": "in pages of 4 KiB", "thp": "in huge pages",
         "areas": f"in pages of 4 KiB and {AREAS} mappings"}
COST = re.compile(r"cost ([0-9.]+) ms CPU")
PROMISES = ("10 ms of CPU time a refresh with 1,000 processes, one of them 16 GiB; growth from 1 "
            "to 16 GiB below 1.6 times; no hold of a memory map above 150 us; the first screen "
            "within 150 ms, with 10,000 processes within 1 s and in 20 MiB; no key waits 50 ms")


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


def touch(memory: mmap.mmap, step: int) -> None:
    """Have a page wherever there may be one."""
    for at in range(0, len(memory), step):
        memory[at] = 1


def take_private(gib: float, kind: str) -> list[mmap.mmap]:
    """So much memory that nobody else has."""
    n = AREAS if kind == "areas" else 1
    pieces = []
    for i in range(n):
        piece = mmap.mmap(-1, int(gib * GIB / n), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        piece.madvise(mmap.MADV_HUGEPAGE if kind == "thp" else mmap.MADV_NOHUGEPAGE)
        if i % 2:
            piece.madvise(mmap.MADV_DONTDUMP)  # so that neighbours are not made one
        touch(piece, 4096)
        pieces.append(piece)
    return pieces


def take_memory(gib: float, kind: str, is_shared: bool) -> list[mmap.mmap]:
    """So much memory; or page tables for so much, onto one GiB of pages."""
    if not is_shared or kind == "thp":
        return take_private(gib, kind)
    file = os.memfd_create("tiertop-bench")
    os.ftruncate(file, GIB)
    length = int(gib * GIB / AREAS) if kind == "areas" else GIB
    return [mmap.mmap(file, length, flags=mmap.MAP_SHARED | mmap.MAP_POPULATE)
            for _ in range(int(gib * GIB / length))]


@contextlib.contextmanager
def large(gib: float, kind: str, is_shared: bool) -> Iterator[int]:
    """A process with such memory; its number."""
    ready, tell = os.pipe()
    pid = os.fork()
    if not pid:
        memory = take_memory(gib, kind, is_shared)
        os.write(tell, b"x" if memory else b"")
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


def mount_tracefs() -> None:
    """Run again where tracefs is mounted, if it is not; nobody else sees that."""
    if os.geteuid() or (TRACING / "events").exists() or os.environ.get("TIERTOP_BENCH_MOUNTS"):
        return
    os.environ["TIERTOP_BENCH_MOUNTS"] = "once"
    with contextlib.suppress(OSError):
        os.execvp("unshare", ["unshare", "--mount", "sh", "-c",
                              f'mount -t tracefs nodev {TRACING}; exec "$@"', "sh",
                              sys.executable, *sys.argv])


class Trace:
    """The mmap_lock events of one program, in a trace instance of its own."""

    def __init__(self) -> None:
        self.folder = TRACING / "instances" / f"tiertop-{os.getpid()}"
        self.why = ""
        self.mm = ""
        self.lost = False
        try:
            self.folder.mkdir()
            (self.folder / "buffer_size_kb").write_text("32768")
            (self.folder / "set_event_pid").write_text(str(os.getpid()))
            (self.folder / "options" / "event-fork").write_text("1")
            (self.folder / "events" / "mmap_lock" / "enable").write_text("1")
            (self.folder / "events" / "sched" / "sched_switch" / "enable").write_text("1")
        except OSError as error:
            self.why = str(error)

    def pause(self, is_paused: bool) -> None:
        """Tracing costs, too: not while times are measured."""
        if not self.why:
            (self.folder / "tracing_on").write_text("0" if is_paused else "1")

    def learn(self, pid: int) -> None:
        """Which map is that of the process: the one that a reader of numa_maps holds long."""
        self.holds()
        for _ in range(3):
            Path(f"/proc/{pid}/numa_maps").read_bytes()
        sums: dict[str, float] = {}
        for mm, _, ran in self.holds():
            sums[mm] = sums.get(mm, 0) + ran
        self.mm = max(sums, key=sums.__getitem__, default="")

    def holds(self) -> list[tuple[str, float, float]]:
        """Each lock for reading: of which map, its microseconds, and those of them in which its
        holder ran. Takes the events away."""
        began: dict[tuple[str, str], float] = {}
        away: dict[str, float] = {}
        lost: dict[tuple[str, str], float] = {}
        holds = []
        with (self.folder / "trace").open() as lines:
            for line in lines:
                if counts := LOST.search(line):
                    self.lost = self.lost or counts[1] != counts[2]
                if switch := SWITCH.search(line):
                    away[switch[2]] = float(switch[1])
                    for key in began:
                        if key[0] == switch[3] and key[0] in away:
                            lost[key] = (lost.get(key, 0) + float(switch[1])
                                         - max(away[key[0]], began[key]))
                found = EVENT.search(line)
                if not found or found[5] != "false":
                    continue
                key = (found[1], found[4])
                if found[3] == "acquire_returned":
                    began[key] = float(found[2])
                    lost.pop(key, None)
                elif found[3] == "released" and key in began:
                    held = float(found[2]) - began.pop(key)
                    holds.append((found[4], 1e6 * held, 1e6 * (held - lost.pop(key, 0))))
        (self.folder / "trace").write_text("")
        return holds

    def of_target(self) -> list[tuple[float, float]]:
        """Those of the process that was learnt: held, and running meanwhile."""
        return [hold[1:] for hold in self.holds() if hold[0] == self.mm]

    def close(self) -> None:
        """Remove the instance."""
        with contextlib.suppress(OSError):
            self.folder.rmdir()


def run(command: list[str], out: Path) -> float:
    """Milliseconds of CPU time of one command."""
    before = cpu_of_children()
    with out.open("w", encoding="utf-8") as stdout:
        subprocess.run(command, stdout=stdout, stderr=subprocess.DEVNULL, check=True)
    return 1e3 * (cpu_of_children() - before)


def measure_tiertop(args: argparse.Namespace, out: Path) -> float:
    """Milliseconds a refresh; prints."""
    command = [str(args.build / "bin" / "tiertop"), "--no-config", "--text", "--size", "100x30",
               "--interval", "0.1"]
    short = run([*command, "--count", "1", "--cpu", "3"], out)
    long = run([*command, "--count", str(args.refreshes + 1)], out)
    said = [float(cost) for cost in COST.findall(out.read_text(encoding="utf-8"))][1:]
    each = (long - short) / args.refreshes
    print(f"  tiertop           {each:8.2f} ms a refresh; its screen says "
          f"{sum(said) / len(said):.2f} (90 %: {percentile(said, .9):.2f})")
    return each


def measure_screen(args: argparse.Namespace) -> None:
    """On a terminal, with few descriptors and with many."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for descriptors in sorted({min(256, most), min(1024, most), most}):
        screen = Screen([str(args.build / "bin" / "tiertop"), "--no-config"], descriptors)
        try:
            first = screen.first_ms(b"Quit")
            waits = screen.waits_ms(b"t", KEYS)
            memory = screen.most_mib()
        finally:
            screen.close()
        print(f"  on a terminal, {descriptors} descriptors: the first screen after "
              f"{first:.0f} ms; a key waits {percentile(waits, .5):.1f} ms (90 %: "
              f"{percentile(waits, .9):.1f}, longest {max(waits):.1f} of {KEYS}); it has had "
              f"{memory:.1f} MiB", flush=True)


def readers(pid: int) -> dict[str, list[str]]:
    """The neighbours."""
    found = {"a numa_maps reader": ["cat", f"/proc/{pid}/numa_maps"]}
    if shutil.which("numastat"):
        found["numastat -p"] = ["numastat", "-p", str(pid)]
    return found


def measure_others(pid: int, out: Path) -> None:
    """What they cost, once each."""
    for name, command in readers(pid).items():
        print(f"  {name:<18}{run(command, out):8.2f} ms for this one process")


def measure_holds(args: argparse.Namespace, pid: int, trace: Trace, out: Path) -> None:
    """How long the large process cannot change its memory map, each program in turn."""
    if trace.why:
        print(f"  holds of its lock: n/a ({trace.why})")
        return
    trace.learn(pid)
    programs = {"tiertop": [str(args.build / "bin" / "tiertop"), "--no-config", "--text",
                            "--interval", "0.1", "--count", "3", "--cpu", "3"], **readers(pid)}
    longest: dict[str, list[float]] = {name: [] for name in programs}
    held: dict[str, list[tuple[float, float]]] = {name: [] for name in programs}
    for _ in range(ROUNDS):
        for name, command in programs.items():
            run(command, out)
            holds = trace.of_target()
            held[name] += holds
            longest[name].append(max((ran for _, ran in holds), default=0))
    for name, holds in held.items():
        ran = [each for _, each in holds] or [0.0]
        print(f"  {name:<18} {len(holds) / ROUNDS:7.0f} holds of its lock a run, median "
              f"{percentile(ran, .5):.0f} us, 99.9 % {percentile(ran, .999):.0f} us, longest "
              f"{max(ran):.0f} us; {max((each for each, _ in holds), default=0):.0f} us with "
              "what preemption added")
    for name in list(programs)[1:]:
        ratios = sorted(other / ours for other, ours in zip(longest[name], longest["tiertop"])
                        if ours)
        if ratios:
            print(f"  its longest hold is {percentile(ratios, .5):.0f} times tiertop's "
                  f"({ratios[0]:.0f} to {ratios[-1]:.0f} in {len(ratios)} rounds): {name}")
    if trace.lost:
        print("  (the kernel's buffer lost some events)")


def arguments() -> argparse.Namespace:
    """What was asked for, and no more memory than there is."""
    parser = argparse.ArgumentParser(description="What tiertop costs.")
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--processes", type=int, default=1000)
    parser.add_argument("--refreshes", type=int, default=120, help="0: only locks are looked at")
    parser.add_argument("--gib", type=float, nargs="+", default=[1, 16],
                        help="of the large process, one after the other")
    parser.add_argument("--kinds", choices=KINDS, nargs="+", default=["small"],
                        help="of its memory")
    parser.add_argument("--shared", action="store_true",
                        help="page tables for so much, onto 1 GiB of memory; not for thp")
    args = parser.parse_args()
    free = os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / GIB
    if max(args.gib) > 0.8 * free:
        print(f"only {free:.1f} GiB are free")
        args.shared = True
    if args.shared:
        print("the memory of the large process is 1 GiB, mapped again and again")
    return args


def measure(args: argparse.Namespace, trace: Trace, gib: float, kind: str) -> float:
    """All of it with one large process; milliseconds a refresh."""
    cost = 0.0
    with tempfile.TemporaryDirectory() as folder, large(gib, kind, args.shared) as pid:
        print(f"{args.processes} processes that sleep, one of {gib:g} GiB {KINDS[kind]}",
              flush=True)
        out = Path(folder) / "out"
        trace.pause(True)
        if args.refreshes:
            cost = measure_tiertop(args, out)
            measure_screen(args)
            measure_others(pid, out)
        trace.pause(False)
        measure_holds(args, pid, trace, out)
    return cost


def main() -> int:
    """Measure each size of each kind."""
    mount_tracefs()
    args = arguments()
    trace = Trace()
    try:
        with sleepers(args.processes):
            for kind in args.kinds:
                costs = [measure(args, trace, gib, kind) for gib in args.gib]
                if len(costs) > 1 and costs[0]:
                    print(f"growth from {args.gib[0]:g} to {args.gib[-1]:g} GiB: "
                          f"{costs[-1] / costs[0]:.2f} times")
    finally:
        trace.close()
    print(f"\npromises: {PROMISES}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
