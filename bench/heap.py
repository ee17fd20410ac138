#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Times libtiermalloc.so beside other allocators, all of a round in one go.

A round runs a workload once under every allocator, and under plain jemalloc before and
after; each is compared with the mean of those two, so that drift of the machine falls on
all alike. What is compared is the time that the CPUs spent (user and system), which other
programs disturb less than the clock (of Python's benchmark of strings its own figure), and the
most memory that was resident. Printed are the median of the ratios, the interval that holds the
true median with 95 % confidence, and the geometric mean over workloads, beside what is
promised. Nothing is asserted.

The tiers of `threshold` and the like are one node under two names here: what is measured is
the allocator, and not the memory.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from compare import interval

HERE = Path(__file__).resolve().parent
# One program is measured at a time.
HELPER = HERE.parent / "build/heap_cost"
MEMTIER = "KIND:DRAM,RATIO:1;POLICY:STATIC_RATIO"
SQL = ("create table t(a integer primary key, b text);"
       "with recursive n(i) as (select 1 union all select i+1 from n where i<60000)"
       " insert into t select i, printf('%0*d', i%90, i) from n;"
       "create index x on t(b); select count(*) from t where b like '%7%';"
       "delete from t where a%3=0; select sum(length(b)) from t;")
PYTHON = ("import json\n"
          "d = {str(i): [str(j) for j in range(i % 30)] for i in range(12000)}\n"
          "for i in range(3): d = json.loads(json.dumps(d))\n")
# Python's own; its other benchmarks run for a time, or say how long others waited.
STRINGS = Path("/usr/share/doc/python3.11/examples/stringbench/stringbench.py")
STRING_GROUPS = "concat", "format", "replace"
# Debian's redis-tools has the server under the name of its checker.
REDIS_SERVER = "redis-check-rdb"
REDIS = ["redis-benchmark", "-q", "-P", "16", "-n", "60000", "-r", "20000", "-d", "300",
         "-t", "set,get,lpush,rpop,sadd,hset"]
MAPPINGS = ("b = [bytearray(100000) for i in range({blocks})]\n"
            "print(len(open('/proc/self/maps').readlines()))")
# 300 MB, and more than the 512 MiB for each of two tiers from where on one may have huge pages.
MAPPINGS_BLOCKS = 3000, 17000

# Beyond plain jemalloc's, and beside memtier.
MOST_MEMORY = 1.03
MOST_START_MS = 1.0
MOST_MAPPINGS = 2  # for each tier
LEAST_BESIDE_MEMTIER = 4.0


@dataclass(frozen=True)
class Side:
    """One allocator and how it is asked for."""

    name: str
    library: str | None
    variables: dict[str, str]
    most: float = 0.0  # of plain jemalloc's time; 0: nothing is promised
    tiers: int = 0


@dataclass
class Cost:
    """What one run took."""

    seconds: float
    kib: int


def sides(library: str) -> list[Side]:
    """Ours in its kinds of work, then the neighbours that are installed."""
    two = "node:0", "node:0-0"
    ours = [("plain", "", 1.02, 1), ("prefer", "prefer:node:0", 1.02, 1),
            ("bind", "bind:node:0", 1.02, 1), ("interleave", "interleave:node:0", 1.02, 1),
            ("threshold", f"threshold:512:{two[0]}<{two[1]}", 1.05, 2),
            ("auto", f"auto-threshold:{two[0]}=1,{two[1]}=1", 1.15, 2),
            ("ratio", f"ratio:{two[0]}=1,{two[1]}=1", 1.15, 2)]
    found = [Side(name, library, {"TIER_HEAP": spec} if spec else {}, most, tiers)
             for name, spec, most, tiers in ours]
    for name, file in (("glibc", None), ("mimalloc", "libmimalloc.so.2"),
                       ("tcmalloc", "libtcmalloc_minimal.so.4"),
                       ("memtier", "libmemtier.so.0")):
        found.append(Side(name, file, {"MEMKIND_MEM_TIERS": MEMTIER}
                          if name == "memtier" else {}))
    return found


JEMALLOC = Side("jemalloc", "libjemalloc.so.2", {})


def environment(side: Side) -> dict[str, str]:
    """Of a program under that allocator."""
    variables = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONMALLOC": "malloc",
                 "PYTHONHASHSEED": "0"} | side.variables
    if side.library:
        variables["LD_PRELOAD"] = side.library
    return variables


def start(command: list[str], side: Side, output: int = subprocess.DEVNULL) -> subprocess.Popen:
    """A program under an allocator, and HELPER that waits for it."""
    return subprocess.Popen([HELPER, f"{HELPER}.out", *command], env=environment(side),
                            stdin=subprocess.DEVNULL, stdout=output)


def finish(child: subprocess.Popen) -> Cost:
    """Wait for it, and what it and its children took."""
    if child.wait():
        raise RuntimeError(f"{child.args}: exit status {child.returncode}")
    micros, kib = Path(f"{HELPER}.out").read_text().split()
    return Cost(int(micros) / 1e6, int(kib))


