# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tierbench policy --heap has a row of a heap that is where it was asked for, and none of one that
# is not.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

nothing_changes
small=(--size 4M --any-size --no-store --only bind)

# heap SPEC PLACE: its row, whose place is the spec as it was resolved
heap()
{
	gives 0 tierbench policy --heap "$1" "${small[@]}" --json
	same "rows of $1" "$(grep -cF "\"place\": \"heap:$2\"" "$LAB_OUT/stdout")" 1
	same "rows of bind" "$(grep -c '"place": "bind"' "$LAB_OUT/stdout")" 1
	same "pages proved" "$(grep -c '"pages_proved": 1024,' "$LAB_OUT/stdout")" 2
}
heap prefer:pmem prefer:node:2-3
heap bind:node:3 bind:node:3
heap interleave:node:1,3 interleave:node:1,3
heap ratio:dram=3,pmem=1 ratio:node:0-1=3,node:2-3=1
heap "threshold:4K:dram<pmem" "threshold:4096:node:0-1<node:2-3"
same "words" "$(< "$LAB_OUT/stderr")" ""

# What cannot be proved, or is none
gives 2 tierbench policy --heap rubbish "${small[@]}"
like "why" "$(< "$LAB_OUT/stderr")" "^tierbench: --heap: 'rubbish' is no heap policy"
gives 2 tierbench policy --heap limit:dram=1M "${small[@]}"
like "why" "$(< "$LAB_OUT/stderr")" "^tierbench: heap: beyond a limit"
gives 2 tierbench policy --only heap --size 4M --any-size --no-store
like "why" "$(< "$LAB_OUT/stderr")" "^tierbench: heap: this process has none"

# Asked for and not there: the library did not come, or what places memory is forbidden
TIER_HEAP=prefer:node:2 gives 1 tierbench policy --only heap --size 4M --any-size --no-store
like "why" "$(< "$LAB_OUT/stderr")" "policy: not placed as asked .heap:prefer:node:2.: .* on node [01]"
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0
gives 1 refuse EPERM tierbench policy --heap prefer:pmem "${small[@]}"
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0
