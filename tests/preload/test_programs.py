# SPDX-License-Identifier: GPL-2.0-or-later
"""Real programs, with and without the library: what they print is the same.

A program that is not installed is skipped aloud.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

from heap import environment, run

HEAPS = ("", "prefer:node:0", "ratio:node:0=3,node:0-0=1", "limit:node:0=3M",
         "threshold:512:node:0<node:0-0", "auto-threshold:node:0=1,node:0-0=4")
ROOT = Path(__file__).resolve().parents[2]
# Debian's redis-tools has the server under the name of its checker.
REDIS = "redis-check-rdb"

SQL = """
create table t(a integer primary key, b text, c real);
with recursive n(i) as (select 1 union all select i + 1 from n where i < 20000)
  insert into t select i, printf('%0*d', i % 90, i), i * 1.5 from n;
create index x on t(b);
select count(*), sum(length(b)), total(c) from t;
select b from t where b like '%77' order by b desc limit 20;
delete from t where a % 3 = 0;
vacuum;
select count(*), group_concat(a) from (select a from t order by b limit 500);
"""

PERL = r"""
my %h; $h{$_ % 5003} .= chr(65 + $_ % 26) for 1 .. 200000;
my @k = sort { $h{$a} cmp $h{$b} || $a <=> $b } keys %h;
print join(",", @k[0 .. 50]), "\n"; my $s = join "", map { $h{$_} } @k;
$s =~ s/([AEIOU])/lc $1/ge; print length $s, " ", unpack("%32C*", $s), "\n";
"""


class Programs(unittest.TestCase):
    """Output, errors and exit status are those of a plain run."""

    maxDiff = 2000

    def same(self, *command: str | Path, **more: str) -> None:
        """Compare under each heap."""
        if not shutil.which(str(command[0])):
            self.skipTest(f"{command[0]} is not installed")
        plain = run(None, *command, **more)
        self.assertEqual(plain.returncode, 0, plain.stderr)
        for heap in HEAPS:
            with self.subTest(heap=heap):
                ours = run(heap, *command, **more)
                self.assertEqual((ours.stdout, ours.stderr, ours.returncode),
                                 (plain.stdout, plain.stderr, plain.returncode))

    def test_sqlite(self) -> None:
        """A database in memory."""
        self.same("sqlite3", ":memory:", SQL)

    def test_perl(self) -> None:
        """Hashes, sorting, expressions."""
        self.same("perl", "-e", PERL)

    def test_git(self) -> None:
        """A history with diffs, and threads that pack it."""
        with tempfile.TemporaryDirectory() as folder:
            self.same("git", "-C", ROOT, "log", "--stat", "-n", "30", "--format=%h %s")
            for heap in HEAPS:
                with self.subTest(heap=heap):
                    clone = Path(folder) / (heap.replace(":", "-") or "plain")
                    ours = run(heap, "git", "clone", "-q", "--bare", f"file://{ROOT}",
                               clone)
                    self.assertEqual((ours.returncode, ours.stderr), (0, ""))
                    ours = run(heap, "git", "-C", clone, "fsck", "--full", "--no-progress")
                    self.assertEqual(ours.returncode, 0, ours.stderr)

    def test_gcc(self) -> None:
        """The compiler, and with it everything that it starts."""
        self.same("gcc", "-O2", "-S", "-o", "-", "-D_GNU_SOURCE",
                  f"-I{ROOT}/libtier/base", f"-I{ROOT}/libtier",
                  ROOT / "libtier/base/heap_spec.c")

    def test_text_tools(self) -> None:
        """A pipe of small programs, each with the library."""
        self.same("/bin/bash", "-c",
                  f"grep -rhoE '[a-z_]+' {ROOT}/libtier | sort --parallel=2 | uniq -c |"
                  " sort -rn | head -40 | awk '{ print $2, $1 }' | sed 's/e/E/g'")

    def test_piped_output(self) -> None:
        """What stdio still holds at the end arrives: nothing is torn down before."""
        self.same("/bin/sh", "-c", "seq 1 100000 | tail -n 3; printf end")

    def test_jq(self) -> None:
        """Trees of small objects."""
        self.same("jq", "-n", "[range(20000) | {a: ., b: tostring}] | map(.b) | "
                              "group_by(length) | map(length)")

    def test_python(self) -> None:
        """Every object from malloc, threads, processes."""
        script = ("import json, threading, collections, os\n"
                  "d = {str(i): list(range(i % 50)) for i in range(20000)}\n"
                  "s = json.dumps(d)\n"
                  "r = []\n"
                  "def f(k): r.append(sum(len(v) for v in json.loads(s).values()) + k)\n"
                  "t = [threading.Thread(target=f, args=(k,)) for k in range(4)]\n"
                  "[x.start() for x in t]; [x.join() for x in t]\n"
                  "p = os.fork()\n"
                  "if not p: os._exit(len(json.loads(s)) % 100)\n"
                  "print(len(s), sorted(r), os.waitpid(p, 0)[1])\n")
        self.same("/usr/bin/python3", "-c", script, PYTHONMALLOC="malloc")

    def test_node(self) -> None:
        """A program that brings an allocator and a compiler of its own."""
        self.same("node", "-e", "let m=new Map();for(let i=0;i<2e5;i++)m.set('k'+i,[i]);"
                                "console.log(m.size,Buffer.alloc(1<<20).length)")

    def test_redis(self) -> None:
        """A server: what was written is read back, and it ends when it is told."""
        if not shutil.which(REDIS):
            self.skipTest("redis is not installed (Debian: redis-tools)")
        for heap in HEAPS:
            with self.subTest(heap=heap), tempfile.TemporaryDirectory() as folder:
                self.redis(heap, Path(folder))

    def redis(self, heap: str, folder: Path) -> None:
        """One server on a socket of its own."""
        socket = folder / "socket"
        server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", socket, "--save", "",
             "--dir", folder], executable=shutil.which(REDIS), env=environment(heap),
            stdout=subprocess.DEVNULL)
        cli = ["redis-cli", "-s", socket]
        try:
            deadline = time.monotonic() + 20
            while run(None, *cli, "ping").stdout != "PONG\n":
                self.assertLess(time.monotonic(), deadline, "the server does not answer")
            script = ("for i = 1, 20000 do redis.call('set', 'k' .. i, "
                      "string.rep('x', i % 3000)) end return redis.call('dbsize')")
            self.assertEqual(run(None, *cli, "eval", script, "0").stdout, "20000\n")
            self.assertEqual(run(None, *cli, "strlen", "k12345").stdout, "345\n")
            self.assertEqual(run(None, *cli, "flushall").stdout, "OK\n")
            self.assertEqual(run(None, *cli, "bgsave").returncode, 0)
            run(None, *cli, "shutdown", "nosave", "force")
            self.assertEqual(server.wait(20), 0)
        finally:
            server.kill()
            server.wait()


if __name__ == "__main__":
    os.chdir(ROOT)
    unittest.main()
