# SPDX-License-Identifier: GPL-2.0-or-later
"""Run one guest: start QEMU, carry its channels, and end it, whatever happens to us.

The guest has a serial console and three one-way channels to the host: what a command prints,
what it complains, and events (one line each: what the guest is doing). A directory of the host
is its /share. Knows nothing of tests, shells or what the events mean.
"""

from __future__ import annotations

import ctypes
import os
import re
import selectors
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import machine as machines
from kernels import Kernel, LabError, run_tool
from monitor import Monitor

QEMU = "qemu-system-x86_64"
CHANNELS = ["out", "err", "events"]  # names of virtio ports in the guest
CONSOLE_KEPT_BYTES = 1 << 20
WORDS = 20  # lines of console in a message
FATAL = re.compile(r"BUG:|Oops|Kernel panic|Unable to mount root")
# QEMU before 8.1 may go on running instructions that the kernel has patched meanwhile, and runs the
# breakpoint that was there for a moment (fixed by its commits cb62bd15e14e and deba78709ae8). Only
# in the kernel itself: a module of ours that jumps astray meets a breakpoint, too
STUMBLED = re.compile(r"Oops: int3:(?!.*RIP: \S+ \[)", re.DOTALL)
PR_SET_PDEATHSIG = 1

# panic=-1 reboots at once and QEMU is told not to, so a dying guest ends the run;
# mitigations=off because emulating page table isolation costs a third of the time; a busy host
# looks like a hung CPU to the kernel's watchdogs, and real hangs end at our own time limits;
# its first timer tick comes late, which 6.1 takes for a broken timer
PARAMETERS = ("console=ttyS0 panic=-1 oops=panic mitigations=off memhp_default_state=offline "
              "nowatchdog rcupdate.rcu_cpu_stall_suppress=1 no_timer_check")  # fmt: skip
LIBC = ctypes.CDLL(None, use_errno=True)


