# SPDX-License-Identifier: GPL-2.0-or-later
"""Each source of the live view missing, refused, empty, cut short, or full of something else, one
at a time: what hangs on it is not known, never 0, and all else stays as it was."""

from __future__ import annotations

import json
import sys
import tempfile
import unittest
from collections.abc import Iterable
from pathlib import Path

from tool import tiertop

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
sys.path.insert(1, str(FIXTURES))
import capture  # noqa: E402

NODE = "/sys/devices/system/node/node0"


def stat(pid: int, name: str, parent: int) -> str:
    """/proc/PID/stat with its 52 words."""
    return (f"{pid} ({name}) S {parent} 1 1 0 -1" + " 0" * 9 + f" 20 0 1 0 {10 * pid} 65536 16"
            + " 0" * 28 + "\n")


def machine() -> capture.Tree:
    """Two tiers, two processes and a control group."""
    text = (FIXTURES / "qemu-2s-pmem-6.12" / "capture").read_text()
    tree = capture.read(text)
    for pid, name, parent in ((10, "big one", 1), (20, "small", 10)):
        proc = f"/proc/{pid}"
        tree.file(f"{proc}/stat", stat(pid, name, parent))
        tree.file(f"{proc}/statm", "16 16 0 0 0 0 0\n")
        tree.file(f"{proc}/status", "Name:\tx\nUid:\t0\t0\t0\t0\nVmSize:\t    64 kB\n"
                                    "HugetlbPages:\t       0 kB\n")
        tree.file(f"{proc}/maps", "00400000-00404000 r-xp 00000000 08:01 7   /bin/small\n"
                                  "00600000-0060c000 rw-p 00000000 00:00 0   [heap]\n")
        tree.file(f"{proc}/numa_maps", "00400000 default file=/bin/small mapped=4 N0=3 N2=1 "
                                       "kernelpagesize_kB=4\n00600000 bind:2 heap anon=12 "
                                       "dirty=12 N2=12 kernelpagesize_kB=4\n")
        tree.file(f"{proc}/cmdline", f"{name}\0--now\0")
        tree.file(f"{proc}/cgroup", "0::/a\n")
    tree.file("/proc/pressure/memory", "some avg10=1.50 avg60=0.00 avg300=0.00 total=1\n"
                                       "full avg10=0.25 avg60=0.00 avg300=0.00 total=1\n")
    tree.file("/sys/fs/cgroup/a/memory.numa_stat",
              "anon N0=4096 N1=0 N2=8192 N3=1\nfile N0=100 N1=0 N2=0 N3=0\n")
    for node in range(4):
        tree.file(f"/sys/devices/system/node/node{node}/vmstat",
                  "pgpromote_success 5\npgdemote_kswapd 7\npgdemote_direct 1\n")
    return tree


def look(tree: capture.Tree) -> dict:
    """The second record of what is there, without what differs each time."""
    with tempfile.NamedTemporaryFile("w") as file:
        file.write(capture.write(tree))
        file.flush()
        done = tiertop("--no-config", "--root", file.name, "--json", "--count", "2",
                       "--interval", "0.1", "--groups", "--mappings", "20")
    if done.returncode or done.stderr:
        raise AssertionError(f"status {done.returncode}: {done.stderr}")
    record = json.loads(done.stdout.splitlines()[1])
    for field in ("time", "interval", "cpu_ms", "elapsed_ms", "looks", "walks", "waiting"):
        del record[field]
    return record


MODES = {
    "missing": lambda tree, path: tree.remove(path),
    "refused": lambda tree, path: tree.fail(path, "EACCES"),
    "broken": lambda tree, path: tree.fail(path, "EIO"),
    "empty": lambda tree, path: tree.file(path, ""),
    "cut short": lambda tree, path: tree.file(path, half(tree.entries[path].data)),
    "garbage": lambda tree, path: tree.file(path, "\0\xff-1 99999999999999999999 N0=\n%s\n"),
}

GAUGES = ("total_bytes", "free_bytes", "file_bytes", "anon_bytes", "huge_bytes")
RATES = ("promoted_bytes_per_s", "demoted_bytes_per_s")
NOTHING: object = object()  # not in the record at all
PROCESS = {("processes", 1): NOTHING, ("mappings", 0): NOTHING, ("mappings", 1): NOTHING,
           ("groups", 1, "processes"): 1}
PLACES = {("processes", 1, "tiers"): NOTHING,
          **{("mappings", i, name): unknown for i in (0, 1)
             for name, unknown in (("policy", ""), ("tier_bytes", NOTHING))}}
MAPPINGS = {("mappings", 0): NOTHING, ("mappings", 1): NOTHING}

