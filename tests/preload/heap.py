# SPDX-License-Identifier: GPL-2.0-or-later
"""Running programs under libtiermalloc.so, as the tests of this folder do."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

LIBRARY = os.environ["TIERMALLOC"]
BIN = Path(os.environ["BIN"])

# Every kind of heap on a machine with one node: to the library, node:0 and node:0-0 are
# two tiers. The numbers are what the property test is told: boundary and tiers.
HEAPS = {
    "": (0, 1),
    "prefer:node:0": (0, 1),
    "bind:node:0": (0, 1),
    "interleave:node:0": (0, 1),
    "prefer:node:0;limit:node:0=20M": (0, 1),
    "bind:node:0;limit:node:0=1G": (0, 1),
    "ratio:node:0=3,node:0-0=1": (0, 2),
    "ratio:node:0=3,node:0-0=1;limit:node:0=5M,node:0-0=2M": (0, 2),
    "threshold:4K:node:0<node:0-0": (4096, 2),
    "auto-threshold:node:0=1,node:0-0=1": (0, 2),
    "limit:node:0=1M,node:0-0=1M": (0, 2),
    "limit:node:0=100K": (0, 1),
}

# For what takes long: one heap of all tiers, and one where each object goes to one of two.
HEAPS_OF_SUITES = ("ratio:node:0=3,node:0-0=1", "threshold:512:node:0<node:0-0")


def environment(heap: str | None, **more: str) -> dict[str, str]:
    """The environment of a program with such a heap; None: without the library."""
    plain = {k: v for k, v in os.environ.items()
             if not k.startswith(("TIER_", "MEMKIND_", "LD_PRELOAD", "MALLOC_"))}
    # Nothing but the allocator may make two runs differ.
    plain |= {"LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "TZ": "UTC"} | more
    if heap is not None:
        plain["LD_PRELOAD"] = LIBRARY
        if heap:
            plain["TIER_HEAP"] = heap
    return plain


def run(heap: str | None, *command: str | Path, timeout: int = 110,
        **more: str) -> subprocess.CompletedProcess:
    """Run to the end; standard input is empty."""
    return subprocess.run([str(word) for word in command], env=environment(heap, **more),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", timeout=timeout)
