# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The bytes of a skipped block stay as they are on the medium, however full the node gets; those
# of the others change. The host reads the medium.
# machines: pmem-raw
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

choose 2
echo "$DAX" > /sys/bus/dax/drivers/device_dax/bind
# from the first to the last whole block
start=$((FIRST - $(< "$DIR/resource")))
gives 0 poke -f "/dev/$DAX" "$start" $((COUNT * BLOCK))
begin 2 skip="$(inside 2 $((BLOCK / 2)) 1)"
bind
has kmem/skipped_blocks "$(blocks 2 2)"
set_blocks online_movable 0 1
set_blocks online_movable 3 3
drop_caches
mib=$(($(node_kib 2 MemFree) / 1024 - 32)) # less would be below what the kernel keeps free
gives 0 numactl -m 2 fill "${mib}M"
same "pages on node 2" "$(pages_on 2 < "$LAB_OUT/stdout")" $((mib * 256))
set_blocks offline 0 1
set_blocks offline 3 3
end
# in the file there are 2 MiB of the namespace's own before the device's first byte
echo "pmem2.img $start $((start + (2 << 20))) $BLOCK $COUNT 2" > "$LAB_OUT/blocks"
