# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Where DRAM is full, hot pages stay in the slower memory: nobody is killed and no page is lost.
# machines: 2s-pmem
# kernels: 6.12
# timeout: 90
# shellcheck source=/dev/null
. /lab/lib_auto.sh

auto_tree > /tmp/auto-before
drop_caches
free=$((($(node_kib 0 MemFree) + $(node_kib 1 MemFree)) / 1024))
# All of it is hot, so nothing is demoted; a little is left for the kernel. Bound, as a program on
# node 1 would take node 3, which is nearer, before node 0.
: > "$LAB_OUT/hog"
tierctl run --bind dram -- fill -w -s -t 1 $((free - 56))M > "$LAB_OUT/hog" &
hog=$!
until grep -q ^end "$LAB_OUT/hog"; do
	kill -0 $hog || fail "the first program ended"
	sleep 0.2
done
start_fill_in pmem -s -t 1 96M

gives 0 tierctl auto start --by damon --interval 200
sleep 15
recount
# Pages that went to another slow node, or back to their own, count as moved before 6.16: what is
# told of bytes proves nothing here, where pages lie does
same "pages of the second program" "$(found 0,1,2,3)" $((96 * 256))
between "pages that found no room in DRAM" "$(found 2,3)" $((32 * 256)) $((96 * 256))
kill -0 $hog || fail "the first program was killed"
gives 0 tierctl auto status
like "status" "$(< "$LAB_OUT/stdout")" "kdamonds  4 of 4 run"
gives 0 tierctl auto stop
stop_fill
kill -KILL $hog
wait $hog 2> /dev/null
unchanged "after the stop"
