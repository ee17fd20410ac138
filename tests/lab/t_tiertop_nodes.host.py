# SPDX-License-Identifier: GPL-2.0-or-later
"""Nothing in any record of tiertop's stream is older than its tiers."""

import json
import os
import sys
from pathlib import Path

OUT = Path(os.environ["LAB_OUT"])
FILL = 16 << 20
# Between two records a tier may have lost a node of which tiertop does not know yet.
MOST_UNKNOWN = 2
failed = 0


def check(what: str, holds: bool) -> None:
    """Print a finding and count it."""
    global failed
    print(f"{'' if holds else 'FAILED: '}{what}")
    failed += not holds


def count(record: dict, pid: int) -> list[float]:
    """Bytes by tier of the process that fills memory."""
    found = next(entry for entry in record["processes"] if entry["pid"] == pid)
    return [tier[0] for tier in found.get("tiers") or []]


pid = int((OUT / "pid").read_text())
lines = (OUT / "records").read_text().split("\n")
records = [json.loads(line) for line in lines[:-1]]  # what is behind the last newline is cut short
seen: list[str] = []
unknown = 0
for record in records:
    nodes = " ".join(tier["nodes"] for tier in record["tiers"])
    if [nodes] != seen[-1:]:
        seen.append(nodes)
        unknown = 0
    missing = any(tier["total_bytes"] is None for tier in record["tiers"])
    unknown = unknown + 1 if missing else 0
    check(f"{nodes}: unknown {unknown} times", unknown <= MOST_UNKNOWN)
    bad = [entry["pid"] for entry in record["processes"]
           if entry.get("tiers") and len(entry["tiers"]) != len(record["tiers"]) + 1]
    if bad:
        check(f"{nodes}: other tiers for processes {bad}", False)
check(f"tiers: {seen}", seen == ["0,2,4 6", "0,2", "0,2,4 6", "0,2,4 5-6", "0,2,4 6"])
first, last = count(records[0], pid), count(records[-1], pid)
check(f"in the beginning in tier 1: {first}", first[1] > 0.9 * FILL)
check(f"in the end in tier 0: {last}", last[0] > 0.9 * FILL and last[1] < 0.1 * FILL)
sys.exit(1 if failed else 0)
