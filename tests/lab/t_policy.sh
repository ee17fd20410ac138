# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The policy of a running process with four threads is changed: where the next pages of each lie
# says so, as do the kernel's numa_maps; --move brings along what is there; a mapping gets a policy
# of its own. Nothing of it stops the process.
# machines: 2s-pmem
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib_policy.sh

start_grow
go
same "new pages in DRAM" "$(new_on 0,1)" "$STEP"

gives 0 tierctl policy "$GROW_PID" --bind pmem --dry-run
same "calls to be made" "$(grep -c 'set_mempolicy(MPOL_BIND' "$LAB_OUT/stdout")" 4
like "time to stand" "$(< "$LAB_OUT/stdout")" '[0-9]+ us'
says default

gives 0 tierctl policy "$GROW_PID" --bind pmem
cat "$LAB_OUT/stdout"
says 'bind=static:2-3'
go
same "new pages in pmem" "$(new_on 2,3)" "$STEP"
same "old pages where they were" "$(all_of 0,1)" "$STEP"

gives 0 tierctl policy "$GROW_PID" --json --threads
same "threads that are bound" "$(grep -c '"policy": "bind=static:2-3"' "$LAB_OUT/stdout")" \
	$((4 + $(grep -c . /proc/"$GROW_PID"/numa_maps)))

gives 0 tierctl policy "$GROW_PID" --interleave node:1-2
go
between "new pages on node 1" "$(new_on 1)" $((STEP / 2 - 64)) $((STEP / 2 + 64))
between "new pages on node 2" "$(new_on 2)" $((STEP / 2 - 64)) $((STEP / 2 + 64))

gives 0 tierctl policy "$GROW_PID" --prefer dram --move
cat "$LAB_OUT/stdout"
says 'prefer \(many\)=static:0-1'
go
same "all pages in DRAM" "$(all_of 0,1)" $((4 * STEP))

gives 0 tierctl policy "$GROW_PID" --prefer node:3 --move --json
same "threads" "$(json changed)" 4
between "MiB that moved" "$(($(json moved_bytes) >> 20))" 60 90
same "left behind" "$(json left_bytes)" 0
go
same "all pages on node 3" "$(all_of 3)" $((5 * STEP))

if [[ $KERNEL == 6.12 ]]; then
	gives 5 tierctl policy "$GROW_PID" --weighted dram=3,hbm=1
	gives 1 tierctl policy "$GROW_PID" --weighted dram=3,pmem=1
	like "weights are the system's" "$(< "$LAB_OUT/stderr")" 'weights set'
	gives 0 tierctl weights set dram=3,pmem=1
	gives 0 tierctl policy "$GROW_PID" --weighted dram=3,pmem=1
	go
	between "new pages in DRAM" "$(new_on 0,1)" $((STEP * 3 / 4 - 64)) $((STEP * 3 / 4 + 64))
	gives 0 tierctl weights reset
else
	gives 3 tierctl policy "$GROW_PID" --weighted dram=3,pmem=1
	like "refused" "$(< "$LAB_OUT/stderr")" '6.9'
fi

gives 0 tierctl policy "$GROW_PID" --default
says default
go
same "new pages in DRAM again" "$(new_on 0,1)" "$STEP"

# A cpuset that has none of the nodes; one that has some.
GROUP=/sys/fs/cgroup/lab-policy
echo +cpuset > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo 0-2 > $GROUP/cpuset.mems
echo "$GROW_PID" > $GROUP/cgroup.procs
gives 3 tierctl policy "$GROW_PID" --bind node:3
like "forbidden" "$(< "$LAB_OUT/stderr")" 'cpuset allows it only node 0-2'
gives 0 tierctl policy "$GROW_PID" --bind pmem
like "in part" "$(< "$LAB_OUT/stdout")" 'node 3: its cpuset forbids it'
go
same "new pages on node 2" "$(new_on 2)" "$STEP"
echo "$GROW_PID" > /sys/fs/cgroup/cgroup.procs
rmdir $GROUP
gives 0 tierctl policy "$GROW_PID" --default

end_grow

# A mapping of its own: shared memory goes by its own policy, whoever touches it.
start_grow /dev/shm/pool
go
same "its pages in DRAM" "$(new_on 0,1)" 1024
gives 0 tierctl policy "$GROW_PID" --bind node:2 --mapping /dev/shm/pool
says default
go
same "its next pages on node 2" "$(new_on 2)" 1024
gives 0 tierctl policy "$GROW_PID" --bind node:3 --mapping /dev/shm/pool --move
go
same "all of it on node 3" "$(all_of 3)" $((3 * 1024))
gives 0 tierctl policy "$GROW_PID"
like "a policy of its own" "$(grep pool "$LAB_OUT/stdout")" '^bind=static:3 '
gives 5 tierctl policy "$GROW_PID" --bind node:3 --mapping /dev/shm/pond
end_grow
rm /dev/shm/pool
