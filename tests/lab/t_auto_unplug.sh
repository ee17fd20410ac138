# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The slow memory goes and comes while auto runs: the rest goes on, and a stop leaves no trace.
# machines: hbm-cxl-dax
# kernels: 6.12
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 600
# The kernel says of a page that DAMON has taken off its list that it is not on one.
# allow-log: ^failed to isolate pfn|^do_migrate_range: \d+ callbacks suppressed
# allow-log: ^(page: |page dumped because: isolation failed$|(anon )?flags: |raw: |memcg:|head: )
# shellcheck source=/dev/null
. /lab/lib_auto.sh

auto_tree > /tmp/auto-before
memory_state > /tmp/memory-before
device=$(basename "$(dirname "$(grep -l '^2$' /sys/bus/dax/devices/*/target_node)")")
like "device of node 2" "$device" "^dax"
start_fill -s -t 1 -k 16M 64M

gives 0 tierctl auto start --by damon --cold-after 2 --interval 200
sleep 4
# DAMON takes pages off their lists to move them, and the kernel waits for such in a loop: 3 s for
# the device, 33 s, and once more than 120 s for one block. What was given up is begun anew, and
# must have left nothing behind.
online=$(memory_state)
for _ in {1..4}; do
	status=0
	tierctl dax offline --timeout 90 "$device" 2> "$LAB_OUT/stderr" || status=$?
	((status == 0)) && break
	like "given up" "$(< "$LAB_OUT/stderr")" 'did not go offline within 90 s: .*all is as it was$'
	same "memory and drivers" "$(memory_state)" "$online"
done
same "status" "$status" 0
same "memory of node 2" "$(node_kib 2 MemTotal)" "$([[ -d $NODES/node2 ]] && echo 0)"
sleep 4
recount
same "pages" "$(found 0,1)" $((64 * 256))
gives 0 tierctl auto status
like "status" "$(< "$LAB_OUT/stdout")" "kdamonds  2 of 2 run"
gives 0 tierctl dax online "$device"
sleep 2
gives 0 tierctl auto status
gives 0 tierctl auto stop
stop_fill
unchanged "after the stop"
same "memory changed" "$(memory_state | diff /tmp/memory-before -)" ""
