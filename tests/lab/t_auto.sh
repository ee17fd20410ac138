# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# auto brings the hot pages of a program, which were allocated in the slower memory, to DRAM and its
# cold ones, which were in DRAM, to the slower memory; and a stop leaves no trace.
# machines: 2s-pmem hbm-cxl
# kernels: 6.12
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib_auto.sh

case $MACHINE in
2s-pmem) DRAM=0,1 SLOW=2,3 ;;
hbm-cxl) DRAM=0 SLOW=2 ;;
esac

auto_tree > /tmp/auto-before
gives 0 tierctl auto plan
for action in hot cold; do
	like "plan" "$(grep -m 1 "migrate_$action" "$LAB_OUT/stdout")" "0/action = migrate_$action"
done
gives 0 tierctl auto status
same "status" "$(head -n 1 "$LAB_OUT/stdout")" "auto      off: nothing was started"
gives 0 tierctl auto stop
unchanged "by plan, status and a stop of nothing"

# All begin on the wrong side
HOT=$((16 * 256)) COLD=$((32 * 256))
start_fill_in node:0 -s -t 1 -k 16M -b 2 48M
same "hot pages in slower memory at first" "$(hot_on "$SLOW")" $HOT
same "cold pages in DRAM at first" "$(found "$DRAM")" $COLD

# Nothing but DAMON moves pages of this program: it has a memory policy, which NUMA balancing heeds
gives 0 tierctl auto start --by damon --cold-after 3 --interval 200
gives 6 tierctl auto start
like "second start" "$(< "$LAB_OUT/stderr")" "started already"
gives 0 tierctl auto status
like "status" "$(< "$LAB_OUT/stdout")" "^auto      runs"

# Nine of ten hot ones; of the cold ones four of five, as those that share a region of DAMON's with
# pages in use count as used
are_apart()
{
	local hot cold

	hot=$(hot_on "$DRAM")
	cold=$(($(found "$SLOW") - $(hot_on "$SLOW")))
	echo "hot in DRAM: $hot of $HOT, cold in slower memory: $cold of $COLD"
	((hot * 10 >= HOT * 9 && cold * 10 >= COLD * 8))
}
until_true 70 are_apart
between "bytes promoted" "$(bytes_of promote applied_bytes)" $((HOT * 4096 * 9 / 10)) $((1 << 40))
between "bytes demoted" "$(bytes_of demote applied_bytes)" $((COLD * 4096 * 8 / 10)) $((1 << 40))
for action in promote demote; do
	moved=$(bytes_of $action applied_bytes) # first, as both grow
	between "bytes tried to $action" "$(bytes_of $action tried_bytes)" "$moved" $((1 << 40))
done
gives 0 tierctl auto status
cat "$LAB_OUT/stdout"
stop_fill

gives 0 tierctl auto stop
unchanged "after the stop"

# Together with the kernel's own
gives 0 tierctl auto start
same "demotion" "$(< /sys/kernel/mm/numa/demotion_enabled)" true
same "promotion" "$(($(< "$BALANCING") & 2))" 2
gives 0 tierctl auto stop
unchanged "after the second stop"
