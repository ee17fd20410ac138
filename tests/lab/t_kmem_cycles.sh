# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Fifty times bound and unbound, with blocks skipped and memory online in between, a device leaves
# nothing behind: no object or page of the kernel's heap, no address and no user of the module.
# machines: pmem-raw
# timeout: 180
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

CYCLES=50

cycle()
{
	local block

	echo "$DAX" > "$KMEM/bind" || fail "bind"
	block=$(block_file 1)
	echo online_movable > "$block" || fail "online"
	echo 1 > "$DIR/kmem/rescan" || fail "rescan"
	echo offline > "$block" || fail "offline"
	echo "$DAX" > "$KMEM/unbind"
}

choose 1
begin 1 skip="$(inside 0 0 1),$(inside 5 0 1)"
bind
unbind
for _ in {1..5}; do cycle; done
note_heap
for ((i = 0; i < CYCLES; i++)); do cycle; done

nothing_leaked $((CYCLES * 4 / 5))
same "module's users" "$(< /sys/module/kmem/refcnt)" 0
unchanged
end
