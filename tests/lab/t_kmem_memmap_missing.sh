# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Page structures on the device, under a kernel that keeps none there: 6.12 refuses to turn the
# device's switch; on 6.1 kmem says so, and makes ordinary memory of all of it.
# machines: pmem-raw
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

choose 1
same "the kernel's switch" "$(< /sys/module/memory_hotplug/parameters/memmap_on_memory)" N
if [[ $KERNEL != 6.1 ]]; then
	refused "Operation not supported" 1 "$DIR/memmap_on_memory"
fi
begin 1 memmap_on_memory=1
bind
if [[ $KERNEL == 6.1 ]]; then
	like "said" "$(dmesg | grep "kmem $DAX: page structures" | tail -n 1)" \
		"stay in DRAM: memmap_on_memory is off$"
fi
has kmem/memmap_bytes 0
has kmem/ranges "$(blocks 0 7)"
has kmem/added_bytes $((1 << 30))
set_blocks online_movable 0 7
same "node 1: KiB" "$(node_kib 1 MemTotal)" $((1 << 20))
parameter skip "$(inside 2 0 1)"
set_blocks offline 0 7
echo 1 > "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 2 2)"
unbind
end
