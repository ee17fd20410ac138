# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Pages of hugetlbfs move whole, down and up.
# machines: 2s-pmem hbm-cxl
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

for_now /proc/sys/kernel/numa_balancing 0 # it would bring pages back

pool() { echo "$2" > "$NODES/node$1/hugepages/hugepages-2048kB/nr_hugepages"; }

pool 0 16
start_fill_in node:0 -H 32M
same "pages on node 0" "$(found 0)" 8192
gives 0 tierctl migrate --only anon --json "$FILL" --to node:2
between "bytes moved" "$(json moved_bytes)" $((32 << 20)) $((33 << 20))
recount
same "pages on node 2" "$(found 2)" 8192
gives 0 tierctl migrate "$FILL" --from node:2 --to node:0
recount
same "pages back on node 0" "$(found 0)" 8192
stop_fill
pool 0 0
pool 2 0
