# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tierbench alloc has all allocators do the same work, and sees where the blocks of a heap are.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

nothing_changes
for spec in prefer:pmem "threshold:4K:dram<node:3"; do
	gives 0 tierbench alloc --only grow,threads --heap "$spec" --no-store --json
	for place in libc plain "$spec"; do
		same "rows of $place" "$(grep -cF "\"place\": \"$place\"" "$LAB_OUT/stdout")" 2
	done
	rows=$(grep -c '"test": "alloc"' "$LAB_OUT/stdout")
	same "blocks that were seen" "$(grep -c '"pages_proved": 1024,' "$LAB_OUT/stdout")" "$rows"
	same "numbers of blocks taken, of two loads" \
		"$(grep '"lines_proved"' "$LAB_OUT/stdout" | sort -u | wc -l)" 2
	same "figures of an emulator" "$(grep -c '"median": [0-9]' "$LAB_OUT/stdout")" 0
done

# Asked for and not there: another's malloc, or a heap that is a plain one
gives 3 tierbench alloc-work grow libtiermalloc.so
like "whose" "$(< "$LAB_OUT/stderr")" "malloc is of libc, and not of libtiermalloc.so"
TIER_HEAP=prefer:node:2 gives 1 tierbench alloc-work grow libc
like "where" "$(< "$LAB_OUT/stderr")" "prefer:node:2: 0 of 1024 blocks are there"
LD_PRELOAD=$(find /usr/lib -name libtiermalloc.so) TIER_HEAP=prefer:node:9 \
	gives 2 tierbench alloc-work grow libtiermalloc.so
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0
gives 1 tierbench alloc --only grow --heap prefer:gpu --no-store
like "no such tier" "$(< "$LAB_OUT/stderr")" "tierctl: run: --heap: "
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0
