# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Who may change a process's policy is who may debug it: no other user, and what Yama says; the
# message says which of them it was. What is refused is left as it was.
# machines: 2s-pmem
# timeout: 90
# last: Yama's scope 3 stays until the next boot
# shellcheck source=/dev/null
. /lab/lib.sh

SCOPE=/proc/sys/kernel/yama/ptrace_scope
[[ -e $SCOPE ]] || fail "this kernel has no Yama"

# untouched PID: neither bound nor traced nor stopped
untouched()
{
	same "its policy" "$(awk 'END { print $2 }' "/proc/$1/numa_maps")" default
	same "who traces it" "$(awk '/^TracerPid/ { print $2 }' "/proc/$1/status")" 0
	like "its state" "$(grep ^State "/proc/$1/status")" S
}

sleep 1000 &
ROOTS=$!
handicap user sleep 1000 &
USERS=$!
has_become $ROOTS sleep
has_become $USERS sleep

for scope in 0 1 2; do
	echo $scope > $SCOPE
	gives 4 handicap user tierctl policy $ROOTS --bind pmem
	like "scope $scope, root's" "$(< "$LAB_OUT/stderr")" "process $ROOTS: policy: somebody else"
	gives 4 handicap user tierctl policy $ROOTS
	untouched $ROOTS
	gives 4 handicap user tierctl policy 1 --default
done

echo 0 > $SCOPE
gives 0 handicap user tierctl policy $USERS --bind pmem
like "scope 0, its own" "$(awk 'END { print $2 }' /proc/$USERS/numa_maps)" bind=static:2-3
gives 0 handicap user tierctl policy $USERS --default

for scope in 1 2; do
	echo $scope > $SCOPE
	gives 4 handicap user tierctl policy $USERS --bind pmem
	like "scope $scope" "$(< "$LAB_OUT/stderr")" "ptrace_scope is $scope"
	untouched $USERS
	gives 0 tierctl policy $USERS --bind pmem
	gives 0 tierctl policy $USERS --default
done

# A preview asks for no rights, and one's own child is always one's own.
echo 1 > $SCOPE
gives 0 handicap user tierctl policy $USERS --bind pmem --dry-run
like "what a stop takes" "$(< "$LAB_OUT/stdout")" '[0-9]+ us'

echo 3 > $SCOPE
gives 4 tierctl policy $USERS --bind pmem
like "scope 3" "$(< "$LAB_OUT/stderr")" 'nobody'
untouched $USERS
kill $ROOTS $USERS
