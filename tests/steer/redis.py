# SPDX-License-Identifier: GPL-2.0-or-later
"""Redis under load, its policy changed a thousand times: every answer is the right one."""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# Debian's redis-tools has the server under the name of its checker.
SERVER = "redis-check-rdb"
TIMES = 1000
CLIENTS = 4
VALUE = "x" * 3000


class Client:
    """A connection of our own, which knows what it must hear."""

    def __init__(self, path: str) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def ask(self, *words: str) -> str:
        """One command; its answer as text."""
        parts = [f"*{len(words)}\r\n"]
        parts += [f"${len(word)}\r\n{word}\r\n" for word in words]
        self.socket.sendall("".join(parts).encode())
        line = self.file.readline().decode().rstrip("\r\n")
        if not line.startswith("$"):
            return line
        text = self.file.read(int(line[1:]) + 2)
        return text[:-2].decode()


class Load(threading.Thread):
    """Counts, writes and reads back until told to stop."""

    def __init__(self, path: str, number: int) -> None:
        super().__init__()
        self.client = Client(path)
        self.number = number
        self.done = False
        self.asked = 0
        self.wrong: str | None = None

    def run(self) -> None:
        try:
            while not self.done:
                self.turn()
        except (OSError, ValueError) as error:
            self.wrong = f"{type(error).__name__}: {error}"

    def turn(self) -> None:
        """A counter, a value and a list, each with the answer that it must have."""
        self.asked += 1
        name, value = f"key-{self.number}-{self.asked % 100}", f"{self.asked}{VALUE}"
        for words, answer in (
                (("INCR", f"count-{self.number}"), f":{self.asked}"),
                (("SET", name, value), "+OK"),
                (("GET", name), value),
                (("RPUSH", f"list-{self.number}", str(self.asked)), f":{self.asked}")):
            heard = self.client.ask(*words)
            if heard != answer:
                raise ValueError(f"{words[0]}: {heard[:80]!r} for {answer[:80]!r}")


def start_server(folder: Path) -> subprocess.Popen:
    """A server with threads of its own for its connections."""
    path = folder / "socket"
    server = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", str(path), "--save", "",
         "--io-threads", "2", "--io-threads-do-reads", "yes", "--dir", str(folder)],
        executable=shutil.which(SERVER), stdout=subprocess.DEVNULL)
    for _ in range(200):
        if path.exists():
            return server
        time.sleep(0.05)
    raise SystemExit("redis did not start")


def main() -> int:
    """0: all was right. 1: something was not, and has been said."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steer-times", required=True)
    args = parser.parse_args()
    if not shutil.which(SERVER):
        print("skip: redis is not installed (Debian: redis-tools)")
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        server = start_server(folder)
        try:
            loads = [Load(str(folder / "socket"), number) for number in range(CLIENTS)]
            for load in loads:
                load.start()
            steered = subprocess.run([args.steer_times, str(server.pid), str(TIMES)],
                                     check=False)
            for load in loads:
                load.done = True
            for load in loads:
                load.join()
        finally:
            server.terminate()
            status = server.wait()
    wrong = [load.wrong for load in loads if load.wrong]
    print(f"redis: {sum(load.asked for load in loads) * 4} answers, wrong: {wrong or 'none'}, "
          f"ended with {status}")
    return 1 if wrong or steered.returncode or status else 0


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C"
    sys.exit(main())
