# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's capture shows the same machine on this host as in the guest, byte for byte, and
the machine that the fixtures' generator makes of the guest's card."""

import os
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "fixtures"))

import compare  # noqa: E402

out = Path(os.environ["LAB_OUT"])
tierctl = Path(os.environ["BUILD"]) / "bin/tierctl"
command = [tierctl, "--root", out / "capture", "show", "--json"]
done = subprocess.run(command, capture_output=True, check=False)
expected = (out / "guest.json").read_bytes()
print(f"show --root on the host: status {done.returncode}, {len(done.stdout)} bytes; "
      f"in the guest: {len(expected)} bytes")
sys.stdout.write(done.stderr.decode())
found = compare.compare(tierctl, out / "card", out / "capture")
print(f"the guest and its card differ in {len(found)} places", *found, sep="\n  ")
sys.exit(done.returncode != 0 or done.stdout != expected or bool(found))
