# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # variables are for lib.sh
#
# What the tests of `tierctl auto` share.
#
# shellcheck source=/dev/null
. /lab/lib.sh

DAMON=/sys/kernel/mm/damon/admin
BALANCING=/proc/sys/kernel/numa_balancing

# nothing goes on moving pages under the next test
at_end tierctl auto stop

# auto_tree: all that auto changes: DAMON's folder, each file with its text, the kernel's switches,
# and the file of our own
auto_tree()
{
	local file

	find $DAMON /run/tierkit -type f 2> /dev/null | sort | while read -r file; do
		echo "$file: $(tr '\n' '|' < "$file" 2> /dev/null)"
	done
	find $DAMON -type d | sort
	for file in $BALANCING /proc/sys/kernel/numa_balancing_promote_rate_limit_MBps \
		/sys/kernel/mm/numa/demotion_enabled /sys/module/damon_*/parameters/enabled; do
		echo "$file: $(< "$file")"
	done
}

# unchanged WHAT: nothing of it differs from /tmp/auto-before
unchanged()
{
	same "changed $1" "$(auto_tree | diff /tmp/auto-before -)" ""
}

# hot_on LIST: pages that are written to, on these nodes at the last count
hot_on()
{
	awk -v list=",$1," '$1 == "hot" && index(list, "," $2 ",") { sum += $3 } END { print sum + 0 }' \
		"$LAB_OUT/counts"
}

# bytes_of ACTION FIELD: the sum over all such schemes in a status
bytes_of()
{
	tierctl auto status --json | awk -v action="\"$1\"," -v field="\"$2\":" '
		$1 == "\"action\":" { on = $2 == action }
		on && $1 == field { sub(",$", "", $2); sum += $2 }
		END { printf "%.0f\n", sum } # %d ends at 2 GiB'
}

# until_true SECONDS COMMAND...: count again until it holds
until_true()
{
	local end=$((SECONDS + $1))

	shift
	while ((SECONDS < end)); do
		recount
		"$@" && return
		sleep 1
	done
	cat "$LAB_OUT/counts"
	tierctl auto status
	fail "$* did not come to hold"
}