def run(command: list[str], side: Side) -> Cost:
    """One program from start to end."""
    return finish(start(command, side))


def run_redis(_: list[str], side: Side) -> Cost:
    """A server under redis-benchmark; its time, not the client's."""
    with tempfile.TemporaryDirectory() as folder:
        client = ["redis-cli", "-s", f"{folder}/s"]
        Path(folder, "redis-server").symlink_to(shutil.which(REDIS_SERVER))
        server = start([f"{folder}/redis-server", "--port", "0", "--unixsocket", f"{folder}/s",
                        "--save", "", "--dir", folder], side)
        try:
            while subprocess.run([*client, "ping"], capture_output=True).stdout != b"PONG\n":
                time.sleep(0.01)
            for words in ([*REDIS, "-s", f"{folder}/s"], [*client, "flushall"],
                          [*REDIS, "-s", f"{folder}/s"], [*client, "shutdown", "nosave"]):
                subprocess.run(words, capture_output=True, check=True)
            return finish(server)
        finally:
            if server.returncode is None:
                server.kill()
                server.wait()


def run_strings(command: list[str], side: Side) -> Cost:
    """A benchmark that runs each step as often as it takes: the sum of its own best times."""
    child = start(command, side, subprocess.PIPE)
    *_, total = child.communicate()[0].splitlines()
    return Cost(float(total.split()[1]) / 1000, finish(child).kib)


RUNNERS = {"redis": run_redis, "strings": run_strings}


def workloads(load: str, root: Path) -> dict[str, list[str]]:
    """Name -> command; of programs those that are installed."""
    found = {name: [load, name, rounds] for name, rounds in (
        ("pairs", "1500000"), ("churn", "2500000"), ("larson", "2500000"),
        ("handover", "2500000"), ("large", "150000"), ("grow", "1200000"), ("fragment", "600000"),
        ("threads", "150000"))}
    real = {
        "sqlite": ["sqlite3", ":memory:", SQL],
        "python": ["/usr/bin/python3", "-c", PYTHON],
        "strings": ["/usr/bin/python3", str(STRINGS), "-u", *STRING_GROUPS],
        "jq": ["jq", "-n", "[range(60000)|{a:.,b:tostring}]|group_by(.b|length)|length"],
        "gcc": ["gcc", "-O2", "-S", "-o", "/dev/null", "-D_GNU_SOURCE",
                f"-I{root}/libtier/base", f"-I{root}/libtier",
                f"{root}/libtier/base/heap_spec.c"],
        "redis": [REDIS_SERVER],
    }
    for name, command in real.items():
        missing = [word for word in (command[0], *filter(os.path.isabs, command[1:]))
                   if not shutil.which(word) and not os.path.exists(word)]
        if not missing:
            found[name] = command
        else:
            print(f"skip: {name}: {missing[0]} is not installed", file=sys.stderr)
    return found


def one_round(name: str, command: list[str], wanted: list[Side]) -> dict[str, Cost]:
    """Each side as parts of plain jemalloc's."""
    runner = RUNNERS.get(name, run)
    before = runner(command, JEMALLOC)
    costs = [(side, runner(command, side)) for side in wanted]
    after = runner(command, JEMALLOC)
    seconds, kib = (before.seconds + after.seconds) / 2, (before.kib + after.kib) / 2
    return {side.name: Cost(cost.seconds / seconds, cost.kib / kib) for side, cost in costs}


def measure(name: str, command: list[str], wanted: list[Side],
            rounds: int) -> dict[str, list[Cost]]:
    """All rounds of one workload; the first warms up."""
    found: dict[str, list[Cost]] = {side.name: [] for side in wanted}
    for number in range(rounds + 1):
        turned = wanted[number % len(wanted):] + wanted[:number % len(wanted)]
        for side, cost in one_round(name, command, turned).items():
            if number:
                found[side].append(cost)
    return found


def verdict(kept: bool) -> str:
    """Beside a promise."""
    return "kept" if kept else "NOT kept"


def start_up(wanted: list[Side], rounds: int) -> None:
    """Milliseconds by the clock that a program takes which does nothing."""
    times: dict[str, list[float]] = {side.name: [] for side in [JEMALLOC, *wanted]}
    for _ in range(rounds):
        for side in [JEMALLOC, *wanted]:
            began = time.perf_counter()
            subprocess.run(["true"], env=environment(side), check=True)
            times[side.name].append((time.perf_counter() - began) * 1000)
    plain = statistics.median(times[JEMALLOC.name])
    print(f"\nstart-up of true: {plain:.2f} ms under jemalloc; ours at most"
          f" {MOST_START_MS:.0f} ms more")
    for side in wanted:
        more = statistics.median(times[side.name]) - plain
        print(f"  {side.name:<10} {more:+6.2f} ms"
              f"{'   ' + verdict(more <= MOST_START_MS) if side.most else ''}")


