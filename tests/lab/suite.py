# SPDX-License-Identifier: GPL-2.0-or-later
"""The lab's tests: which run where, one boot for all of a machine and kernel, and the verdict.

A test is tests/lab/t_NAME.sh, and optionally t_NAME.host.py, which runs on the host afterwards.
Its head says where it runs:

    # machines: 2s-pmem hbm-cxl       or: all, and !NAME for all but that one
    # kernels: 6.1 6.12               both if there is no such line
    # timeout: 60                     seconds
    # last: WHY                       behind all others of its boot: what it cannot put back
    # allow-log: PATTERN              a kernel message that belongs to this test; say why above it
"""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import job
import kernels
import klog
import machine as machines
import session
from guest import FATAL, Guest
from kernels import LabError

DEFAULT_SECONDS = 60
SPARE_SECONDS = 30
LONG_SECONDS = 10  # from here on a test says how long it took
END_LINES = 6  # of a failed test, told again below all others
Boots = dict[tuple[str, str], list["Test"]]  # by machine and kernel
Story = list[str]  # lines that tell of a failure; none if there is nothing to tell
NewGuest = Callable[[str, str], AbstractContextManager[Guest]]


@dataclasses.dataclass(frozen=True)
class Test:
    name: str
    path: Path
    machines: list[str]
    kernels: list[str]
    seconds: int
    allowed: list[str]
    last: bool

    @property
    def host_path(self) -> Path:
        return self.path.with_name(f"t_{self.name}.host.py")


def head_value(text: str, key: str, default: str) -> str:
    found = re.search(rf"^# {key}: *(.*)$", text, re.MULTILINE)
    return found[1].strip() if found else default


def load(path: Path) -> Test:
    text = path.read_text(encoding="utf-8")
    where = head_value(text, "machines", "")
    known = machines.names()
    words = where.split()
    but = [word[1:] for word in words if word.startswith("!")]
    names = [word for word in words if not word.startswith("!")]
    if names == ["all"]:
        names = [name for name in known if name not in but]
    series = head_value(text, "kernels", " ".join(kernels.SERIES)).split()
    for given, there in ((names + but, known), (series, kernels.SERIES)):
        if unknown := set(given) - set(there):
            raise LabError(f"{path.name}: {', '.join(unknown)}: there are {', '.join(there)}")
    if not names:
        raise LabError(f"{path.name}: no machines line")
    return Test(
        name=path.stem.removeprefix("t_"),
        path=path,
        machines=names,
        kernels=series,
        seconds=int(head_value(text, "timeout", str(DEFAULT_SECONDS))),
        allowed=re.findall(r"^# allow-log: *(.*)$", text, re.MULTILINE),
        last=bool(head_value(text, "last", "")),
    )


def load_all(names: list[str]) -> list[Test]:
    tests = [load(path) for path in sorted(job.HERE.glob("t_*.sh"))]
    wanted = {name.removeprefix("t_").removesuffix(".sh") for name in names}
    if unknown := wanted - {test.name for test in tests}:
        raise LabError(f"test {', '.join(sorted(unknown))}: no such test")
    chosen = [test for test in tests if not wanted or test.name in wanted]
    return sorted(chosen, key=lambda test: (test.last, test.name))


def report(label: str, why: list[str], output: str = "") -> Story:
    """Tell how a test went; without a reason it has passed. What matters of a failure comes back:
    the assertion that did not hold, what the kernel died of, and the end."""
    print(f"{'FAIL' if why else 'ok  '} {label}", flush=True)
    if not why:
        return []
    lines = [*output.rstrip().splitlines(), *why]
    for line in lines:
        print(f"     {line}")
    told = [line for line in lines[:-END_LINES]
            if line.startswith("FAILED: ") or FATAL.search(line)]  # fmt: skip
    return [f"FAIL {label}", *(f"     {line}" for line in told + lines[-END_LINES:])]


