# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A part of a process: kinds of memory, one mapping, a range of addresses.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

for_now /proc/sys/kernel/numa_balancing 0 # it would bring pages back

start_fill_in dram -s 32M
while read -r range _; do
	((16#${range#*-} - 16#${range%-*} >= 32 << 20)) && break
done < "/proc/$FILL/maps"

gives 0 tierctl migrate "$FILL" --to pmem --only file
recount
same "only file: the private pages on pmem" "$(found 2,3)" 0
gives 0 tierctl migrate "$FILL" --to pmem --only '[stack]'
recount
same "only [stack]: the others on pmem" "$(found 2,3)" 0
gives 0 tierctl migrate "$FILL" --to pmem --only "$range"
recount
same "only $range: pages on pmem" "$(found 2,3)" 8192
gives 0 tierctl migrate "$FILL" --to dram --only anon
recount
same "only anon: pages back in DRAM" "$(found 0,1)" 8192
stop_fill
