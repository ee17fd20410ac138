# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# new_id alone binds a device, which then is a node of its own with the right place among nodes,
# and goes without leaving anything; bind and unbind do so again.
# machines: pmem-raw
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

other=$(dax_on 2)
free_device "$other"
firmware=$(ls /sys/firmware/memmap)
begin 1
is_with "$DAX" ""
refused "No such device" "$DAX" "$KMEM/bind" # nobody has named it to kmem

may_bind
is_with "$DAX" kmem
is_with "$other" ""
refused "Device or resource busy" "$DAX" "$KMEM/bind"

has state offline
has kmem/ranges "$(blocks 0 $((COUNT - 1)))"
has kmem/added_bytes $((1 << 30))
has kmem/lost_align_bytes $((BLOCK - (2 << 20))) # all but the namespace's own 2 MiB
has kmem/lost_badblock_bytes 0
for file in skipped_blocks failed_ranges poisoned_ranges; do
	has "kmem/$file" ""
done
has kmem/poisoned_pages 0
like "in /proc/iomem" "$(grep -A1 " : $DAX$" /proc/iomem | tail -n 1)" \
	"^ +$(blocks 0 $((COUNT - 1)) | sed 's/0x//g') : System RAM \(kmem\)$"
# driver-managed: no kernel that is started by kexec takes it for its own
same "in the firmware's map" "$(ls /sys/firmware/memmap)" "$firmware"

set_blocks online_movable 0 $((COUNT - 1))
has state online_movable
same "node 1: KiB" "$(node_kib 1 MemTotal)" $((1 << 20))
same "node 1: CPUs" "$(< "$NODES/node1/cpulist")" ""
same "node 1: distances" "$(< "$NODES/node1/distance")" "17 10"
declare -A tier=([6.1]=22 [6.12]=84) # 6.12: from the card's figures, as in 2s-pmem
same "memory_tier${tier[$KERNEL]}" "$(< "$TIERS/memory_tier${tier[$KERNEL]}/nodelist")" 1
gives 1 rmmod kmem
is_with "$DAX" kmem

set_blocks offline 0 $((COUNT - 1))
unbind
[[ ! -e $NODES/node1 ]] || fail "node 1 is still there"
[[ ! -e $TIERS/memory_tier${tier[$KERNEL]} ]] || fail "its tier is still there"
same "module's users" "$(< /sys/module/kmem/refcnt)" 0
unchanged

echo "$DAX" > "$KMEM/bind"
is_with "$DAX" kmem
has kmem/added_bytes $((1 << 30))
unbind
echo "$DAX" > "$KMEM/remove_id"
refused "No such device" "$DAX" "$KMEM/bind"
refused "No such device" dax99.0 "$KMEM/bind"
end
