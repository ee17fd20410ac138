# SPDX-License-Identifier: GPL-2.0-or-later
"""What the tests of the command line share: running it, and machines to look at."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
FIXTURES = TOP / "tests" / "fixtures"
TIERCTL = os.environ.get("TIERCTL", str(TOP / "build" / "dev" / "bin" / "tierctl"))


def fixture(name: str) -> str:
    """The path of a machine's capture."""
    return str(FIXTURES / name / "capture")


def environment(**more: str) -> dict[str, str]:
    """A known environment: words of the person who runs the tests do not count."""
    kept = {k: v for k, v in os.environ.items()
            if k not in ("TIERKIT_NODES", "NO_COLOR", "LC_ALL", "LANG")}
    return {**kept, "LC_ALL": "C", **more}


def read_terminal(ours: int) -> bytes:
    """All that a terminal is told until whoever writes has closed the other side; it ends then."""
    text = b""
    with open(ours, "rb", buffering=0) as terminal:
        try:
            while part := terminal.read(65536):
                text += part
        except OSError:  # Linux says that the other side is closed by EIO
            pass
    return text


def tierctl(*words: str, **how) -> subprocess.CompletedProcess[str]:
    """Run tierctl to its end; stdout and stderr as text unless told otherwise."""
    how.setdefault("env", environment())
    if "input" not in how:
        how.setdefault("stdin", subprocess.DEVNULL)
    if "stdout" not in how:
        how.setdefault("capture_output", True)
    return subprocess.run([TIERCTL, *words], text=True, cwd=TOP, timeout=60, **how)
