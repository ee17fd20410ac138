# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Page structures on the device itself, where it and the kernel are told so: DRAM does not pay for
# them, the device does, and all that is done with blocks works on: bad ones are left out,
# poisoned ones stay offline, those in use are left behind and taken over, and all of it can go.
# machines: pmem-memmap
# timeout: 240
# a machine check that no processor made:
# allow-log: \[Hardware Error\]:
# allow-log: ^mce:
# allow-log: ^mce_notify_irq: \d+ callbacks suppressed$
# what the kernel says of injected poison:
# allow-log: ^Injecting memory failure at pfn
# allow-log: ^Memory failure: 0x[0-9a-f]+: recovery action for free buddy page: Recovered$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

MEMMAP=$((BLOCK * 64 / 4096)) # of a block: one struct page for each page
ERROR="Memory page has hardware error"

# want 1|0: page structures on the device, or not; before it is bound
want()
{
	if [[ $KERNEL == 6.1 ]]; then
		reload memmap_on_memory="$1"
	else
		echo "$1" > "$DIR/memmap_on_memory" || fail "memmap_on_memory of $DAX"
	fi
}

# dram_kib: what is free of node 0, also in the CPUs' own lists, which MemFree leaves out and Linux
# 6.12 lets grow to some MiB
dram_kib()
{
	drop_caches
	awk '/^Node/ { here = $2 == "0," }
		here && /^ *pages free / { pages += $3 }
		here && /^ *count:/ { pages += $2 }
		END { print pages * 4 }' /proc/zoneinfo
}

# bind_costs LEAST MOST: in KiB of DRAM
bind_costs()
{
	local before

	before=$(dram_kib)
	bind
	between "KiB of DRAM that it cost" $((before - $(dram_kib))) "$1" "$2"
}

# on_device BLOCKS: so many have their page structures on themselves
on_device()
{
	has kmem/memmap_bytes $(($1 * MEMMAP))
}

# node_has BLOCKS: these are online, and without what their page structures take
node_has()
{
	same "node 1: KiB" "$(node_kib 1 MemTotal)" $(($1 * (BLOCK - MEMMAP) / 1024))
}

begin 1
same "whole blocks" "$COUNT" 8
same "the kernel's switch" "$(< /sys/module/memory_hotplug/parameters/memmap_on_memory)" Y

# without: DRAM pays
want 0
kib=$((COUNT * MEMMAP / 1024))
bind_costs $((kib - 2048)) $((kib + 4096))
on_device 0
set_blocks online_movable 0 7
same "node 1: KiB" "$(node_kib 1 MemTotal)" $((COUNT * BLOCK / 1024))
set_blocks offline 0 7
unbind

# with: the device does
want 1
bind_costs -2048 4096
on_device 8
like "said" "$(dmesg | grep "kmem $DAX: .* page structures" | tail -n 1)" \
	" $kib KiB of it hold its page structures$"
has kmem/ranges "$(blocks 0 7)"
has kmem/added_bytes $((1 << 30)) # the device's addresses, whatever they are used for
set_blocks online_movable 0 7
node_has 8
has state online_movable
free=$(node_kib 1 MemFree)
gives 0 numactl -p 1 fill -s $((free / 1024))M
between "pages on node 1" "$(pages_on 1 < "$LAB_OUT/stdout")" $((free / 4 - 16384)) $((free / 4))

# in use at an unbind: left behind, and adopted with its page structures; on 6.1 block by block
set_blocks offline 0 5
unbind
declare -A left=([6.1]=$(blocks 6 7) [6.12]=$(blocks 0 7))
same "left behind" "$(< "$KMEM/left_behind")" "${left[$KERNEL]}"
node_has 2
bind
on_device 8
node_has 2
has kmem/ranges "$(blocks 0 7)"

# a block that is bad leaves, and its page structures with it; and comes again
parameter skip "$(inside 3 0 1)" # in its page structures
echo 1 > "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 3 3)"
on_device 7
parameter skip ""
echo 1 > "$DIR/kmem/rescan"
has kmem/ranges "$(blocks 0 7)"
on_device 8

# poison: the block does not come online again, at the kernel's own word for its first page
set_blocks online_movable 4 4
poison "$(page_in 4)"
has kmem/poisoned_pages 1
set_blocks offline 4 4
refused "$ERROR" online_movable "$(block_file 4)"
machine_check "$(page_in 1)"
becomes "$DIR/kmem/poisoned_pages" 2
refused "$ERROR" online_movable "$(block_file 1)"
echo 1 > "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 1 1; blocks 4 4)"
on_device 6

# all or nothing, and the words of state
for word in unplugged offline unplugged; do
	echo $word > "$DIR/state" || fail "state does not become $word"
	has state $word
done
on_device 0
unchanged
policy online_movable
echo online_movable > "$DIR/state" || fail "state does not become online_movable"
on_device 6
node_has 6
echo unplugged > "$DIR/state" || fail "state does not become unplugged"
policy offline
echo offline > "$DIR/state" || fail "state does not become offline"

# bound with bad blocks, and gone without a trace
unbind
unchanged
[[ ! -e $NODES/node1 ]] || fail "node 1 is still there"
bind_costs -2048 4096
has kmem/skipped_blocks "$(blocks 1 1; blocks 4 4)"
on_device 6
unbind
want 0
end
