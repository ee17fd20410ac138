# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A rate is not exceeded. How well it is held depends on the host, so that is printed: the pace
# itself is tested with a clock of its own (tests/unit/test_pace.c).
# machines: 2s-pmem
# timeout: 180
# shellcheck source=/dev/null
. /lab/lib.sh

for_now /proc/sys/kernel/numa_balancing 0 # it would bring pages back

RATE_MB=20
start_fill_in dram -s 200M
gives 0 tierctl migrate --json "$FILL" --to pmem --rate $RATE_MB
moved=$(json moved_bytes) elapsed_ms=$(($(json elapsed_ns) / 1000000))
per_mille=$((moved / elapsed_ms / RATE_MB))
between "per mille of the rate over $elapsed_ms ms" $per_mille 1 1050
stop_fill
