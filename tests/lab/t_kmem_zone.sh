# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The words of the state attribute for memory that the kernel may use for itself. It does: its
# threads for the new node may live there, so such memory may not be had back, and then all of it
# stays. For that reason this test comes after those of other states, and takes another device.
# machines: pmem-raw
# what the kernel says of a page that keeps a block online:
# allow-log: ^page dumped because: unmovable page$
# allow-log: ^(page:|memcg:|(anon )?flags: |raw: |head: |page_type: )
# and device_dax, whose device it does not become again then:
# allow-log: ^device_dax dax1.0: mapping0: .* could not reserve range$
# allow-log: (probe of dax1.0|with driver device_dax) failed with error -16$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

begin 2
bind
echo unplugged > "$DIR/state" || fail "state does not become unplugged"
policy online_kernel
refused "Operation not supported|Device or resource busy" online_movable "$DIR/state"
like "state" "$(< "$DIR/state")" "^(unplugged|online_kernel)$"
for word in online_kernel online; do
	[[ $(< "$DIR/state") == online_kernel ]] || echo $word > "$DIR/state" || fail "state: $word"
	has state online_kernel
	has kmem/ranges "$(blocks 0 3)"
	if echo unplugged > "$DIR/state"; then
		has state unplugged
	else
		has state online_kernel
		has kmem/added_bytes $((4 * BLOCK))
	fi
done
