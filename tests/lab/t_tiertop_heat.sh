# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tiertop's view of heat, on a program of which it is known what it uses: by the looks of DAMON that
# found it used, the one part is hotter. However tiertop or the program ends, no kdamond is left; one
# of somebody else stays as it is. A kernel without DAMON is told so.
# machines: 2s-pmem
# timeout: 200
# shellcheck source=/dev/null
. /lab/lib_top.sh

COUNT=/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds
HOT=$((8 << 20)) ALL=$((32 << 20))

# watch: records of $FILL to $LAB_OUT/heat, until something ends it
watch()
{
	: > "$LAB_OUT/heat"
	tiertop --no-config --json --interval 0.3 --heat "$FILL" > "$LAB_OUT/heat" &
	TOP=$!
}

# wait_until WHAT COMMAND...
wait_until()
{
	local what=$1

	shift
	for _ in {1..600}; do
		"$@" && echo "$what" && return
		sleep 0.1
	done
	tail -n 1 "$LAB_OUT/heat"
	fail "never: $what"
}

says_why()
{
	grep -q "\"heat_why\":\"$1" "$LAB_OUT/heat"
}

none_left()
{
	[[ $(< $COUNT) == 0 ]]
}

has_regions()
{
	tail -n 1 "$LAB_OUT/heat" | grep -q '"regions":\[{'
}

# means: the looks of 20 that found a byte of the hot part used, and one of the rest, by the last
# record; pages of the two that are in the first tier, per mille
means()
{
	tail -n 1 "$LAB_OUT/heat" | sed 's/.*"regions":\[//' | tr '{' '\n' |
		awk -F '[:,]' -v start="$START" -v hot=$HOT -v all=$ALL '
		function both(a, b, c, d) { a = a > c ? a : c; b = b < d ? b : d; return b > a ? b - a : 0 }
		/^"start"/ {
			end = $2 + $4
			warm = both($2, end, start, start + hot)
			cool = both($2, end, start + hot, start + all)
			used += warm * $6
			rest += cool * $6
		}
		END { printf "%d %d\n", 100 * used / hot, 100 * rest / (all - hot) }'
}

# at least half of all looks found the hot part, and a quarter of that at most the rest
is_hotter()
{
	local used rest

	has_regions || return
	read -r used rest < <(means)
	((used >= 1000 && rest * 4 <= used))
}

start_fill_in node:0 -s -t 1 -k 8M 32M
START=$(sed -n 's/^start //p' "$LAB_OUT/fill")
like "where it is" "$START" '^[0-9]+$'

echo "--- only who may act"
gives 4 tiertop --no-config --once --readonly --heat "$FILL"
gives 4 setpriv --reuid 65534 tiertop --no-config --once --heat "$FILL"

if [[ $KERNEL == 6.1 ]]; then
	echo "--- no DAMON"
	watch
	wait_until "it says so" says_why "this kernel has no DAMON"
	kill "$TOP"
	stop_fill
	exit 0
fi

echo "--- hot and cold"
watch
wait_until "the hot part is hotter" is_hotter
echo "looks of 2000 that found the hot part and the rest used: $(means)"
same "kdamonds meanwhile" "$(< $COUNT)" 1
kill "$TOP"
wait_until "none is left after SIGTERM" none_left

echo "--- killed"
watch
wait_until "regions" has_regions
kill -9 "$TOP"
wait_until "none is left after SIGKILL" none_left

echo "--- on the screen"
start_top tiertop --no-config
press f '!^fill'$'\r' H
shows 'starts a thread'
same "kdamonds before it was confirmed" "$(< $COUNT)" 0
press y
shows 'hot|warm|cold' # what does not change is not drawn anew
same "kdamonds meanwhile" "$(< $COUNT)" 1
press q
wait_until "none is left behind the view" none_left
press H y
wait_until "another one" grep -q 1 $COUNT
press $'\x03'
wait "$TOP"
exec 9>&-
wait_until "none is left after Ctrl-C" none_left

echo "--- somebody else's"
echo 1 > $COUNT
watch
wait_until "it says so" says_why "another program has 1 of"
kill "$TOP"
wait "$TOP"
same "his kdamonds" "$(< $COUNT)" 1
echo 0 > $COUNT

echo "--- the program ends"
watch
wait_until "regions" has_regions
stop_fill
wait_until "its kdamond is gone" none_left
kill "$TOP"
