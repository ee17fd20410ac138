# SPDX-License-Identifier: GPL-2.0-or-later
"""Floors include only what lies below them, and only the seam touches the outside."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Iterator

from tree import Finding, Sample, Tree, c_code, c_strings

# What each room may include from libtier besides tier.h and its own folder.
BELOW = {
    "libtier/base": set(),
    "libtier/json": {"base"},
    "libtier/platform": {"base"},
    "libtier/model": {"base", "platform"},
    "libtier/sample": {"base", "platform"},
    "libtier/policy": {"base", "model"},
    "libtier/doctor": {"base", "platform", "model", "policy"},
    "libtier/act": {"base", "platform", "model", "sample", "policy"},
    "libtier/api": {"base", "platform", "model", "sample", "policy", "doctor",
                    "act"},
    "libtier/preload": {"base", "policy"},
    "tierctl": {"base", "json"},
    "tiertop": {"base", "json"},
    "bench": {"base", "json"},
}
# The preload must not have the seam of libtier below it, as that allocates: it has its own.
SEAM = ("libtier/platform/", "libtier/preload/kernel.c", "libtier/preload/loader.c")
THE_SEAM = " and ".join(SEAM)
SEAM_HEADERS = re.compile(
    r"(hwloc|daxctl|ndctl|numa|numaif)\b.*|sys/syscall\.h|linux/mempolicy\.h|dlfcn\.h")
OUTSIDE_PATHS = re.compile(r"/(sys|proc)(/|$)")
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.M)
LOUD = re.compile(r"\b(printf|vprintf|puts|putchar|perror|exit|_exit|abort|setenv|putenv"
                  r"|unsetenv|(?:vf|f)printf(?=\s*\(\s*std)|fputs(?=[^;]*std(?:err|out)))"
                  r"\s*\(")


def room_of(path: str) -> str | None:
    """The room that a file belongs to: a floor of libtier or a front-end."""
    parts = PurePosixPath(path).parts
    for room in ("/".join(parts[:2]), parts[0]):
        if room in BELOW:
            return room
    return None


def headers(tree: Tree) -> dict[str, set[str]]:
    """Header name -> the rooms that have one of that name."""
    found: dict[str, set[str]] = {}
    for path in tree.match(r".*\.h"):
        room = room_of(path)
        if room:
            found.setdefault(PurePosixPath(path).name, set()).add(room)
    return found


def check_includes(path: str, room: str, source: str,
                   homes: dict[str, set[str]]) -> Iterator[Finding]:
    """Includes of one file: by bare name, and only downwards."""
    allowed = {room} | {f"libtier/{floor}" for floor in BELOW[room]}
    for match in INCLUDE.finditer(source):
        line = source.count("\n", 0, match.start()) + 1
        name = match.group(2)
        if ".." in name:
            yield Finding(path, line, f"includes {name}: use the bare name")
        elif match.group(1) == '"' and name != "tier.h":
            rooms = homes.get(name, set())
            if rooms and not rooms & allowed:
                yield Finding(path, line, f"{room} may not include {name} "
                                          f"of {', '.join(sorted(rooms))}")


def check_seam(path: str, source: str) -> Iterator[Finding]:
    """Only the seam names /sys, /proc, hwloc, libdaxctl, libnuma, system calls."""
    for match in INCLUDE.finditer(source):
        if SEAM_HEADERS.fullmatch(match.group(2)):
            line = source.count("\n", 0, match.start()) + 1
            yield Finding(path, line, f"includes {match.group(2)}: only {THE_SEAM} may")
    for line, text in c_strings(source):
        if OUTSIDE_PATHS.match(text):
            yield Finding(path, line, f'names "{text}": only {THE_SEAM} may')


def check_quiet(path: str, source: str) -> Iterator[Finding]:
    """A library never prints, exits or changes the environment."""
    for line, text in enumerate(c_code(source).splitlines(), 1):
        for match in LOUD.finditer(text):
            yield Finding(path, line, f"calls {match.group(1)}: a library must not")


def check(tree: Tree) -> Iterator[Finding]:
    """Every C file of every room."""
    homes = headers(tree)
    for path in tree.match(r".*\.[ch]"):
        room = room_of(path)
        if not room:
            continue
        source = tree.read(path)
        yield from check_includes(path, room, source, homes)
        if not path.startswith(SEAM):
            yield from check_seam(path, source)
        if room.startswith("libtier"):
            yield from check_quiet(path, source)


SAMPLES = [
    Sample(
        files={
            "libtier/base/set.h": "int set;\n",
            "libtier/base/set.c":
                '#include "set.h"\n#include "plan.h"\n#include "../model/x.h"\n',
            "libtier/platform/root.c":
                '#include <hwloc.h>\nstatic const char *p = "/sys/devices";\n',
            "libtier/model/node.h": '#include <hwloc/linux.h>\n',
            "libtier/model/node.c":
                '#include "set.h"\nconst char *p = "/proc/iomem";\n'
                '// printf("fine")\n\tprintf("x");\n\tfprintf(stderr, "x");\n'
                '\tfprintf(file, "fine");\n\tsnprintf(b, 1, "fine");\n\texit(1);\n',
            "libtier/preload/kernel.c":
                '#include <sys/syscall.h>\nconst char *p = "/sys/devices";\n',
            "libtier/preload/words.c":
                '#include <sys/syscall.h>\nconst char *p = "/sys/devices";\n',
            "libtier/policy/plan.h": '#include "set.h"\n#include "node.h"\n',
            "tierctl/cmd_x.c": '#include "tier.h"\n#include "set.h"\n'
                '#include "plan.h"\n#include <numaif.h>\nint f = printf("fine");\n',
        },
        expect=[
            "libtier/base/set.c:2: libtier/base may not include plan.h",
            "libtier/base/set.c:3: includes ../model/x.h",
            "libtier/model/node.h:1: includes hwloc/linux.h",
            'libtier/model/node.c:2: names "/proc/iomem"',
            "libtier/model/node.c:4: calls printf",
            "libtier/model/node.c:5: calls fprintf",
            "libtier/model/node.c:8: calls exit",
            "libtier/preload/words.c:1: includes sys/syscall.h",
            'libtier/preload/words.c:2: names "/sys/devices"',
            "tierctl/cmd_x.c:3: tierctl may not include plan.h",
            "tierctl/cmd_x.c:4: includes numaif.h",
        ],
    ),
]
