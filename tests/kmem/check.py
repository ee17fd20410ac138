#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The driver as a package: it builds for every kernel of the lab and for no other layout.

One line for each thing that must hold, for each kernel. Loads nothing; what the module does is
the lab's business.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests/lab"))

import checkpatch  # noqa: E402
import job  # noqa: E402
import kbuild  # noqa: E402
import kernels  # noqa: E402
from kernels import TOOL_PATH, Kernel, LabError  # noqa: E402

DRIVER = kbuild.DRIVER
# what the kernel's own files shall not know is what these are there for
IGNORED = {"compat.h": "LINUX_VERSION_CODE,CONSTANT_COMPARISON"}
UNKNOWN = "0x00000000"  # a CRC that no kernel has
PINNED = re.compile(r"^0x[0-9a-f]{8}", re.MULTILINE)


class Wrong(Exception):
    """What does not hold, in words."""


def demand(holds: object, why: str) -> None:
    if not holds:
        raise Wrong(why)


def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"PATH": TOOL_PATH, "LC_ALL": "C"} | environment
    return subprocess.run([str(word) for word in words], env=env, text=True, check=False,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)  # fmt: skip


def succeed(*words: object, **environment: str) -> str:
    done = run(*words, **environment)
    demand(done.returncode == 0, f"{words[0]}: status {done.returncode}\n{done.stdout}")
    return done.stdout


class Checks:
    """All that is checked for one kernel; other is one with other layouts."""

    def __init__(self, kernel: Kernel, other: Kernel, scratch: Path) -> None:
        self.kernel = kernel
        self.other = other
        self.scratch = scratch
        self.out = scratch / "kmem"

    def _copy(self, name: str, pinned: Callable[[str], str]) -> Path:
        """A copy of the driver's folder whose layout.pinned is another."""
        copy = self.scratch / name
        shutil.copytree(DRIVER, copy)
        path = copy / "layout.pinned"
        path.write_text(pinned(path.read_text()))
        return copy

    def _refused(self, source: Path, reason: str, **environment: str) -> None:
        done = kbuild.make(self.kernel, source, self.scratch / f"{source.name}.out",
                           **environment)  # fmt: skip
        demand(done.returncode, f"it was built:\n{done.stdout}")
        demand(reason in done.stdout, f"not for the reason '{reason}':\n{done.stdout}")

    def _layout(self, source: Path, headers: Path, **environment: str) -> list[str]:
        """The definitions that layout.sh makes; where they come from is a comment."""
        text = succeed("sh", source / "layout.sh", headers, self.kernel.release, **environment)
        return re.findall(r"^#define .*$", text, re.MULTILINE)

    def _crc(self, kernel: Kernel) -> str:
        text = (kernel.headers / "Module.symvers").read_text()
        return re.search(r"^(\S+)\t__dax_driver_register\t", text, re.MULTILINE)[1]

    def builds_without_a_warning(self) -> None:
        done = kbuild.make(self.kernel, DRIVER, self.out, "W=1")
        demand(done.returncode == 0, done.stdout)
        demand("warning" not in done.stdout.lower(), done.stdout)

    def says_what_it_is(self) -> None:
        module = self.out / "kmem.ko"
        for field, pattern in (("vermagic", re.escape(self.kernel.release) + " .*"),
                               ("alias", r"dax:t0\*"), ("depends", ""), ("license", "GPL"),
                               ("name", "kmem")):  # fmt: skip
            text = succeed("modinfo", "-F", field, module).strip()
            demand(re.fullmatch(pattern, text), f"{field} is '{text}'")

    def sparse_has_no_complaint(self) -> None:
        done = kbuild.make(self.kernel, DRIVER, self.out, "C=2", "CHECK=sparse")
        demand(done.returncode == 0, done.stdout)
        demand(" CHECK " in done.stdout, f"sparse did not run:\n{done.stdout}")
        found = [line for line in done.stdout.splitlines() if line.startswith(str(self.out))]
        demand(not found, "\n".join(found))

    def another_layout_fails_the_assertions(self) -> None:
        """As on a kernel whose CRC stands for structures that are not ours."""
        mine, others = self._crc(self.kernel), self._crc(self.other)

        def exchanged(text: str) -> str:
            return text.replace(mine, UNKNOWN).replace(others, mine)

        self._refused(self._copy("another", exchanged), "static assertion failed", KMEM_BTF="none")

    def an_unknown_kernel_without_btf_is_refused(self) -> None:
        source = self._copy("unknown", lambda text: PINNED.sub(UNKNOWN, text))
        self._refused(source, f"CRC {self._crc(self.kernel)} in layout.pinned", KMEM_BTF="none")

    def btf_and_table_that_differ_are_refused(self) -> None:
        source = self._copy("differ", lambda text: text.replace("nr_range=8", "nr_range=9"))
        self._refused(source, "and layout.pinned differ")

    def the_table_and_every_source_of_btf_agree(self) -> None:
        headers, release = self.scratch / "bare", self.kernel.release
        headers.mkdir()
        shutil.copy(self.kernel.headers / "Module.symvers", headers)
        unpinned = self._copy("unpinned", lambda text: PINNED.sub(UNKNOWN, text))
        image = self._layout(unpinned, headers, KMEM_BOOT=str(self.kernel.images))
        demand(len(image) > 30, f"{len(image)} definitions from the image of {release}")
        for what, found in (
            ("table", self._layout(DRIVER, headers, KMEM_BTF="none")),
            ("named file", self._layout(unpinned, headers, KMEM_BTF=str(self.kernel.vmlinux))),
        ):
            demand(found == image, f"{what}: {found}\nimage: {image}")

    def installed_it_wins_over_the_kernels_own(self) -> None:
        top, release = self.scratch / "root", self.kernel.release
        there = self.kernel.modules / "lib/modules" / release
        own = next((there / "kernel/drivers/dax").glob("kmem.ko*"))
        to = top / "lib/modules" / release / own.relative_to(there)
        to.parent.mkdir(parents=True)
        shutil.copy(own, to)
        for name in ("modules.order", "modules.builtin", "modules.builtin.modinfo"):
            shutil.copy(there / name, top / "lib/modules" / release)
        done = kbuild.make(self.kernel, DRIVER, self.out, "install", f"INSTALL_MOD_PATH={top}")
        demand(done.returncode == 0, done.stdout)
        succeed("depmod", "-b", top, release)
        for name in ("kmem", "dax:t0*"):
            found = succeed("modprobe", "-C", "/dev/null", "-d", top, "-S", release,
                            "--show-depends", name)  # fmt: skip
            demand(re.search(r"/updates/kmem\.ko", found), f"modprobe {name}: {found}")

    def dkms_builds_it(self) -> None:
        """In folders of its own. Signing is left out: dkms would make a key for the system."""
        conf = (DRIVER / "dkms.conf").read_text()
        version = re.search(r'^PACKAGE_VERSION="(.*)"$', conf, re.MULTILINE)[1]
        folders = []
        for name in ("dkmstree", "sourcetree", "installtree"):
            (self.scratch / name).mkdir()
            folders += [f"--{name}", self.scratch / name]
        shutil.copytree(DRIVER, self.scratch / "sourcetree" / f"tierkit-kmem-{version}")
        succeed("dkms", "build", f"tierkit-kmem/{version}", "-k", self.kernel.release, "-a",
                "x86_64", "--kernelsourcedir", self.kernel.headers, *folders,
                KMEM_BOOT=str(self.kernel.images), sign_file="/nonexistent")  # fmt: skip
        built = list((self.scratch / "dkmstree").rglob("kmem.ko*"))
        demand(built, "dkms built no kmem.ko")


