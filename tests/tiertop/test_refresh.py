# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys while a record is being taken that does not come: each does what it does, nothing is waited
for, and whatever ends the program then leaves the terminal as it was."""

from __future__ import annotations

import errno
import os
import signal
import tempfile
import time
import unittest
from pathlib import Path

from tool import SECONDS, Terminal

CRASHES = {"ASAN_OPTIONS": "handle_segv=0", "TSAN_OPTIONS": "handle_segv=0"}
# What each types, and what is on the screen after it alone.
VIEWS = ((b"g", b"CGROUP"), (b"p", b"COMMAND"), (b"?", b"counted by the kernel"),
         (b"q", b"COMMAND"), (b"S", b"Setup: "), (b"q", b"COMMAND"), (b"/", b"Search"),
         (b"\x1b", b"F1"), (b"\r", b"MAPPING"), (b"p", b"COMMAND"))


class Gate:
    """Where the thread that takes records stands until it is let through."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.writer = -1

    def shut(self) -> None:
        """From the next record on."""
        os.mkfifo(self.path)

    def wait_until_somebody_stands(self) -> bool:
        """Whether that is so in time. A FIFO has a writer only when it has a reader."""
        end = time.monotonic() + SECONDS
        while self.writer < 0 and time.monotonic() < end:
            try:
                self.writer = os.open(self.path, os.O_WRONLY | os.O_NONBLOCK)
            except OSError as error:
                if error.errno != errno.ENXIO:
                    raise
                time.sleep(0.01)
        return self.writer >= 0

    def open(self) -> None:
        """For good."""
        self.path.unlink()
        os.close(self.writer)
        self.writer = -1


class Refresh(unittest.TestCase):
    """A terminal with a program whose refresh stands at a gate."""

    def start(self, *words: str) -> tuple[Terminal, Gate]:
        """It has drawn its first screen, and stands there with the next record."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        gate = Gate(Path(folder.name) / "gate")
        terminal = Terminal("--no-config", "--set", "interval=100", *words,
                            TIERTOP_GATE=str(gate.path), **CRASHES)
        self.addCleanup(terminal.close)
        self.assertTrue(terminal.wait_for(b"Quit"), terminal.output)
        gate.shut()
        self.assertTrue(gate.wait_until_somebody_stands())
        return terminal, gate

    def type_all(self, terminal: Terminal) -> None:
        """Every key is answered."""
        for keys, text in VIEWS:
            terminal.output = b""
            terminal.type(keys)
            self.assertTrue(terminal.wait_for(text), (keys, terminal.output))

    def ended(self, terminal: Terminal, status: int) -> None:
        """It has ended so, and cleanly."""
        self.assertEqual(terminal.end(), status, terminal.output)
        self.assertTrue(terminal.is_restored(), terminal.output)

    def test_keys_do_not_wait(self) -> None:
        terminal, gate = self.start()
        self.type_all(terminal)
        for rows, columns in ((8, 40), (50, 160), (24, 80)):
            terminal.output = b""
            terminal.resize(rows, columns)
            os.kill(terminal.process.pid, signal.SIGWINCH)
            self.assertTrue(terminal.wait_for(b"F1"), (rows, columns))
        # The gate was shut until here, so no record has come meanwhile.
        gate.open()
        terminal.type(b"q")
        self.ended(terminal, 0)

    def test_the_record_comes_after_all(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "records"
            terminal, gate = self.start("--record", str(path))
            self.type_all(terminal)
            self.assertEqual(path.read_text().count("\n"), 1)
            gate.open()
            end = time.monotonic() + SECONDS
            while path.read_text().count("\n") < 4 and time.monotonic() < end:
                terminal.read()
            terminal.type(b"q")
            self.ended(terminal, 0)
            self.assertGreaterEqual(path.read_text().count("\n"), 4)

    def test_quit_meanwhile(self) -> None:
        for keys, status in ((b"q", 0), (b"\x1b[21~", 0), (b"\x03", -signal.SIGINT)):
            terminal, _ = self.start()
            terminal.type(keys)
            self.ended(terminal, status)

    def test_signals_meanwhile(self) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGSEGV):
            terminal, _ = self.start()
            os.kill(terminal.process.pid, number)
            self.ended(terminal, -number)

    def test_crash_of_the_thread(self) -> None:
        terminal, gate = self.start()
        os.write(gate.writer, b"c")
        self.ended(terminal, -signal.SIGSEGV)

    def test_signals_go_to_the_keys(self) -> None:
        terminal, _ = self.start()
        others = [int(name) for name in os.listdir(f"/proc/{terminal.process.pid}/task")
                  if int(name) != terminal.process.pid]
        self.assertTrue(others)
        for thread in others:
            blocked = self.blocked(terminal.process.pid, thread)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGWINCH):
                self.assertTrue(blocked >> (number - 1) & 1, (thread, number))
        terminal.type(b"q")
        self.ended(terminal, 0)

    def blocked(self, pid: int, thread: int) -> int:
        """Its signal mask."""
        text = Path(f"/proc/{pid}/task/{thread}/status").read_text()
        return int(text.split("SigBlk:")[1].split()[0], 16)


if __name__ == "__main__":
    unittest.main()
