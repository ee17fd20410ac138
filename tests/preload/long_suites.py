# SPDX-License-Identifier: GPL-2.0-or-later
"""Suites that lie in Debian's source packages: every verdict is that of a plain run.

`test_suites.py --long` has them. apt fetches the sources below a folder that is removed, with
lists of its own: it needs no root, and the system's stay as they are. Where we are root, nobody
builds and runs: some suites leave out half of themselves for root, and SQLite's refuses.

A test whose verdict is another one under a heap is excused by one thing only: a second plain run
that does not agree with the first about that very test. These are counted and named.
"""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from heap import HEAPS_OF_SUITES, LIBRARY, environment

ARCHIVE = "deb-src http://deb.debian.org/debian bookworm main\n"
# All of the environment that suites get, next to heap.py's.
PATH = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
OURS = ("LC_ALL", "TZ", "TIER_HEAP")
NOBODY = 65534
PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
LOOK_SECONDS = 0.02
COLOURS = re.compile(r"\x1b\[[\d;]*m")

# What prove(1) and Perl's harness print: a file, and then its tests by number. A file that ends
# too early lacks numbers, and one that fails says so.
TAP = re.compile(r"^(?:(?P<file>\S+\.(?:t|sh)) \.\.+ ?(?P<all>skipped)?"
                 r"|(?P<how>(?:not )?ok) (?P<test>\d+)\b(?:.*# *(?P<but>(?i:skip|todo)))?"
                 r"|(?P<end>Dubious|Failed \d+))", re.MULTILINE)


@dataclass(frozen=True)
class Suite:
    """One line of the table. Commands are the shell's, in the source's folder."""

    source: str             # Debian's name of it
    needs: dict[str, str]   # programs or files, and the packages that have them
    prepare: str            # builds, or takes the installed programs
    command: str
    verdict: re.Pattern     # of a test: its name and how it went, or the file that follow
    least: int              # so many tests must be well; about nine tenths of what are
    minutes: int            # that one run may take
    without: str            # what is left out, and why
    errors: str = ""        # files where its programs write theirs


BUILD = {"gcc": "build-essential", "make": "build-essential"}

SUITES = {
    "redis": Suite(
        source="redis",
        # Debian's redis-tools has the server under the name of its checker; linked with jemalloc.
        needs={"redis-check-rdb": "redis-tools", "redis-cli": "redis-tools", "tclsh": "tcl"},
        prepare="ln -s $(command -v redis-check-rdb) src/redis-server; for file in redis-cli"
                " redis-benchmark redis-check-rdb redis-check-aof;"
                " do ln -s $(command -v $file) src/; done",
        command="./runtest --clients 4 --dont-clean --skipunit integration/corrupt-dump-fuzzer"
                " --skipunit integration/psync2 --skipunit integration/psync2-reg"
                " --skiptest '/Active defrag.*'",
        verdict=re.compile(r"^\[(?P<how>ok|err|exception|ignore|skip|timeout)\]: (?P<test>.*?)"
                           r"(?: in tests/\S+)?(?: \(\d+ ms\))?$", re.MULTILINE),
        least=2600, minutes=25,
        without="integration/corrupt-dump-fuzzer, psync2 and psync2-reg (chance has it what they"
                " do), active defragmentation (Debian's server has none; and a figure must be there"
                " after 120 ms, which is too soon beside others), values of gigabytes, clusters,"
                " sentinels and modules (suites of their own)",
        errors="tests/tmp/*/std*"),
    "sqlite3": Suite(
        source="sqlite3",
        needs=BUILD | {"tclsh": "tcl", "/usr/lib/tcl8.6/tclConfig.sh": "tcl-dev"},
        prepare="./configure --with-tcl=/usr/lib/tcl8.6 CFLAGS=-O1 && make -j2 testfixture",
        command="./testfixture test/veryquick.test",
        # Some say how long they took.
        verdict=re.compile(r"^(?P<test>.+?\.\.\.|\d+ errors out of)(?: \([^)]*\) )?(?P<how>.*)$",
                           re.MULTILINE),
        least=240000, minutes=20,
        without="what veryquick.test leaves out: failing calls of malloc and of the disk at every"
                " place in turn, hours long; and the shell's, as Debian's has not all they want"),
    "git": Suite(
        source="git",
        needs=BUILD | {"prove": "perl", "/usr/include/zlib.h": "zlib1g-dev"},
        prepare="printf 'NO_%s=1\\n' CURL EXPAT GETTEXT OPENSSL PYTHON TCLTK >config.mak &&"
                " make -j2 CFLAGS=-O1",
        command="cd t && GIT_TEST_CHAIN_LINT=0 prove -j2 -v --norc --exec /bin/sh t[0-9]*.sh",
        verdict=TAP, least=23000, minutes=60,
        without="what needs curl, expat, gettext, openssl, Python or Tk"),
    "perl": Suite(
        source="perl",
        needs={"perl": "perl"},
        # The tests want perl beside them, and its modules above.
        prepare="for name in archlibexp privlibexp;"
                " do cp -rsf $(perl -MConfig -e 'print $Config{$ARGV[0]}' $name)/. lib/; done;"
                " ln -sf $(command -v perl) perl; ln -sf $(command -v perl) t/perl",
        command="cd t && HARNESS_OPTIONS=j2 ./perl harness -v -nre=uniprops base/*.t cmd/*.t"
                " comp/*.t io/*.t lib/*.t mro/*.t op/*.t opbasic/*.t re/*.t uni/*.t",
        verdict=TAP, least=100000, minutes=40,
        without="re/uniprops (tables of Unicode, one regular expression each, for many minutes),"
                " porting (the source's text), bigmem (more memory than there may be), win32"),
    "node": Suite(
        source="nodejs",
        needs={"node": "nodejs", "python3": "python3"},
        prepare="ln -s $(command -v node) node",  # where Debian's test.py looks for it
        command="NODE_TEST_NO_INTERNET=1 OPENSSL_CONF=$PWD/deps/openssl/openssl/apps/openssl.cnf"
                " python3 tools/test.py -p tap -j 2 parallel",
        verdict=re.compile(r"^(?P<how>(?:not )?ok) \d+ (?P<test>\S+)(?: # (?P<but>skip|TODO))?",
                           re.MULTILINE),
        least=2700, minutes=60,
        without="what needs the Internet; other folders than parallel"),
}


