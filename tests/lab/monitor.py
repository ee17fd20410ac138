# SPDX-License-Identifier: GPL-2.0-or-later
"""QEMU's monitor: machine checks and reboots that a guest wishes for itself. Knows no files."""

from __future__ import annotations

import json
import socket
import time

from kernels import LabError

ANSWER_SECONDS = 30
# bank, status, global status and misc of an uncorrected error in memory, of 4 KiB (Intel SDM 3B,
# machine-check architecture); QEMU has ten banks. One that a scrubber found while the CPU did
# something else; and one that the program's own read met, which cannot go on without the data.
# Each of the CPU alone.
FOUND = "9 0xbd000000000000c0 0xd {address:#x} 0x8c"
CONSUMED = "9 0xbd80000000000134 0xf {address:#x} 0x8c"
LOOKS = 2000  # how often to look whether the program runs; the host may be busy


class Monitor:
    """A channel to QEMU: `theirs` is the descriptor that QEMU inherits."""

    def __init__(self) -> None:
        self.ours, self._qemus = socket.socketpair()
        self.theirs = self._qemus.fileno()
        self._unread = b""
        self._asked = 0
        self.ours.settimeout(ANSWER_SECONDS)

    def begin(self) -> None:
        """QEMU has its end now, or has failed to start. What it answers here is not waited for."""
        self._qemus.close()
        self._send("qmp_capabilities", {})

    def close(self) -> None:
        self._qemus.close()
        self.ours.close()

    def _send(self, command: str, arguments: dict[str, str | int]) -> None:
        self._asked += 1
        request = {"execute": command, "arguments": arguments, "id": self._asked}
        try:
            self.ours.sendall(json.dumps(request).encode())
        except BrokenPipeError:
            pass  # it has ended, as whoever waits for it will notice

    def _line(self) -> bytes:
        while b"\n" not in self._unread:
            try:
                more = self.ours.recv(65536)
            except TimeoutError as error:
                raise LabError(f"no answer from QEMU within {ANSWER_SECONDS} s") from error
            if not more:
                return b""
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _ask(self, command: str, **arguments: str | int) -> str:
        """Have it done; what a person would read. Empty if QEMU has ended."""
        self._send(command, arguments)
        while line := self._line():
            answer = json.loads(line)
            if answer.get("id") != self._asked:
                continue  # an event, or an answer that nobody has waited for
            if "error" in answer:
                raise LabError(f"QEMU on {command}: {answer['error']}")
            return str(answer["return"])
        return ""

    def _tell(self, line: str) -> str:
        """A command of the monitor for people, on the first CPU."""
        return self._ask("human-monitor-command", **{"command-line": line, "cpu-index": 0})

    def at_reboot(self, action: str) -> None:
        """What becomes of the machine when its kernel boots anew: reset, or shutdown."""
        self._ask("set-action", reboot=action)

    def machine_check(self, address: str) -> None:
        """An uncorrectable memory error there, which a scrubber found; to the first CPU."""
        self._tell("mce 0 " + FOUND.format(address=int(address, 0)))

    def machine_check_in(self, words: str) -> None:
        """ADDRESS MARK: the program that has the mark in R15 of the first CPU reads there, and
        meets an uncorrectable error.

        The machine is stopped for a look; the error comes only if the program itself is running
        and not the kernel, for which it would be the end.
        """
        address, mark = (int(word, 0) for word in words.split())
        for _ in range(LOOKS):
            self._ask("stop")
            registers = self._tell("info registers")
            is_there = f"R15={mark:016x}" in registers and "CPL=3" in registers
            if is_there:
                self._tell("mce 0 " + CONSUMED.format(address=address))
            self._ask("cont")
            if is_there:
                return
            time.sleep(0.01)
        raise LabError(f"the first CPU never ran a program with mark {mark:#x}")
