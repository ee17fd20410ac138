# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A real machine check takes the page out of the kernel's own mapping, and hot-remove leaves it
# so. Memory that comes back after everybody has forgotten the error must be whole again: the
# kernel's own driver makes memory of it that panics at the first use.
# machines: pmem-raw
# timeout: 120
# allow-log: Memory failure: 0x[0-9a-f]+: recovery action
# allow-log: \[Hardware Error\]: Machine check events logged
# allow-log: ^mce_notify_irq: \d+ callbacks suppressed$
# allow-log: Disabling lock debugging due to kernel taint
# shellcheck source=/dev/null
. /lab/lib.sh

KMEM=/sys/bus/dax/drivers/kmem
PAGE=4096
dax=$(basename "$(dirname "$(grep -lx 1 /sys/bus/dax/devices/*/target_node)")")
dir=/sys/bus/dax/devices/$dax

take()
{
	modprobe kmem || fail "modprobe kmem"
	echo "$dax" > /sys/bus/dax/drivers/device_dax/unbind
	echo "$dax" > $KMEM/new_id || fail "kmem refuses $dax"
}

give_back()
{
	echo "$dax" > $KMEM/unbind || fail "unbind"
	rmmod kmem || fail "rmmod"
}

blocks() # STATE
{
	local block

	for block in "$NODES"/node1/memory[0-9]*; do
		echo "$1" > "$block/state" || fail "${block##*/} is not $1"
	done
}

take
blocks online_movable
start=$(head -n 1 "$dir/kmem/ranges")
page=$((${start%-*} + 3 * 0x$(< /sys/devices/system/memory/block_size_bytes) + 300 * PAGE))
hardware_error $page
for _ in {1..100}; do
	[[ $(< "$dir/kmem/poisoned_pages") == 0 ]] || break
	sleep 0.1
done
same "poisoned" "$(< "$dir/kmem/poisoned_ranges")" "$(printf '%#x-%#x' $page $((page + PAGE - 1)))"
# the kernel's own note comes from another queue
for _ in {1..100}; do
	[[ $(awk '/HardwareCorrupted/ { print $2 }' /proc/meminfo) == 0 ]] || break
	sleep 0.1
done
same "out of use, KiB" "$(awk '/HardwareCorrupted/ { print $2 }' /proc/meminfo)" 4
blocks offline
echo 1 > "$dir/kmem/rescan" || fail "rescan"
same "skipped blocks" "$(wc -l < "$dir/kmem/skipped_blocks")" 1

# our ledger goes with the module, libnvdimm's list with its
give_back
modprobe -r dax_pmem nd_pmem
ndctl disable-region all > "$LAB_OUT/disabled" 2>&1
modprobe -r nfit || fail "modprobe -r nfit"
modprobe -a nfit nd_pmem dax_pmem device_dax
for _ in {1..100}; do
	[[ -e $dir/driver ]] && break
	sleep 0.1
done

take
same "skipped blocks" "$(< "$dir/kmem/skipped_blocks")" ""
blocks online_movable
# up to what the kernel keeps for itself, 24 MiB here
free=$(node_kib 1 MemFree)
gives 0 numactl -p 1 fill -s $((free / 1024))M
between "pages on node 1" "$(pages_on 1 < "$LAB_OUT/stdout")" $((free / 4 - 16384)) $((free / 4))
blocks offline
give_back
echo "$dax" > /sys/bus/dax/drivers/device_dax/bind
