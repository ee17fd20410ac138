# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A heap whose slow node loses its memory: what it had is elsewhere and whole, it goes on, and it
# ends as it would have; one that begins without the node says so and is a plain one.
# machines: sparse
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib_heap.sh

device=$(basename "$(dirname "$(grep -lx 6 /sys/bus/dax/devices/*/target_node)")")

# the whole of a process's anonymous pages on that node
on_node()
{
	awk -v node="N$2=" '/ anon=/ && !/ file=/ {
		for (i = 3; i <= NF; i++) if (index($i, node) == 1) sum += substr($i, length(node) + 1)
	} END { print sum + 0 }' "/proc/$1/numa_maps"
}

# reads WORDS: the next line of the program
reads()
{
	local line

	read -r -t 60 line <&7 || fail "no line within 60 s"
	same "it says" "$line" "$1"
}

# Text of 8 MB before, and as much again behind it, which is compared with what it was made of.
# shellcheck disable=SC2016
GROW='printf -v a "%8000000s" x; echo "before ${#a}"; read -r; printf -v b "%8000000s" x
[[ $a == "$b" ]] && echo "after ${#b}"; read -r; exit 3'

mkfifo /tmp/to /tmp/from
# a tier of one node, two nodes by size, and by stripes
for spec in prefer:node:6 bind:node:6 'threshold:4K:node:0<node:6' ratio:node:0=1,node:6=1; do
	echo "--- $spec"
	tierctl run --heap "$spec" -- bash -c "$GROW" < /tmp/to > /tmp/from 2> /tmp/words &
	pid=$!
	exec 8> /tmp/to 7< /tmp/from
	reads "before 8000000"
	between "pages on node 6" "$(on_node $pid 6)" $((8000000 / 4096 / 3)) 100000

	gives 0 tierctl dax offline --timeout 60 "$device"
	same "pages on node 6" "$(on_node $pid 6)" 0
	echo >&8
	reads "after 8000000"
	gives 0 tierctl heap "$pid"

	gives 125 tierctl run --heap "$spec" -- true
	like "tierctl's words" "$(< "$LAB_OUT/stderr")" "'node:6' selects nothing .* node 6 is no-memory"
	TIER_HEAP=$spec LD_PRELOAD=$LIBRARY gives 0 bash -c 'echo plain'
	same "its output" "$(< "$LAB_OUT/stdout")" plain
	like "its one line" "$(< "$LAB_OUT/stderr")" '^[^'$'\n'']*node 6[^'$'\n'']*$'

	gives 0 tierctl dax online "$device"
	echo >&8
	exec 8>&- 7<&-
	wait $pid
	same "its exit status" $? 3
	same "its words" "$(< /tmp/words)" ""
done
