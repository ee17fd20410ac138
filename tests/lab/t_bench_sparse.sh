# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Gaps in node numbers, a node that has no CPUs and one that kmem made, in tierbench's matrix; then
# one that kmem makes while the machine runs, and one whose memory goes.
# machines: sparse
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

gives 0 tierbench matrix --size 2M --any-size --no-store --json
for node in 0 2 4 6; do
	same "rows of node $node" "$(grep -c "\"place\": \"node:$node\"" "$LAB_OUT/stdout")" 4
done
same "all rows" "$(grep -c '"test"' "$LAB_OUT/stdout")" 16
gives 5 tierbench latency --nodes node:3 --size 2M --any-size --no-store
gives 5 tierbench latency --nodes node:5 --size 2M --any-size --no-store

# device_of NODE: the dax device whose memory is, or would be, that node
device_of()
{
	grep -lx "$1" /sys/bus/dax/devices/*/target_node | sed 's|.*/\(dax[0-9.]*\)/.*|\1|'
}

# Hot-added by kmem while the machine runs: measured like any other, and gone again afterwards
device=$(device_of 5)
at_end tierctl dax use-as-device "$device"
gives 0 tierctl dax use-as-ram --yes "$device"
gives 0 tierbench bandwidth --only read --nodes node:5 --size 2M --any-size --no-store --json
same "proved on the new node" "$(grep -c '"pages_proved": 1536,' "$LAB_OUT/stdout")" 1
gives 0 tierbench migrate --nodes node:0,5 --pages 4k --size 2M --any-size --no-store --json
same "there and back" "$(grep -c '"place": "node:[05] to node:[05]"' "$LAB_OUT/stdout")" 2
gives 0 tierctl dax use-as-device "$device"
gives 5 tierbench latency --nodes node:5 --size 2M --any-size --no-store

# A node that is there and has no memory left: it is no place, and the others are measured
device=$(device_of 6)
at_end tierctl dax online "$device"
gives 0 tierctl dax offline "$device"
gives 5 tierbench latency --nodes node:6 --size 2M --any-size --no-store
like "why" "$(< "$LAB_OUT/stderr")" "^tierbench: node.6: "
gives 0 tierbench latency --size 2M --any-size --no-store --json
same "nodes that are left" "$(grep -o '"place": "node:[0-9]"' "$LAB_OUT/stdout" | sort -u | xargs)" \
	'place: node:0 place: node:2 place: node:4'
gives 0 tierctl dax online "$device"
