# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own judge of style, scripts/checkpatch.pl, out of Debian's package of the source.

No smaller package has it, so the three files that it is made of are kept below build/lab. Knows
nothing of what is judged.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import job
import kernels
from kernels import run_tool

PACKAGE = "linux-source-6.12"
FILES = ("checkpatch.pl", "const_structs.checkpatch", "spelling.txt")
HOME = job.CACHE / "checkpatch"


def unpack(package: Path, to: Path) -> None:
    """Only these files; all others of the kernel would be 1.5 GB."""
    run_tool("dpkg-deb", "-x", package, to)
    source = to / f"usr/src/{PACKAGE}.tar.xz"
    names = [f"{PACKAGE}/scripts/{name}" for name in FILES]
    run_tool("tar", "-xJf", source, "-C", to, "--strip-components=2", "--occurrence=1", *names)
    shutil.rmtree(to / "usr")


def fill_cache() -> None:
    """The directory gets its name only when it is complete."""
    print(f"checkpatch: fetching Debian's {PACKAGE}", file=sys.stderr, flush=True)
    work = HOME.with_name(HOME.name + ".new")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    [package] = kernels.fetch(lambda apt: [PACKAGE], work)
    unpack(package, work)
    package.unlink()
    shutil.rmtree(work / "apt", ignore_errors=True)
    work.rename(HOME)


def find() -> Path:
    """The program that CHECKPATCH names, or Debian's; LabError if it cannot be had."""
    named = os.environ.get("CHECKPATCH")
    if named:
        return Path(named)
    with job.cache_lock():
        if not HOME.exists():
            fill_cache()
    return HOME / FILES[0]
