# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The policy of a running process where memory is faster than DRAM, too: its next pages go to the
# fast tier, spill when that is full, and all of them move with the policy.
# machines: hbm-cxl
# timeout: 90
# shellcheck source=/dev/null
. /lab/lib_policy.sh

start_grow
go
same "new pages in DRAM" "$(new_on 0)" "$STEP"

gives 0 tierctl policy "$GROW_PID" --prefer fastest
says 'prefer.*=static:1'
go
same "new pages in the fast tier" "$(new_on 1)" "$STEP"
same "old pages where they were" "$(all_of 0)" "$STEP"

gives 0 tierctl policy "$GROW_PID" --bind slowest --move
says 'bind=static:2'
go
same "all pages in the slow tier" "$(all_of 2)" $((3 * STEP))

gives 0 tierctl policy "$GROW_PID" --interleave fastest,slowest
go
between "new pages in the fast tier" "$(new_on 1)" $((STEP / 2 - 64)) $((STEP / 2 + 64))

if [[ $KERNEL == 6.12 ]]; then
	gives 0 tierctl weights set fastest=3,slowest=1
	gives 0 tierctl policy "$GROW_PID" --weighted fastest=3,slowest=1
	go
	between "new pages in the fast tier" "$(new_on 1)" $((STEP * 3 / 4 - 64)) $((STEP * 3 / 4 + 64))
	gives 0 tierctl weights reset
fi

# a tier that is full spills under --prefer, as numactl -p does; and so it is filled: how much can be
# bound to a node before the kernel kills is not what is free there
start_fill_by --prefer fastest -s "$(($(node_kib 1 MemFree) / 1024))M"
gives 0 tierctl policy "$GROW_PID" --prefer fastest
go
((fast = $(new_on 1)))
((fast < STEP)) || fail "all $STEP pages fitted"
same "the others are elsewhere" "$(new_on 0,2)" $((STEP - fast))
stop_fill

gives 0 tierctl policy "$GROW_PID" --default
says default
end_grow
