# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian kernels for the guests: fetched as packages, unpacked below build/lab, never installed.

Names a kernel by its series ("6.1"); which package is the newest of a series is asked of apt
at run time. An image and the headers that modules are built with are of the same version; the
tools that build them may be newer.
Knows nothing of machines, guests or what is done with the modules.
"""

from __future__ import annotations

import dataclasses
import lzma
import os
import re
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

# series -> (meta package whose dependency is the newest image, pattern if there is no meta package)
SERIES = {
    "6.1": ("linux-image-amd64", r"linux-image-6\.1\.0-\d+-amd64"),
    "6.12": ("linux-image-6.12-amd64", r"linux-image-6\.12\.\d+\+deb12-amd64"),
}
TOOL_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"


class LabError(Exception):
    """A failure that a person can do something about; its text is the whole message."""


@dataclasses.dataclass(frozen=True)
class Kernel:
    """An unpacked kernel."""

    series: str
    release: str  # what `uname -r` will say
    vmlinux: Path  # uncompressed, starts by the PVH entry: saves the guest seconds
    modules: Path  # directory that contains lib/modules/RELEASE
    headers: Path  # for `make -C`
    images: Path  # directory that contains vmlinuz-RELEASE


def run_tool(*command: str | Path, cwd: Path | None = None) -> str:
    """Standard output of a host tool; its standard error becomes the exception's text."""
    env = os.environ | {"PATH": TOOL_PATH, "LC_ALL": "C"}
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise LabError(f"{words[0]}: not found: the lab needs it on the host") from error
    if done.returncode:
        reason = done.stderr.strip() or done.stdout.strip() or f"status {done.returncode}"
        raise LabError(f"{words[0]}: {reason}")
    return done.stdout


class Apt:
    """apt, with the system's package lists or, when those do not do, lists of our own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # apt would drop to a user that may not be able to write below build/
        self.options = ["-q", "-o", "APT::Sandbox::User=root"]

    def use_own_lists(self) -> None:
        """Fetch fresh package lists into the build folder; needs no privilege."""
        for name in ("state/lists/partial", "cache/archives/partial"):
            (self.directory / name).mkdir(parents=True, exist_ok=True)
        self.options += [
            "-o", f"Dir::State={self.directory}/state",
            "-o", "Dir::State::status=/var/lib/dpkg/status",
            "-o", f"Dir::Cache={self.directory}/cache",
        ]
        run_tool("apt-get", *self.options, "update")

    def newest_image(self, series: str) -> str:
        meta, pattern = SERIES[series]
        # apt-cache prints nothing, or fails, when it does not know the package
        try:
            depends = run_tool("apt-cache", *self.options, "depends", "--important", meta)
        except LabError:
            depends = ""
        found = re.findall(rf"Depends: ({pattern})\n", depends)
        if not found:
            names = run_tool("apt-cache", *self.options, "pkgnames", "linux-image-").split()
            found = [name for name in names if re.fullmatch(pattern, name)]
        if not found:
            raise LabError(f"no package matches {pattern}: is this Debian 12, with security suite?")
        return max(found, key=lambda name: [int(part) for part in re.findall(r"\d+", name)])

    def packages(self, series: str) -> list[str]:
        """The newest image of a series, and what its modules are built with, as apt takes it.

        A kbuild package serves all kernels of a series (6.1) and is replaced as soon as the next
        version is built, while the image of that version waits for its signature: take what is
        there.
        """
        image = self.newest_image(series)
        shown = run_tool("apt-cache", *self.options, "show", "--no-all-versions", image)
        version = re.search(r"^Version: (\S+)$", shown, re.MULTILINE)[1]
        headers = image.replace("image", "headers", 1)
        depends = run_tool("apt-cache", *self.options, "depends", "--important", headers)
        common = re.findall(r"Depends: (linux-headers-\S+)\n", depends)
        kbuild = re.findall(r"Depends: (linux-kbuild-\S+)\n", depends)
        return [f"{name}={version}" for name in (image, headers, *common)] + kbuild

    def download(self, packages: list[str], directory: Path) -> None:
        run_tool("apt-get", *self.options, "download", *packages, cwd=directory)


def fetch(choose: Callable[[Apt], list[str]], directory: Path) -> list[Path]:
    """Download packages into a directory: those that are chosen when apt's lists are known."""
    apt = Apt(directory / "apt")
    try:
        apt.download(choose(apt), directory)
    except LabError:
        apt.use_own_lists()
        apt.download(choose(apt), directory)
    return list(directory.glob("*.deb"))


def extract_vmlinux(image: bytes) -> bytes:
    """The ELF file inside a bzImage (layout: Documentation/arch/x86/boot.rst)."""
    setup_sectors = image[0x1F1] or 4
    offset, length = struct.unpack_from("<II", image, 0x248)
    start = (setup_sectors + 1) * 512 + offset
    payload = image[start : start + length]
    if payload.startswith(b"\xfd7zXZ\0"):
        return lzma.LZMADecompressor().decompress(payload)
    if payload.startswith(b"\x28\xb5\x2f\xfd"):
        # the last four bytes are the unpacked size, which zstd takes for a broken frame
        done = subprocess.run(["zstd", "-dcq"], input=payload[:-4],
                              capture_output=True, check=False)  # fmt: skip
        if done.returncode == 0:
            return done.stdout
        raise LabError(f"zstd: {done.stderr.decode().strip()}")
    raise LabError(f"kernel image: unknown compression {payload[:6].hex()}")


def prepare(series: str, cache: Path) -> Kernel:
    """The kernel of a series, fetched and unpacked at the first call."""
    if series not in SERIES:
        raise LabError(f"kernel {series}: unknown: there are {', '.join(SERIES)}")
    home = cache / series
    headers = next(home.glob("usr/src/linux-headers-*-amd64"), None)
    if not ((home / "vmlinux").exists() and headers):
        unpack(series, home)
        headers = next(home.glob("usr/src/linux-headers-*-amd64"))
    release = headers.name.removeprefix("linux-headers-")
    return Kernel(series, release, home / "vmlinux", home, headers, home / "boot")


def relocate(headers: Path) -> None:
    """Let the headers' makefile find the rest of them beside itself, not in /usr/src."""
    makefile = headers / "Makefile"
    here = "$(dir $(lastword $(MAKEFILE_LIST)))"
    text, count = re.subn(r"^include /usr/src/", f"include {here}../", makefile.read_text(),
                          flags=re.MULTILINE)  # fmt: skip
    if count != 1 or "/usr/src" in text:
        raise LabError(f"{makefile}: is not as Debian's are: {text}")
    makefile.write_text(text)


def unpack(series: str, home: Path) -> None:
    """Fill a kernel's directory; it gets its name only when it is complete."""
    print(f"lab: fetching the newest Debian kernel {series}", file=sys.stderr, flush=True)
    work = home.with_name(home.name + ".new")
    for old in (home, work):
        shutil.rmtree(old, ignore_errors=True)
    work.mkdir(parents=True)
    packages = fetch(lambda apt: apt.packages(series), work)
    for package in packages:
        run_tool("dpkg-deb", "-x", package, work)
        package.unlink()
    release = next((work / "lib/modules").iterdir()).name
    run_tool("depmod", "-b", work, release)
    relocate(work / f"usr/src/linux-headers-{release}")
    image = (work / f"boot/vmlinuz-{release}").read_bytes()
    (work / "vmlinux").write_bytes(extract_vmlinux(image))
    shutil.rmtree(work / "apt", ignore_errors=True)
    work.rename(home)
