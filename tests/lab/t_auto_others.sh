# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# auto leaves alone whatever another program has of DAMON, and a start that was killed anywhere is
# put back by a stop.
# machines: 2s-pmem
# kernels: 6.12
# timeout: 90
# shellcheck source=/dev/null
. /lab/lib_auto.sh

auto_tree > /tmp/auto-first

# refused STATUS PATTERN ACTION: one line, and nothing is changed
refused()
{
	gives "$1" tierctl auto "$3"
	same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
	like "message" "$(< "$LAB_OUT/stderr")" "$2"
	unchanged "by a refused $3"
}

# tell_kdamond WORD: DAMON is busy (EBUSY) for moments
tell_kdamond()
{
	for _ in {1..50}; do
		[[ $(< "$DAMON"/kdamonds/0/state) == "$1" ]] && return
		echo "$1" > "$DAMON"/kdamonds/0/state
		sleep 0.1
	done
	fail "DAMON's kdamond is not $1"
}

echo 1 > "$DAMON"/kdamonds/nr_kdamonds
echo 1 > "$DAMON"/kdamonds/0/contexts/nr_contexts
auto_tree > /tmp/auto-before
for action in plan start stop; do
	refused 6 "another program has 1 of DAMON's kdamonds .number 0: off" $action
done

# The same while it runs
(
	cd "$DAMON"/kdamonds/0/contexts/0 || exit
	echo paddr > operations
	echo 1 > targets/nr_targets
	echo 1 > targets/0/regions/nr_regions
	echo $((64 << 20)) > targets/0/regions/0/end
)
tell_kdamond on
auto_tree > /tmp/auto-before
for action in plan start stop; do
	refused 6 "another program has 1 of DAMON's kdamonds .number 0: on, pid [0-9]+, operations paddr" $action
done
tell_kdamond off
echo 0 > "$DAMON"/kdamonds/nr_kdamonds

echo Y > /sys/module/damon_reclaim/parameters/enabled
auto_tree > /tmp/auto-before
refused 6 "module damon_reclaim runs a kdamond" start
echo N > /sys/module/damon_reclaim/parameters/enabled

# Somebody else's setup in place of ours
gives 0 tierctl auto start --by damon
echo off | tee "$DAMON"/kdamonds/*/state > /dev/null
echo 1 > "$DAMON"/kdamonds/nr_kdamonds
auto_tree > /tmp/auto-before
refused 6 "another program's" stop
gives 0 tierctl auto status
like "status" "$(< "$LAB_OUT/stdout")" "changed by another program"
echo 0 > "$DAMON"/kdamonds/nr_kdamonds
gives 0 tierctl auto stop
mv /tmp/auto-first /tmp/auto-before
unchanged "after all of them"

gives 4 handicap user tierctl auto start
unchanged "by a user who is not root"

# Killed at many moments; a unit test does so at each write
for delay in 0.05 0.08 0.09 0.10 0.11 0.12 0.13 0.14 0.15 0.17 0.19 0.22 0.26 0.30; do
	tierctl auto start > /dev/null &
	pid=$!
	sleep $delay
	kill -KILL $pid 2> /dev/null
	wait $pid 2> /dev/null
	echo "killed after $delay s: $(cat "$DAMON"/kdamonds/nr_kdamonds) kdamonds," \
		"$(cat "$DAMON"/kdamonds/*/state 2> /dev/null | grep -c on) on"
	gives 0 tierctl auto stop
	# A note that was not in its place yet is nobody's
	rm -f /run/tierkit/auto.*
	unchanged "after a stop"
done