# What hangs on a source: where it is in the record, and what is there when nothing is known.
SOURCES = {
    f"{NODE}/meminfo": {("tiers", 0, name): None for name in GAUGES},
    f"{NODE}/vmstat": {("tiers", 0, name): None for name in RATES},
    "/proc/pressure/memory": {("pressure_some",): None, ("pressure_full",): None},
    "/sys/kernel/mm/numa/demotion_enabled": {("demotion",): "n/a"},
    "/proc/sys/kernel/numa_balancing": {("balancing",): "n/a"},
    "/sys/kernel/mm/mempolicy/weighted_interleave/node0": {("tiers", 0, "weight"): None},
    "/proc/20/cmdline": {("processes", 1, "command"): ""},
    "/proc/20/cgroup": {("processes", 1, "cgroup"): "", ("groups", 1, "processes"): 1},
    "/proc/20/stat": PROCESS,
    "/proc/20/status": PROCESS,
    "/proc/20/numa_maps": PLACES,
    "/proc/20/maps": MAPPINGS,
    "/sys/fs/cgroup/a/memory.numa_stat": {("groups", 1, name): NOTHING
                                          for name in ("anon_bytes", "file_bytes")},
}
# Half of a list or of a text, or some other text, is one that cannot be told from a whole one; a
# digit has no half; and a process without numa_maps has ended.
EXCEPT = {(f"{NODE}/meminfo", "cut short"), (f"{NODE}/vmstat", "cut short"),
          ("/proc/pressure/memory", "cut short"), ("/proc/20/cmdline", "cut short"),
          ("/proc/20/cmdline", "garbage"), ("/proc/20/maps", "cut short"),
          ("/sys/kernel/mm/numa/demotion_enabled", "cut short"),
          ("/proc/sys/kernel/numa_balancing", "cut short"),
          ("/sys/kernel/mm/mempolicy/weighted_interleave/node0", "cut short"),
          ("/proc/20/numa_maps", "missing")}
# Words about it, which may be there or not.
WORDS = (("gone",), ("processes", 1, "why"), ("processes", 1, "how"), ("groups", 1, "why"))


def half(data: bytes) -> bytes:
    """The first half."""
    return data[:len(data) // 2]


def at(record: dict, path: tuple) -> object:
    """What is at a place of a record."""
    for key in path:
        if isinstance(key, int) and key >= len(record):
            return NOTHING
        record = record.get(key, NOTHING) if isinstance(record, dict) else record[key]
        if record is NOTHING:
            return NOTHING
    return record


def places(record: object, path: tuple = ()) -> dict[tuple, object]:
    """Every value of it by its place."""
    if isinstance(record, dict):
        pairs = record.items()
    elif isinstance(record, list):
        pairs = enumerate(record)
    else:
        return {path: record}
    return {place: value for key, child in pairs
            for place, value in places(child, (*path, key)).items()}


def is_below(place: tuple, paths: Iterable[tuple]) -> bool:
    """Whether it is one of these or in one of them."""
    return any(place[:len(path)] == path for path in paths)


class Sources(unittest.TestCase):
    """One after the other."""

    def check(self, tree: capture.Tree, fields: dict[tuple, object]) -> dict:
        """These fields say that they are not known, and all others what they said."""
        got = look(tree)
        for field, unknown in fields.items():
            self.assertNotEqual(at(self.whole, field), unknown, field)
            self.assertIs(at(got, field) is NOTHING, unknown is NOTHING, field)
            if unknown is not NOTHING:
                self.assertEqual(at(got, field), unknown, field)
        rest = [{place: value for place, value in places(record).items()
                 if not is_below(place, [*fields, *WORDS])} for record in (self.whole, got)]
        self.assertEqual(*rest)
        return got

    def setUp(self) -> None:
        self.whole = look(machine())

    def test_each_in_turn(self) -> None:
        for path, fields in SOURCES.items():
            for name, spoil in MODES.items():
                if (path, name) in EXCEPT:
                    continue
                with self.subTest(path=path, how=name):
                    tree = machine()
                    spoil(tree, path)
                    got = self.check(tree, fields)
                    if fields is PLACES:
                        self.assertEqual(got["processes"][1]["how"], "refused")
                        self.assertNotEqual(got["processes"][1]["why"], "")
                    if "numa_stat" in path:
                        self.assertNotEqual(got["groups"][1]["why"], "")

    def test_cut_short_where_lines_end(self) -> None:
        """Lines that are there count, those behind them are not known."""
        tree = machine()
        meminfo = tree.entries[f"{NODE}/meminfo"].data.split(b"FilePages")[0]
        tree.file(f"{NODE}/meminfo", meminfo.rpartition(b"\n")[0] + b"\n")
        self.check(tree, {("tiers", 0, name): None for name in GAUGES[2:]})
        tree = machine()
        tree.file(f"{NODE}/vmstat", "pgpromote_success 5\n")
        self.check(tree, {("tiers", 0, RATES[1]): None})
        tree = machine()
        tree.file("/proc/pressure/memory", "some avg10=1.50 avg60=0.00 avg300=0.00 total=1\n")
        got = look(tree)
        self.assertIsNone(got["pressure_full"])

    def test_bandwidth(self) -> None:
        """There never is a figure, and always the reason."""
        devices = "/sys/bus/event_source/devices"
        self.assertEqual(self.whole["bandwidth_why"], "no counter of it")
        tree = machine()
        tree.file(f"{devices}/cpu/type", "4\n")
        self.assertEqual(look(tree), self.whole)
        tree.file(f"{devices}/amd_umc_0/type", "20\n")
        self.assertEqual(look(tree)["bandwidth_why"], "amd_umc_0: no event of it has a unit")
        tree.remove(devices)
        tree.fail(devices, "EACCES")
        self.assertEqual(look(tree)["bandwidth_why"], "Permission denied")

    def test_no_process_has_ended(self) -> None:
        tree = machine()
        tree.remove("/proc/20")
        got = self.check(tree, PROCESS)
        self.assertEqual(len(got["processes"]), 1)


if __name__ == "__main__":
    unittest.main()
