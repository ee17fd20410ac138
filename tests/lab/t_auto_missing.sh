# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A kernel without DAMON: auto says what is missing and offers the kernel's own tiering, which it
# starts and stops.
# machines: 2s-pmem hbm-cxl-dax
# kernels: 6.1
# shellcheck source=/dev/null
. /lab/lib.sh

DEMOTION=/sys/kernel/mm/numa/demotion_enabled
BALANCING=/proc/sys/kernel/numa_balancing

settings > /tmp/before
for action in plan start; do
	gives 3 tierctl auto $action
	same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
	like "message" "$(< "$LAB_OUT/stderr")" "no DAMON .*nr_kdamonds is missing.*--by kernel"
done
bits=$(< $BALANCING)
gives 0 tierctl auto start --by kernel
same "demotion" "$(< $DEMOTION)" true
same "promotion" "$(< $BALANCING)" $((bits | 2))
gives 0 tierctl auto status
like "status" "$(< "$LAB_OUT/stdout")" "^auto      runs"
gives 0 tierctl auto stop
settings > /tmp/after
same "changed by this test" "$(diff /tmp/before /tmp/after)" ""
gives 0 tierctl auto status
same "status" "$(< "$LAB_OUT/stdout")" "auto      off: nothing was started"
