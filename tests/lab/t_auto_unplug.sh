# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The slow memory goes and comes while auto runs: the rest goes on, and a stop leaves no trace.
# machines: 2s-pmem
# kernels: 6.12
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 240
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
# DAMON takes pages off their lists to move them, and the kernel waits for such: a few seconds, or
# half a minute for a block where the emulated CPUs are slow
gives 0 tierctl dax offline --timeout 120 "$device"
same "memory of node 2" "$(node_kib 2 MemTotal)" "$([[ -d $NODES/node2 ]] && echo 0)"
sleep 4
recount
same "pages" "$(found 0,1,3)" $((64 * 256))
gives 0 tierctl auto status
like "status" "$(< "$LAB_OUT/stdout")" "kdamonds  4 of 4 run"
gives 0 tierctl dax online "$device"
sleep 2
gives 0 tierctl auto status
gives 0 tierctl auto stop
stop_fill
unchanged "after the stop"
same "memory changed" "$(memory_state | diff /tmp/memory-before -)" ""
