# SPDX-License-Identifier: GPL-2.0-or-later
"""From a machine's card to the QEMU options and kernel parameters that make such a guest.

Card node N is QEMU node N. Linux gives its own numbers, in the order in which the firmware
tables name the nodes: those of processors first, then ordinary memory, then NVDIMMs. Cards in
this folder are numbered so, and t_boot.sh holds each guest against its card. Starts nothing,
and touches no file.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kernels import LabError

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "fixtures"))

import card  # noqa: E402
from parts import Machine, Node  # noqa: E402
from values import parse_size  # noqa: E402

MIB = 1 << 20
GIB = 1 << 30
BLOCK = 128 * MIB  # a memory block of a small x86 guest
CPU = "max,vendor=GenuineIntel"  # software machine checks want this vendor
CPU_DEVICE = "max-x86_64-cpu"
# Linux 6.1 addresses up to 8 CPUs by a bit mask, and QEMU 7.2 looks these bits up only as far
# as the first CPU that is not there; with more possible CPUs, Linux uses plain numbers
MANY_CPUS = 9
SOFT_RESERVED = 0xEFFFFFFF  # E820_TYPE_SOFT_RESERVED of the kernel
# the firmware names NVDIMMs in the order in which a hash table gives out their ids: with these
# behind `nvdimm` it is the order of the nodes; t_boot.sh would tell
NVDIMM_LETTERS = "fhjlnpr"
NODELESS = 1 << 39  # an address where no machine here has anything
MOST_LOW_RAM = 0xB0000000  # q35 puts all RAM below 4 GiB up to this size, else
LOW_RAM = 2 * GIB  # this much of it


def names() -> list[str]:
    return sorted(path.stem for path in (HERE / "machines").glob("*.card"))


def load(name: str) -> Machine:
    path = HERE / "machines" / f"{name}.card"
    if not path.exists():
        raise LabError(f"machine {name}: no such card: there are {', '.join(names())}")
    try:
        return card.load(path)
    except card.CardError as error:
        raise LabError(str(error)) from error


def ram_nodes(machine: Machine) -> list[Node]:
    """Nodes whose memory is ordinary guest RAM; soft-reserved memory is so, too."""
    return [node for node in machine.nodes.values() if node.memory and node.device != "pmem"]


def legacy_bytes(machine: Machine) -> int:
    """RAM of node 0, on top of its memory, that the kernel is told to take for pmem."""
    return parse_size(machine.lab.get("legacy", "0"))


def ram_bytes(machine: Machine) -> dict[int, int]:
    """How much guest RAM each node has."""
    return {node.id: node.memory + (0 if node.id else legacy_bytes(machine))
            for node in ram_nodes(machine)}  # fmt: skip


def pmem_nodes(machine: Machine) -> list[Node]:
    return [node for node in machine.nodes.values() if node.device == "pmem"]


def all_numbers(machine: Machine) -> range:
    """All node numbers of the firmware; QEMU wants no gaps."""
    return range(max(machine.nodes) + 1)


def missing(machine: Machine) -> list[int]:
    """Numbers that the card leaves out: nodes that the firmware names and nothing is on."""
    return [number for number in all_numbers(machine) if number not in machine.nodes]


def image_bytes(node: Node) -> int:
    """Size of a backing file from which kmem gets exactly the card's memory.

    The namespace keeps 2 MiB at its start, and kmem rounds the start up to a memory block.
    """
    return node.memory + BLOCK


def image_name(node: Node) -> str:
    return f"pmem{node.id}.img"


def sockets(machine: Machine) -> list[tuple[int, bool]]:
    """One socket for each CPU: the node that it is on, and whether a processor is in it.

    An empty socket makes the firmware name a node that Linux then counts but does not see. If
    there are such nodes, all others without CPUs get one too, so that the numbers are as here.
    """
    places = [(node.id, True) for node in machine.nodes.values() for _ in node.cpus]
    if missing(machine):
        with_cpus = {number for number, _ in places}
        empty = [(number, False) for number in all_numbers(machine) if number not in with_cpus]
        places += empty + [empty[-1]] * (MANY_CPUS - len(places) - len(empty))
    return sorted(places)


def cpu_options(machine: Machine) -> list[str]:
    places = sockets(machine)
    total = len(places)
    present = [socket for socket, (_, filled) in enumerate(places) if filled]
    started = total if len(present) == total else 1
    options = ["-cpu", CPU, "-smp",
               f"{started},sockets={total},cores=1,threads=1,maxcpus={total}"]  # fmt: skip
    for socket, (number, _) in enumerate(places):
        options += ["-numa", f"cpu,node-id={number},socket-id={socket}"]
    for socket in present[1:] if started == 1 else []:
        options += ["-device", f"{CPU_DEVICE},socket-id={socket},core-id=0,thread-id=0"]
    return options


def node_options(machine: Machine) -> list[str]:
    options = []
    ram = ram_bytes(machine)
    for number in all_numbers(machine):
        node = machine.nodes.get(number, Node(number))
        words = f"node,nodeid={number}"
        if number in ram:
            options += ["-object", f"memory-backend-ram,id=ram{number},size={ram[number]}"]
            words += f",memdev=ram{number}"
        near = number if node.cpus else node.near
        if machine.perfs and near is not None:
            words += f",initiator={near}"
        options += ["-numa", words]
    return options


def distance(machine: Machine, a: int, b: int) -> int:
    if a in machine.nodes and b in machine.nodes:
        return machine.distance(a, b)
    return 10 if a == b else 20


def distance_options(machine: Machine) -> list[str]:
    if not machine.distances:
        return []
    numbers = all_numbers(machine)
    return [
        word
        for a in numbers
        for b in numbers
        for word in ("-numa", f"dist,src={a},dst={b},val={distance(machine, a, b)}")
    ]


def perf_options(machine: Machine) -> list[str]:
    options = []
    for perf in machine.perfs:
        start = (f"hmat-lb,initiator={perf.initiator},target={perf.target},"
                 "hierarchy=memory,data-type=")  # fmt: skip
        for way in ("read", "write"):
            latency = getattr(perf, f"{way}_latency")
            bandwidth = getattr(perf, f"{way}_bandwidth")
            if latency is not None:
                options += ["-numa", f"{start}{way}-latency,latency={latency}"]
            if bandwidth is not None:
                options += ["-numa", f"{start}{way}-bandwidth,bandwidth={bandwidth}M"]
    return options


def pmem_options(machine: Machine, images: Path) -> list[str]:
    options = []
    for letter, node in zip(NVDIMM_LETTERS, pmem_nodes(machine)):
        name, path = f"pmem{node.id}", images / image_name(node)
        backend = f"memory-backend-file,id={name},share=on,mem-path={path}"
        device = f"nvdimm,id=nvdimm{letter},memdev={name},node={node.id}"
        options += ["-object", f"{backend},size={image_bytes(node)}", "-device", device]
    return options


def memory_options(machine: Machine) -> list[str]:
    ram = sum(ram_bytes(machine).values())
    pmem = pmem_nodes(machine)
    words = f"{ram // MIB}M"
    if pmem:
        # each NVDIMM may cost up to 1 GiB more, for its alignment
        most = ram + sum(image_bytes(node) + GIB for node in pmem)
        words += f",slots={len(pmem)},maxmem={-(-most // GIB)}G"
    return ["-m", words]


def qemu_options(machine: Machine, images: Path) -> list[str]:
    """All options that describe the machine; not its kernel, files or channels."""
    features = "q35"
    features += ",nvdimm=on" if pmem_nodes(machine) else ""
    features += ",hmat=on" if machine.perfs else ""
    return [
        "-machine", features,
        *memory_options(machine), *node_options(machine), *cpu_options(machine),
        *distance_options(machine), *perf_options(machine), *pmem_options(machine, images),
    ]  # fmt: skip


def addresses(machine: Machine) -> dict[int, int]:
    """Physical address at which each node's RAM begins."""
    sizes = ram_bytes(machine)
    total = sum(sizes.values())
    low = total if total < MOST_LOW_RAM else LOW_RAM
    found, offset = {}, 0
    for number, size in sizes.items():
        if offset < low < offset + size:
            raise LabError(f"machine {machine.name}: node {number} lies on both sides of 4 GiB")
        found[number] = offset if offset < low else offset - low + 4 * GIB
        offset += size
    return found


def kernel_parameters(machine: Machine) -> list[str]:
    """memmap= turns RAM into soft-reserved memory, which real firmware does by EFI, or pmem.

    Behind that comes what the card itself asks for.
    """
    start = addresses(machine)
    found = [
        f"memmap={node.memory // MIB}M%{start[node.id]:#x}-1+{SOFT_RESERVED:#x}"
        for node in machine.nodes.values()
        if node.device == "hmem"
    ]
    if size := legacy_bytes(machine):
        found.append(f"memmap={size // MIB}M!{machine.nodes[0].memory - size:#x}")
    if size := parse_size(machine.lab.get("nodeless", "0")):
        found.append(f"memmap={size // MIB}M%{NODELESS:#x}+{SOFT_RESERVED:#x}")
    return found + machine.lab.get("boot", "").split()
