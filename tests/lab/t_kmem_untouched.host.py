# SPDX-License-Identifier: GPL-2.0-or-later
"""Of the pattern that the guest wrote on the NVDIMM, only the skipped block's is still there."""

import os
import struct
import sys
from pathlib import Path

STEP = 4096  # one word of each page is looked at, in the skipped block all of them
MOST = 0.5  # the kernel keeps some of each node free, and that is as it was

words = (Path(os.environ["LAB_OUT"]) / "blocks").read_text(encoding="utf-8").split()
image, (start, at, size, count, skipped) = words[0], map(int, words[1:])
failed = 0


def changed(file, block: int) -> float:
    """How much of a block is not as the guest filled it: each 8 bytes hold their own offset."""
    file.seek(at + block * size)
    data = file.read(size)
    step = 8 if block == skipped else STEP
    offsets = range(0, size, step)
    found = (struct.unpack_from("<Q", data, offset)[0] for offset in offsets)
    first = start + block * size
    return sum(word != first + offset for word, offset in zip(found, offsets)) / len(offsets)


with (Path(os.environ["IMAGES"]) / image).open("rb") as media:
    for block in range(count):
        part = changed(media, block)
        good = part == 0 if block == skipped else part > MOST
        print(f"block {block}: {part:.0%} changed{'' if good else ', that is wrong'}")
        failed += not good
sys.exit(failed != 0)
