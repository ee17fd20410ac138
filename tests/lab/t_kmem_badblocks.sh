# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Bad blocks that machine checks report: known before the bind, the block is left out; reported
# of a block that is offline, it is remembered, refused when somebody onlines it, and withdrawn by
# rescan. QEMU cannot clear, which clear_skipped says, and the block stays out, until the list
# has it no more.
# machines: pmem-raw
# a machine check that no processor made:
# allow-log: \[Hardware Error\]:
# allow-log: ^mce:
# allow-log: ^mce_notify_irq: \d+ callbacks suppressed$
# a device that has nothing to offer:
# allow-log: (probe of dax\d.0|probe with driver kmem) failed with error -22$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

ERROR="Memory page has hardware error"

page_range()
{
	printf '%#x-%#x\n' $(($1)) $(($1 + 4095))
}

begin 1
REGION=$(readlink -f "$DIR/../..")
early=$(page_in 2) late=$(page_in 5)
machine_check "$early"
becomes "$REGION/badblocks" "$(sectors "$early")"
bind
has kmem/ranges "$(blocks 0 1; blocks 3 7)"
has kmem/skipped_blocks "$(blocks 2 2)"
has kmem/lost_badblock_bytes "$BLOCK"
has kmem/poisoned_pages 0 # none was memory

# of a block that is memory, but offline
machine_check "$late"
becomes "$DIR/kmem/poisoned_pages" 1
has kmem/poisoned_ranges "$(page_range "$late")"
same "remembered" "$(< "$KMEM/remembered_poison")" "$(page_range "$late")"
refused "$ERROR" online_movable "$(block_file 5)"
set_blocks online_movable 6 6
has kmem/ranges "$(blocks 0 1; blocks 3 7)"
echo 1 > "$DIR/kmem/rescan"
has kmem/ranges "$(blocks 0 1; blocks 3 4; blocks 6 7)"
has kmem/skipped_blocks "$(blocks 2 2; blocks 5 5)"
[[ ! -e $(block_file 5) ]] || fail "block 5 is still memory"

# of a block in use: it stays, and is remembered
machine_check "$(page_in 6)"
becomes "$DIR/kmem/poisoned_pages" 2
refused "Device or resource busy" 1 "$DIR/kmem/rescan"
set_blocks offline 6 6
refused "$ERROR" online_movable "$(block_file 6)"
echo 1 > "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 2 2; blocks 5 6)"

# nobody can clear
for range in all "$(blocks 2 2)" "$(inside 5 0 "$BLOCK")"; do
	refused "Inappropriate ioctl for device|No such device or address" "$range" \
		"$DIR/kmem/clear_skipped"
done
refused "$NOT_TAKEN" "$(blocks 3 3)" "$DIR/kmem/clear_skipped" # not a skipped one
has kmem/skipped_blocks "$(blocks 2 2; blocks 5 6)"
like "region's bad blocks" "$(< "$REGION/badblocks")" "$(sectors "$late")"

unbind
bind
has kmem/skipped_blocks "$(blocks 2 2; blocks 5 6)"
reload # without the ledger, libnvdimm's list is enough
bind
has kmem/skipped_blocks "$(blocks 2 2; blocks 5 6)"
has kmem/poisoned_pages 0
unbind

# every block has one
for at in 0 1 3 4 7; do
	machine_check "$(page_in "$at")"
done
for at in {0..7}; do
	sectors "$(page_in "$at")"
done > /tmp/all
becomes "$REGION/badblocks" "$(< /tmp/all)"
not_bound "$NOT_TAKEN"
like "remembered" "$(< "$KMEM/remembered_poison")" "$(page_range "$(page_in 3)")"

# what the region's list has no more was cleared by somebody else, and the ledger forgets it
forget_bad_blocks
free_device "$DAX"
bind
has kmem/skipped_blocks ""
has kmem/ranges "$(blocks 0 7)"
same "remembered" "$(< "$KMEM/remembered_poison")" ""
end
