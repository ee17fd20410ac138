# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Where DRAM is full, hot pages stay in the slower memory: nobody is killed and no page is lost, if
# the kernel's demotion makes room for what the kernel itself needs; where it does not, auto warns.
# machines: 2s-pmem
# kernels: 6.12
# timeout: 90
# shellcheck source=/dev/null
. /lab/lib_auto.sh

# warnings: how often the plan warns of it
warnings()
{
	gives 0 tierctl auto plan --by damon > /tmp/gives || fail "$(< /tmp/gives)"
	grep -c "^note.*node 2-3 holds movable memory only" "$LAB_OUT/stdout"
}
same "warnings without demotion" "$(warnings)" 1
for_now /sys/kernel/mm/numa/demotion_enabled true
same "warnings with it" "$(warnings)" 0

auto_tree > /tmp/auto-before
drop_caches
free=$((($(node_kib 0 MemFree) + $(node_kib 1 MemFree)) / 1024))
# All of it is hot; a little is left for the kernel. Bound, as a program on node 1 would take node 3,
# which is nearer, before node 0.
: > "$LAB_OUT/hog"
tierctl run --bind dram -- fill -w -s -t 1 $((free - 56))M > "$LAB_OUT/hog" &
hog=$!
until grep -q ^end "$LAB_OUT/hog"; do
	kill -0 $hog || fail "the first program ended"
	sleep 0.2
done
start_fill_in pmem -s -t 1 96M

# slow_pages_of_hog: at its next count
slow_pages_of_hog()
{
	local ends

	ends=$(grep -c ^end "$LAB_OUT/hog")
	kill -USR1 $hog
	until (($(grep -c ^end "$LAB_OUT/hog") > ends)); do
		kill -0 $hog || fail "the first program was killed"
		sleep 0.2
	done
	awk '$1 == "pages" { sum = 0 } $1 == "node" && $2 > 1 { sum += $3 } END { print sum + 0 }' \
		"$LAB_OUT/hog"
}

gives 0 tierctl auto start --by damon --interval 200
sleep 15
recount
# Pages that went to another slow node, or back to their own, count as moved before 6.16: what is
# told of bytes proves nothing here, where pages lie does
same "pages of the second program" "$(found 0,1,2,3)" $((96 * 256))
kill -0 $hog || fail "the first program was killed"
slow=$(($(found 2,3) + $(slow_pages_of_hog)))
between "pages of both that found no room in DRAM" $slow $((32 * 256)) $((96 * 256))
gives 0 tierctl auto status
like "status" "$(< "$LAB_OUT/stdout")" "kdamonds  4 of 4 run"
gives 0 tierctl auto stop
stop_fill
kill -KILL $hog
wait $hog 2> /dev/null
unchanged "after the stop"