def die_with_parent() -> None:
    """Runs in the child: QEMU must not outlive us even if we are killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def make_images(machine: machines.Machine, directory: Path) -> None:
    """Sparse backing files for NVDIMMs, each with a device-dax namespace on it."""
    for node in machines.pmem_nodes(machine):
        size = machines.image_bytes(node)
        path = directory / machines.image_name(node)
        with path.open("wb") as file:
            file.truncate(size)
        run_tool("ndctl", "write-infoblock", "-o", path, "-m", "devdax", "-M", "mem",
                 "-a", "2M", "-O", str(size))  # fmt: skip


class Guest:
    """A guest that runs until it powers off, dies, is ended, or runs out of time."""

    def __init__(self, machine: machines.Machine, kernel: Kernel, directory: Path) -> None:
        self.machine = machine
        self.kernel = kernel
        self.directory = directory
        self.share = directory / "share"
        self.initrd = directory / "initrd"
        self.console = bytearray()
        self.complaints = bytearray()
        self.process: subprocess.Popen | None = None
        self.monitor: Monitor | None = None
        self.selector = selectors.DefaultSelector()
        self.handlers: dict[str, Callable[[bytes], None]] = {}
        self.started = time.monotonic()
        self.starts = 0
        self.deadline: float | None = None
        self.limit_text = ""
        self.told_to_end = False
        self.share.mkdir(parents=True, exist_ok=True)

    def __str__(self) -> str:
        return f"{self.machine.name}, Linux {self.kernel.series}"

    def __enter__(self) -> Guest:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def options(self, channel_fds: dict[str, int], kvm: bool, parameters: str) -> list[str]:
        append = [PARAMETERS, *machines.kernel_parameters(self.machine), parameters]
        options = [
            QEMU, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
            "-accel", "kvm" if kvm else "tcg",
            *machines.qemu_options(self.machine, self.directory),
            "-kernel", str(self.kernel.vmlinux), "-initrd", str(self.initrd),
            "-append", " ".join(append),
            "-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console",
            "-virtfs", f"local,path={self.share},mount_tag=share,security_model=none",
            "-device", "virtio-serial-pci",
            "-chardev", f"socket,id=monitor,fd={self.monitor.theirs}",
            "-mon", "chardev=monitor,mode=control",
        ]  # fmt: skip
        for number, (name, fd) in enumerate(channel_fds.items(), start=1):
            options += ["-add-fd", f"fd={fd},set={number}",
                        "-chardev", f"file,id={name},append=on,path=/dev/fdset/{number}",
                        "-device", f"virtserialport,chardev={name},name={name}"]  # fmt: skip
        return options

    def start(self, parameters: str, kvm: bool = False) -> None:
        """Make the images and start QEMU, anew if it has ended; the initrd is in place already."""
        self._let_go()
        self.starts += 1
        self.console.clear()
        self.complaints.clear()
        make_images(self.machine, self.directory)
        self.monitor = Monitor()
        pipes = {name: os.pipe() for name in CHANNELS}
        writers = {name: pair[1] for name, pair in pipes.items()}
        try:
            self.process = subprocess.Popen(
                self.options(writers, kvm, parameters),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                pass_fds=[*writers.values(), self.monitor.theirs], start_new_session=True,
                preexec_fn=die_with_parent,
            )  # fmt: skip
        except FileNotFoundError as error:
            raise LabError(f"{QEMU}: not found: install qemu-system-x86") from error
        finally:
            for fd in writers.values():
                os.close(fd)
            self.monitor.begin()
        for name, (reader, _) in pipes.items():
            self.selector.register(reader, selectors.EVENT_READ, name)
        self.selector.register(self.process.stdout, selectors.EVENT_READ, "console")
        self.selector.register(self.process.stderr, selectors.EVENT_READ, "complaints")

    def limit(self, seconds: float | None, text: str = "") -> None:
        """From now on the guest has so long, then run() fails with this text."""
        self.deadline = time.monotonic() + seconds if seconds else None
        self.limit_text = f"{text} within {seconds:.0f} s" if seconds else ""

    def type(self, data: bytes) -> None:
        """Type on the guest's console."""
        try:
            os.write(self.process.stdin.fileno(), data)
        except BrokenPipeError:
            pass  # it has just ended; run() will notice

    def watch(self, fd: int, name: str) -> None:
        """Let run() also read a descriptor of ours; its handler has that name."""
        self.selector.register(fd, selectors.EVENT_READ, name)

    def unwatch(self, fd: int) -> None:
        self.selector.unregister(fd)

    def _keep(self, name: str, data: bytes) -> None:
        kept = {"console": self.console, "complaints": self.complaints}.get(name)
        if kept is not None:
            kept += data
            del kept[:-CONSOLE_KEPT_BYTES]

    def run(self, until: Callable[[], bool] = lambda: False) -> bool:
        """Carry all channels until a condition holds (True) or QEMU has ended (False)."""
        channels = {*CHANNELS, "console", "complaints"}
        while any(key.data in channels for key in self.selector.get_map().values()):
            left = self.deadline - time.monotonic() if self.deadline else None
            if left is not None and left <= 0:
                raise LabError(f"{self}: {self.limit_text}{self.last_words()}")
            for key, _ in self.selector.select(left):
                data = os.read(key.fd, 65536)
                if not data and key.data in channels:
                    self.selector.unregister(key.fileobj)
                    continue
                self._keep(key.data, data)
                if key.data in self.handlers:
                    self.handlers[key.data](data)
            if until():
                return True
        self.process.wait()
        if self.process.returncode and not self.told_to_end:
            words = self.complaints.decode(errors="replace").strip()
            raise LabError(words or f"QEMU ended with status {self.process.returncode}")
        return False

    def stop(self) -> None:
        """Switch the guest off; run() then returns soon."""
        self.told_to_end = True
        self.process.terminate()

    def has_stumbled(self) -> bool:
        """It died of QEMU's fault, and would probably not a second time."""
        return bool(STUMBLED.search(self.console.decode(errors="replace")))

    def last_words(self) -> str:
        """What the console said in the end, or from where the kernel died."""
        lines = self.console.decode(errors="replace").replace("\r", "").strip().split("\n")
        if lines == [""]:
            return ": its console is empty"
        bad = [number for number, line in enumerate(lines) if FATAL.search(line)]
        shown = lines[bad[0] :][:WORDS] if bad else lines[-WORDS:]
        return "; its console:\n" + "\n".join(f"    {line}" for line in shown)

    def _let_go(self) -> None:
        """End QEMU if it runs."""
        if self.process:
            self.process.kill()
            self.process.wait()
            for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
                try:
                    stream.close()
                except BrokenPipeError:
                    pass
        if self.monitor:
            self.monitor.close()
        self.process = self.monitor = None

    def end(self) -> None:
        """End QEMU if it runs, and let go of everything but files, which go with the directory."""
        self._let_go()
        self.selector.close()
        self.initrd.unlink(missing_ok=True)
