# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# When somebody else has the addresses of one run, all of the device is rolled back; with the
# parameter partial the others stay, the failed one is named, and rescan gets it once it is free.
# machines: pmem-raw
# the run that cannot be had:
# allow-log: (probe of dax0.0|probe with driver kmem) failed with error -16$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

choose 1
begin 1 skip="$(inside 3 0 1)"
insmod /lab/modules/hold.ko start=$((FIRST + 6 * BLOCK)) size="$BLOCK" || fail hold
cat /proc/iomem > /tmp/iomem
not_bound "Device or resource busy"
unchanged
[[ ! -e $NODES/node1 ]] || fail "node 1 is there"
same "module's users" "$(< /sys/module/kmem/refcnt)" 0

# although the first run came online at once
policy online_movable
not_bound "Device or resource busy"
unchanged
policy offline

parameter partial 1
bind
has kmem/ranges "$(blocks 0 2)"
has kmem/failed_ranges "$(blocks 4 7)"
has kmem/skipped_blocks "$(blocks 3 3)"
has kmem/added_bytes $((3 * BLOCK))
refused "Device or resource busy" "$DAX" "$KMEM/bind"
rmmod hold
echo 1 > "$DIR/kmem/rescan"
has kmem/ranges "$(blocks 0 2; blocks 4 7)"
has kmem/failed_ranges ""
unbind

# nothing at all can be had
insmod /lab/modules/hold.ko start=$((FIRST + BLOCK)) size=$((5 * BLOCK)) || fail hold
not_bound "Device or resource busy"
rmmod hold
cat /proc/iomem > /tmp/iomem
end
