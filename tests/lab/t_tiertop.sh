# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What tiertop says of a process that stands still, against what the kernel counts: by ratio, in
# runs, by halves, with huge pages of both sorts; and what it says of pages that move at a known rate.
# The host compares. And what it says of a heap, until its process becomes a program without one.
# LAB_LOOKS=N: so many looks of each kind (8).
# machines: 2s-pmem
# timeout: 600
# shellcheck source=/dev/null
. /lab/lib.sh

LOOKS=${LAB_LOOKS:-8}
TOP=(tiertop --no-config --json --cpu 1000)

# looks KIND: truth and looks of a fill that stands still
looks()
{
	kill -STOP "$FILL"
	tierctl where --exact --json "$FILL" > "$LAB_OUT/$1.truth" || fail "$1: truth"
	"${TOP[@]}" --count "$LOOKS" --interval 0.1 > "$LAB_OUT/$1.looks" || fail "$1: looks"
	same "$1: records" "$(wc -l < "$LAB_OUT/$1.looks")" "$LOOKS"
	kill -CONT "$FILL"
	stop_fill
}

start_fill_in node:0 -s 48M
looks bind
start_fill_by --interleave node:0,node:2 -s 48M
looks even
start_fill_by --interleave node:0-2 -s 48M
looks two-thirds
if [[ $KERNEL == 6.12 ]]; then
	for ratio in 3 9; do
		gives 0 tierctl weights set node:0=$ratio,node:2=1
		start_fill_by --weighted node:0=$ratio,node:2=1 -s 48M
		looks "$ratio-to-1"
	done
	gives 0 tierctl weights reset
fi
# by hand, as Linux 6.1 has no weights
for ratio in 3 9; do
	start_fill_in node:0 -s -p $((ratio + 1)) -b 2 48M
	looks "placed-$ratio-to-1"
done
start_fill_by --interleave node:0,node:2 48M # huge page by huge page
looks clustered
start_fill_in node:0 -s 48M
gives 0 tierctl migrate "$FILL" --to node:2 --percent 50
looks half-moved
start_fill_in node:0 48M
gives 0 tierctl migrate "$FILL" --to node:2 --percent 50
looks thp
echo 16 > "$NODES/node2/hugepages/hugepages-2048kB/nr_hugepages"
start_fill_in node:2 -H 32M
looks hugetlb
echo 0 > "$NODES/node2/hugepages/hugepages-2048kB/nr_hugepages"

# most_locks COMMAND...: how often it locked one memory map for reading, and that of which it was most
TRACE=/sys/kernel/tracing
most_locks()
{
	echo 8192 > $TRACE/buffer_size_kb
	echo > $TRACE/trace
	echo 1 > $TRACE/events/mmap_lock/enable
	# shellcheck disable=SC2016 # for the shell inside
	bash -c 'echo $$ > /sys/kernel/tracing/set_event_pid; exec "$@"' _ "$@" > /dev/null
	echo 0 > $TRACE/events/mmap_lock/enable
	awk '/mmap_lock_acquire_returned/ && /write=false/ {
		match($0, /mm=[^ ]+/)
		locks[substr($0, RSTART, RLENGTH)]++
	}
	END {
		for (mm in locks)
			if (locks[mm] > most)
				most = locks[mm]
		print most + 0
	}' $TRACE/trace
	echo > $TRACE/trace
}

# The lock is taken for 16 pages at a time, and by who counts for a whole mapping: 12288 pages here.
start_fill_in node:0 -s 48M
between "locks of tiertop" "$(most_locks "${TOP[@]}" --count 1)" 256 2000
between "locks of a reader of numa_maps" "$(most_locks cat "/proc/$FILL/numa_maps")" 1 100
stop_fill

# 48 MiB go down within some seconds, the looks are twice a second
start_fill_in node:0 -s 48M
"${TOP[@]}" --count 13 --interval 0.5 > "$LAB_OUT/flow.looks" &
top=$!
sleep 1
gives 0 tierctl migrate --json "$FILL" --to node:2 --rate 12MiB/s
json moved_bytes > "$LAB_OUT/flow.moved"
wait $top || fail "tiertop: exit status $?"
echo "$FILL" > "$LAB_OUT/flow.pid"
stop_fill

# row_becomes NAME HEAP: what the newest record has of that process
row_becomes()
{
	local row

	for _ in {1..400}; do
		row=$(tail -n 1 "$LAB_OUT/heap.json" | tr '{' '\n' | grep "^\"pid\":$FILL,")
		[[ $row == *'"name":"'$1'"'*'"heap":"'$2'"'* ]] && echo "$1: heap '$2'" && return
		sleep 0.1
	done
	fail "it is not '$1' with heap '$2': $row"
}

mkfifo /tmp/go
: > "$LAB_OUT/fill"
tierctl run --heap ratio:dram=3,pmem=1 -- \
	bash -c 'read -r < /tmp/go; LD_PRELOAD= exec fill -s -w 16M' > "$LAB_OUT/fill" &
FILL=$!
exec 8> /tmp/go # opens when it reads
gives 0 tierctl heap "$FILL"
spec=$(sed -n '1s/^Process [0-9]*: [a-z]*, //p' "$LAB_OUT/stdout")
like "its heap" "$spec" '^ratio:node:'
tiertop --no-config --json --interval 0.5 > "$LAB_OUT/heap.json" &
top=$!
row_becomes bash "$spec"
echo >&8
exec 8>&-
await_counts 1
row_becomes fill ""
kill $top
stop_fill
rm /tmp/go
