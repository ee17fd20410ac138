#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Runs tierctl as the transcripts in expect/ have it, and compares every byte.

    run.py --tierctl PATH [NAME...]             run all transcripts, or these
    run.py --tierctl PATH --update [NAME...]    write what tierctl says into them

A transcript, expect/NAME.case, is a list of cases:

    $ TIERKIT_NODES='node:1 kind=cxl' tierctl --root laptop/capture show
    <TAB>a line of stdout; the last one ends in a single backslash if its newline is missing
    !<TAB>a line of stderr
    = 0                         the exit status
    # a comment, kept by --update
    # untrue: why             what tierctl says next is wrong, and known to be: counted aloud

Words before `tierctl` are its environment, which has nothing else from outside; at the end
`>/dev/full` and `>&-` redirect stdout. The working directory holds all machines of
tests/fixtures and what lies in input/, by name. A machine's own transcript has at least
the commands of EVERY, and what `tierctl capture` writes of it must show the same machine.
Whatever --json writes must be JSON.
"""

from __future__ import annotations

import argparse
import difflib
import functools
import json
import os
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXPECT = HERE / "expect"
FIXTURES = HERE.parent / "fixtures"

# What is asked of every machine.
EVERY = ("show", "show --explain", "show --json", "check")
SHOW = "show --json"

SECONDS = 20
DIFF_LINES, DIFF_COLUMNS = 60, 160
UNTRUE = "# untrue: "


class CaseError(Exception):
    """A transcript that cannot be read; says where."""


@dataclass
class Result:
    stdout: str = ""
    stderr: str = ""
    status: int | None = None


@dataclass
class Case:
    command: str
    line: int
    before: list[str] = field(default_factory=list)     # comments and blank lines
    expected: Result = field(default_factory=Result)

    @property
    def is_untrue(self) -> bool:
        return any(line.startswith(UNTRUE) for line in self.before)


@dataclass
class Transcript:
    path: Path
    cases: list[Case]
    after: list[str]    # comments behind the last case


# The format

def body(text: str, mark: str) -> list[str]:
    """Lines of output as a transcript has them."""
    if not text:
        return []
    lines = [line.replace("\\", "\\\\") for line in text.split("\n")]
    if lines[-1]:
        lines[-1] += "\\"
    else:
        lines.pop()
    return [f"{mark}\t{line}" for line in lines]


def take(result: str, line: str) -> str:
    """Add one line of a transcript to an output."""
    bare = line.replace("\\\\", "\0")
    open_end = bare.endswith("\\")
    return result + bare.rstrip("\\").replace("\0", "\\") + ("" if open_end else "\n")


def read_line(case: Case, line: str) -> bool:
    """Take one line of a case; False if it is not one."""
    if line.startswith("\t"):
        case.expected.stdout = take(case.expected.stdout, line[1:])
    elif line.startswith("!\t"):
        case.expected.stderr = take(case.expected.stderr, line[2:])
    elif line.startswith("= ") and line[2:].isdigit():
        case.expected.status = int(line[2:])
    else:
        return False
    return True


def read(path: Path) -> Transcript:
    cases: list[Case] = []
    before: list[str] = []
    lines = path.read_text().splitlines() if path.exists() else []
    for number, line in enumerate(lines, 1):
        if not line or line.startswith("#"):
            before.append(line)
        elif line.startswith("$ "):
            cases.append(Case(line[2:], number, before))
            before = []
        elif before or not cases or not read_line(cases[-1], line):
            raise CaseError(f"{path}:{number}: this is no line of a case")
    return Transcript(path, cases, before)


def show(case: Case, result: Result) -> list[str]:
    return ([f"$ {case.command}"] + body(result.stdout, "") + body(result.stderr, "!")
            + [f"= {result.status}"])


def write(transcript: Transcript, results: list[Result]) -> str:
    lines: list[str] = []
    for case, result in zip(transcript.cases, results):
        before = case.before or ([""] if lines else [])
        lines += before + show(case, result)
    return "\n".join(lines + transcript.after) + "\n"


# Running

def prepare(room: Path) -> None:
    """The working directory of all cases."""
    for source in (*FIXTURES.glob("*/capture"), *HERE.glob("input/*")):
        target = source.parent if source.name == "capture" else source
        (room / target.name).symlink_to(target)


def split(command: str) -> tuple[dict[str, str], list[str], str]:
    """Environment, arguments and redirection of a command line."""
    words = shlex.split(command)
    if "tierctl" not in words:
        raise ValueError("not a command line of tierctl")
    at = words.index("tierctl")
    environment = dict(word.split("=", 1) for word in words[:at])
    redirection = words.pop() if words[-1].startswith(">") else ""
    if redirection not in ("", ">/dev/full", ">&-"):
        raise ValueError(f"'{redirection}' is no redirection that is known here")
    return environment, words[at + 1:], redirection


def run(tierctl: Path, room: Path, case: Case) -> Result:
    environment, arguments, redirection = split(case.command)
    environment = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "HWLOC_HIDE_ERRORS": "2",
                   **sanitizers(tierctl), **environment}
    command = [str(tierctl), *arguments]
    if redirection == ">&-":
        command = ["/bin/sh", "-c", 'exec "$@" >&-', "sh", *command]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, cwd=room, env=environment, stdin=subprocess.DEVNULL,
                              stdout=full if redirection == ">/dev/full" else subprocess.PIPE,
                              stderr=subprocess.PIPE, timeout=SECONDS)
    result = Result((done.stdout or b"").decode(errors="backslashreplace"),
                    done.stderr.decode(errors="backslashreplace"), done.returncode)
    if "--json" in arguments[:arguments.index("--") if "--" in arguments else None]:
        check_json(result.stdout)
    return result


@functools.cache
def sanitizers(tierctl: Path) -> dict[str, str]:
    """What a build with a sanitizer needs: it calls dlopen for the library, so that the
    loader no longer sees whose RUNPATH leads to the modules."""
    if b"__asan_init" not in tierctl.read_bytes():
        return {}
    names = ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
    return {"LD_LIBRARY_PATH": str(tierctl.parent.parent / "lib")} | {
        name: os.environ[name] for name in names if name in os.environ}


def check_json(text: str) -> None:
    if not text:
        return
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ValueError(f"what --json wrote is no JSON: {error}") from None
    if not isinstance(document, dict):
        raise ValueError("what --json wrote is no object")


# The command

def machines() -> set[str]:
    return {path.parent.name for path in FIXTURES.glob("*/capture")}


def names_of(work: list[Transcript]) -> list[str]:
    return [transcript.path.stem for transcript in work]


def transcripts(names: list[str]) -> Iterator[Transcript]:
    """All transcripts, with the cases that every machine must have."""
    known = machines() | {path.stem for path in EXPECT.glob("*.case")}
    for name in sorted(names or known):
        if name not in known:
            raise CaseError(f"{name}: neither a machine nor a transcript")
        transcript = read(EXPECT / f"{name}.case")
        have = {case.command for case in transcript.cases}
        if name in machines():
            wanted = [f"tierctl --root {name}/capture {command}" for command in EVERY]
            transcript.cases += [Case(command, 0) for command in wanted
                                 if command not in have]
        yield transcript


def complaint(transcript: Transcript, case: Case, got: Result | str) -> str | None:
    """What differs, for a person."""
    where = f"{transcript.path.name}:{case.line}: $ {case.command}"
    if isinstance(got, str):
        return f"{where}\n    {got}"
    if got == case.expected:
        return None
    if not case.line:
        return f"{where}\n    has no case yet: see that what it says is true, run --update"
    diff = list(difflib.unified_diff(show(case, case.expected)[1:], show(case, got)[1:],
                                     "expected", "got", n=1, lineterm=""))
    if len(diff) > DIFF_LINES:
        diff[DIFF_LINES:] = [f"... {len(diff) - DIFF_LINES} lines more"]
    return "\n".join([where, *(f"    {clip(line)}" for line in diff)])


def clip(line: str) -> str:
    return line if len(line) <= DIFF_COLUMNS else line[:DIFF_COLUMNS] + "..."


def come_back(tierctl: Path, room: Path, machine: str) -> str | None:
    """Capture a machine and look at the capture; the complaint, if it is another one."""
    copy = f"{machine}.copy"
    commands = (f"tierctl --root {machine}/capture capture {copy}",
                f"tierctl --root {copy} {SHOW}", f"tierctl --root {machine}/capture {SHOW}")
    results = [attempt(tierctl, room, Case(command, 0)) for command in commands]
    for command, result in zip(commands, results):
        if isinstance(result, str) or result.status:
            return f"$ {command}\n    {result}"
    if results[1].stdout == results[2].stdout:
        return None
    return f"{machine}: its capture shows another machine"


def attempt(tierctl: Path, room: Path, case: Case) -> Result | str:
    try:
        return run(tierctl, room, case)
    except subprocess.TimeoutExpired:
        return f"still running after {SECONDS} s"
    except ValueError as error:
        return str(error)


def finish(transcript: Transcript, results: list[Result | str], update: bool) -> list[str]:
    """Compare or write one transcript; the complaints."""
    good = [result for result in results if isinstance(result, Result)]
    if update and len(good) == len(results):
        text = write(transcript, good)
        if not transcript.path.exists() or transcript.path.read_text() != text:
            transcript.path.write_text(text)
            print(f"wrote {transcript.path.relative_to(HERE)}")
        return []
    found = [complaint(transcript, case, result)
             for case, result in zip(transcript.cases, results)]
    return [words for words in found if words]


def run_all(tierctl: Path, names: list[str], update: bool) -> int:
    work = list(transcripts(names))
    with tempfile.TemporaryDirectory() as name, ThreadPoolExecutor(os.cpu_count()) as pool:
        room = Path(name)
        prepare(room)
        results = [list(pool.map(lambda case: attempt(tierctl, room, case),
                                 transcript.cases)) for transcript in work]
        copies = list(pool.map(lambda name: come_back(tierctl, room, name),
                               [name for name in names_of(work) if name in machines()]))
    complaints = [words for transcript, result in zip(work, results)
                  for words in finish(transcript, result, update)]
    complaints += [words for words in copies if words]
    for words in complaints:
        print(f"{words}\n")
    count = sum(len(transcript.cases) for transcript in work) + len(copies)
    untrue = sum(case.is_untrue for transcript in work for case in transcript.cases)
    print(f"{count - len(complaints)} passed, {len(complaints)} failed"
          + (f": {untrue} cases are known to be untrue" if untrue else ""))
    return 1 if complaints or not count else 0


def main() -> int:
    parser = argparse.ArgumentParser(description="compares tierctl with its transcripts")
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--tierctl", type=Path, required=True, metavar="PATH")
    parser.add_argument("--update", action="store_true", help="write transcripts anew")
    given = parser.parse_args()
    try:
        return run_all(given.tierctl.resolve(), given.names, given.update)
    except (CaseError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
