# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What `./dev bench --lab` runs in a guest: tierctl migrate beside migratepages, in pairs. A block
# is ours down, theirs up, theirs down, ours up. First the pages per second of whole commands, each of
# which must have moved what it should; then the longest loop of a thread of the program that maps,
# touches and unmaps memory all the time, on a CPU that is left to it; then how a rate is held.
# Medians of the blocks, with the smallest and the largest. Emulated, on a host that does other
# things: ratios say something, figures nothing.
set -u
LAB_OUT=/tmp BLOCKS=5
SPEED_MIB=256 STALL_MIB=128 RATE_MIB=200 RATE_MB=20
# shellcheck source=/dev/null
. /lab/lib.sh

# timed NAME NODES COMMAND...: a line "NAME milliseconds stall" to the results; then the pages are on
# those nodes. Counting them would disturb the loops, so it is done outside of their time.
timed()
{
	local name=$1 nodes=$2 from to

	shift 2
	recount USR2
	from=${EPOCHREALTIME/./}
	"$@" > /dev/null
	to=${EPOCHREALTIME/./}
	recount USR2
	echo "$name $(((to - from) / 1000)) $(awk '/^stall/ { print $2 }' "$LAB_OUT/counts")" \
		>> "$LAB_OUT/results"
	recount
	(($(found "$nodes") * 100 >= $(found 0,1,2,3) * 99)) ||
		fail "$*: moved to nodes $nodes only $(found "$nodes") of $(found 0,1,2,3) pages"
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

# blocks: all blocks on the fill, which then ends
blocks()
{
	: > "$LAB_OUT/results"
	timed warm 2,3 tierctl migrate --only anon "$FILL" --to pmem
	timed warm 0,1 migratepages "$FILL" 2,3 0,1
	timed idle 0,1 sleep 2
	for ((block = 0; block < BLOCKS; block++)); do
		timed ours 2,3 tierctl migrate --only anon "$FILL" --to pmem
		timed theirs 0,1 migratepages "$FILL" 2,3 0,1
		timed theirs 2,3 migratepages "$FILL" 0,1 2,3
		timed ours 0,1 tierctl migrate --only anon "$FILL" --to dram
	done
	stop_fill
}

# speed LABEL ARGUMENT...
speed()
{
	local name

	echo "$1 pages, $SPEED_MIB MiB, pages/s"
	shift
	start_fill_in dram "$@" "${SPEED_MIB}M"
	blocks
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
	taskset -p 2 $$ > /dev/null # what begins now stays there
	start_fill_in dram -s -c "${STALL_MIB}M"
	taskset -p 1 $$ > /dev/null
	blocks
	taskset -p 3 $$ > /dev/null
	for name in ours theirs; do
		printf '  %-24s' $name
		column stall $name | middle
	done
	printf '  %-24s' 'ratio, at most 0.2'
	ratio stall | middle
	printf '  %-24s%9.2f\n' 'nobody moves' "$(awk '/^idle/ { print $3 }' "$LAB_OUT/results")"
}

# how far the rate of 10 s is from what was asked
rate()
{
	local elapsed

	echo "rate of $RATE_MB MB/s"
	start_fill_in dram -s "${RATE_MIB}M"
	tierctl migrate --json --only anon "$FILL" --to pmem --rate $RATE_MB > "$LAB_OUT/stdout"
	elapsed=$(json elapsed_ns)
	awk -v moved="$(json moved_bytes)" -v ns="$elapsed" -v rate=$RATE_MB 'BEGIN {
		printf "  %-24s%9.2f s\n", "took", ns / 1e9
		printf "  %-24s%9.3f\n", "ratio, 0.95 to 1.05", moved * 1000 / ns / rate }'
	stop_fill
}

echo 0 > /proc/sys/kernel/numa_balancing
(($#)) || set -- small huge stalls rate
for part; do
	case $part in
	small) speed small -s ;;
	huge) speed huge ;;
	stalls) stalls ;;
	rate) rate ;;
	*) fail "$part: the parts are small, huge, stalls and rate" ;;
	esac
done
