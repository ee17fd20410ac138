# SPDX-License-Identifier: GPL-2.0-or-later
"""Judge a guest's kernel log: which of its lines are warnings that nobody has explained.

Takes text as `dmesg -r` prints it (with <LEVEL> in front of each line).
"""

from __future__ import annotations

import re

WARNING = 4  # KERN_WARNING; smaller is worse
# what is bad at any level
BAD = re.compile(r"WARNING:|BUG:|Oops|Call Trace|general protection fault|INFO: (task|rcu)")
LINE = re.compile(r"<(\d+)>(?:\[ *[0-9.]+\] ?)?(.*)")

# What guests say at every boot, and why it may be
HARMLESS = [
    (r"^mtrr: your CPUs had inconsistent", "QEMU's firmware sets MTRRs on the first CPU only"),
    (r"^(mtrr: )?(probably your BIOS|corrected configuration)", "the rest of that message"),
    (r"^pci_bus .* Unknown NUMA node", "q35's PCI host bridge has no proximity domain"),
    (r"^acpi/hmat: failed to reserve", "QEMU describes the hot-plug range as memory as well"),
    (r"^\w+: loading out-of-tree module taints", "our kmem.ko and the lab's own modules are"),
    (r"^\w+: module verification failed", "and nobody has signed them"),
    (r"^tsc: (Unable to calibrate|Marking TSC unstable|PIT calibration)", "TCG on a busy host"),
    (r"^TSC found unstable after boot", "TCG on a busy host"),
    (r"^Unstable clock detected, switching default tracing clock", "TCG on a busy host"),
    (r'^If you want to keep using the local|^  "trace_clock=local"$|^on the kernel command line$',
     "the rest of that message"),
    (r"^clocksource:", "TCG on a busy host"),
    (r"^hrtimer: interrupt took", "TCG on a busy host"),
    (r"^APIC calibration not consistent with PM-Timer", "TCG on a busy host"),
    (r"^sched: DL replenish lagged too much", "TCG on a busy host, where a CPU stood still"),
    (r"^hpet: Lost \d+ RTC interrupts", "TCG on a busy host"),
]  # fmt: skip


def is_bad(level: int, text: str) -> bool:
    return level & 7 <= WARNING or bool(BAD.search(text))


def complaints(log: str, allowed: list[str] | None = None) -> list[str]:
    """Lines that must fail a test; allowed adds patterns to those that are known."""
    patterns = [re.compile(pattern) for pattern, _ in HARMLESS]
    patterns += [re.compile(pattern) for pattern in allowed or []]
    found = []
    for line in log.splitlines():
        match = LINE.match(line)
        level, text = (int(match[1]), match[2]) if match else (WARNING, line)
        if is_bad(level, text) and not any(pattern.search(text) for pattern in patterns):
            found.append(text)
    return found