def good(verdict: str) -> bool:
    """A test that was run and went well, whatever its suite calls that."""
    return verdict.strip().lower() == "ok"


def verdicts(pattern: re.Pattern, text: str) -> dict[str, list[str]]:
    """How each test went, by its name; several have the same one here and there."""
    file, found = "", {}
    for match in pattern.finditer(COLOURS.sub("", text)):
        parts = {name: part for name, part in match.groupdict().items() if part}
        file = parts.get("file", file)
        how = " ".join(parts[name] for name in ("how", "but", "all", "end") if name in parts)
        if how:
            found.setdefault(f"{file} {parts.get('test', '')}".strip(), []).append(how)
    return {name: sorted(hows) for name, hows in found.items()}


def different(one: dict, other: dict) -> set[str]:
    """Names that are not the same in both, or are in one only."""
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def children() -> list[int]:
    """Processes that this one has started, or that came to it when their parents ended."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == os.getpid():
                found.append(int(stat.parent.name))
    return found


def end_children() -> None:
    """Servers that a suite has left; theirs come to us as they end."""
    for _ in range(1000):
        left = children()
        if not left:
            return
        for process in left:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
    raise RuntimeError("processes of a suite do not end")


def wait_for(process: subprocess.Popen, seconds: float) -> int | None:
    """Its status; None: it took too long. Whoever ends meanwhile is reaped, as init would."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        ended, status = os.waitpid(-1, os.WNOHANG)
        if ended == process.pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode
        if not ended:
            time.sleep(LOOK_SECONDS)
    return None


class Bench:
    """A folder of nobody's with one source, and what runs there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.source = folder
        self.library = shutil.copy(LIBRARY, folder)  # nobody may not see where it was built
        self.as_nobody = [] if os.geteuid() else [
            "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]

    def fetch(self, package: str) -> None:
        """Unpack a source with Debian's changes."""
        for name in ("lists/partial", "cache/archives/partial"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "archive.list").write_text(ARCHIVE)
        options = {"APT::Sandbox::User": "root", "Dir::Cache": self.folder / "cache",
                   "Dir::State::lists": self.folder / "lists",
                   "Dir::Etc::SourceList": self.folder / "archive.list",
                   "Dir::Etc::SourceParts": "/dev/null"}
        apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in options.items())]
        for words in ["update"], ["source", "--only-source", package]:
            subprocess.run([*apt, *words], cwd=self.folder, check=True, capture_output=True,
                           text=True, timeout=600)
        self.source = next(self.folder.glob(f"{package}-*/"))
        if self.as_nobody:
            subprocess.run(["chown", "-R", f"{NOBODY}:{NOBODY}", self.folder], check=True)

    def run(self, command: str, heap: str | None, seconds: float) -> tuple[int | None, str, str]:
        """Status, output and errors; nothing is left running."""
        variables = {name: value for name, value in environment(heap).items() if name in OURS}
        variables |= {"PATH": PATH, "HOME": str(self.folder), "TMPDIR": str(self.folder)}
        if heap is not None:
            variables["LD_PRELOAD"] = self.library
        with (self.folder / "output").open("wb") as output, \
                (self.folder / "errors").open("wb") as errors:
            process = subprocess.Popen(
                [*self.as_nobody, "/bin/sh", "-c", command], cwd=self.source, env=variables,
                stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True)
            try:
                status = wait_for(process, seconds)
            finally:
                end_children()
        texts = ((self.folder / name).read_text(errors="replace") for name in ("output", "errors"))
        return status, *texts


