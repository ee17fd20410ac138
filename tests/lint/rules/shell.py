# SPDX-License-Identifier: GPL-2.0-or-later
"""Shell scripts pass shellcheck."""

from __future__ import annotations

import json
from typing import Iterator

from tree import Finding, Sample, Tree


def check(tree: Tree) -> Iterator[Finding]:
    """Files named .sh and files whose first line asks for a shell."""
    files = sorted(set(tree.match(r".*\.sh")) | set(tree.scripts("(ba|da)?sh")))
    if not files:
        return
    result = tree.tool("shellcheck", "--format=json", "--severity=style", *files)
    if result.returncode > 1:
        raise RuntimeError(f"shellcheck: {result.stderr}")
    for found in json.loads(result.stdout):
        yield Finding(found["file"], found["line"],
                      f"SC{found['code']}: {found['message']}")


SAMPLES = [
    Sample(files={"a.sh": '#!/bin/sh\necho "$1"\nrm $1\n', "b": "#!/bin/bash\ncd x\n",
                  "c.sh": '#!/bin/sh\necho "$1"\n'},
           expect=["a.sh:3: SC2086", "b:2: SC2164"]),
]
