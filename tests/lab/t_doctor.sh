# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What the doctor says is true here, each command it prints mends what it is printed for, and
# looking changes nothing.
# machines: 2s-pmem hbm-cxl
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib.sh

DEMOTION=/sys/kernel/mm/numa/demotion_enabled
BALANCING=/proc/sys/kernel/numa_balancing
RECLAIM=/proc/sys/vm/zone_reclaim_mode
ONLINE=/sys/devices/system/memory/auto_online_blocks
WEIGHTS=/sys/kernel/mm/mempolicy/weighted_interleave
GROUP=/sys/fs/cgroup/lab-doctor

# problems: "CHECK COMMAND" for each problem, without COMMAND where none is printed
problems()
{
	tierctl doctor | awk '
		/^[a-z]/ { if (name) print name; name = "" }
		/^problem/ { name = $2; sub(/:$/, "", name) }
		/^  mend / && name { sub(/^  mend +/, ""); print name " " $0; name = "" }
		END { if (name) print name }'
}

names()
{
	problems | awk '{ printf "%s%s", gap, $1; gap = " " }'
}

# mends CHECK: run the command that is printed for it; then the check is content
mends()
{
	local command

	gives 1 tierctl doctor "$1"
	command=$(problems | sed -n "s/^$1 //p")
	like "command for $1" "$command" .
	bash -c "$command" > /dev/null || fail "$command: status $?"
	gives 0 tierctl doctor "$1"
	like "afterwards" "$(< "$LAB_OUT/stdout")" "^ok  $1: "
}

# healths: "CHECK HEALTH" for each finding of the JSON
healths()
{
	awk -F '"' '$2 == "check" { name = $4 } $2 == "health" { print name " " $4 }'
}

# put_back: all switches as at boot
put_back()
{
	echo false > $DEMOTION
	echo 1 > $BALANCING
	[[ ! -d $WEIGHTS ]] || for file in "$WEIGHTS"/node*; do echo 1 > "$file"; done
}

settings > /tmp/before

# As the machine boots, by what is there to be turned
case $MACHINE-$KERNEL in
2s-pmem-6.1) expected="demotion promotion spill" ;;
2s-pmem-6.12) expected="demotion promotion weights spill" ;;
hbm-cxl-6.1) expected="kernel-tiers" ;;
hbm-cxl-6.12) expected="demotion promotion weights" ;;
esac
gives 1 tierctl doctor
same "problems" "$(names)" "$expected"
same "stderr" "$(< "$LAB_OUT/stderr")" ""
settings > /tmp/looked
same "changed by looking" "$(diff /tmp/before /tmp/looked)" ""

# The evidence against the files themselves
gives 0 tierctl doctor zone-reclaim sysfs seccomp cpuset daxctl files
same "zone reclaim" "$(grep -o 'mode is .*' "$LAB_OUT/stdout")" "mode is $(< $RECLAIM)"
like "calls" "$(< "$LAB_OUT/stdout")" "ok  seccomp: all calls"
like "sysfs" "$(< "$LAB_OUT/stdout")" "ok  sysfs: sysfs is writable"
gives 0 tierctl doctor figures movable-only
like "HMAT" "$(< "$LAB_OUT/stdout")" "ok  figures: known as CPUs see them"
if [[ $(< "$NODES/has_memory") != "$(< "$NODES/has_normal_memory")" ]]; then
	like "movable" "$(< "$LAB_OUT/stdout")" "note  movable-only:"
else
	like "movable" "$(< "$LAB_OUT/stdout")" "ok  movable-only:"
fi

# What stands first is mended first, until nothing is left that a command mends
for _ in {1..10}; do
	check=$(problems | awk 'NF > 1 { print $1; exit }')
	[[ $check ]] || break
	mends "$check"
done
case $MACHINE-$KERNEL in
hbm-cxl-6.1) same "left" "$(names)" "kernel-tiers" ;;
*)
	same "left" "$(names)" ""
	gives 0 tierctl doctor
	same "demotion" "$(< $DEMOTION)" true
	same "balancing" "$(< $BALANCING)" 3
	;;
esac
put_back
same "problems again" "$(names)" "$expected"

# What can be set wrong
echo 1 > $RECLAIM
mends zone-reclaim
same "zone reclaim" "$(< $RECLAIM)" 0

first=$(< $ONLINE)
echo online > $ONLINE
if [[ $MACHINE == 2s-pmem ]]; then
	mends auto-online
	same "policy" "$(< $ONLINE)" online_movable
else
	gives 0 tierctl doctor auto-online
	like "no device" "$(< "$LAB_OUT/stdout")" "^not-applicable  auto-online"
fi
echo "$first" > $ONLINE

if [[ $MACHINE == 2s-pmem ]]; then
	gives 0 tierctl dax offline dax0.0
	mends unused-devices
	between "KiB of node 2" "$(node_kib 2 MemTotal)" 1000000 1048576
	gives 0 tierctl doctor zones
	like "zone" "$(< "$LAB_OUT/stdout")" "^ok  zones: memory of dax devices is movable"
fi

# What a container keeps from a task
gives 1 refuse EPERM tierctl doctor seccomp
like "refused" "$(tr -s ' \n' ' ' < "$LAB_OUT/stdout")" \
	"refused: get_mempolicy [^,]*, set_mempolicy [^,]*, mbind [^,]*, move_pages [^,]* so "
gives 0 read_only /sys tierctl doctor sysfs
like "read-only" "$(< "$LAB_OUT/stdout")" "^note  sysfs:"

echo +cpuset > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo 0 > $GROUP/cpuset.mems
echo $$ > $GROUP/cgroup.procs
mends cpuset
same "allowed" "$(awk '/Mems_allowed_list/ { print $2 }' /proc/self/status)" \
	"$(< "$NODES/has_memory")"
echo $$ > /sys/fs/cgroup/cgroup.procs
rmdir $GROUP

# A capture says the same, but for what is this process's own
tierctl capture > /tmp/capture
tierctl doctor --json | healths > /tmp/live
tierctl --root /tmp/capture doctor --json | healths > /tmp/captured
case $MACHINE in
2s-pmem) own="udev-rules daxctl policy-modes sysfs" ;;
*) own="policy-modes sysfs" ;;
esac
same "differs in a capture" \
	"$(grep -vxF -f /tmp/captured /tmp/live | awk '{ printf "%s%s", gap, $1; gap = " " }')" \
	"$own"

settings > /tmp/after
same "changed by this test" "$(diff /tmp/before /tmp/after)" ""
