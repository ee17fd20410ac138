# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# --interleave spreads pages evenly over its nodes, small and huge ones. One percentage point of all
# pages is allowed, and with huge pages two of those, as what surrounds them is small.
# machines: 2s-pmem hbm-cxl
# shellcheck source=/dev/null
. /lab/lib.sh

# spread SELECTOR NODES PAGES-EACH [FILL-OPTION]
spread()
{
	local node total=0 slack

	# shellcheck disable=SC2086 # no option is no word
	gives 0 tierctl run --interleave "$1" -- fill ${4:-} 96M
	slack=$((96 * 256 / 100))
	[[ ${4:-} ]] || slack=1024
	for node in ${2//,/ }; do
		between "interleave $1 ${4:-}: pages on node $node" \
			"$(pages_on "$node" < "$LAB_OUT/stdout")" $(($3 - slack)) $(($3 + slack))
	done
	total=$(pages_on "$2" < "$LAB_OUT/stdout")
	same "interleave $1: pages on $2" "$total" $((96 * 256))
}

pages=$((96 * 256))
case $MACHINE in
2s-pmem)
	spread all 0,1,2,3 $((pages / 4)) -s
	spread all 0,1,2,3 $((pages / 4))
	spread pmem 2,3 $((pages / 2)) -s
	;;
hbm-cxl)
	spread all 0,1,2 $((pages / 3)) -s
	spread fast 0,1 $((pages / 2)) -s
	;;
esac
