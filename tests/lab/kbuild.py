# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel modules of ours, built for an unpacked kernel and outside of the source tree.

Knows the makefile of kmem-driver, which builds any such folder. Knows nothing of guests.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

from kernels import TOOL_PATH, Kernel, LabError, run_tool

HERE = Path(__file__).parent
DRIVER = HERE.parent.parent / "kmem-driver"
LAB_MODULES = HERE / "modules"


def make(kernel: Kernel, source: Path, out: Path, *words: str,
         **environment: str) -> subprocess.CompletedProcess[str]:  # fmt: skip
    """Run the driver's makefile on a folder; standard output and error come together."""
    env = os.environ | {"PATH": TOOL_PATH, "LC_ALL": "C", "KMEM_BOOT": str(kernel.images)}
    command = ["make", "-C", str(DRIVER), f"-j{os.cpu_count()}", f"SOURCE={source}",
               f"OUT={out}", f"KDIR={kernel.headers}", f"KERNELRELEASE={kernel.release}",
               *words]  # fmt: skip
    return subprocess.run(command, env=env | environment, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip


def newest(*paths: Path) -> int:
    return max(path.stat().st_mtime_ns for path in paths)


def build(kernel: Kernel, source: Path, cache: Path) -> Path:
    """The module of a folder, without debugging information; made anew if anything is newer."""
    name = re.search(r"^obj-m := (\w+)\.o$", (source / "Kbuild").read_text(), re.MULTILINE)[1]
    module = cache / kernel.release / f"{name}.ko"
    out = module.with_suffix("")
    if module.exists() and newest(kernel.vmlinux) > newest(module):
        shutil.rmtree(module.parent)  # another build of the same release
    sources = [path for path in source.iterdir() if path.is_file()]
    if module.exists() and newest(module) > newest(source, *sources):
        return module
    began = time.time_ns()
    done = make(kernel, source, out)
    if done.returncode:
        raise LabError(f"{module.name}: does not build for {kernel.release}:\n{done.stdout}")
    run_tool("strip", "--strip-debug", "-o", module, out / module.name)
    os.utime(module, ns=(began, began))  # what was edited meanwhile is newer
    return module


def driver(kernel: Kernel, cache: Path) -> Path:
    return build(kernel, DRIVER, cache)


def lab_modules(kernel: Kernel, cache: Path) -> list[Path]:
    """What only tests load."""
    folders = sorted(path.parent for path in LAB_MODULES.glob("*/Kbuild"))
    return [build(kernel, folder, cache) for folder in folders]
