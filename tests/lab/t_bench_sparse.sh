# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Gaps in node numbers, a node that has no CPUs and one that kmem made, in tierbench's matrix.
# machines: sparse
# shellcheck source=/dev/null
. /lab/lib.sh

gives 0 tierbench matrix --size 2M --any-size --no-store --json
for node in 0 2 4 6; do
	same "rows of node $node" "$(grep -c "\"place\": \"node:$node\"" "$LAB_OUT/stdout")" 4
done
same "all rows" "$(grep -c '"test"' "$LAB_OUT/stdout")" 16
gives 5 tierbench latency --nodes node:3 --size 2M --any-size --no-store
gives 5 tierbench latency --nodes node:5 --size 2M --any-size --no-store
