# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Pages that NUMA balancing has marked move too, although Linux 6.1 does not find them.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

SCAN=/sys/kernel/debug/sched/numa_balancing
for name in scan_delay_ms scan_period_min_ms scan_period_max_ms; do
	for_now "$SCAN/$name" 100
done

# anon_pages PID: how many there are, counted. Not by smaps: huge pages with marks are not in it (6.1).
anon_pages()
{
	awk '{
		for (i = 1; i <= NF; i++)
			if ($i ~ /^anon=/) sum += substr($i, 6)
	}
	END { print sum + 0 }' "/proc/$1/numa_maps"
}

# anon_pages_on NODE PID: those of them on this node
anon_pages_on()
{
	awk -v word="^N$1=" '/ anon=/ && !/ file=/ {
		for (i = 1; i <= NF; i++)
			if (sub(word, "", $i)) sum += $i
	}
	END { print sum + 0 }' "/proc/$2/numa_maps"
}

for size in "-s" ""; do
	# shellcheck disable=SC2086 # an option or nothing
	start_fill $size -t 2 64M
	sleep 4
	kill -STOP "$FILL"
	sleep 0.5
	gives 0 tierctl migrate --dry-run --only anon --json "$FILL" --to pmem
	hidden=$(($(json hidden) / 4096))
	case $KERNEL in
	6.1) between "marked pages" "$hidden" 1 "$(anon_pages "$FILL")" ;;
	*) same "marked pages that are not found" "$hidden" 0 ;;
	esac
	gives 0 tierctl migrate --only anon "$FILL" --to pmem
	cat "$LAB_OUT/stdout"
	for_now /proc/sys/kernel/numa_balancing 0
	kill -CONT "$FILL"
	recount
	same "pages on pmem" "$(found 2,3)" 16384
	stop_fill
	echo 1 > /proc/sys/kernel/numa_balancing
done

# How much of it is there already is asked of marked pages too, by touching them: they stay where they
# are, though NUMA balancing takes whoever touches a page for its user.
start_fill_by --cpus node:1 -s -t 2 64M
sleep 4
kill -STOP "$FILL"
sleep 0.5
before=$(anon_pages_on 1 "$FILL")
between "pages on node 1" "$before" 16384 20000
gives 0 taskset 1 tierctl migrate --only anon --percent 50 "$FILL" --to node:1
same "pages on node 1, looked at from node 0" "$(anon_pages_on 1 "$FILL")" "$before"
kill -CONT "$FILL"
stop_fill
