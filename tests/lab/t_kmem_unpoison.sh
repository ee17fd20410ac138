# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A page that a test calls good again is not bad any more, also if nobody has read the counts in
# between: rescan has nothing to complain of, and its block goes offline and online.
# machines: 2s-pmem
# allow-log: Memory failure: 0x[0-9a-f]+: recovery action
# allow-log: Injecting memory failure at pfn
# allow-log: Unpoison: Software-unpoisoned
# shellcheck source=/dev/null
. /lab/lib.sh

dax=/sys/bus/dax/devices/dax1.0
start=$(head -n 1 $dax/kmem/ranges)
start=$((${start%-*}))
block=$((start / $(block_bytes)))
memory=/sys/devices/system/memory/memory$block

free_pages $block 1
modprobe hwpoison-inject || fail "hwpoison-inject"
echo "$FREE" > /sys/kernel/debug/hwpoison/corrupt-pfn || fail "poison"
echo "$FREE" > /sys/kernel/debug/hwpoison/unpoison-pfn || fail "unpoison"
echo 1 > $dax/kmem/rescan || fail "rescan"
same "poisoned pages" "$(< $dax/kmem/poisoned_pages)" 0
same "skipped blocks" "$(< $dax/kmem/skipped_blocks)" ""

echo offline > $memory/state || fail "the block stays online"
echo online_movable > $memory/state || fail "the block stays offline"
