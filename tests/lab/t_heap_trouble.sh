# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A heap on tiers where things go wrong: in programs that set-user-ID it is not there, a control
# group without memory ends who is over its limit and nobody else, and a page that goes bad costs
# the thread whose page it is, not the heap.
# machines: 2s-pmem
# last: kmem and the kernel remember that a page was bad
# timeout: 240
# what the kernel says of a group without memory:
# allow-log: (invoked oom-killer|^oom-kill:|^Memory cgroup out of memory: Killed|^oom_reaper: reaped)
# allow-log: ^(Call Trace:|Tainted: | </?TASK>$| (\? )?\S+\+0x[0-9a-f]+/0x[0-9a-f]+)
# allow-log: ^(CPU: .* Comm: heaps|Hardware name: QEMU)
# allow-log: ^(RIP|Code|RSP|RAX|RDX|RBP|R10|R13): [0-9a-f]+
# and of a page that goes bad:
# allow-log: ^Memory failure: 0x[0-9a-f]+: (recovery action for .*: Recovered|Sending SIGBUS to poisoned)
# allow-log: ^Injecting memory failure
# allow-log: ^MCE: Killing poisoned:
# allow-log: ^Unpoison: 0x[0-9a-f]+: software-unpoisoned page
# shellcheck source=/dev/null
. /lab/lib_heap.sh

GROUP=/sys/fs/cgroup/lab-heap

# nobody COMMAND...: by a user without rights, with that heap
nobody()
{
	TIER_HEAP=prefer:pmem gives 0 \
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
}

# the same program with and without the bit
cp "$(type -P heaps)" /lab/bin/heaps-suid
LD_PRELOAD=$LIBRARY nobody /lab/bin/heaps-suid small 8 1
between "as anybody: pages in PMEM" "$(sum node 2,3)" $((8 * 256)) $((24 * 256))
chmod u+s /lab/bin/heaps-suid
LD_PRELOAD=$LIBRARY nobody /lab/bin/heaps-suid small 8 1
same "set-user-ID: pages in PMEM" "$(sum node 0,1,2,3)" 0
between "set-user-ID: pages anywhere" "$(sum plain 0,1,2,3)" $((8 * 256)) $((24 * 256))

# a library that the loader trusts with it comes, and asks its environment for nothing
chmod u+s "$LIBRARY"
cp "$(type -P bash)" /lab/bin/bash-suid
chmod u+s /lab/bin/bash-suid
LD_PRELOAD=${LIBRARY##*/} nobody /lab/bin/bash-suid -p -c 'tierctl heap $$; exit $?'
same "trusted: words" "$(< "$LAB_OUT/stderr")" ""
like "trusted" "$(< "$LAB_OUT/stdout")" "^Process [0-9]+: plain"
chmod u-s "$LIBRARY"

# a group of 64 MiB: who wants more is killed, its parent with a heap of the same kind goes on
echo +memory > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo 64M > $GROUP/memory.max

# in_group COMMAND...
in_group()
{
	bash -c "echo \$\$ > $GROUP/cgroup.procs; exec \"\$@\"" - "$@"
}

# kills: how many there were in the group
kills()
{
	sed -n 's/^oom_kill //p' $GROUP/memory.events
}

for spec in prefer:pmem ratio:dram=1,pmem=1 limit:dram=4M; do
	before=$(kills)
	# shellcheck disable=SC2016
	gives 0 in_group tierctl run --heap "$spec" -- bash -c 'heaps mixed 200 2
		echo "child $?"
		printf -v text "%3000000s" x
		echo "parent ${#text}"'
	same "$spec: the group's" "$(grep -E '^(child|parent)' "$LAB_OUT/stdout" | paste -sd,)" \
		"child 137,parent 3000000"
	same "$spec: killed" "$(kills)" $((before + 1))
done

# a limit of the heap's own below that: malloc fails, and nothing is killed
before=$(kills)
gives 2 in_group tierctl run --heap 'bind:pmem;limit:pmem=32M' -- heaps mixed 200 2
same "limit: killed" "$(kills)" "$before"
rmdir $GROUP
echo -memory > /sys/fs/cgroup/cgroup.subtree_control

# a page that goes bad
modprobe hwpoison-inject || fail "hwpoison-inject"
for spec in prefer:dram ratio:dram=1,pmem=1 threshold:4K:dram\<pmem; do
	gives 0 tierctl run --heap "$spec" -- poisoned
	same "$spec" "$(sed 1d "$LAB_OUT/stdout" | paste -sd,)" \
		"kept 200 blocks,given back 200 blocks"
	sed -n 's/^pfn \([0-9]*\) .*/\1/p' "$LAB_OUT/stdout" > /sys/kernel/debug/hwpoison/unpoison-pfn ||
		fail "unpoison"
done
same "corrupted" "$(sed -n 's/^HardwareCorrupted: *//p' /proc/meminfo)" "0 kB"
