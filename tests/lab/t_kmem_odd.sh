# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A device whose private structures contradict each other, as they would in a kernel that kmem was
# not built for, is refused with a line in the log, and nothing has been done to it.
# machines: hmem-raw
# the refusals:
# allow-log: (probe of dax\d.\d|probe with driver kmem) failed with error -19$
# and of memory that no node has, at every load of the module on 6.12:
# allow-log: (probe of dax\d.\d|probe with driver kmem) failed with error -22$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

# of struct dev_dax, from its struct device (48 bytes inside); see layout.pinned
REGION=$((0 - 48))
TARGET_NODE=$((20 - 48))
declare -A ranges=([6.1]=$((816 - 48)) [6.12]=$((832 - 48)))
RANGES=${ranges[$KERNEL]}
declare -A nr_range=([6.1]=$((808 - 48)) [6.12]=$((828 - 48)))
COUNT_AT=${nr_range[$KERNEL]}
RANGE_BYTES=32
REGION_PARENT=16 # of struct dax_region
FIRST_START=8 # of struct dev_dax_range
FIRST_END=16

# odd WORDS OPTION...: so spoiled, the device is refused in these words
odd()
{
	gives 0 insmod /lab/modules/odd.ko parent="$PARENT" name="$DAX" "${@:2}"
	may_bind
	is_with "$DAX" ""
	refused "No such device" "$DAX" "$KMEM/bind"
	like "said" "$(dmesg | grep "kmem $DAX: refused" | tail -n 1)" "refused: $1; was kmem built for this kernel"
	gives 0 rmmod odd
	same "module's users" "$(< /sys/module/kmem/refcnt)" 0
	unchanged
	[[ ! -e $NODES/node1 ]] || fail "node 1 is there"
}

# the first device of node 1 that has memory, whatever other tests have made of the region
for DIR in "$DAXES"/*; do
	[[ $(< "$DIR/target_node") == 1 && $(< "$DIR/size") != 0 ]] && break
done
DAX=${DIR##*/}
PARENT=$(basename "$(readlink -f "$DIR/..")")
free_device "$DAX"
cat /proc/iomem > /tmp/iomem
modprobe kmem
free_device "$DAX" # 6.12 has bound it
end=$(($(< "$DIR/resource") + $(< "$DIR/size") - 1))
# a program's address, one that is none, and one where nothing is
for address in 0x1000 0x8000010000000000 0xffff800000001000; do
	odd "its region cannot be read" at="$REGION" value="$address"
done
odd "its region has another parent" at="$REGION" follow="$REGION_PARENT" value=4096
odd "its region has another target node" at=$TARGET_NODE size=4 value=7
odd "a range is outside of its region" at="$RANGES" follow=$FIRST_END value=$((end + (1 << 40)))
odd "a range is outside of its region" at="$RANGES" follow=$FIRST_START value=4096
odd "a range ends before it starts" at="$RANGES" follow=$FIRST_START value=$((1 << 50))
for many in 4097 100000; do
	odd "its number of ranges is absurd" at="$COUNT_AT" size=4 value=$many \
		array="$RANGES" each=$RANGE_BYTES copies=$many
done
for many in 2 4096; do
	odd "its ranges overlap" at="$COUNT_AT" size=4 value=$many \
		array="$RANGES" each=$RANGE_BYTES copies=$many
done

# as it was
bind
unbind
rmmod kmem || fail "rmmod kmem"
unchanged
