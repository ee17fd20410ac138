# SPDX-License-Identifier: GPL-2.0-or-later
"""Writes two-tiers.jsonl, a recording of a machine that does not exist: six records, two tiers.

    record.py >two-tiers.jsonl

Everything that a screen can show is in it: counted, estimated, refused and unknown processes,
flows, a tree, control groups of which one has no figures, mappings, and names with odd bytes.
"""

from __future__ import annotations

import json

GIB = 1 << 30
MIB = 1 << 20

# pid, parent, user, resident MiB, how, share of the slow tier, half interval, command
PROCESSES = [
    (1, 0, "root", 12, "exact", 0.0, 0.0, "/sbin/init"),
    (410, 1, "root", 35, "exact", 0.0, 0.0, "/usr/lib/systemd/systemd-journald"),
    (733, 1, "postgres", 2300, "sampled", 0.081, 0.009, "/usr/lib/postgresql/15/bin/postgres"),
    (740, 733, "postgres", 1900, "sampled", 0.094, 0.011, "postgres: checkpointer"),
    (741, 733, "postgres", 950, "sampled", 0.31, 0.018, "postgres: background writer"),
    (901, 1, "redis", 17000, "sampled", 0.417, 0.012, "redis-server *:6379"),
    (1204, 1, "alice", 8100, "sampled", 0.973, 0.006, "java -Xmx8g -jar search.jar --shards=12"),
    (1300, 1, "alice", 3, "exact", 0.25, 0.0, "-bash"),
    (1322, 1300, "alice", 240, "sampled", 0.5, 0.021, "python3 train.py --model \"small\""),
    (1323, 1322, "alice", 180, "unknown", 0.0, 0.0, "python3 worker 1"),
    (1324, 1322, "alice", 180, "unknown", 0.0, 0.0, "python3 worker 2"),
    (2000, 1, "bob", 640, "refused", 0.0, 0.0, "vault\x07-agent caf\xe9"),
    (3100, 1, "root", 1, "exact", 1.0, 0.0, "cron"),
]
POLICIES = {901: "bind:0-1", 1204: "weighted interleave:0-3", 741: "prefer (many):0,2"}
HEAPS = {901: "ratio:node:0-1=3,node:2-3=1", 1204: "plain", 1322: "?"}
GROUPS = [("/", 13, None), ("/system.slice", 0, (6000, 900, 800, 150)),
          ("/system.slice/postgres.service", 3, (4100, 350, 700, 90)),
          ("/system.slice/redis.service", 1, (9900, 7100, 20, 0)),
          ("/user.slice", 0, (900, 7500, 120, 60)),
          ("/user.slice/user-1000.slice", 5, (900, 7500, 120, 60))]
MAPPINGS = [(0x556000000000, 2, 1, (1, 0), "", "/usr/bin/redis-server"),
            (0x556000400000, 1, 1, (1, 0), "default", "[heap]"),
            (0x7f0000000000, 20480, 16990, (9900, 7090), "bind:0-1", ""),
            (0x7f8000000000, 64, 4, (4, 0), "default", "/usr/lib/x86_64-linux-gnu/libc.so.6"),
            (0x7ffc00000000, 1, 1, (0, 1), "default", "[stack]")]
# start, MiB, looks of 20 that found it used, since, what lies where
REGIONS = [(0x7f0000000000, 640, 20, 12.5, (600, 40)), (0x556000400000, 1, 17, 3.0, (1, 0)),
           (0x7f0028000000, 2400, 9, 0.4, (1400, 950)),
           (0x7f00be000000, 9000, 1, 7.0, (5000, 3800)),
           (0x7f02f0000000, 8440, 0, 300.0, (2000, 2200)),
           (0x7ffc00000000, 1, 0, 61.0, (0, 1))]


def estimate(value: float, half: float) -> list[int]:
    """A number with the two ends of its interval."""
    return [int(value), int(max(0, value - half)), int(value + half)]


