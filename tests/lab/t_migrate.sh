# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Pages go down, up again and half way, small ones and huge ones: counted by the program itself and
# by `tierctl where`; asked again, nothing is left to do.
# machines: 2s-pmem hbm-cxl
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib.sh

for_now /proc/sys/kernel/numa_balancing 0 # it would bring pages back

PAGES=32768 # of 4 KiB: 128 MiB
HUGE=512
case $MACHINE in
2s-pmem) UP=dram UP_NODES=0,1 DOWN=pmem DOWN_NODES=2,3 ;;
hbm-cxl) UP=fastest UP_NODES=1 DOWN=slowest DOWN_NODES=2 ;;
esac

# where_mib LIST: what tierctl where counts on these nodes
where_mib()
{
	tierctl where --json "$FILL" | awk -v list=",$1," '
	$1 == "\"node\":" { here = index(list, "," $2) > 0 }
	here && $1 == "\"bytes\":" { sum += $2; here = 0 }
	END { print int(sum / 1048576) }'
}

for size in "-s" ""; do
	# shellcheck disable=SC2086 # an option or nothing
	start_fill $size 128M

	gives 0 tierctl migrate --dry-run --json "$FILL" --to "$DOWN"
	before=$(found "$DOWN_NODES")
	between "found elsewhere, pages" "$(($(json found_bytes) / 4096))" \
		$((PAGES - before)) $((PAGES - before + 4096))
	recount
	same "pages on $DOWN after looking" "$(found "$DOWN_NODES")" "$before"

	gives 0 tierctl migrate "$FILL" --to "$DOWN"
	cat "$LAB_OUT/stdout"
	recount
	same "pages on $DOWN" "$(found "$DOWN_NODES")" $PAGES
	between "MiB there, says where" "$(where_mib "$DOWN_NODES")" 128 134

	gives 0 tierctl migrate "$FILL" --to "$DOWN"
	like "a second time" "$(< "$LAB_OUT/stdout")" 'already there +12[89] MiB'

	gives 0 tierctl migrate --only anon "$FILL" --from "$DOWN" --to "$UP"
	recount
	same "pages on $UP" "$(found "$UP_NODES")" $PAGES
	same "pages left on $DOWN" "$(found "$DOWN_NODES")" 0

	gives 0 tierctl migrate --only anon --percent 25 "$FILL" --to "$DOWN"
	recount
	between "a quarter on $DOWN" "$(found "$DOWN_NODES")" $((PAGES / 4 - HUGE)) \
		$((PAGES / 4 + 3 * HUGE))
	gives 0 tierctl migrate --only anon --percent 25 --json "$FILL" --to "$DOWN"
	between "and not more" "$(json moved_bytes)" 0 $((HUGE * 4096))
	stop_fill
done
