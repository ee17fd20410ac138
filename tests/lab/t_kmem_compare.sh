# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Our kmem and the kernel's own make the same memory of the same device and take it back the
# same way. How long each takes from bind to online is printed, and never judged.
# machines: pmem-raw
# timeout: 180
# shellcheck source=/dev/null
. /lab/lib.sh

PAIRS=7
node=1
device=$(dirname "$(grep -lx $node /sys/bus/dax/devices/*/target_node)")
dax=${device##*/}
drivers=/sys/bus/dax/drivers
modules=/lib/modules/$(uname -r)
declare -A file=([ours]=$modules/updates/kmem.ko
	[theirs]=$modules/kernel/drivers/dax/kmem.ko)
KIB=$((1024 * 1024))

# the addresses of memory, and of what is reserved for it; names may differ
map()
{
	sed 's/ : .*System RAM (kmem)/ : memory/; s/ : dax.*/ : device/' /proc/iomem |
		awk '/^[^ ]/ { wanted = / : Persistent Memory$/ } wanted'
}

blocks()
{
	find "$NODES/node$node/" -maxdepth 1 -name 'memory[0-9]*' 2> /dev/null | sort -V
}

to_all_blocks() # STATE
{
	local block

	for block in $(blocks); do
		echo "$1" > "$block/state" || fail "${block##*/} does not become $1"
	done
}

# outcome WHICH: bind, online, offline and unbind; what is seen on the way, a line for each.
# Microseconds of bind, and from bind to online, go to $LAB_OUT/WHICH.
outcome()
{
	local began bound online

	insmod "${file[$1]}"
	sleep 0.5 # grace periods that the load began (ours has a tracepoint) are not the bind's
	began=$EPOCHREALTIME
	echo "$dax" > $drivers/kmem/new_id
	bound=$EPOCHREALTIME
	to_all_blocks online_movable
	online=$EPOCHREALTIME
	echo $((${bound/./} - ${began/./})) $((${online/./} - ${began/./})) >> "$LAB_OUT/$1"
	echo "driver $(basename "$(readlink "$device/driver")")"
	echo "blocks $(blocks | wc -l)"
	echo "KiB $(node_kib $node MemTotal)"
	echo "zones $(cat "$NODES/node$node"/memory[0-9]*/valid_zones | sort -u)"
	map
	to_all_blocks offline
	echo "$dax" > $drivers/kmem/remove_id
	echo "$dax" > $drivers/kmem/unbind
	rmmod kmem
	echo "then blocks $(blocks | wc -l), nodes online $(< "$NODES/online")"
	map
}

# times COLUMN WHAT: of all pairs, sorted by ratio
times()
{
	paste -d ' ' "$LAB_OUT/ours" "$LAB_OUT/theirs" | awk -v ours="$1" -v theirs=$(($1 + 2)) '
	{ print $ours, $theirs, $ours / $theirs }' | sort -n -k 3 | awk -v what="$2" '
	BEGIN { printf "%s, us\n%10s %10s %8s\n", what, "ours", "theirs", "ratio" }
	{ printf "%10d %10d %8.3f\n", $1, $2, $3; ratio[NR] = $3 }
	END { printf "median ratio %.3f, from %.3f to %.3f\n",
		ratio[int((NR + 1) / 2)], ratio[1], ratio[NR] }'
}

loaded=
[[ -d /sys/module/kmem ]] && loaded=yes && gives 0 rmmod kmem
echo "$dax" > $drivers/device_dax/unbind
for ((pair = 0; pair < PAIRS; pair++)); do
	order=(ours theirs)
	((pair % 2)) && order=(theirs ours)
	for which in "${order[@]}"; do
		outcome "$which" > "/tmp/$which" 2>&1
	done
	((pair)) || paste -d '|' /tmp/ours /tmp/theirs |
		awk -F '|' 'BEGIN { printf "%-50s %s\n", "ours", "theirs" } { printf "%-50s %s\n", $1, $2 }'
	cmp /tmp/ours /tmp/theirs || fail "pair $pair: $(diff /tmp/ours /tmp/theirs)"
	same "pair $pair: KiB" "$(awk '$1 == "KiB" { print $2 }' /tmp/ours)" $KIB
done
echo "$dax" > $drivers/device_dax/bind
same "bound again" "$(basename "$(readlink "$device/driver")")" device_dax
[[ $loaded ]] && gives 0 modprobe kmem

times 1 "bind"
times 2 "bind to online"
