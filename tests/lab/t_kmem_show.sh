# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tierctl names what a device lost to alignment, a block skipped for a bad address, and a poisoned
# page, each at the node of its device and with the driver's numbers; and nothing when it is over.
# machines: 2s-pmem
# timeout: 120
# allow-log: Memory failure: 0x[0-9a-f]+: recovery action
# allow-log: Injecting memory failure at pfn
# allow-log: Unpoison: Software-unpoisoned
# shellcheck source=/dev/null
. /lab/lib.sh

PAGE=4096
PARAMETERS=/sys/module/kmem/parameters
POISON=/sys/kernel/debug/hwpoison
dax=/sys/bus/dax/devices/dax1.0
node=$(< $dax/target_node)
block=$(block_bytes)
start=$(($(< $dax/resource)))
first=$(((start + block - 1) / block))
end=$(((start + $(< $dax/size)) / block))

# range FIRST BYTES, as sysfs prints it
range()
{
	printf '0x%x-0x%x' "$1" $(($1 + $2 - 1))
}

# told PATTERN: how many notes match
told()
{
	tierctl show --json | grep -c -E "\"text\": \"$1"
}

lost=$(< $dax/kmem/lost_align_bytes)
same "lost to alignment" "$lost" $(($(< $dax/size) - (end - first) * block))
same "at first" "$(losses "$node")" "alignment $lost bad_blocks 0 failed 0 poison 0"
same "state" "$(explained "$node" state)" "online_movable kernel dax1.0"
like "evidence" "$(explained "$node" lost)" "^$((lost >> 20)) MiB kernel kmem/lost_align_bytes: dax1.0 $((lost >> 20)) MiB$"
same "note" "$(told "node $node: $((lost >> 20)) MiB of dax1.0 lost to alignment")" 1

# a bad address in the third block
memory=/sys/devices/system/memory/memory$((first + 2))
bad=$(((first + 2) * block + 5 * PAGE))
echo offline > $memory/state || fail "the block is in use"
range $bad 512 > $PARAMETERS/skip
echo 1 > $dax/kmem/rescan || fail "rescan"
same "one block skipped" "$(losses "$node")" "alignment $lost bad_blocks $block failed 0 poison 0"
like "where" "$(explained "$node" skip)" "\($(range $(((first + 2) * block)) "$block")\)$"
same "note" "$(told "node $node: $((block >> 20)) MiB of dax1.0 skipped: bad blocks")" 1
same "size of the node" "$(node_kib "$node" MemTotal)" $(((end - first - 1) * block / 1024))

# two poisoned pages in the last block
modprobe hwpoison-inject || fail "hwpoison-inject"
free_pages $((end - 1)) 2
page=$FREE
echo "$page" > $POISON/corrupt-pfn || fail "poison"
echo $((page + 1)) > $POISON/corrupt-pfn || fail "poison"
same "two pages poisoned" "$(losses "$node")" "alignment $lost bad_blocks $block failed 0 poison $((2 * PAGE))"
like "where" "$(explained "$node" poison)" "^8.0 KiB kernel kmem/poisoned_pages: dax1.0 2 \($(range $((page * PAGE)) $((2 * PAGE)))\)"
same "note" "$(told "node $node: 2 pages of dax1.0 poisoned")" 1
same "the kernel's own count, told twice" "$(told "the kernel met memory failures")" 0
if [[ -e $NODES/node$node/memory_failure/total ]]; then
	like "the kernel's own count" "$(explained "$node" poison)" "; memory_failure/total has 2 since boot$"
fi

# the other device's node has nothing of it
same "notes on skipped blocks and poison" "$(told "node [0-9]+: .* of dax0.0 (skipped|poisoned)")" 0

# a capture has it all
tierctl capture > "$LAB_OUT/capture" || fail "capture"
same "live and captured differ in" \
	"$(diff <(tierctl show --json | facts) <(tierctl --root "$LAB_OUT/capture" show --json | facts))" ""

echo "$page" > $POISON/unpoison-pfn
echo $((page + 1)) > $POISON/unpoison-pfn
same "no more poison" "$(losses "$node")" "alignment $lost bad_blocks $block failed 0 poison 0"
echo > $PARAMETERS/skip
echo 1 > $dax/kmem/rescan || fail "rescan"
echo online_movable > $memory/state || fail "the block stays offline"
same "at last" "$(losses "$node")" "alignment $lost bad_blocks 0 failed 0 poison 0"