def mappings(wanted: list[Side]) -> None:
    """Of a program with a small heap and with a large one; neighbours merge by luck only."""
    def count(side: Side, blocks: int) -> int:
        script = MAPPINGS.format(blocks=blocks)
        return min(int(subprocess.run(["/usr/bin/python3", "-c", script], env=environment(side),
                                      capture_output=True, check=True).stdout) for _ in range(3))

    plain = [count(JEMALLOC, blocks) for blocks in MAPPINGS_BLOCKS]
    print(f"\nmappings: {plain[0]} and {plain[1]} under jemalloc with"
          f" {' and '.join(f'{blocks / 10:.0f} MB' for blocks in MAPPINGS_BLOCKS)};"
          f" ours at most {MOST_MAPPINGS} more for a tier, but for a ratio")
    for side in (side for side in wanted if side.most):
        # The library's own file is mapped as well, as jemalloc's is.
        more = [count(side, blocks) - least for blocks, least in zip(MAPPINGS_BLOCKS, plain)]
        kept = max(more) <= MOST_MAPPINGS * side.tiers
        print(f"  {side.name:<10} {more[0]:+5} {more[1]:+5}"
              f"   {'' if side.name == 'ratio' else verdict(kept)}")


def beside_memtier(results: dict[str, dict[str, list[Cost]]], wanted: list[Side]) -> None:
    """How many times as fast as memkind's memtier on the churn."""
    costs = results.get("churn", {})
    if not costs:
        return

    def middle(name: str) -> float:
        return statistics.median(cost.seconds for cost in costs[name])

    print(f"\nchurn: times as fast as memtier; ours at least {LEAST_BESIDE_MEMTIER:.0f}")
    for side in (side for side in wanted if side.most):
        times = middle("memtier") / middle(side.name)
        print(f"  {side.name:<10} {times:5.2f}   {verdict(times >= LEAST_BESIDE_MEMTIER)}")


def versions() -> None:
    """Ours is made of the one, and compared with the other."""
    words = ["dpkg-query", "-W", "-f", "${Package} ${Version}\n", "libjemalloc-dev", "libjemalloc2"]
    if shutil.which(words[0]):
        print(subprocess.run(words, capture_output=True, text=True).stdout, end="")


def geometric(values: list[float]) -> float:
    """The geometric mean."""
    return math.exp(statistics.fmean(map(math.log, values)))


def report(results: dict[str, dict[str, list[Cost]]], wanted: list[Side]) -> None:
    """The means over workloads, of time and of memory."""
    print(f"\n{'geometric mean':<16} {'time':>6} {'memory':>7}   promise")
    for side in wanted:
        times, sizes = [], []
        for costs in results.values():
            times.append(statistics.median(cost.seconds for cost in costs[side.name]))
            sizes.append(statistics.median(cost.kib for cost in costs[side.name]))
        found = geometric(times), geometric(sizes)
        promise = (f"   time at most {side.most}: {verdict(found[0] <= side.most)},"
                   f" memory {MOST_MEMORY}: {verdict(found[1] <= MOST_MEMORY)}")
        print(f"{side.name:<16} {found[0]:6.3f} {found[1]:7.3f}{promise if side.most else ''}")


def report_workload(name: str, costs: dict[str, list[Cost]]) -> None:
    """Each side's time with its interval, and its memory."""
    print(name)
    for side, found in costs.items():
        ratios = [cost.seconds for cost in found]
        low, high = interval(ratios)
        print(f"  {side:<10} {statistics.median(ratios):6.3f} [{low:.3f}, {high:.3f}]"
              f" {statistics.median(cost.kib for cost in found):7.3f}", flush=True)


def main() -> int:
    """Build the load, measure, print."""
    parser = argparse.ArgumentParser(description="Time the heap beside other allocators.")
    parser.add_argument("--build", type=Path, default=Path("build/release"))
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("names", nargs="*", metavar="WORKLOAD")
    args = parser.parse_args()

    load = args.build / "heap_load"
    subprocess.run(["cc", "-O2", "-fno-builtin", "-pthread", "-o", load,
                    HERE / "heap_load.c", HERE / "heap_loads.c"], check=True)
    subprocess.run(["cc", "-O2", "-o", HELPER, HERE / "heap_cost.c"], check=True)
    wanted = sides(str((args.build / "lib" / "libtiermalloc.so").resolve()))
    chosen = {name: command for name, command in workloads(str(load), HERE.parent).items()
              if not args.names or name in args.names}
    versions()
    print("CPU time as parts of plain jemalloc's: median [95 % interval], and memory\n")
    results = {}
    for name, command in chosen.items():
        results[name] = measure(name, command, wanted, args.rounds)
        report_workload(name, results[name])
    report(results, wanted)
    beside_memtier(results, wanted)
    mappings(wanted)
    start_up(wanted, 3 * args.rounds)
    return 0


if __name__ == "__main__":
    sys.exit(main())
