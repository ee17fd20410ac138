# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A device that begins like a file system, an encrypted volume or a pool is refused with a name
# for what is there, and nothing is written to it; the parameter overwrite takes it. It is read where
# it is not known to be bad.
# machines: pmem-raw
# timeout: 120
# a machine check that no processor made:
# allow-log: \[Hardware Error\]:
# allow-log: ^mce:
# allow-log: ^mce_notify_irq: \d+ callbacks suppressed$
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

# said NAME: the device is refused, and the log says that it holds a NAME
said()
{
	not_bound "File exists"
	like "said" "$(dmesg | grep "refused: it holds" | tail -n 1)" "it holds $1; parameter overwrite=$DAX"
}

# holds NAME OFFSET HEX...: with these bytes the device is refused, for they are a NAME
holds()
{
	local name=$1

	shift
	write_data "$@"
	said "$name"
	unchanged
	[[ ! -e $NODES/node1 ]] || fail "node 1 is there"
}

begin 1
START=$(< "$DIR/resource")
lvm=$(printf 'LABELONE' | od -An -tx1 | tr -d ' \n') lvm_type=$(printf 'LVM2 001' | od -An -tx1 | tr -d ' \n')
gpt=$(printf 'EFI PART' | od -An -tx1 | tr -d ' \n')
pool=$(printf 'PMEMOBJ\0' | od -An -tx1 | tr -d ' \n')
holds "ext2, ext3 or ext4 file system" 0x438 53ef
write_data 0x438 0000
holds "XFS file system" 0 58465342
holds "LUKS2 encrypted volume" 0 4c554b53babe0002
write_data 0 0000000000000000
holds "LVM2 physical volume" 512 "$lvm" 536 "$lvm_type"
write_data 512 0000000000000000
holds "PMDK object pool" 0 "$pool"

# at the other end; 64 KiB of it are looked at
size=$(< "$DIR/size")
write_data 0 0000000000000000 $((size - 0x10000)) fc4e2ba9000000005a000000
said "Linux md array member"
write_data $((size - 0x10000)) 00000000 $((size - 512)) "$gpt"
said "GPT partition table"
write_data $((size - 512)) 0000000000000000 0 "$pool"

# a page that is known to be bad is not looked at, and hides nothing of the others
zfs=$(printf 'version\0' | od -An -tx1 | tr -d ' \n')
write_data 0x4000 010100000000000000000001 0x4014 "00000007$zfs"
said "PMDK object pool"
machine_check "$START"
becomes "$DIR/../../badblocks" "$(sectors "$START")"
said "ZFS pool member"
parameter skip "$(printf '%x-%x' $((START + 0x4018)) $((START + 0x4018)))"
bind
unbind
parameter skip ""
said "ZFS pool member"
write_data 0x4000 000000000000000000000000
bind
unbind
forget_bad_blocks # they go only with libnvdimm's
free_device "$DAX"
said "PMDK object pool"

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
