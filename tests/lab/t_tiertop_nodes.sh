# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Memory goes and comes while tiertop runs, on a screen and as a stream: its tier's bar follows, and
# the host finds nothing stale in any record.
# machines: sparse
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib_top.sh

nothing_changes steady_capture
RECORDS=$LAB_OUT/records

# node_device NODE: the dax device that is or would be this node
node_device()
{
	basename "$(dirname "$(grep -lx "$1" /sys/bus/dax/devices/*/target_node)")"
}

# tiers_become NODES...: in the newest record of the stream
tiers_become()
{
	local seen

	for _ in {1..400}; do
		kill -0 "$STREAM" || fail "the stream ended"
		seen=$(tail -n 1 "$RECORDS" | tr '{' '\n' |
			sed -n 's/^"kind":"[^"]*","nodes":"\([^"]*\)".*/\1/p' | paste -sd ' ')
		[[ $seen == "$*" ]] && echo "tiers: $seen" && return
		sleep 0.1
	done
	fail "tiers are '$seen', expected '$*'"
}

device=$(node_device 5) memory=$(node_device 6)
start_fill_by --prefer node:6 -s 16M
echo "$FILL" > "$LAB_OUT/pid"
tiertop --no-config --json --interval 0.5 > "$RECORDS" &
STREAM=$!
start_top tiertop --no-config --interval 0.5
tiers_become 0,2,4 6
shows '1 pmem 6'

echo "--- the memory of a node goes, and with it its tier; its pages go elsewhere"
gives 0 tierctl dax offline --timeout 60 "$memory"
# what node 4 is nobody says, so without a slower tier of the kernel's nothing ranks it
tiers_become 0,2

echo "--- it comes back"
forget
gives 0 tierctl dax online "$memory"
tiers_become 0,2,4 6
shows '1 pmem 6'

echo "--- a device becomes memory of that tier"
forget
gives 0 tierctl dax use-as-ram --yes "$device"
tiers_become 0,2,4 5-6
shows '5-6'

echo "--- it goes again"
gives 0 tierctl dax use-as-device "$device"
tiers_become 0,2,4 6

end_top
kill "$STREAM"
wait "$STREAM"
echo "status of the stream: $?"
stop_fill
