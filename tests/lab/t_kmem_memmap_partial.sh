# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Where the page structures are on the device and the kernel wants block by block, each block that
# somebody else has fails alone; with the parameter partial all others become memory, and without
# it none does.
# machines: pmem-memmap
# kernels: 6.1
# the blocks that cannot be had:
# allow-log: probe of dax0.0 failed with error -16$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

held() # BLOCK...: their first addresses
{
	local number

	for number; do
		printf '%#x,' $((FIRST + number * BLOCK))
	done
}

begin 1 memmap_on_memory=1
same "whole blocks" "$COUNT" 8
cp /tmp/iomem /tmp/before
starts=$(held 1 3 5)
insmod /lab/modules/hold.ko start="${starts%,}" size="$BLOCK" || fail hold
cat /proc/iomem > /tmp/iomem
not_bound "Device or resource busy"
unchanged

parameter partial 1
bind
has kmem/failed_ranges "$(blocks 1 1; blocks 3 3; blocks 5 5)"
has kmem/ranges "$(blocks 0 0; blocks 2 2; blocks 4 4; blocks 6 7)"
has kmem/added_bytes $((5 * BLOCK))
rmmod hold
echo 1 > "$DIR/kmem/rescan" || fail rescan
has kmem/failed_ranges ""
has kmem/ranges "$(blocks 0 7)"
cp /tmp/before /tmp/iomem
end
