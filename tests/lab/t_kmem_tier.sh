# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The node's memory tier follows its abstract distance: from the firmware's figures where the kernel
# takes them (6.12), else from the parameter adistance, else five times DRAM. Unbinding takes the
# type away that the device had, and none that another device of the node still has.
# machines: pmem-raw hmem-raw
# a distance that is none:
# allow-log: (probe of dax\d.\d|probe with driver kmem) failed with error -22$
# that refusal, of memory that no node has, at every load of the module on 6.12
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

set_all() # STATE
{
	local start last address

	while IFS=- read -r start last; do
		for ((address = start; address < last; address += BLOCK)); do
			echo "$1" > "$MEMORY/memory$((address / BLOCK))/state" || fail "$DAX does not go $1"
		done
	done < "$DIR/kmem/ranges"
	has state "$1"
}

switch_to() # DAX
{
	DAX=$1
	DIR=$DAXES/$DAX
}

tiers()
{
	basename -a "$TIERS"/memory_tier[0-9]* | sort -V | paste -sd ' '
}

# tier_is NUMBER: node 1 is in it, alone
tier_is()
{
	same "memory_tier$1" "$(< "$TIERS/memory_tier$1/nodelist")" 1
	same "tiers" "$(tiers)" "$(printf 'memory_tier%s\n' 4 "$1" | sort -V | paste -sd ' ')"
}

# with DISTANCE TIER: so loaded, the node comes out there, and goes without a trace
with()
{
	reload adistance="$1"
	bind
	set_all online_movable
	tier_is "$2"
	set_all offline
	same "tiers" "$(tiers)" memory_tier4
	unbind
}

# empty_region: none of its devices has memory, nor a driver
empty_region()
{
	local device

	for device in "$DAXES/dax$REGION".*; do
		free_device "${device##*/}"
		echo 0 > "$device/size" || fail "size of ${device##*/}"
	done
}

# one_device: the region's first has all of it, whatever other tests have made of it
one_device()
{
	empty_region
	switch_to "dax$REGION.0"
	cat "/sys/bus/dax/devices/$DAX/../dax_region/size" > "$DIR/size" || fail "size of $DAX"
}

choose 1
REGION=${DAX#dax} REGION=${REGION%.*}
[[ $MACHINE == pmem-raw ]] || one_device
cat /proc/iomem > /tmp/iomem
modprobe kmem || fail "modprobe kmem"
# 6.12 has figures for the one machine, and then they count
[[ $MACHINE-$KERNEL == pmem-raw-6.12 ]] && figures=84 || figures=
with 0 "${figures:-22}"
with 1000 "${figures:-7}"   # 1000 / 128
with 2880 "${figures:-22}"
with 3000 "${figures:-23}"
reload adistance=-1
not_bound "$NOT_TAKEN"
like "said" "$(dmesg | grep "refused: no memory type" | tail -n 1)" "for node 1: error -22$"
[[ $MACHINE == hmem-raw ]] || { end && exit; }

# two devices of one node
rmmod kmem || fail "rmmod kmem"
empty_region
made=()
for _ in 1 2; do
	gives 0 daxctl create-device -r "$REGION" -s 256M
	made+=("$(grep -o '"chardev":"[^"]*"' "$LAB_OUT/stdout" | cut -d'"' -f4)")
done
for device in "$DAXES"/dax"$REGION".*; do
	free_device "${device##*/}"
done
modprobe kmem adistance=1000
for dax in "${made[@]}"; do
	switch_to "$dax"
	bind
	set_all online_movable
done
tier_is 7
same "node 1: KiB" "$(node_kib 1 MemTotal)" $((512 << 10))

switch_to "${made[0]}"
set_all offline
unbind
tier_is 7
switch_to "${made[1]}" # the last of the node's memory goes and comes: the type is there still
set_all offline
same "tiers" "$(tiers)" memory_tier4
set_all online_movable
tier_is 7
set_all offline
unbind

# nothing is left of it: another distance holds
reload adistance=2000
bind
set_all online_movable
tier_is 15
set_all offline
for dax in "${made[@]}"; do
	free_device "$dax" # 6.12 has bound the other of itself
done
rmmod kmem || fail "rmmod kmem"
one_device
