# SPDX-License-Identifier: GPL-2.0-or-later
"""A person at a guest: a shell on its console, or one command whose status is passed on.

Owns the person's terminal while a shell runs, and gives it back as it was.
"""

from __future__ import annotations

import os
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import job
import klog
from guest import Guest
from kernels import LabError

MOST_STARTS = 3  # of a guest that QEMU itself fails
BOOT_SECONDS = 240  # TCG needs 3; a busy machine much more
ESCAPE = b"\x1d"  # Ctrl-], as telnet
END_OF_INPUT = b"\x04"


class Events:
    """Reads the events channel: keeps what each word last said, and calls a function for it."""

    def __init__(self, handlers: dict[str, Callable[[str], None]] | None = None) -> None:
        self.said: dict[str, str] = {}
        self.handlers = handlers or {}
        self.rest = b""

    def __call__(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        for line in lines:
            word, _, text = line.decode(errors="replace").partition(" ")
            if word == "broken":
                raise LabError(f"the guest cannot be set up: {text}")
            self.said[word] = text
            if word in self.handlers:
                self.handlers[word](text)


def boot(guest: Guest, events: Events, kvm: bool = False, parameters: str = "quiet") -> None:
    """Start the guest and wait until it is ready for its job."""
    events.handlers["machine-check"] = lambda text: guest.monitor.machine_check(text)
    events.handlers["machine-check-in"] = lambda text: guest.monitor.machine_check_in(text)
    guest.handlers["events"] = events
    for starts_left in reversed(range(MOST_STARTS)):
        guest.start(parameters, kvm)
        guest.limit(BOOT_SECONDS, "the guest did not come up")
        if guest.run(lambda: "ready" in events.said):
            return
        if not starts_left or not guest.has_stumbled():
            raise LabError(f"{guest}: the guest died while it came up{guest.last_words()}")
        note(f"{guest}: QEMU ran a breakpoint that was gone; booting again")


@contextmanager
def raw_terminal(fd: int) -> Iterator[None]:
    """Every key goes to the guest; afterwards the terminal is as it was."""
    if not os.isatty(fd):
        yield
        return
    before = termios.tcgetattr(fd)
    try:
        tty.setraw(fd)
        yield
    finally:
        termios.tcsetattr(fd, termios.TCSAFLUSH, before)


def write_all(fd: int, data: bytes) -> None:
    while data:
        data = data[os.write(fd, data) :]


def note(text: str) -> None:
    print(f"lab: {text}", file=sys.stderr, flush=True)


def shell(guest: Guest, build: job.Build, kvm: bool) -> int:
    """An interactive shell on the guest's console."""
    keyboard, screen = sys.stdin.fileno(), sys.stdout.fileno()
    job.compose(guest, "shell", build, {})
    note(f"booting {guest.machine.name} with Linux {guest.kernel.release}")
    boot(guest, Events(), kvm)
    note(f"/share is {guest.share} while it runs; exit or Ctrl-] ends it")

    def typed(data: bytes) -> None:
        if not data:
            guest.unwatch(keyboard)
            guest.type(END_OF_INPUT)
        elif ESCAPE in data:
            guest.stop()
        else:
            guest.type(data)

    guest.handlers["console"] = lambda data: write_all(screen, data)
    guest.handlers["keyboard"] = typed
    guest.watch(keyboard, "keyboard")
    guest.limit(None)
    with raw_terminal(keyboard):
        guest.run()
    return 0


def command(guest: Guest, build: job.Build, words: list[str], seconds: float, kvm: bool,
            extra: dict[str, bytes] | None = None) -> int:  # fmt: skip
    """One command: its output and status become ours."""
    packed = b"".join(word.encode() + b"\0" for word in words)
    job.compose(guest, "command", build, {"/lab/command": packed, **(extra or {})})
    events = Events()
    guest.handlers["out"] = lambda data: write_all(sys.stdout.fileno(), data)
    guest.handlers["err"] = lambda data: write_all(sys.stderr.fileno(), data)
    boot(guest, events, kvm)
    guest.limit(seconds, "the command did not end")
    guest.run()
    if "exit" not in events.said:
        raise LabError(f"{guest}: the guest died{guest.last_words()}")
    log = (guest.share / "command.dmesg").read_text(errors="replace")
    for line in klog.complaints(log):
        note(f"kernel: {line}")
    return int(events.said["exit"])
