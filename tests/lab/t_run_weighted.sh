# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# --weighted places pages in the ratio asked if the kernel's weights are so, and says what to do
# if they are not.
# machines: 2s-pmem
# kernels: 6.12
# shellcheck source=/dev/null
. /lab/lib.sh

gives 125 tierctl run --weighted dram=3,pmem=1 -- true
like "refusal" "$(< "$LAB_OUT/stderr")" "node 0 has 1 where 3 is asked: as root, tierctl weights set node:0-1=3,node:2-3=1"

gives 0 tierctl weights set node:0-1=3,node:2-3=1
gives 0 tierctl run --weighted dram=3,pmem=1 -- fill -s 128M
pages=$((128 * 256))
for node in 0 1; do
	between "pages on node $node" "$(pages_on $node < "$LAB_OUT/stdout")" \
		$((pages * 365 / 1000)) $((pages * 385 / 1000))
done
for node in 2 3; do
	between "pages on node $node" "$(pages_on $node < "$LAB_OUT/stdout")" \
		$((pages * 115 / 1000)) $((pages * 135 / 1000))
done

# only the ratio counts
gives 0 tierctl run --weighted dram=6,pmem=2 -- fill -s 32M
between "6:2: pages in DRAM" "$(pages_on 0,1 < "$LAB_OUT/stdout")" \
	$((32 * 256 * 74 / 100)) $((32 * 256 * 76 / 100))

gives 0 tierctl show --json
same "weights shown" "$(grep -c '"weight": 3' "$LAB_OUT/stdout")" 2
gives 0 tierctl weights reset
