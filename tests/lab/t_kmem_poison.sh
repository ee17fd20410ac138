# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A poisoned page keeps its block out, however often the device is unbound and bound or the block
# taken offline: the ledger outlives what the kernel forgets.
# machines: pmem-raw
# what the kernel says of injected poison:
# allow-log: ^Injecting memory failure at pfn
# allow-log: ^Memory failure: 0x[0-9a-f]+: recovery action for free buddy page: Recovered$
# allow-log: ^Memory failure: 0x[0-9a-f]+: (already hardware poisoned|recovery action for already poisoned page: Failed)$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

ERROR="Memory page has hardware error"

begin 1
bind
set_blocks online_movable 0 7
page=$(page_in 4)
corrupted=$(hardware_corrupted)
poison "$page"
same "corrupted: KiB more" "$(($(hardware_corrupted) - corrupted))" 4
has kmem/poisoned_pages 1
has kmem/poisoned_ranges "$(printf '%#x-%#x' "$page" $((page + 4095)))"
poison "$page" 2> /dev/null # no news; 6.12 calls it an error
has kmem/poisoned_pages 1
poison $((page + 4096))
has kmem/poisoned_pages 2
has kmem/poisoned_ranges "$(printf '%#x-%#x' "$page" $((page + 8191)))"
refused "Device or resource busy" 1 "$DIR/kmem/rescan"

set_blocks offline 4 4
refused "$ERROR" online_movable "$(block_file 4)"
refused "$ERROR" online_kernel "$(block_file 4)"
has kmem/added_bytes $((8 * BLOCK))
set_blocks offline 0 3
set_blocks offline 5 7

unbind
same "remembered" "$(< "$KMEM/remembered_poison")" "$(printf '%#x-%#x' "$page" $((page + 8191)))"
policy online_movable
bind
has state online_movable
has kmem/ranges "$(blocks 0 3; blocks 5 7)"
has kmem/skipped_blocks "$(blocks 4 4)"
has kmem/poisoned_pages 2
refused "Inappropriate ioctl for device|No such device or address" all "$DIR/kmem/clear_skipped"
has kmem/skipped_blocks "$(blocks 4 4)"
for word in unplugged online_movable unplugged; do
	echo $word > "$DIR/state" || fail "state does not become $word"
	has state $word
done
policy offline
unbind
unchanged
