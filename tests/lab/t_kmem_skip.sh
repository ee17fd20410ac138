# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Blocks on the administrator's list are left out, wherever they are, and come and go by rescan;
# what has no whole good block is refused, and nothing is left of it.
# machines: pmem-raw
# a device that has nothing to offer:
# allow-log: (probe of dax\d.0|probe with driver kmem) failed with error -22$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

# skips LIST RANGES SKIPPED: with that list, the device has these ranges and lacks those blocks
skips()
{
	local start last bytes=0

	parameter skip "$1"
	bind
	has kmem/ranges "$2"
	has kmem/skipped_blocks "$3"
	while IFS=- read -r start last && [[ $start ]]; do
		bytes=$((bytes + last - start + 1))
	done <<< "$3"
	has kmem/lost_badblock_bytes "$bytes"
	has kmem/added_bytes $((COUNT * BLOCK - bytes))
	has kmem/lost_align_bytes $((BLOCK - (2 << 20)))
	unbind
}

choose 1
begin 1 skip="$(inside 0 0 1)"
same "as given to modprobe" "$(< "$PARAMETERS/skip")" "$(inside 0 0 1 | sed 's/[^-]*/0x&/g')"
bind
has kmem/ranges "$(blocks 1 7)"
unbind

skips "$(inside 0 $((BLOCK - 1)) 1)" "$(blocks 1 7)" "$(blocks 0 0)"
skips "$(inside 3 4096 4096)" "$(blocks 0 2; blocks 4 7)" "$(blocks 3 3)"
skips "$(inside 7 0 "$BLOCK")" "$(blocks 0 6)" "$(blocks 7 7)"
skips "$(inside 3 $((BLOCK - 1)) 2)" "$(blocks 0 2; blocks 5 7)" "$(blocks 3 4)"
skips "$(inside 1 0 1),$(inside 3 0 1),$(inside 6 0 1)" \
	"$(blocks 0 0; blocks 2 2; blocks 4 5; blocks 7 7)" "$(blocks 1 1; blocks 3 3; blocks 6 6)"
skips "0-fff,$(inside 8 0 4096)" "$(blocks 0 7)" "" # before and behind the device
unchanged

parameter skip "$(inside 0 0 $((BLOCK * 8)))"
not_bound "$NOT_TAKEN"
unchanged
same "module's users" "$(< /sys/module/kmem/refcnt)" 0

# rescan: out with what is offline, back with what is good
parameter skip ""
bind
parameter skip "$(inside 2 0 1)"
has kmem/ranges "$(blocks 0 7)"
echo 1 > "$DIR/kmem/rescan"
has kmem/ranges "$(blocks 0 1; blocks 3 7)"
has kmem/skipped_blocks "$(blocks 2 2)"
[[ ! -e $(block_file 2) ]] || fail "block 2 is still memory"
parameter skip "$(inside 0 0 1)"
echo 1 > "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 0 0)"
parameter skip ""
echo 1 > "$DIR/kmem/rescan"
same "blocks of node 1" "$(find "$NODES/node1/" -name 'memory[0-9]*' | wc -l)" 8
has kmem/added_bytes $((1 << 30))
unbind
unchanged

# in use: that block stays, all else is done
bind
set_blocks online_movable 2 3
parameter skip "$(inside 2 0 1),$(inside 6 0 1)"
refused "Device or resource busy" 1 "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 6 6)"
set_blocks offline 2 3
echo 1 > "$DIR/kmem/rescan"
has kmem/skipped_blocks "$(blocks 2 2; blocks 6 6)"
end

# a device without a single whole block
begin 3
not_bound "$NOT_TAKEN"
end
