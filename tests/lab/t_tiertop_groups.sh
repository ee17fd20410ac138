# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What tiertop says of control groups, against what the kernel says at the same moment, and in which
# order they stand. The host compares the figures.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

for_now /proc/sys/kernel/numa_balancing 0
GROUPS_AT=/sys/fs/cgroup
put $GROUPS_AT/cgroup.subtree_control +memory
mkdir -p $GROUPS_AT/lab-top/below $GROUPS_AT/lab-top-two
put $GROUPS_AT/lab-top/cgroup.subtree_control +memory

# begin GROUP SELECTOR SIZE: a fill in a group, with its memory there
begin()
{
	: > "$LAB_OUT/fill"
	# shellcheck disable=SC2016 # for the shell inside
	bash -c 'echo $$ > "$1/cgroup.procs" && exec tierctl run --bind "$2" -- fill -s -w "$3"' _ \
		"$GROUPS_AT/$1" "$2" "$3" > "$LAB_OUT/fill" &
	FILL=$!
	await_counts 1
	kill -STOP $FILL
}

# stats NAME: what the kernel says of each group
stats()
{
	local group

	for group in lab-top lab-top/below lab-top-two; do
		sed -n "s|^\(anon\|file\) |/$group &|p" "$GROUPS_AT/$group/memory.numa_stat"
	done > "$LAB_OUT/$1"
}

begin lab-top/below node:2 32M
one=$FILL
begin lab-top-two node:0 16M
two=$FILL

# The kernel sums its counters up now and then, so until nothing changes around a look.
for _ in {1..20}; do
	stats before
	tiertop --no-config --once --json --groups > "$LAB_OUT/record" || fail "tiertop: $?"
	stats after
	cmp -s "$LAB_OUT/before" "$LAB_OUT/after" && break
done
same "the kernel's figures around the look" "$(< "$LAB_OUT/before")" "$(< "$LAB_OUT/after")"
cat "$LAB_OUT/after"
tiertop --no-config --once --text --groups --size 160x60 > "$LAB_OUT/screen" || fail "screen: $?"
same "order on the screen" "$(grep -o '/lab-top[^ ]*' "$LAB_OUT/screen" | paste -sd ' ')" \
	"/lab-top /lab-top/below /lab-top-two"
kill -KILL "$one" "$two"
for group in lab-top/below lab-top lab-top-two; do
	# As long as what was killed is still in it, it stays.
	until rmdir "$GROUPS_AT/$group" 2> /dev/null; do
		sleep 0.1
	done
done
put $GROUPS_AT/cgroup.subtree_control -memory
