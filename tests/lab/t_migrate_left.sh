# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What cannot move stays, with its reason: the target is full, the cpuset forbids it, the process is
# somebody else's, a container forbids the call.
# machines: 2s-pmem
# timeout: 240
# The kernel tells at length of a node that is full:
# allow-log: ^.
# shellcheck source=/dev/null
. /lab/lib.sh

nothing_changes
for_now /proc/sys/kernel/numa_balancing 0 # it would bring pages back

# node 0 has 512 MiB in all
start_fill_in pmem -s 640M
gives 6 tierctl migrate --dry-run --only anon "$FILL" --to node:0
like "preview" "$(< "$LAB_OUT/stderr")" '640 MiB would move, and there is room for [0-9.]+ MiB'
gives 1 tierctl migrate --only anon "$FILL" --to node:0
cat "$LAB_OUT/stdout"
like "full" "$(< "$LAB_OUT/stderr")" 'left behind: [0-9.]+ MiB no memory'
recount
between "pages that had room" "$(found 0)" 25600 131072
same "pages in all" "$(found 0,1,2,3)" 163840
stop_fill

# a process that may not use pmem
GROUP=/sys/fs/cgroup/lab-left
echo +cpuset > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo 0-1 > $GROUP/cpuset.mems
start_fill -s 16M
echo "$FILL" > $GROUP/cgroup.procs
gives 1 tierctl migrate --only anon "$FILL" --to pmem
like "cpuset" "$(< "$LAB_OUT/stderr")" 'left behind: 1[0-9.]+ MiB not allowed'
echo 0-2 > $GROUP/cpuset.mems
gives 0 tierctl migrate --only anon "$FILL" --to pmem
recount
same "pages on the node that is allowed" "$(found 2)" 4096
stop_fill
rmdir $GROUP

# somebody else
start_fill -s 16M
mkdir -p /etc
echo 'nobody:x:65534:65534::/:/bin/sh' > /etc/passwd
gives 4 start-stop-daemon -S -c nobody -x "$(command -v tierctl)" -- migrate "$FILL" --to pmem
rm /etc/passwd
like "not permitted" "$(< "$LAB_OUT/stderr")" "process $FILL: migrate: not permitted .*CAP_SYS_PTRACE"
recount
same "nothing moved" "$(found 2,3)" 0

# in a container: its seccomp filter forbids move_pages, or hides it
gives 4 refuse EPERM tierctl migrate "$FILL" --to pmem
same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
like "EPERM" "$(< "$LAB_OUT/stderr")" "process $FILL: migrate: not permitted .*seccomp filter"
gives 3 refuse ENOSYS tierctl migrate "$FILL" --to pmem
same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
like "ENOSYS" "$(< "$LAB_OUT/stderr")" "process $FILL: migrate: move_pages is missing: .*seccomp filter"
recount
same "nothing moved" "$(found 2,3)" 0
stop_fill
