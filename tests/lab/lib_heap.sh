# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # variables are for the tests
#
# What the tests of heaps on tiers share: programs under libtiermalloc.so, and where their pages lie.
#
# shellcheck source=/dev/null
. /lab/lib.sh

LIBRARY=$(find /usr/lib -name libtiermalloc.so)

# sum WORD LIST: what the lines of the last run say of these nodes
sum()
{
	awk -v word="$1" -v list=",$2," \
		'$1 == word && index(list, "," $2 ",") { sum += $3 } END { print sum + 0 }' \
		"$LAB_OUT/stdout"
}

# permille of the heap's pages that are on these nodes
permille()
{
	echo $(($(sum node "$1") * 1000 / $(sum node 0,1,2,3)))
}

# heap SPEC COMMAND...: run it with that heap; nothing may be said but what it prints
heap()
{
	local spec=$1

	shift
	gives 0 tierctl run --heap "$spec" -- "$@"
	same "words of $spec" "$(< "$LAB_OUT/stderr")" ""
}

# plain COMMAND...: run it with the library and no heap on tiers
plain()
{
	TIER_HEAP='' LD_PRELOAD=$LIBRARY gives 0 "$@"
}
