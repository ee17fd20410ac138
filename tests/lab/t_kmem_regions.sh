# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What daxctl cuts a region into becomes memory in just these ranges: the whole of it, devices that
# have grown by turns into many ranges, or at their begin or end, a layout made anew from a saved
# one, devices that are aligned to less than a block; and a device is resized only while it is not
# memory.
# machines: hmem-raw
# of memory that no node has, at every load of the module on 6.12:
# allow-log: (probe of dax\d.\d|probe with driver kmem) failed with error -22$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

BUSY="Device or resource busy"

switch_to() # DAX
{
	DAX=$1
	DIR=$DAXES/$DAX
}

free_region()
{
	local device

	for device in "$DAXES/dax$REGION".*; do
		free_device "${device##*/}"
	done
}

empty_region()
{
	local device

	free_region
	for device in "$DAXES/dax$REGION".*; do
		echo 0 > "$device/size" || fail "size of ${device##*/}"
	done
}

# make OPTION...: a device; nobody has it
make()
{
	gives 0 daxctl create-device -r "$REGION" "$@"
	switch_to "$(grep -o '"chardev":"[^"]*"' "$LAB_OUT/stdout" | cut -d'"' -f4)"
	free_region
}

mappings()
{
	same "$DAX mappings" "$(find -H "$DIR" -maxdepth 1 -name 'mapping[0-9]*' | wc -l)" "$1"
}

# every_second FIRST: the addresses of blocks FIRST, FIRST + 2, ...
every_second()
{
	local block

	for ((block = $1; block < 8; block += 2)); do
		blocks "$block" "$block"
	done
}

for DIR in "$DAXES"/*; do
	[[ $(< "$DIR/target_node") == 1 ]] && break
done
REGION=$(basename "$DIR")
REGION=${REGION#dax} REGION=${REGION%.*}
empty_region

# the whole region
make
mappings 1
same "size" "$(< "$DIR/size")" $((1 << 30))
# shellcheck disable=SC2034 # lib_kmem.sh counts blocks from there
FIRST=$(($(< "$DIR/resource")))
cat /proc/iomem > /tmp/iomem
modprobe kmem || fail "modprobe kmem"
bind
has kmem/ranges "$(blocks 0 7)"
refused "$BUSY" 0 "$DIR/size"
has kmem/ranges "$(blocks 0 7)"
free_region
unchanged
rmmod kmem || fail "rmmod kmem"
empty_region

# two that grow by turns: each has every second block
make -s 128M
one=$DAX
make -s 128M
two=$DAX
for ((mib = 256; mib <= 512; mib += 128)); do
	for dax in "$one" "$two"; do
		gives 0 daxctl reconfigure-device -s "${mib}M" "$dax"
		free_region
	done
done
cat /proc/iomem > /tmp/iomem
modprobe kmem || fail "modprobe kmem"
block=0
for dax in "$one" "$two"; do
	switch_to "$dax"
	mappings 4
	bind
	has kmem/ranges "$(every_second $block)"
	has kmem/added_bytes $((512 << 20))
	block=1
done
set_blocks online_movable 0 7
same "node 1: KiB" "$(node_kib 1 MemTotal)" $((1 << 20))
set_blocks offline 0 7
free_region
unchanged
rmmod kmem || fail "rmmod kmem"

# the same layout again, from what daxctl has written of it
switch_to "$one"
gives 0 daxctl list -M -d "$DAX"
sed '1d;$d' "$LAB_OUT/stdout" > /tmp/layout
empty_region
make --input /tmp/layout
mappings 4
modprobe kmem || fail "modprobe kmem"
bind
has kmem/ranges "$(every_second 0)"
free_region
rmmod kmem || fail "rmmod kmem"
empty_region

# one that grows into what its neighbour before it gave back: a range of its own, behind the first
make -s 256M
before=$DAX
make -s 256M
one=$DAX
make -s 256M
two=$DAX
gives 0 daxctl destroy-device -f "$before"
gives 0 daxctl reconfigure-device -s 512M "$one"
# and one that grows at the region's end: its range is longer
gives 0 daxctl reconfigure-device -s 512M "$two"
free_region
cat /proc/iomem > /tmp/iomem
modprobe kmem || fail "modprobe kmem"
switch_to "$one"
mappings 2
bind
has kmem/ranges "$(blocks 0 3)" # told as one, as they touch
switch_to "$two"
mappings 1
bind
has kmem/ranges "$(blocks 4 7)"
set_blocks online_movable 0 7
same "node 1: KiB" "$(node_kib 1 MemTotal)" $((1 << 20))
set_blocks offline 0 7
free_region
unchanged
rmmod kmem || fail "rmmod kmem"
empty_region

# devices aligned to less than a block: what is not a whole block of one device is lost to it
make -s $((132 << 20)) -a 4K
one=$DAX
make -s $((256 << 20)) -a 2M
two=$DAX
same "alignments" "$(< "$DAXES/$one/align") $(< "$DAXES/$two/align")" "4096 $((2 << 20))"
cat /proc/iomem > /tmp/iomem
modprobe kmem || fail "modprobe kmem"
switch_to "$one"
bind
has kmem/ranges "$(blocks 0 0)"
has kmem/lost_align_bytes $((4 << 20))
switch_to "$two"
bind
has kmem/ranges "$(blocks 2 2)"
has kmem/lost_align_bytes $((128 << 20))
free_region
unchanged
rmmod kmem || fail "rmmod kmem"
empty_region