CHECKS = [
    Checks.builds_without_a_warning,
    Checks.says_what_it_is,
    Checks.sparse_has_no_complaint,
    Checks.another_layout_fails_the_assertions,
    Checks.an_unknown_kernel_without_btf_is_refused,
    Checks.btf_and_table_that_differ_are_refused,
    Checks.the_table_and_every_source_of_btf_agree,
    Checks.installed_it_wins_over_the_kernels_own,
    Checks.dkms_builds_it,
]


def check_version() -> None:
    """dkms.conf and the project are of one version."""
    project = re.search(r"project\(tierkit VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text())
    demand(f'PACKAGE_VERSION="{project[1]}"' in (DRIVER / "dkms.conf").read_text(),
           f"dkms.conf is not of version {project[1]}")  # fmt: skip


def check_style() -> None:
    program = checkpatch.find()
    for path in [*DRIVER.glob("*.[ch]"), *kbuild.LAB_MODULES.glob("*/*.c"), DRIVER / "Kbuild"]:
        ignored = ["--ignore", IGNORED[path.name]] if path.name in IGNORED else []
        succeed("perl", program, "--no-tree", "--strict", "--terse", *ignored, "-f", path)


def holds(label: str, check: Callable[[], None]) -> bool:
    try:
        check()
    except (Wrong, LabError, OSError) as error:
        print(f"FAIL {label}")
        print("\n".join(f"     {line}" for line in str(error).splitlines()), flush=True)
        return False
    print(f"ok   {label}", flush=True)
    return True


def main() -> int:
    found = [job.prepare_kernel(series) for series in kernels.SERIES]
    verdicts = [holds("dkms.conf has the project's version", check_version),
                holds("checkpatch has no complaint", check_style)]  # fmt: skip
    for kernel, other in zip(found, reversed(found)):
        with tempfile.TemporaryDirectory(dir=job.CACHE) as scratch:
            checks = Checks(kernel, other, Path(scratch))
            for check in CHECKS:
                label = f"{kernel.series} {check.__name__.replace('_', ' ')}"
                verdicts.append(holds(label, lambda: check(checks)))
    print(f"{verdicts.count(True)} passed, {verdicts.count(False)} failed")
    return 0 if all(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
