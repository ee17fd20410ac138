#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab: a tiered machine in QEMU. Its command line; README.md in this folder explains it."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.dont_write_bytecode = True

import job  # noqa: E402
import kernels  # noqa: E402
import machine as machines  # noqa: E402
import session  # noqa: E402
import suite  # noqa: E402
from guest import Guest  # noqa: E402
from kernels import LabError  # noqa: E402

DEFAULT_KERNEL = "6.12"
DEFAULT_MACHINE = "2s-pmem"
BENCH_SECONDS = 3600  # on a busy host; with nothing beside it, some minutes
FAILED = 125  # the lab's own failure; other statuses are the command's


def sweep(runs: Path) -> None:
    """Remove what runs that were killed have left."""
    for path in runs.glob("*"):
        if not Path("/proc", path.name.rpartition("-")[2]).exists():
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def new_guest(name: str, series: str) -> Iterator[Guest]:
    """A guest in a directory of its own, which goes away with it."""
    machine = machines.load(name)
    kernel = job.prepare_kernel(series)
    directory = job.CACHE / "run" / f"{name}-{series}-{os.getpid()}"
    sweep(directory.parent)
    try:
        with Guest(machine, kernel, directory) as guest:
            yield guest
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def do_shell(args: argparse.Namespace) -> int:
    with new_guest(args.machine, args.kernel) as guest:
        if args.command:
            return session.command(guest, args.build, args.command, args.timeout, args.kvm)
        return session.shell(guest, args.build, args.kvm)


def do_capture(args: argparse.Namespace) -> int:
    """`tierctl capture` of a guest, on standard output."""
    with new_guest(args.machine, args.kernel) as guest:
        return session.command(guest, args.build, ["tierctl", "capture"], args.timeout, args.kvm)


def run_script(args: argparse.Namespace, name: str, words: list[str]) -> int:
    """A script of this folder in a guest with DRAM and pmem."""
    script = (job.HERE / name).read_bytes()
    with new_guest("2s-pmem", args.kernel) as guest:
        return session.command(guest, args.build, ["bash", "/lab/script.sh", *words],
                               args.timeout, args.kvm, {"/lab/script.sh": script})  # fmt: skip


def do_demo(args: argparse.Namespace) -> int:
    return run_script(args, "demo.sh", [])


def do_bench(args: argparse.Namespace) -> int:
    args.timeout = max(args.timeout, BENCH_SECONDS)
    return run_script(args, "bench_migrate.sh", args.parts)


def do_test(args: argparse.Namespace) -> int:
    series = [args.kernel] if args.kernel else list(kernels.SERIES)
    return suite.run(args.names, args.machine, series, args.build, new_guest)


def do_list(_: argparse.Namespace) -> int:
    for name in machines.names():
        print(f"{name:14} {machines.load(name).about}")
    return 0


def split_command(words: list[str]) -> tuple[list[str], list[str]]:
    """What is behind `--` is the command for the guest."""
    if "--" not in words:
        return words, []
    at = words.index("--")
    return words[:at], words[at + 1 :]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="lab.py", description="tiered machines in QEMU")
    top.add_argument("--build", metavar="DIR", help="build whose programs go in (build/dev)")
    top.add_argument("--kvm", action="store_true", help="use KVM (may hang; TCG always works)")
    top.add_argument("--timeout", metavar="SECONDS", type=float, default=600,
                     help="longest time for a command (600)")  # fmt: skip
    commands = top.add_subparsers(dest="what", required=True)
    for name, function, text in (
        ("shell", do_shell, "a shell in a guest, or with `-- CMD...` one command"),
        ("capture", do_capture, "print what tierctl capture says in a guest"),
        ("test", do_test, "run the lab's tests"),
        ("demo", do_demo, "show what tierkit does"),
        ("bench", do_bench, "tierctl migrate beside migratepages, in pairs"),
        ("list", do_list, "name the machines"),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.set_defaults(function=function)
        if name in ("shell", "capture"):
            command.add_argument("machine", nargs="?", default=DEFAULT_MACHINE)
        if name == "test":
            command.add_argument("--machine", help="only the tests of this machine")
            command.add_argument("names", nargs="*", metavar="TEST", help="such as boot (all)")
        if name == "bench":
            command.add_argument("parts", nargs="*", metavar="PART",
                                 help="small, huge, stalls, rate (all)")  # fmt: skip
        if name != "list":
            default = None if name == "test" else DEFAULT_KERNEL
            command.add_argument("--kernel", choices=kernels.SERIES, default=default)
    return top


def main(words: list[str]) -> int:
    words, command = split_command(words)
    args = parser().parse_args(words)
    args.command = command
    if command and args.what != "shell":
        raise LabError(f"{args.what} takes no command")
    args.build = job.Build(Path(args.build or job.ROOT / "build/dev").resolve(), bool(args.build))
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    return args.function(args)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        print("lab: interrupted", file=sys.stderr)
        sys.exit(130)
