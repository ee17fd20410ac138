# SPDX-License-Identifier: GPL-2.0-or-later
"""The real binary on a terminal: it starts, takes keys and sizes, and leaves no trace, however
it ends."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from tool import RECORDING, SECONDS, TIERTOP, Terminal, environment

REPLAY = ("--replay", RECORDING, "--no-config")
KEYS = (b"q", b"Z", b"t", b"g", b"p", b"\t", b"\r", b"\x1b", b"/java\r", b"f!^p\r", b"f\x1b", b"T",
        b"F", b" ", b"U", b"I", b"1", b"2", b"M", b"N", b"P", b">", b"<", b"a", b"h", b"S", b"n",
        b".", b",", b"{", b"}", b"[", b"]", b"\x1bOA", b"\x1bOB", b"\x1b[5~", b"\x1b[6~", b"\x1bOP",
        b"\x1b[M !!", b"\x1b[<0;5;9M", b"\x7f", b"\xff", b"\x00", b"x", b"?", b"b", b"u", b"-",
        b"+", b"(", b")", b"^", b"$", b"\x0c", b"\x1bOC", b"\x1bOD", b"\x1b[<0;9;6M",
        b"\x1b[<0;36;24M")


class Ending(unittest.TestCase):
    """Whatever ends it, the terminal is as before."""

    def start(self, *words: str, **env: str) -> Terminal:
        """One that has drawn its screen."""
        terminal = Terminal(*(words or REPLAY), **env)
        self.addCleanup(terminal.close)
        self.assertTrue(terminal.wait_for(b"Quit"), terminal.output)
        return terminal

    def test_quit(self) -> None:
        for keys in (b"q", b"\x1b[21~", b"hq q"):
            terminal = self.start()
            terminal.type(keys)
            self.assertEqual(terminal.end(), 0)
            self.assertTrue(terminal.is_restored(), keys)

    def test_signals(self) -> None:
        # A sanitizer has handlers of its own, and ends with a status.
        theirs = "handle_segv=0:handle_abort=0:handle_sigbus=0"
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT,
                       signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGXCPU,
                       signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGSYS,
                       signal.SIGTRAP):
            terminal = self.start(ASAN_OPTIONS=theirs, TSAN_OPTIONS=theirs)
            os.kill(terminal.process.pid, number)
            self.assertEqual(terminal.end(), -number)
            self.assertTrue(terminal.is_restored(), number)

    def test_ctrl_c(self) -> None:
        for key, number in ((b"\x03", signal.SIGINT), (b"\x1c", signal.SIGQUIT)):
            terminal = self.start()
            terminal.type(key)
            self.assertEqual(terminal.end(), -number)
            self.assertTrue(terminal.is_restored(), number)

    def test_count(self) -> None:
        for count in ("1", "3"):
            began = time.monotonic()
            terminal = self.start(*REPLAY, "--count", count, "--set", "interval=200")
            self.assertEqual(terminal.end(), 0, terminal.output)
            self.assertGreater(time.monotonic() - began, 0.2 * int(count))
            self.assertTrue(terminal.is_restored())

    def test_the_terminal_goes_without_a_signal(self) -> None:
        terminal = Terminal(*REPLAY, controls=False)
        self.addCleanup(os.close, terminal.slave)
        self.assertTrue(terminal.wait_for(b"Quit"), terminal.output)
        os.close(terminal.master)
        try:
            self.assertEqual(terminal.process.wait(SECONDS), -signal.SIGHUP)
        finally:
            terminal.process.kill()

    def test_live(self) -> None:
        terminal = self.start("--no-config", "--readonly")
        terminal.type(b"\r")
        self.assertTrue(terminal.wait_for(b"MAPPING"))
        terminal.type(b"qq")
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.is_restored())


class Use(unittest.TestCase):
    """Keys, sizes, colours."""

    def start(self, *words: str, **how) -> Terminal:
        terminal = Terminal(*REPLAY, *words, **how)
        self.addCleanup(terminal.close)
        self.assertTrue(terminal.wait_for(b"F1"), terminal.output)
        return terminal

    def test_every_view(self) -> None:
        terminal = self.start()
        for keys, text in ((b"t", b"`- "), (b"g", b"CGROUP (counted"), (b"p\r", b"MAPPING"),
                           (b"q?", b"counted by the kernel"), (b"q", b"COMMAND"),
                           (b"S", b"Setup: "), (b"q", b"COMMAND"), (b"a", b"have it prefer"),
                           (b"\r", b"tierctl migrate"), (b"n", b"cron")):
            terminal.output = b""
            terminal.type(keys)
            self.assertTrue(terminal.wait_for(text), (keys, terminal.output))
        terminal.type(b"q")
        self.assertEqual(terminal.end(), 0)

    def test_random_keys_and_sizes(self) -> None:
        draw = random.Random(7)
        terminal = self.start("--set", "interval=100")
        for _ in range(300):
            if draw.random() < 0.3:
                terminal.resize(draw.randint(1, 100), draw.randint(1, 300))
            terminal.type(draw.choice(KEYS[1:]))
            terminal.read(0.002)
            self.assertIsNone(terminal.process.poll(), terminal.output[-400:])
        terminal.resize(24, 80)
        for key in (b"\x1b", b"q") * 8:
            if terminal.process.poll() is None:
                terminal.type(key)
                terminal.read(0.1)
        self.assertEqual(terminal.end(), 0)
        self.assertTrue(terminal.is_restored())

    def test_drawn_anew(self) -> None:
        terminal = self.start()
        terminal.type(b"Z")
        self.assertTrue(terminal.wait_for(b"PAUSED"))
        terminal.output = b""
        terminal.type(b"\x0c")
        self.assertTrue(terminal.wait_for(b"Quit"), terminal.output)
        self.assertIn(b"redis-server", terminal.output)

    def test_no_color(self) -> None:
        colour = re.compile(rb"\x1b\[[0-9;]*3[0-9]m")
        terminal = self.start()
        self.assertRegex(terminal.output, colour)
        terminal = self.start(NO_COLOR="1")
        terminal.read(0.2)
        self.assertNotRegex(terminal.output, colour)

    def test_old_terminals(self) -> None:
        for name in ("vt100", "linux", "screen", "ansi"):
            terminal = self.start(TERM=name)
            terminal.type(b"q")
            self.assertEqual(terminal.end(), 0, name)

    def test_none_at_all(self) -> None:
        for env in ({"TERM": "dumb"}, {"TERM": "no-such-terminal"}):
            terminal = Terminal(*REPLAY, **env)
            self.addCleanup(terminal.close)
            self.assertEqual(terminal.end(), 3, env)
            self.assertIn(b"terminal:", terminal.output)

    def test_broken_locale(self) -> None:
        for locale in ("C", "no_SUCH.locale"):
            terminal = self.start(LC_ALL=locale, rows=30, columns=140)
            terminal.type(b"....")
            terminal.read(0.3)
            self.assertFalse(any(byte > 127 for byte in terminal.output))
            terminal.type(b"q")
            self.assertEqual(terminal.end(), 0)

    def test_copies_the_command(self) -> None:
        terminal = self.start()
        terminal.type(b"a\rc")
        # base64 of "tierctl migrate 901 --to tier:0"
        self.assertTrue(terminal.wait_for(
            b"\x1b]52;c;dGllcmN0bCBtaWdyYXRlIDkwMSAtLXRvIHRpZXI6MA==\a"), terminal.output)
        terminal.type(b"nq")
        self.assertEqual(terminal.end(), 0)

    def test_saves_only_when_asked(self) -> None:
        with tempfile.TemporaryDirectory() as home:
            config = Path(home) / "tiertop" / "config"
            keys = ((b"TtIq", False), (b"S" + b"\x1bOB" * 6 + b"\rqq", True))
            for typed, is_saved in keys:
                terminal = Terminal("--replay", RECORDING, XDG_CONFIG_HOME=home)
                self.addCleanup(terminal.close)
                self.assertTrue(terminal.wait_for(b"F10"))
                terminal.type(typed)
                self.assertEqual(terminal.end(), 0)
                self.assertEqual(config.exists(), is_saved)
            self.assertIn("theme=default\n", config.read_text())


class Tmux(unittest.TestCase):
    """What a person sees, by a terminal that keeps a screen."""

    def run_tmux(self, *words: str) -> str:
        done = subprocess.run(["tmux", "-f", "/dev/null", "-S", self.socket, *words], text=True,
                              capture_output=True, check=True, env=environment(), timeout=30)
        return done.stdout

    def screen(self, text: str) -> str:
        """The screen, once it shows that."""
        end = time.monotonic() + 30
        while text not in (seen := self.run_tmux("capture-pane", "-p")):
            self.assertLess(time.monotonic(), end, seen)
            time.sleep(0.05)
        return seen

    def test_as_drawn(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.socket = folder.name + "/socket"
        self.run_tmux("new-session", "-d", "-x", "80", "-y", "24",
                      f"{TIERTOP} {' '.join(REPLAY)} --readonly --keys Z; echo left behind; cat")
        self.addCleanup(self.run_tmux, "kill-server")
        want = (Path(RECORDING).parent / "expect" / "processes.txt").read_text(encoding="utf-8")
        want = want.split("== processes 80x24\n")[1].split("== ")[0]
        seen = self.screen("Quit").split("\n")
        # Only the title says that it is paused.
        self.assertEqual([line.rstrip() for line in seen[1:24]], want.split("\n")[1:24])
        for width, height in ((40, 8), (132, 50), (41, 9), (80, 24)):
            self.run_tmux("resize-window", "-x", str(width), "-y", str(height))
            self.screen("F1Help")
        draw = random.Random(7)
        for _ in range(40):
            self.run_tmux("resize-window", "-x", str(draw.randint(2, 300)), "-y",
                          str(draw.randint(2, 100)))
        self.run_tmux("resize-window", "-x", "80", "-y", "24")
        self.screen("\n".join(line.rstrip() for line in seen[1:24]))
        for key, text in (("g", "postgres.service"), ("p", "COMMAND"), ("t", "`- "),
                          ("Enter", "MAPPING"), ("p", "COMMAND"), ("H", "HEAT"),
                          ("p", "COMMAND"), ("?", "counted by the kernel"), ("q", "COMMAND"),
                          ("S", "Setup: "), ("q", "COMMAND")):
            self.run_tmux("send-keys", key)
            self.screen(text)
        self.run_tmux("send-keys", "q")
        self.assertNotIn("redis", self.screen("left behind"))


if __name__ == "__main__":
    unittest.main()
