# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of tiertop share: where it is, and a terminal to run it on."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parents[1]
TIERTOP = os.environ.get("TIERTOP", str(TOP / "build" / "dev" / "bin" / "tiertop"))
RECORDING = str(HERE / "two-tiers.jsonl")
SECONDS = 30


def environment(**more: str) -> dict[str, str]:
    """A known environment; more wins."""
    kept = {k: v for k, v in os.environ.items()
            if k not in ("NO_COLOR", "LANG", "LC_CTYPE", "XDG_CONFIG_HOME", "TIERKIT_NODES")}
    leaks = f"suppressions={HERE / 'ncurses.supp'}:print_suppressions=0"
    return {**kept, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", "HOME": "/nonexistent",
            "LSAN_OPTIONS": leaks, "ASAN_OPTIONS": "fast_unwind_on_malloc=0", **more}


def tiertop(*words: str, **how) -> subprocess.CompletedProcess:
    """Run it to its end, without a terminal."""
    how.setdefault("env", environment())
    how.setdefault("stdin", subprocess.DEVNULL)
    how.setdefault("text", True)
    how.setdefault("errors", "replace")  # names of processes may be any bytes
    if "stdout" not in how:
        how.setdefault("capture_output", True)
    return subprocess.run([TIERTOP, *words], timeout=SECONDS, check=False, **how)


class Terminal:
    """tiertop on a pseudo-terminal, whose output is collected."""

    def __init__(self, *words: str, rows: int = 24, columns: int = 80,
                 controls: bool = True, **env: str):
        self.master, slave = pty.openpty()
        self.resize(rows, columns)
        self.before = termios.tcgetattr(slave)
        self.output = b""
        self.slave = slave
        self.process = subprocess.Popen(
            [TIERTOP, *words], stdin=slave, stdout=slave, stderr=slave,
            env=environment(**env), start_new_session=True,
            preexec_fn=lambda: controls and fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds: float = 0.05) -> None:
        """Collect what comes within that time."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not select.select([self.master], [], [], left)[0]:
                return
            try:
                self.output += os.read(self.master, 65536)
            except OSError:
                return

    def wait_for(self, text: bytes) -> bool:
        """Whether that comes in time."""
        end = time.monotonic() + SECONDS
        while text not in self.output and time.monotonic() < end:
            self.read()
        return text in self.output

    def type(self, keys: bytes) -> None:
        """Send keys."""
        os.write(self.master, keys)

    def end(self) -> int:
        """Its exit status, once it has ended."""
        end = time.monotonic() + SECONDS
        while self.process.poll() is None and time.monotonic() < end:
            self.read()
        self.read()
        if self.process.poll() is None:
            self.process.kill()
        return self.process.wait()

    def is_restored(self) -> bool:
        """Whether settings, cursor and screen are as they were."""
        after = termios.tcgetattr(self.slave)
        shown = self.output.rfind(b"\x1b[?1049l") > self.output.rfind(b"\x1b[?1049h")
        cursor = (self.output.rfind(b"\x1b[?25h") > self.output.rfind(b"\x1b[?25l")
                  or self.output.rfind(b"\x1b[?12l\x1b[?25h") >= 0)
        return after == self.before and shown and cursor

    def close(self) -> None:
        """Let go of the terminal."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self.master)
        os.close(self.slave)
