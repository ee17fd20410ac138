# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# run execs in place: pid, signals and exit status are the command's; its own failures are 125 to
# 127. --report stays, passes signals and status on, and reports.
# machines: 2s-pmem
# shellcheck source=/dev/null
. /lab/lib.sh

tierctl run --prefer-dram -- sleep 60 &
pid=$!
has_become $pid sleep
kill -USR1 $pid
wait $pid
same "status after SIGUSR1" $? 138

gives 42 tierctl run --prefer-dram -- sh -c 'exit 42'
gives 127 tierctl run --prefer-dram -- /no/such/program
gives 126 tierctl run --prefer-dram -- /lab/card
gives 125 tierctl run --prefer hbm -- true

gives 42 tierctl run --prefer-dram --report -- sh -c 'fill 64M > /dev/null; exit 42'
like "report" "$(< "$LAB_OUT/stderr")" "asked +prefer:dram"
like "report: in force" "$(< "$LAB_OUT/stderr")" "in force +nodes? 0-1"

gives 42 tierctl run --bind pmem --report --json -- sh -c 'fill 64M > /dev/null; exit 42'
