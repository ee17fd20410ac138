# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A control group with less memory than tierbench asks for: it is killed, and says so.
# machines: 2s-pmem
# the kernel tells at length whom it kills:
# allow-log: tierbench (invoked oom-killer|.*Tainted)|Killed process \d+ \(tierbench\)
# allow-log: Tainted: |Hardware name: |Call Trace:|</?TASK>| [?]? ?\w+(\.\w+)*\+0x\w+/0x\w+
# allow-log: (RIP|Code|RSP|RAX|RDX|RBP|R10|R13): ?
# shellcheck source=/dev/null
. /lab/lib.sh

GROUP=/sys/fs/cgroup/lab-bench
echo +memory > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo 32M > $GROUP/memory.max
# shellcheck disable=SC2016 # for the shell inside
gives 1 bash -c 'echo $$ > '$GROUP'/cgroup.procs; exec tierbench latency --size 64M --any-size --no-store --nodes node:0'
like "killed" "$(< "$LAB_OUT/stderr")" "killed, as when memory runs out: .* smaller --size"
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0
rmdir $GROUP