def process(row: tuple, n: int) -> dict:
    """One process in record n."""
    pid, parent, user, mib, how, slow, half, command = row
    size = mib * MIB
    slow = min(1.0, slow + 0.01 * n) if how == "sampled" else slow
    found = {
        "pid": pid, "parent": parent, "user": user, "started_ticks": 100 * pid,
        "resident_bytes": size, "age_s": 0 if how == "exact" else pid % 7 / 2,
        "why": "not permitted: be its owner, or have CAP_SYS_PTRACE" if how == "refused" else "",
        "found_pages": 4000 if how == "sampled" else 0,
        "excluded_pages": 96 if how == "sampled" else 0,
        "name": command.split()[0].split("/")[-1][:15], "command": command, "how": how,
        "cgroup": "/system.slice" if pid < 1000 else "/user.slice/user-1000.slice",
        "policy": POLICIES.get(pid, "default"), "heap": HEAPS.get(pid, "")}
    if how in ("exact", "sampled"):
        found["tiers"] = [estimate(size * (1 - slow), size * half),
                          estimate(size * slow, size * half), [0, 0, 0]]
    if how == "sampled" and n:
        found["promoted"] = estimate(0.001 * size * (pid % 3), 0.0004 * size)
        found["demoted"] = estimate(0.01 * size, 0.003 * size)
    return found


def tiers(n: int) -> list[dict]:
    """Both tiers in record n."""
    moved = [None, 0, 40, 180, 90, 20][n]
    return [
        {"kind": "dram", "nodes": "0-1", "total_bytes": 64 * GIB, "free_bytes": (9 - n) * GIB,
         "file_bytes": 21 * GIB, "anon_bytes": 28 * GIB, "huge_bytes": 2 * GIB,
         "lost_bytes": None, "weight": 3, "promoted_bytes_per_s": moved and moved * MIB // 8,
         "demoted_bytes_per_s": moved and moved * MIB},
        {"kind": "pmem", "nodes": "2-3", "total_bytes": 252 * GIB, "free_bytes": 130 * GIB,
         "file_bytes": 80 * GIB, "anon_bytes": (30 + n) * GIB, "huge_bytes": 0,
         "lost_bytes": 256 * MIB, "weight": 1, "promoted_bytes_per_s": 0 if n else None,
         "demoted_bytes_per_s": 0 if n else None}]


def group(path: str, tasks: int, mib: tuple | None) -> dict:
    """A control group."""
    found = {"path": path, "processes": tasks, "why": "" if mib else "no such file or directory"}
    if mib:
        found |= {"anon_bytes": [mib[0] * MIB, mib[1] * MIB, 0],
                  "file_bytes": [mib[2] * MIB, mib[3] * MIB, 0]}
    return found


def record(n: int) -> dict:
    """Record n of six."""
    return {
        "tiertop": 1, "time": 1700000000 + 2 * n, "interval": 2 if n else 0,
        "cpu_ms": 4.125 + n / 8, "elapsed_ms": 5.5, "asked_pages": 11264, "looks": 10,
        "walks": 5, "waiting": 2, "gone": 0, "pressure_some": 1.25, "pressure_full": 0.5,
        "demotion": "on", "balancing": "promote",
        "bandwidth_why": "no counter of it", "mappings_of": 901,
        "heat_of": 1204 if n == 5 else 901,
        "heat_why": "this kernel has no DAMON in sysfs (CONFIG_DAMON_SYSFS)" if n == 5 else "",
        "tiers": tiers(n),
        "processes": [process(row, n) for row in PROCESSES],
        "groups": [group(*row) for row in GROUPS],
        "mappings": [{"start": start, "bytes": size * MIB, "name": name, "policy": policy,
                      "tier_bytes": [mib[0] * MIB, mib[1] * MIB, 0]}
                     for start, size, _, mib, policy, name in MAPPINGS],
        "regions": [{"start": start, "bytes": size * MIB, "accesses": looks, "accesses_most": 20,
                     "age_s": age, "tier_bytes": [mib[0] * MIB, mib[1] * MIB, 0]}
                    for start, size, looks, age, mib in (REGIONS if n < 5 else [])]}


if __name__ == "__main__":
    for index in range(6):
        print(json.dumps(record(index), separators=(",", ":")))
