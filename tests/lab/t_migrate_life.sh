# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Processes that live on: threads that write, mappings that come and go, forks, a kill half way, an
# interrupt; and what has no pages to move.
# machines: 2s-pmem
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib.sh
nothing_changes

for_now /proc/sys/kernel/numa_balancing 0 # it would bring pages back

# threads that write all the time, and one that maps and unmaps. A page that has just come is in no
# list yet from which it could be taken, and so is told as busy: that is when to run it again.
start_fill_in dram -s -t 2 -c 16M
for _ in {1..10}; do
	status=0
	tierctl migrate "$FILL" --to pmem > "$LAB_OUT/stdout" 2> "$LAB_OUT/stderr" || status=$?
	cat "$LAB_OUT/stdout"
	((status)) || break
	like "left" "$(< "$LAB_OUT/stderr")" '^[^,]*left behind: [0-9.]+ KiB busy$'
done
same "status in the end" "$status" 0
recount
same "pages of a busy process on pmem" "$(found 2,3)" 4096
between "its loops meanwhile" "$(awk '/loops/ { print $2 }' "$LAB_OUT/counts")" 1 100000000
stop_fill

# a child shares every page: they stay and are told, unless asked for
start_fill_in dram -s -f 32M
gives 1 tierctl migrate --only anon "$FILL" --to pmem
like "left" "$(< "$LAB_OUT/stderr")" 'left behind: 3[0-9.]+ MiB shared'
recount
same "shared pages on pmem" "$(found 2,3)" 0
gives 0 tierctl migrate --only anon --shared "$FILL" --to pmem
recount
same "shared pages on pmem, asked for" "$(found 2,3)" 8192
stop_fill

# when_moving COMMAND...: as soon as a page of what the fill counts has moved, and not of its own few
# ones; how long that takes is the host's
when_moving()
{
	(
		until grep -q -E 'anon=[0-9]{4,} .* N[23]=' "/proc/$FILL/numa_maps"; do
			sleep 0.1
		done
		"$@"
	) &
}

# it is killed half way
start_fill_in dram -s 128M
when_moving kill -KILL "$FILL"
gives 1 tierctl migrate "$FILL" --to pmem --rate 16
cat "$LAB_OUT/stdout"
like "killed" "$(< "$LAB_OUT/stderr")" "process $FILL: migrate: the process ended meanwhile"
wait

# Ctrl-C half way, then again
start_fill_in dram -s 64M
interrupt_mover()
{
	kill -INT "$(< /tmp/mover)"
}
when_moving interrupt_mover
# shellcheck disable=SC2016
gives 1 bash -c 'echo $$ > /tmp/mover; exec tierctl migrate "$0" --to pmem --rate 8' "$FILL"
cat "$LAB_OUT/stdout"
like "interrupted" "$(< "$LAB_OUT/stderr")" "interrupted; run it again to go on"
recount
between "moved by then" "$(found 2,3)" 1 16383
gives 0 tierctl migrate "$FILL" --to pmem
recount
same "and after going on" "$(found 2,3)" 16384
stop_fill

# a terminal sees how far it is
start_fill_in dram -s 64M
gives 0 onpty tierctl migrate "$FILL" --to pmem --rate 32
like "progress" "$(tr '\r' '\n' < "$LAB_OUT/stdout" | grep -m1 ' % *.* moved, .*B/s, .* left')" \
	"process $FILL: [0-9.]+ %, [0-9.]+ [KM]iB moved, [0-9.]+ [kM]B/s, [0-9.]+ s left"
stop_fill

# its first thread ended, the others live on
: > "$LAB_OUT/thread"
tierctl run --bind dram -- leaderless 16 > "$LAB_OUT/thread" &
LEADER=$!
for _ in {1..600}; do
	grep -q ^thread "$LAB_OUT/thread" && grep -q '^State:.*Z' "/proc/$LEADER/status" && break
	sleep 0.1
done
like "first thread" "$(grep ^State "/proc/$LEADER/status")" 'Z \(zombie\)'
gives 0 tierctl migrate --only anon "$LEADER" --to pmem
read -r _ thread < "$LAB_OUT/thread"
between "its pages on pmem" "$(awk '!/file=/ {
	for (i = 1; i <= NF; i++)
		if ($i ~ /^N[23]=/) sum += substr($i, 4)
}
END { print sum + 0 }' "/proc/$LEADER/task/$thread/numa_maps")" 4096 4200
kill -KILL "$LEADER"
wait "$LEADER" 2> /dev/null

# no memory of its own; nobody
gives 3 tierctl migrate 2 --to pmem
like "kernel thread" "$(< "$LAB_OUT/stderr")" "process 2: migrate: is a thread of the kernel"
gives 5 tierctl migrate 4194304 --to pmem
like "nobody" "$(< "$LAB_OUT/stderr")" "process 4194304: migrate: no such process"
