# SPDX-License-Identifier: GPL-2.0-or-later
"""Hold tiertop's figures of control groups against memory.numa_stat of the same moment."""

import json
import os
import sys
from pathlib import Path

OUT = Path(os.environ["LAB_OUT"])
# Tier and bytes that a group has there.
LEAST = {"/lab-top": (1, 32 << 20), "/lab-top/below": (1, 32 << 20),
         "/lab-top-two": (0, 16 << 20)}
failed = 0


def check(what: str, holds: bool) -> None:
    """Print a finding and count it."""
    global failed
    print(f"{'' if holds else 'FAILED: '}{what}")
    failed += not holds


def node_list(text: str) -> set[int]:
    """The nodes of "0-1,3"."""
    ends = [part.split("-") for part in text.split(",")]
    return {node for part in ends for node in range(int(part[0]), int(part[-1]) + 1)}


record = json.loads((OUT / "record").read_text())
tiers = [node_list(tier["nodes"]) for tier in record["tiers"]]
groups = {group["path"]: group for group in record["groups"]}
lines = (OUT / "after").read_text().splitlines()
for line in lines:
    path, kind, *words = line.split()
    nodes = {int(word[1:].split("=")[0]): int(word.split("=")[1]) for word in words}
    want = [sum(nodes.get(node, 0) for node in tier) for tier in tiers]
    want.append(sum(nodes.values()) - sum(want))
    got = groups[path][f"{kind}_bytes"]
    check(f"{path} {kind}: {got}, the kernel {want}", got == want)
check(f"{len(lines)} lines", len(lines) == 2 * len(LEAST))
for path, (tier, least) in LEAST.items():
    anon = groups[path]["anon_bytes"]
    check(f"{path}: at least {least} bytes on tier {tier}", anon[tier] >= least)
check("top: its processes are below", groups["/lab-top"]["processes"] == 0)
sys.exit(1 if failed else 0)
