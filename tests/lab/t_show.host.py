# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold `tierctl show --json` of a guest against numactl, daxctl, sysfs and the card."""

import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

OUT = Path(os.environ["LAB_OUT"])
FIGURES = {
    "read_bandwidth": ("read_bandwidth_bytes_per_sec", 1 << 20),
    "write_bandwidth": ("write_bandwidth_bytes_per_sec", 1 << 20),
    "read_latency": ("read_latency_ns", 1),
    "write_latency": ("write_latency_ns", 1),
}
KINDS = {"pmem": "pmem"}  # by the card's word; nothing else is known for certain in a guest
failed = 0


def same(what: str, found: object, expected: object) -> None:
    global failed
    print(f"{what}: {found}" + ("" if found == expected else f", expected {expected}"))
    failed += found != expected


def text(name: str) -> str:
    return (OUT / name).read_text(encoding="utf-8")


def numbers(words: str) -> list[int]:
    """A kernel list such as 0-2,8."""
    found = []
    for item in filter(None, words.split(",")):
        first, _, last = item.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found


def sysfs() -> Iterator[tuple[int, str, str]]:
    """(node, file, one line of it)."""
    for node, file, line in re.findall(r"^node(\d+)/([^:]*):(.*)$", text("sysfs"), re.MULTILINE):
        yield int(node), file, line


def check_nodes(nodes: dict[int, dict]) -> None:
    online = numbers(re.search(r"nodes \((.*)\)", text("numactl"))[1])
    same("online nodes", [n for n in nodes if nodes[n]["online"]], online)
    for node, mib in re.findall(r"^node (\d+) size: (\d+) MB", text("numactl"), re.MULTILINE):
        same(f"node {node}: MiB as numactl", nodes[int(node)]["total_bytes"] >> 20, int(mib))
    for node, file, line in sysfs():
        fact = nodes[node]
        if file == "meminfo" and "MemTotal" in line:
            same(f"node {node}: bytes", fact["total_bytes"], int(line.split()[3]) << 10)
        elif file == "cpulist":
            same(f"node {node}: CPUs", fact["cpus"], line)
        elif (metric := file.rpartition("/")[2]) in FIGURES:
            key, unit = FIGURES[metric]
            same(f"node {node}: {metric}", fact["performance"][key], int(line) * unit)


def check_tiers(nodes: dict[int, dict]) -> None:
    for tier, words in re.findall(r"memory_tier(\d+)/nodelist:(.*)", text("tiers")):
        for node in numbers(words):
            same(f"node {node}: kernel tier", nodes[node]["kernel_tier"], int(tier))


def check_dax(devices: list[dict]) -> None:
    listed = json.loads(text("daxctl.json") or "[]")
    listed = listed if isinstance(listed, list) else [listed]
    expected = {device["chardev"]: device for device in listed}
    same("dax devices", [device["name"] for device in devices], sorted(expected))
    for device in devices:
        other = expected[device["name"]]
        for ours, theirs in (("size_bytes", "size"), ("target_node", "target_node"),
                             ("mode", "mode")):  # fmt: skip
            same(f"{device['name']}: {theirs}", device[ours], other[theirs])


def check_kinds(nodes: dict[int, dict]) -> None:
    for node, word in re.findall(r"^node (\d+) (\w+)", text("expect"), re.MULTILINE):
        if word in KINDS:
            same(f"node {node}: kind", nodes[int(node)]["kind"]["value"], KINDS[word])


def main() -> int:
    show = json.loads(text("show.json"))
    nodes = {node["node"]: node for node in show["nodes"]}
    check_nodes(nodes)
    check_tiers(nodes)
    check_dax(show["dax"])
    check_kinds(nodes)
    return failed != 0


sys.exit(main())
