# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's file system: the host's own tools and the kernel's modules, as one archive.

The base archive of a kernel is made once and found again by a hash of what goes into it. What
changes from run to run (our build results, the job) is a second archive behind it. Knows
nothing of machines or of QEMU.
"""

from __future__ import annotations

import functools
import hashlib
import io
import lzma
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

import cpio
from kernels import TOOL_PATH, Kernel, LabError, run_tool

INIT = Path(__file__).parent / "guest/init"

TOOLS = ["bash", "busybox", "kmod", "numactl", "numastat", "migratepages", "daxctl", "ndctl",
         "timeout",  # busybox's kills only the process that it started
         "setpriv",  # busybox's cannot take capabilities away
         "crun"]  # containers without images or a daemon
OPTIONAL_TOOLS = ["lstopo-no-graphics", "hwloc-bind", "strace", "jq"]
# kmod's, not busybox's, whose modprobe fails on these modules
KMOD_NAMES = ["modprobe", "insmod", "rmmod", "lsmod", "modinfo", "depmod"]
MODULES = [
    "virtio_pci", "virtio_console", "9pnet_virtio", "9p",
    "nfit", "nd_pmem", "dax_pmem", "device_dax", "dax_hmem", "kmem",
    "nd_e820", "mce-inject", "hwpoison-inject",
]  # fmt: skip
MERGED = re.compile(r"^/(bin|sbin|lib|lib64)/")
# What the console can do, for programs that draw on it; of ncurses-base, which is essential
TERMINFO = Path("/lib/terminfo/l/linux")
MOUNT_POINTS = ["dev", "proc", "root", "run", "share", "sys", "tmp"]
USR_LINKS = ["bin", "sbin", "lib", "lib64"]


def find_tool(name: str) -> Path:
    found = shutil.which(name, path=TOOL_PATH)
    if not found:
        raise LabError(f"{name}: not found: the lab needs it on the host")
    return Path(found)


@functools.cache
def libraries(binary: Path) -> tuple[str, ...]:
    """The shared libraries of a host binary, by the paths under which the loader finds them."""
    try:
        text = run_tool("ldd", binary)
    except LabError:
        return ()  # a static program or a script
    if missing := re.findall(r"(\S+) => not found", text):
        raise LabError(f"{binary}: {', '.join(missing)}: not found on the host")
    return tuple(re.findall(r"(/\S+) \(0x", text))


def guest_path(path: str) -> str:
    """Where a host file goes: the guest, like Debian 12, has /bin, /lib and so on below /usr."""
    directory, name = os.path.split(path)
    return MERGED.sub(r"/usr/\1/", f"{os.path.realpath(directory)}/{name}")


class Contents:
    """What an archive shall hold; a dictionary, so nothing is put in twice."""

    def __init__(self) -> None:
        self.files: dict[str, tuple[bytes, int]] = {}
        self.links: dict[str, str] = {}
        self.directories: set[str] = set()

    def add(self, path: str, data: bytes, mode: int = 0o644) -> None:
        self.files[path] = (data, mode)

    def add_host_file(self, path: Path, to: str | None = None) -> None:
        mode = 0o755 if os.access(path, os.X_OK) else 0o644
        self.add(to or guest_path(str(path)), path.read_bytes(), mode)

    def add_libraries(self, binary: Path, except_for: set[str] = frozenset()) -> None:
        for library in libraries(binary):
            if os.path.basename(library) not in except_for:
                self.add_host_file(Path(library))

    def add_tool(self, tool: Path) -> None:
        self.add_host_file(tool)
        self.add_libraries(tool)

    def add_tree(self, top: Path, prefix: str = "") -> None:
        """Everything below a directory; links stay links."""
        for path in sorted(top.rglob("*")):
            name = f"{prefix}/{path.relative_to(top)}"
            if path.is_symlink():
                self.links[name] = os.readlink(path)
            elif path.is_file():
                self.add_host_file(path, name)

    def write(self, out: io.BufferedIOBase) -> None:
        archive = cpio.Archive(out)
        for path in sorted(self.directories):
            archive.directory(path)
        for path, target in sorted(self.links.items()):
            archive.symlink(path, target)
        for path, (data, mode) in sorted(self.files.items()):
            archive.file(path, data, mode)
        archive.close()


def module_files(kernel: Kernel) -> list[Path]:
    """The files of our modules and of all that they depend on.

    The configuration directory is /dev/null because the ndctl package has a rule there that
    replaces the load of libnvdimm by a command, which then lacks in the list.
    """
    found: dict[Path, None] = {}
    for name in MODULES:
        text = run_tool("modprobe", "-C", "/dev/null", "--show-depends",
                        "-d", kernel.modules, "-S", kernel.release, name)  # fmt: skip
        for path in re.findall(r"^insmod (\S+)", text, re.MULTILINE):
            found[Path(path)] = None
    return list(found)


def module_tree(kernel: Kernel, updates: list[Path], top: Path) -> None:
    """Copy the modules below a new root, unpacked (TCG is slow at it), and index them.

    Those in updates are not the kernel's; they go where depmod prefers them.
    """
    source = kernel.modules / "lib/modules" / kernel.release
    target = top / "lib/modules" / kernel.release
    for path in module_files(kernel):
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        data = path.read_bytes()
        unpacked = lzma.decompress(data) if path.suffix == ".xz" else data
        to.with_suffix("" if path.suffix == ".xz" else path.suffix).write_bytes(unpacked)
    (target / "updates").mkdir()
    for path in updates:
        shutil.copy(path, target / "updates")
    for index in source.glob("modules.builtin*"):
        shutil.copy(index, target)
    shutil.copy(source / "modules.order", target)
    run_tool("depmod", "-C", "/dev/null", "-b", top, kernel.release)


def tools() -> list[Path]:
    found = [find_tool(name) for name in TOOLS]
    optional = [shutil.which(name, path=TOOL_PATH) for name in OPTIONAL_TOOLS]
    return found + [Path(name) for name in optional if name]


def busybox_links(taken: set[str]) -> dict[str, str]:
    """Every applet of busybox whose name no other program has."""
    have = {os.path.basename(path) for path in taken}
    applets = run_tool(find_tool("busybox"), "--list-full").split()
    return {
        f"/usr/{path.removeprefix('usr/')}": "/usr/bin/busybox"
        for path in applets
        if os.path.basename(path) not in have and not path.startswith("linuxrc")
    }


def base_contents(kernel: Kernel, updates: list[Path], scratch: Path) -> Contents:
    contents = Contents()
    for tool in tools():
        contents.add_tool(tool)
    kmod = guest_path(str(find_tool("kmod")))
    contents.links |= {f"/usr/sbin/{name}": kmod for name in KMOD_NAMES}
    taken = set(contents.files) | set(contents.links)
    contents.links = busybox_links(taken) | contents.links
    contents.links |= {f"/{name}": f"usr/{name}" for name in USR_LINKS}
    contents.links |= {"/usr/bin/sh": "bash"}
    contents.directories |= set(MOUNT_POINTS)
    module_tree(kernel, updates, scratch)
    contents.add_tree(scratch / "lib", "/usr/lib")
    contents.add_host_file(INIT, "/init")
    contents.add_host_file(TERMINFO, f"/usr{TERMINFO}")
    return contents


def base_key(kernel: Kernel, updates: list[Path]) -> str:
    """A hash that changes when anything that goes into the base archive changes."""
    digest = hashlib.sha256(f"{kernel.series} {kernel.release}".encode())
    for tool in tools():
        for path in (str(tool), *libraries(tool)):
            state = os.stat(path)
            digest.update(f"{path} {state.st_size} {state.st_mtime_ns}\n".encode())
    for source in [Path(__file__), Path(cpio.__file__), INIT, *updates]:
        digest.update(source.read_bytes() + b"\0")
    state = kernel.vmlinux.stat()
    digest.update(f"{state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()[:16]


def base(kernel: Kernel, updates: list[Path], cache: Path) -> Path:
    """The base archive of a kernel, made if there is none that fits."""
    cache.mkdir(parents=True, exist_ok=True)
    path = cache / f"{kernel.series}-{base_key(kernel, updates)}.cpio"
    if path.exists():
        return path
    with tempfile.TemporaryDirectory(dir=cache) as scratch:
        contents = base_contents(kernel, updates, Path(scratch) / "modules")
        new = Path(scratch) / "new"
        with new.open("wb") as out:
            devices = cpio.Archive(out)
            devices.device("dev/console", 5, 1)  # the kernel opens it before init can mount /dev
            devices.close()
            contents.write(out)
        for old in cache.glob(f"{kernel.series}-*.cpio"):
            old.unlink()
        new.rename(path)
    return path


def is_program(path: Path) -> bool:
    """A program or library that needs its own libraries packed with it."""
    if path.is_symlink() or not stat.S_ISREG(path.stat().st_mode):
        return False
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def compose(parts: list[Path], extra: Contents, path: Path) -> None:
    """Write the file that QEMU gets: archives behind each other, then the extra contents."""
    with path.open("wb") as out:
        for part in parts:
            with part.open("rb") as file:
                shutil.copyfileobj(file, out)
        extra.write(out)
