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
