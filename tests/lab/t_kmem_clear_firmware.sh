# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# With firmware that clears, clear_skipped makes bad blocks memory again: only the bad pages are
# cleared, the region's list and the ledger forget them. What the firmware clears in part, or not
# at all, stays out.
# machines: pmem-raw
# a machine check that no processor made:
# allow-log: \[Hardware Error\]:
# allow-log: ^mce:
# allow-log: ^mce_notify_irq: \d+ callbacks suppressed$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

# was_bad BLOCK: after a machine check and a rescan, it is skipped
was_bad()
{
	machine_check "$(page_in "$1")"
	for _ in {1..200}; do
		grep -q . "$REGION/badblocks" && break
		sleep 0.05
	done
	like "region's bad blocks" "$(< "$REGION/badblocks")" " 8$"
	echo 1 > "$DIR/kmem/rescan" || fail rescan
	is_out "$1"
}

is_out()
{
	has kmem/skipped_blocks "$(blocks "$1" "$1")"
	has kmem/lost_badblock_bytes "$BLOCK"
}

# clears BLOCK BYTES: the block is memory again, and so many bytes have been cleared for that
clears()
{
	local before

	before=$(< "$CLEARED")
	blocks "$1" "$1" > "$DIR/kmem/clear_skipped" || fail clear_skipped
	same "cleared bytes" $(($(< "$CLEARED") - before)) "$2"
	same "region's bad blocks" "$(< "$REGION/badblocks")" ""
	same "remembered" "$(< "$KMEM/remembered_poison")" ""
	has kmem/poisoned_pages 0
	has kmem/skipped_blocks ""
	has kmem/lost_badblock_bytes 0
	has kmem/ranges "$(blocks 0 $((COUNT - 1)))"
}

begin 1
REGION=$(readlink -f "$DIR/../..")
BUS=$(basename "${REGION%/*}")
CLEARED=/sys/module/clears/parameters/cleared
gives 0 insmod /lab/modules/clears.ko bus="$BUS"

# known before the bind, so never memory
machine_check "$(page_in 2)"
becomes "$REGION/badblocks" "$(sectors "$(page_in 2)")"
bind
is_out 2
refused "$NOT_TAKEN" "$(blocks 3 3)" "$DIR/kmem/clear_skipped"
same "cleared bytes" "$(< "$CLEARED")" 0
clears 2 4096
set_blocks online_movable 2 2
set_blocks offline 2 2

# found while it was memory
was_bad 5
has kmem/poisoned_pages 1

# in part; what is left is cleared by the next call
echo 512 > /sys/module/clears/parameters/most
refused "Input/output error" all "$DIR/kmem/clear_skipped"
is_out 5
echo 4096 > /sys/module/clears/parameters/most
clears 5 4096
set_blocks online_movable 5 5
set_blocks offline 5 5

# not at all: its units are larger than what is bad
was_bad 1
echo $((1 << 20)) > /sys/module/clears/parameters/unit
refused "No such device or address" all "$DIR/kmem/clear_skipped"
is_out 1
echo 256 > /sys/module/clears/parameters/unit
clears 1 4096

# and in use it is not cleared, whatever the firmware can do
set_blocks online_movable 6 6
before=$(< "$CLEARED")
machine_check "$(page_in 6)"
becomes "$DIR/kmem/poisoned_pages" 1
refused "Device or resource busy" 1 "$DIR/kmem/rescan"
refused "$NOT_TAKEN" all "$DIR/kmem/clear_skipped"
same "cleared bytes" "$(< "$CLEARED")" "$before"
set_blocks offline 6 6
echo 1 > "$DIR/kmem/rescan" || fail rescan
is_out 6
clears 6 4096
unbind
gives 0 rmmod clears
end