class Boot:
    """One guest and the tests that it runs."""

    def __init__(self, guest: Guest, build: job.Build, tests: list[Test]) -> None:
        self.guest = guest
        self.build = build
        self.tests = tests
        self.results = job.CACHE / "results" / f"{guest.machine.name}-{guest.kernel.series}"
        self.status: dict[str, str] = {}
        self.begun = ""
        self.begun_at = 0.0
        self.took: dict[str, float] = {}
        self.ready_after = 0.0

    def run(self) -> list[Story]:
        """Boot, run the tests, judge each."""
        trouble = ""
        try:
            self._carry()
            for _ in range(session.MOST_STARTS - 1):
                if not self.guest.has_stumbled() or not self._left():
                    break
                self._begin_anew()
                self._carry()
        except LabError as error:
            trouble = str(error)
        (self.guest.share / "console").write_bytes(self.guest.console)
        self.guest.end()
        shutil.rmtree(self.results, ignore_errors=True)
        shutil.copytree(self.guest.share, self.results)
        stories = [self._judge(test, trouble) for test in self.tests]
        boot = self._judge_boot(trouble)
        return [*stories, boot] if boot else stories

    def _left(self) -> list[Test]:
        return [test for test in self.tests if test.name not in self.status]

    def _begin_anew(self) -> None:
        """Forget the test that QEMU has failed, the first without an end; those before it count."""
        name = self._left()[0].name
        session.note(f"{self.guest}: QEMU ran a breakpoint that was gone, in test {name}; "
                     f"booting again for it and {len(self._left()) - 1} more")  # fmt: skip
        for file in (f"{name}.out", f"{name}.dmesg", "reboot"):
            (self.guest.share / file).unlink(missing_ok=True)
        shutil.rmtree(self.guest.share / f"{name}.d", ignore_errors=True)
        self.begun = ""

    def _carry(self) -> None:
        tests = self._left()
        extra = {f"/lab/tests/{test.name}.sh": test.path.read_bytes() for test in tests}
        order = "".join(f"{test.name} {test.seconds}\n" for test in tests)
        job.compose(self.guest, "tests", self.build, extra | {"/lab/tests.list": order.encode()})
        events = session.Events({"begin": self._begin, "end": self._end, "reboot": self._reboot})
        session.boot(self.guest, events, parameters="quiet loglevel=5")
        self.ready_after = time.monotonic() - self.guest.started
        if not self.begun:  # else the first test's own limit holds already
            self.guest.limit(SPARE_SECONDS, "the guest did not begin its tests")
        self.guest.run()

    def _begin(self, name: str) -> None:
        if self.begun == name:  # again, behind a reboot
            self.guest.monitor.at_reboot("shutdown")
        else:
            self.begun_at = time.monotonic()
        self.begun = name
        seconds = next(test.seconds for test in self.tests if test.name == name)
        self.guest.limit(seconds + SPARE_SECONDS, f"test {name} did not end")

    def _end(self, text: str) -> None:
        name, _, status = text.partition(" ")
        self.status[name] = status
        self.took[name] = time.monotonic() - self.begun_at
        self.guest.limit(SPARE_SECONDS, f"nothing came after test {name}")

    def _reboot(self, name: str) -> None:
        """Only a reboot that a test has asked for is one: else the guest has crashed."""
        self.guest.monitor.at_reboot("reset")
        self.guest.limit(session.BOOT_SECONDS, f"the guest of test {name} did not come up again")
        (self.guest.share / "reboot").touch()

    def _text(self, name: str) -> str:
        path = self.results / name
        return path.read_text(errors="replace") if path.exists() else ""

    def _label(self, name: str) -> str:
        """What ran where, and how long if that counts."""
        label = f"{self.guest.machine.name} {self.guest.kernel.series} {name}"
        took = self.took.get(name, 0)
        return f"{label}  {took:.0f} s" if took >= LONG_SECONDS else label

    def _judge(self, test: Test, trouble: str) -> Story:
        label = self._label(test.name)
        status = self.status.get(test.name)
        if status is None:
            return self._judge_unended(test, trouble)
        why = [] if status == "0" else [STATUS_WORDS.get(status, f"exit status {status}")]
        log = klog.complaints(self._text(f"{test.name}.dmesg"), test.allowed)
        why += [f"kernel: {line}" for line in log]
        output = self._text(f"{test.name}.out")
        if not why and test.host_path.exists():
            status, more = self._on_host(test)
            output += more
            why += [f"on the host: exit status {status}"] if status else []
        return report(label, why, output)

    def _judge_unended(self, test: Test, trouble: str) -> Story:
        """The guest died or hung in this test or before it; the first one tells the story."""
        why = ["did not end" if self.begun == test.name else "did not run"]
        if self.begun == test.name or (not self.begun and test is self._left()[0]):
            why += (trouble or f"the guest died{self.guest.last_words()}").splitlines()
        return report(self._label(test.name), why, self._text(f"{test.name}.out"))

    def _on_host(self, test: Test) -> tuple[int, str]:
        env = os.environ | {
            "LAB_OUT": str(self.results / f"{test.name}.d"),
            "BUILD": str(self.build.directory),
            "IMAGES": str(self.guest.directory),
        }
        done = subprocess.run([sys.executable, test.host_path], env=env, text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip
        return done.returncode, done.stdout

    def _judge_boot(self, trouble: str) -> Story:
        """A boot has nothing to tell, unless there was trouble, or the kernel complained."""
        why = trouble.splitlines()[:1]
        why += [f"kernel: {line}" for line in klog.complaints(self._text("boot.dmesg"))]
        return report(self._label("(boot)"), why) if why else []


STATUS_WORDS = {"124": "ran out of time", "137": "ran out of time, and had to be killed"}


def plan(tests: list[Test], only: str | None, series: list[str]) -> Boots:
    """Which tests share a boot."""
    boots: Boots = {}
    for kernel in series:
        for name in machines.names():
            chosen = [test for test in tests if name in test.machines and kernel in test.kernels]
            if chosen and only in (None, name):
                boots[name, kernel] = chosen
    return boots


def run(names: list[str], only: str | None, series: list[str], build: job.Build,
        new_guest: NewGuest) -> int:  # fmt: skip
    boots = plan(load_all(names), only, series)
    if not boots:
        raise LabError("no test runs on such a machine and kernel")
    began = time.monotonic()
    stories: list[Story] = []
    again = 0
    for (name, kernel), tests in boots.items():
        with new_guest(name, kernel) as guest:
            boot = Boot(guest, build, tests)
            stories += boot.run()
            total = time.monotonic() - guest.started
            again += guest.starts - 1
            print(f"     {name} {kernel}: up in {boot.ready_after:.1f} s, {total:.1f} s in all")
    failed = [story for story in stories if story]
    for line in (line for story in failed for line in story):
        print(line)
    print(f"{len(stories) - len(failed)} passed, {len(failed)} failed, {len(boots)} boots, "
          f"{again} begun again by QEMU's fault, {time.monotonic() - began:.0f} s")
    return 1 if failed else 0