class Long(unittest.TestCase):
    """One test for each line of the table."""

    maxDiff = 2000

    @classmethod
    def setUpClass(cls) -> None:
        """Servers whose parents end come to us, not to init."""
        if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
            raise OSError("processes that lose their parents cannot be had")

    def prepare(self, name: str, bench: Bench) -> None:
        """Fetch and build, or skip aloud."""
        suite = SUITES[name]
        for tool, package in suite.needs.items():
            if not shutil.which(tool, path=PATH) and not Path(tool).exists():
                self.skipTest(f"{name}: {tool} is not installed (Debian: {package})")
        try:
            bench.fetch(suite.source)
        except (OSError, subprocess.SubprocessError, StopIteration) as error:
            words = (getattr(error, "stderr", "") or repr(error)).strip().splitlines()
            self.skipTest(f"{name}: its source cannot be had: {words[-1]}")
        status, output, errors = bench.run(suite.prepare, None, 60 * suite.minutes)
        if status:
            words = (errors.strip() or output.strip() or f"status {status}").splitlines()
            self.skipTest(f"{name}: it cannot be built: {words[-1]}")

    def verdicts(self, name: str, bench: Bench, heap: str | None) -> dict[str, list[str]]:
        """Run the suite once, and say how long that took."""
        suite, start = SUITES[name], time.monotonic()
        loaded = bench.run("grep -q libtiermalloc /proc/self/maps", heap, 60)[0] == 0
        self.assertEqual(loaded, heap is not None)
        status, output, errors = bench.run(suite.command, heap, 60 * suite.minutes)
        self.assertIsNotNone(status, f"more than {suite.minutes} minutes: {output[-500:]}")
        written = [path.read_text(errors="replace") for path in bench.source.glob(suite.errors)
                   if path.is_file()] if suite.errors else []
        for text in (output, errors, *written):
            self.assertNotRegex(text, re.compile("^tiermalloc: ", re.MULTILINE))
        found = verdicts(suite.verdict, output) | {"exit status": [str(status)]}
        everything = [how for hows in found.values() for how in hows]
        print(f"{name}, {heap or 'plain'}: {len(everything)} verdicts,"
              f" {sum(map(good, everything))} good, in {time.monotonic() - start:.0f} s",
              file=sys.stderr)
        self.assertGreaterEqual(sum(map(good, everything)), suite.least, errors[-2000:])
        return found

    def compare(self, name: str) -> None:
        """A plain run, and one under each heap."""
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Path(folder))
            self.prepare(name, bench)
            print(f"{name} without {SUITES[name].without}", file=sys.stderr)
            plain, again = self.verdicts(name, bench, None), None
            for heap in HEAPS_OF_SUITES:
                with self.subTest(heap=heap):
                    ours = self.verdicts(name, bench, heap)
                    odd = different(plain, ours)
                    if odd and again is None:
                        again = self.verdicts(name, bench, None)
                    excused = odd & different(plain, again or plain)
                    print(f"{name}, {heap}: {len(odd - excused)} differ; {len(excused)} left out,"
                          f" as plain runs differ: {sorted(excused)}", file=sys.stderr)
                    self.assertEqual({test: ours.get(test) for test in odd - excused},
                                     {test: plain.get(test) for test in odd - excused})


def case_of(name: str):
    """The test of one line."""
    def test(self: Long) -> None:
        self.compare(name)
    test.__doc__ = f"Debian's {SUITES[name].source}."
    return test


for line in SUITES:
    setattr(Long, f"test_{line}", case_of(line))
