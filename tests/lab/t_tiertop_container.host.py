# SPDX-License-Identifier: GPL-2.0-or-later
"""What tiertop said inside of a container, against what its processes counted themselves."""

import json
import os
import sys
from pathlib import Path

OUT = Path(os.environ["LAB_OUT"])
# fill's own pages besides those that it counts: code, stack and the C library.
BESIDES = 4 << 20
failed = 0


def check(what: str, holds: bool) -> None:
    """Print a finding and count it."""
    global failed
    print(f"{'' if holds else 'FAILED: '}{what}")
    failed += not holds


def counted(name: str) -> dict[int, int]:
    """Bytes by node, as the process counted them."""
    lines = [line.split() for line in (OUT / name).read_text().splitlines()]
    return {int(node): int(pages) << 12 for word, node, pages in
            (line for line in lines if line[0] == "node")}


record = json.loads((OUT / "json").read_text().splitlines()[-1])
small, large = map(int, (OUT / "pids").read_text().split())
processes = {process["pid"]: process for process in record["processes"]}
names = sorted(process["name"] for process in processes.values())
check(f"processes: {names}", names == ["bash", "fill", "fill", "tiertop"])
check(f"bash is process 1 of {sorted(processes)}", processes[1]["name"] == "bash")
slow = next(i for i, tier in enumerate(record["tiers"]) if "2" in tier["nodes"])
truth = counted("small")
check(f"the small one counted {truth}", truth == {2: 2 << 20})
one = processes[small]
check(f"the small one: {one['how']}, {one['tiers']}", one["how"] == "exact" and
      all(place[0] == place[1] == place[2] for place in one["tiers"]) and
      truth[2] <= one["tiers"][slow][0] <= truth[2] + BESIDES)
check(f"the large one counted {counted('large')}", counted("large") == {2: 48 << 20})
one = processes[large]
check(f"the large one: {one['how']}, {one['why']}",
      one["how"] == "refused" and "seccomp" in one["why"] and "tiers" not in one)
check(f"its size: {one['resident_bytes']}", 48 << 20 <= one["resident_bytes"] < 52 << 20)
for field in ("pressure_some", "pressure_full"):
    check(f"{field}, masked: {record[field]}", record[field] is None)
check(f"demotion, masked: {record['demotion']}", record["demotion"] == "n/a")
check(f"bandwidth: {record['bandwidth_why']}", record["bandwidth_why"] == "no counter of it")
check(f"tiers: {[tier['total_bytes'] for tier in record['tiers']]}",
      all(tier["total_bytes"] for tier in record["tiers"]))
text = (OUT / "once").read_text()
check("its text shows both", text.count("fill -s -w") == 2)
sys.exit(1 if failed else 0)
