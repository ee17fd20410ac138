# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A uevent tells of each change of what a device has added, lost to bad blocks, could not add or
# knows to be poisoned, once, and of nothing else; that it is bound the kernel tells by itself.
# machines: pmem-raw
# what the kernel says of injected poison:
# allow-log: ^Injecting memory failure at pfn
# allow-log: ^Memory failure: 0x[0-9a-f]+: recovery action for free buddy page: Recovered$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

# said POISONED LOST-BLOCKS ADDED-BLOCKS FAILED-BLOCKS
said()
{
	echo "$DAX poisoned $1 lost $(($2 * BLOCK)) added $(($3 * BLOCK)) failed $(($4 * BLOCK))" >> /tmp/expected
	becomes /tmp/events "$(< /tmp/expected)"
}

begin 1
uevents > /tmp/events &
becomes /tmp/events ready
echo ready > /tmp/expected

bind
parameter skip "$(inside 2 0 1)"
echo 1 > "$DIR/kmem/rescan"
said 0 1 7 0
echo 1 > "$DIR/kmem/rescan" # nothing new
parameter skip ""
echo 1 > "$DIR/kmem/rescan"
said 0 0 8 0
set_blocks online_movable 0 0
poison "$(page_in 0)"
said 1 0 8 0
set_blocks offline 0 0
echo 1 > "$DIR/kmem/rescan"
said 1 1 7 0
echo unplugged > "$DIR/state"
said 1 1 0 0

# somebody else has all of it, and then no more
parameter partial 1
insmod /lab/modules/hold.ko start="$FIRST" size=$((COUNT * BLOCK)) || fail hold
refused "Device or resource busy" offline "$DIR/state"
said 1 1 0 7
rmmod hold
echo offline > "$DIR/state" || fail state
said 1 1 7 0
end
