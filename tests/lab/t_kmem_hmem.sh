# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Soft-reserved memory: 6.12 gives it to kmem without being asked, 6.1 does not; a device of
# several ranges becomes memory as a whole and goes as a whole, also if one range is too small; an
# address that no node has is refused, and the log names it.
# machines: hmem-raw
# that refusal, at every load of the module on 6.12, and one of a device without a whole block:
# allow-log: (probe of dax\d.\d|probe with driver kmem) failed with error -22$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

NODELESS="0x8000000000-0x801fffffff"

# free_devices: all of the region; daxctl has all of them bound, not only a new one
free_devices()
{
	local device

	for device in "$DAXES"/dax"$REGION".*; do
		free_device "${device##*/}"
	done
}

# make MIB: a device of that size; it takes the first room that there is
make()
{
	gives 0 daxctl create-device -r "$REGION" -s "$1M"
	DAX=$(grep -o '"chardev":"[^"]*"' "$LAB_OUT/stdout" | cut -d'"' -f4)
	# shellcheck disable=SC2034 # lib_kmem.sh looks there
	DIR=$DAXES/$DAX
	free_devices
}

choose 1
whole=$DAX
same "whole blocks" "$COUNT" 8
start=$FIRST
nodeless=$(basename "$(dirname "$(grep -lx "${NODELESS%-*}" "$DAXES"/*/resource)")")
free_device "$nodeless"
begin 1
if [[ $KERNEL == 6.1 ]]; then
	is_with "$DAX" ""
	bind
else
	is_with "$DAX" kmem
fi
has state offline
has kmem/ranges "$(blocks 0 7)"
has kmem/lost_align_bytes 0
is_with "$nodeless" ""
DAX=$nodeless
not_bound "$NOT_TAKEN"
like "said" "$(dmesg | grep "no valid node" | tail -n 1)" "$NODELESS has no valid node: -1"
DAX=$whole

set_blocks online_movable 0 7
same "node 1: KiB" "$(node_kib 1 MemTotal)" $((1 << 20))
set_blocks offline 0 7
unbind
[[ ! -e $NODES/node1 ]] || fail "node 1 is still there"

rmmod kmem || fail "rmmod kmem"
unchanged

# Several ranges. In blocks of 128 MiB: A takes 2, B 1, then A goes and C takes 2 + 1.
REGION=${whole#dax}
REGION=${REGION%.*}
echo 0 > "$DAXES/$whole/size" || fail "size of $whole"
make 256
first=$DAX
make 128
gives 0 daxctl destroy-device -f "$first"
make 384
FIRST=$start
cat /proc/iomem > /tmp/iomem
modprobe kmem
bind
has kmem/ranges "$(blocks 0 1; blocks 3 3)"
has kmem/added_bytes $((3 * BLOCK))
set_blocks online_movable 0 1
set_blocks online_movable 3 3
same "node 1: KiB" "$(node_kib 1 MemTotal)" $((384 << 10))
# one range in use: it stays, the other goes, and all come back
set_blocks offline 0 1
unbind
same "left behind" "$(< "$KMEM/left_behind")" "$(blocks 3 3)"
bind
has kmem/ranges "$(blocks 0 1; blocks 3 3)"
set_blocks offline 3 3
unbind
free_devices
rmmod kmem || fail "rmmod kmem"
unchanged

# the second range too small: lost to alignment, and no reason to leave something behind
gives 0 daxctl destroy-device -f "$DAX"
make 320
cat /proc/iomem > /tmp/iomem
modprobe kmem
bind
has kmem/ranges "$(blocks 0 1)"
has kmem/lost_align_bytes $((64 << 20))
has kmem/added_bytes $((2 * BLOCK))
unbind
free_devices
same "module's users" "$(< /sys/module/kmem/refcnt)" 0
rmmod kmem || fail "rmmod kmem"
unchanged
