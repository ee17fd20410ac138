# SPDX-License-Identifier: GPL-2.0-or-later
"""Pack what one guest shall do: the second archive with build results, card and job.

Turns (machine, kernel, build directory, job) into the initrd that a Guest starts from. Starts
nothing itself.
"""

from __future__ import annotations

import dataclasses
import fcntl
import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import initramfs
import kbuild
import kernels
import machine as machines
from card import format_list
from guest import Guest
from initramfs import Contents
from kernels import LabError, run_tool

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
CACHE = ROOT / "build/lab"
SKIPPED_SUFFIXES = (".a", ".h", ".pc", ".cmake", ".map")
SKIPPED_FOLDERS = ("include", "man", "doc", "cmake", "pkgconfig")


@dataclasses.dataclass(frozen=True)
class Build:
    """Where the programs come from."""

    directory: Path
    asked: bool  # the person named it, so it must be there


@contextmanager
def cache_lock() -> Iterator[None]:
    """Two labs may run side by side, but only one fills the cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def installed(build: Build, directory: Path) -> Path | None:
    """Install the build into a scratch directory: what people will have is what is tested."""
    if not (build.directory / "cmake_install.cmake").exists():
        if build.asked:
            raise LabError(f"{build.directory}: no build there: configure and build first")
        return None
    top = directory / "installed"
    os.environ["DESTDIR"] = str(top)
    with cache_lock():  # cmake notes in the build directory what it has installed
        run_tool("cmake", "--install", build.directory, "--prefix", "/usr")
    del os.environ["DESTDIR"]
    for path in sorted(top.rglob("*"), reverse=True):
        if path.is_dir() and path.name in SKIPPED_FOLDERS:
            shutil.rmtree(path)
        elif path.suffix in SKIPPED_SUFFIXES:
            path.unlink()
    return top


def add_build(contents: Contents, build: Build, directory: Path) -> None:
    top = installed(build, directory)
    if top:
        contents.add_tree(top)
    own = {os.path.basename(name) for name in (*contents.files, *contents.links)}
    for path in sorted(top.rglob("*")) if top else []:
        if initramfs.is_program(path):
            contents.add_libraries(path, own)
    programs = build.directory / "lab"
    for path in sorted(programs.iterdir()) if programs.is_dir() else []:
        if initramfs.is_program(path):
            contents.add_host_file(path, f"/lab/bin/{path.name}")
            contents.add_libraries(path, own)


def expectations(machine: machines.Machine, series: str) -> str:
    """The card in the guest's words: one line for each fact that t_boot.sh compares."""
    online = machine.online_nodes
    lines = [f"online {format_list([node.id for node in online])}",
             f"possible {format_list(list(machines.all_numbers(machine)))}"]  # fmt: skip
    for node in online:
        kind = node.device or ("ram" if node.memory else "none")
        lines.append(f"node {node.id} {kind} {node.memory >> 10} {format_list(node.cpus) or '-'}")
        row = [str(machine.distance(node.id, other.id)) for other in online]
        lines.append(f"distance {node.id} {' '.join(row)}")
    tiers = machine.lab.get(f"tiers-{series}", "")
    lines += [f"tier {word.replace(':', ' ')}" for word in tiers.split()]
    lines += [f"devdax {node.id} {node.device}" for node in machine.nodes.values()
              if node.state == "devdax"]  # fmt: skip
    return "\n".join(lines) + "\n"


def environment(machine: machines.Machine, kind: str, series: str) -> dict[str, str]:
    devices = [node for node in machine.nodes.values() if node.device]
    modules = []
    if any(node.device == "pmem" for node in devices):
        modules += ["nfit", "nd_pmem", "dax_pmem", "device_dax"]
    if any(node.device == "hmem" for node in devices):
        modules += ["device_dax", "dax_hmem"]
    wanted = [node for node in devices if node.state != "devdax"]
    columns, lines = shutil.get_terminal_size()
    return {
        "JOB": kind,
        "MACHINE": machine.name,
        "KERNEL": series,
        "MODULES": " ".join(modules + (["kmem"] if wanted else [])),
        "ONLINE": " ".join(str(node.id) for node in wanted if node.state == "online"),
        "BOUND": " ".join(str(node.id) for node in wanted if node.state == "offline"),
        "ROWS": str(lines),
        "COLUMNS": str(columns),
        "TERM": os.environ.get("TERM", "linux"),
        "LAB_LOOKS": os.environ.get("LAB_LOOKS", ""),  # for t_tiertop.sh
    }


def compose(guest: Guest, kind: str, build: Build, extra: dict[str, bytes]) -> None:
    """Write the guest's initrd."""
    contents = Contents()
    add_build(contents, build, guest.directory)
    series = guest.kernel.series
    variables = environment(guest.machine, kind, series)
    text = "".join(f"{key}={shlex.quote(value)}\n" for key, value in variables.items())
    contents.add("/lab/job.env", text.encode())
    contents.add("/lab/expect", expectations(guest.machine, series).encode())
    contents.add_host_file(HERE / "machines" / f"{guest.machine.name}.card", "/lab/card")
    for path in HERE.glob("lib*.sh"):
        contents.add_host_file(path, f"/lab/{path.name}")
    for path, data in extra.items():
        contents.add(path, data)
    with cache_lock():
        driver = kbuild.driver(guest.kernel, CACHE / "modules")
        base = initramfs.base(guest.kernel, [driver], CACHE / "initramfs")
        for module in kbuild.lab_modules(guest.kernel, CACHE / "modules"):
            contents.add_host_file(module, f"/lab/modules/{module.name}")
        initramfs.compose([base], contents, guest.initrd)


def prepare_kernel(series: str) -> kernels.Kernel:
    with cache_lock():
        return kernels.prepare(series, CACHE / "kernels")
