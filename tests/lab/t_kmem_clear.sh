# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What can be cleared is taken into service: on legacy pmem, where libnvdimm says that it has
# cleared, skipped blocks become memory, and their bad ranges leave the list. That memory goes to
# an ordinary node, whose tier must not suffer when it goes again.
# machines: pmem-raw
# this kind of pmem cannot flush:
# allow-log: ^nd_pmem namespace\d\.\d: unable to guarantee persistence of writes$
# a machine check that no processor made, and that no other driver took for its own:
# allow-log: \[Hardware Error\]: (Machine check events logged|CPU \d: Machine Check: 0 Bank 9|TSC|PROCESSOR)
# allow-log: ^mce_notify_irq: \d+ callbacks suppressed$
# a device that has nothing to offer:
# allow-log: (probe of dax\d.0|probe with driver kmem) failed with error -22$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

# skip_list: as it was written
skip_list()
{
	sed 's/0x//g' "$PARAMETERS/skip"
}

modprobe nd_e820
for namespace in /sys/bus/nd/devices/namespace*; do
	[[ $(< "$namespace/mode") != raw ]] || break
done
gives 0 ndctl create-namespace -m devdax -M mem -e "${namespace##*/}" -f
choose 0
same "whole blocks" "$COUNT" 2
tier=$(grep -lw 0 "$TIERS"/memory_tier*/nodelist)
both=$(inside 0 0 1),$(inside 1 0 8192)
begin 0 skip="$both"
not_bound "$NOT_TAKEN"
parameter skip "$(inside 1 0 8192)"
bind
has kmem/ranges "$(blocks 0 0)"
set_blocks online_movable 0 0

# while they are on the list, nothing brings them back but clearing
refused "$NOT_TAKEN" "$(blocks 0 0)" "$DIR/kmem/clear_skipped" # in use, not skipped
echo 1 > "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 1 1)"
echo all > "$DIR/kmem/clear_skipped" || fail clear_skipped
same "skip list" "$(skip_list)" ""
has kmem/skipped_blocks ""
has kmem/lost_badblock_bytes 0
has kmem/ranges "$(blocks 0 1)"
set_blocks online_movable 1 1
refused "$NOT_TAKEN" all "$DIR/kmem/clear_skipped" # there are none

# what is in use is never cleared, also if somebody calls it bad
parameter skip "$both"
refused "Device or resource busy" 1 "$DIR/kmem/rescan"
refused "$NOT_TAKEN" all "$DIR/kmem/clear_skipped"
same "skip list" "$(skip_list)" "$both"

# poison that was found in use, and is clear for the next user
set_blocks offline 0 1
parameter skip ""
machine_check "$(page_in 1)"
becomes "$DIR/kmem/poisoned_pages" 1
echo 1 > "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 1 1)"
blocks 1 1 > "$DIR/kmem/clear_skipped" || fail clear_skipped
has kmem/poisoned_pages 0
set_blocks online_movable 1 1
set_blocks offline 1 1

same "tier of node 0" "$(grep -lw 0 "$TIERS"/memory_tier*/nodelist)" "$tier"
end
same "tier of node 0" "$(grep -lw 0 "$TIERS"/memory_tier*/nodelist)" "$tier"
ndctl disable-region "$(basename "$(dirname "$(readlink -f "$namespace")")")" > /tmp/disabled 2>&1
modprobe -r nd_e820 || fail "modprobe -r nd_e820"
