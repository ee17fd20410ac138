# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # variables are for the tests
#
# What the tests of `tierctl policy` share: a program of four threads that takes more memory when
# it is told to, and where that lies.
#
# shellcheck source=/dev/null
. /lab/lib.sh

STEP=4096 # pages of 4 KiB that one go takes, four threads together

# go: let it grow, and keep what it says. (busybox's sed reads one line more than it needs.)
go()
{
	local line

	echo go >&"${GROW[1]}"
	while read -r line <&"${GROW[0]}" && [[ $line != end ]]; do
		echo "$line"
	done > "$LAB_OUT/grown"
}

# all_of, new_on LIST: pages on these nodes, of all or of the last step
all_of()
{
	sed -n '/^all$/,$p' "$LAB_OUT/grown" | pages_on "$1"
}

new_on()
{
	sed '/^all$/q' "$LAB_OUT/grown" | pages_on "$1"
}

# says POLICY: numa_maps of each thread, where no mapping has its own
says()
{
	local task

	for task in /proc/"$GROW_PID"/task/*; do
		like "thread ${task##*/}" "$(grep -v file= "$task/numa_maps" | tail -n 1)" \
			"^[0-9a-f]+ $1( |\$)"
	done
}

for_now /proc/sys/kernel/numa_balancing 0 # it would move pages, too

# start_grow [FILE]: no memory is touched yet
start_grow()
{
	coproc GROW { exec grow "$@"; }
}

# end_grow: it ends of itself, as if nothing had been done to it
end_grow()
{
	eval "exec ${GROW[1]}>&-"
	wait "$GROW_PID"
	same "its status" $? 0
}
