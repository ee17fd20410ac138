# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A device that begins like a file system, an encrypted volume or a pool is refused with a name
# for what is there, and nothing is written to it; the parameter overwrite takes it.
# machines: pmem-raw
# the refusals:
# allow-log: (probe of dax0.0|probe with driver kmem) failed with error -17$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

DEVICE_DAX=/sys/bus/dax/drivers/device_dax

# write_data OFFSET HEX...: with the device in the hands of device_dax
write_data()
{
	echo "$DAX" > "$DEVICE_DAX/bind" || fail "device_dax"
	while (($#)); do
		poke "/dev/$DAX" "$1" "$2" || fail poke
		shift 2
	done
	echo "$DAX" > "$DEVICE_DAX/unbind"
}

# holds NAME OFFSET HEX...: with these bytes the device is refused, for they are a NAME
holds()
{
	local name=$1

	shift
	write_data "$@"
	not_bound "File exists"
	like "said" "$(dmesg | grep "refused: it holds" | tail -n 1)" "it holds $name; parameter overwrite=$DAX"
	unchanged
	[[ ! -e $NODES/node1 ]] || fail "node 1 is there"
}

begin 1
lvm=$(printf 'LABELONE' | od -An -tx1 | tr -d ' \n') lvm_type=$(printf 'LVM2 001' | od -An -tx1 | tr -d ' \n')
pool=$(printf 'PMEMOBJ\0' | od -An -tx1 | tr -d ' \n')
holds "ext2, ext3 or ext4 file system" 0x438 53ef
write_data 0x438 0000
holds "XFS file system" 0 58465342
holds "LUKS2 encrypted volume" 0 4c554b53babe0002
write_data 0 0000000000000000
holds "LVM2 physical volume" 512 "$lvm" 536 "$lvm_type"
write_data 512 0000000000000000
holds "PMDK object pool" 0 "$pool"

# only when it is named; and memory that was left behind is taken as it is
for name in dax9.0 dax0.00 "" dax; do
	parameter overwrite "$name"
	refused "File exists" "$DAX" "$KMEM/bind"
done
parameter overwrite "dax9.0,$DAX"
bind
set_blocks online_movable 0 0
parameter overwrite ""
unbind
bind
set_blocks offline 0 0
unbind
not_bound "File exists"
parameter overwrite all
bind
unbind
write_data 0 0000000000000000
parameter overwrite ""
bind
end
