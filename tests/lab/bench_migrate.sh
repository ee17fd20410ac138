# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What `./dev bench --lab` runs in a guest: tierctl migrate beside migratepages, in pairs. A block
# is ours down, theirs up, theirs down, ours up. First the pages per second of whole commands;
# then the longest loop of a thread of the program that maps, touches and unmaps memory all the
# time. Medians of the blocks, with the smallest and the largest. Emulated, on a host that does
# other things: ratios say something, figures nothing.
set -u
LAB_OUT=/tmp BLOCKS=5
SPEED_MIB=256 STALL_MIB=128
# shellcheck source=/dev/null
. /lab/lib.sh

# timed NAME COMMAND...: a line "NAME milliseconds stall" to the results
timed()
{
	local name=$1 from to

	shift
	recount
	from=${EPOCHREALTIME/./}
	"$@" > /dev/null
	to=${EPOCHREALTIME/./}
	recount
	echo "$name $(((to - from) / 1000)) $(awk '/^stall/ { print $2 }' "$LAB_OUT/counts")" \
		>> "$LAB_OUT/results"
}

# column WHAT NAME: the figures of one side, a block a line: the sum of its times, or the longest
# stall
column()
{
	awk -v what="$1" -v name="$2" '
	$1 == name {
		count++
		sum += $2
		if ($3 > stall) stall = $3
		if (count % 2) next
		print what == "time" ? sum : stall
		sum = stall = 0
	}' "$LAB_OUT/results"
}

# middle: median of the lines, with the smallest and the largest
middle()
{
	sort -n | awk '{ value[NR] = $1 }
	END { printf "%9.2f  [%.2f, %.2f]\n", value[int((NR + 1) / 2)], value[1], value[NR] }'
}

# ratio WHAT: ours to theirs, block by block
ratio()
{
	paste <(column "$1" ours) <(column "$1" theirs) | awk '$2 { print $1 / $2 }'
}

# blocks ARGUMENT...: all blocks on a fill
blocks()
{
	: > "$LAB_OUT/results"
	start_fill_in dram "$@"
	timed warm tierctl migrate --only anon "$FILL" --to pmem
	timed warm migratepages "$FILL" 2,3 0,1
	timed idle sleep 2
	for ((block = 0; block < BLOCKS; block++)); do
		timed ours tierctl migrate --only anon "$FILL" --to pmem
		timed theirs migratepages "$FILL" 2,3 0,1
		timed theirs migratepages "$FILL" 0,1 2,3
		timed ours tierctl migrate --only anon "$FILL" --to dram
	done
	stop_fill
}

# speed LABEL ARGUMENT...
speed()
{
	local name

	echo "$1 pages, $SPEED_MIB MiB, pages/s"
	shift
	blocks "$@" "${SPEED_MIB}M"
	for name in ours theirs; do
		printf '  %-24s' $name
		column time $name | awk -v pages=$((SPEED_MIB * 512)) '{ print pages * 1000 / $1 }' |
			middle
	done
	printf '  %-24s' 'ratio, at least 1'
	ratio time | awk '{ print 1 / $1 }' | middle
}

stalls()
{
	local name

	echo "longest loop of a thread, us"
	blocks -s -c "${STALL_MIB}M"
	for name in ours theirs; do
		printf '  %-24s' $name
		column stall $name | middle
	done
	printf '  %-24s' 'ratio, at most 0.2'
	ratio stall | middle
	printf '  %-24s%9.2f\n' 'nobody moves' "$(awk '/^idle/ { print $3 }' "$LAB_OUT/results")"
}

echo 0 > /proc/sys/kernel/numa_balancing
(($#)) || set -- small huge stalls
for part; do
	case $part in
	small) speed small -s ;;
	huge) speed huge ;;
	stalls) stalls ;;
	*) fail "$part: the parts are small, huge and stalls" ;;
	esac
done
