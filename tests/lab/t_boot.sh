# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The guest is the machine that its card describes: nodes, CPUs, sizes, distances, tiers.
# machines: all
# shellcheck source=/dev/null
. /lab/lib.sh

same "online nodes" "$(< "$NODES/online")" "$(card_lines online)"
same "possible nodes" "$(< "$NODES/possible")" "$(card_lines possible)"

while read -r node kind kib cpus; do
	[[ $cpus == - ]] && cpus=
	same "node $node: CPUs" "$(< "$NODES/node$node/cpulist")" "$cpus"
	total=$(node_kib "$node" MemTotal)
	case $kind in
	pmem | hmem)
		same "node $node: KiB by kmem" "$total" "$kib"
		;;
	ram)
		# the kernel keeps some of ordinary memory for itself before it counts
		between "node $node: KiB" "$total" $((kib * 80 / 100)) "$kib"
		;;
	none)
		same "node $node: KiB" "$total" 0
		;;
	esac
	like "numactl on node $node" "$(numactl -H | grep "^node $node size")" " $((total / 1024)) MB"
done < <(card_lines node)

while read -r node row; do
	same "node $node: distances" "$(< "$NODES/node$node/distance")" "$row"
done < <(card_lines distance)

while read -r tier list; do
	same "memory_tier$tier" "$(< "$TIERS/memory_tier$tier/nodelist")" "$list"
done < <(card_lines tier)
same "number of tiers" "$(find "$TIERS" -name 'memory_tier[0-9]*' | wc -l)" "$(card_lines tier | wc -l)"

while read -r node via; do
	targets=$(grep -lx "$node" /sys/bus/dax/devices/*/target_node)
	like "device of node $node" "$targets" "dax[0-9]+\.[0-9]+/target_node$"
	driver=$(readlink "${targets%/*}/driver")
	expected=device_dax
	# since 6.3 soft-reserved memory waits for kmem and is nobody else's
	[[ $via == hmem && $KERNEL != 6.1 ]] && expected=
	same "its driver" "${driver##*/}" "$expected"
done < <(card_lines devdax)

same "kernel" "$(uname -r | grep -o '^[0-9]*\.[0-9]*')" "$KERNEL"
