# SPDX-License-Identifier: GPL-2.0-or-later
"""A real seccomp filter that refuses the memory policy calls, as containers have it, or
those that start a process."""

from __future__ import annotations

import ctypes
import errno
import os
import struct

# mbind, set_mempolicy, get_mempolicy, migrate_pages, by machine.
CALLS = {"x86_64": (237, 238, 239, 256), "aarch64": (235, 237, 236, 238)}
# clone, clone3, and where they exist fork and vfork.
FORKS = {"x86_64": (56, 435, 57, 58), "aarch64": (220, 435)}

LOAD_NUMBER = (0x20, 0, 0, 0)  # BPF_LD | BPF_W | BPF_ABS, offset of seccomp_data.nr
RETURN = 0x06
JUMP_IF_EQUAL = 0x15
ALLOW = 0x7FFF0000
ERRNO = 0x00050000
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, MODE_FILTER = 38, 22, 2


def is_known() -> bool:
    """Whether this machine's call numbers are known here."""
    return os.uname().machine in CALLS


def refuse_policy_calls(error: int = errno.EPERM, count: int = 4) -> None:
    """From here on, in this process and what it executes, the first so many calls fail."""
    refuse(CALLS[os.uname().machine][:count], error)


def refuse_forks() -> None:
    """The same for new processes, as where there are too many."""
    refuse(FORKS[os.uname().machine], errno.EAGAIN)


def refuse(calls: tuple[int, ...], error: int) -> None:
    """Install the filter."""
    program = [LOAD_NUMBER]
    for index, call in enumerate(calls):
        program.append((JUMP_IF_EQUAL, len(calls) - index, 0, call))
    program += [(RETURN, 0, 0, ALLOW), (RETURN, 0, 0, ERRNO | error)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *op) for op in program))
    header = struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) or \
            libc.prctl(PR_SET_SECCOMP, MODE_FILTER, header, 0, 0):
        raise OSError(ctypes.get_errno(), "seccomp")
