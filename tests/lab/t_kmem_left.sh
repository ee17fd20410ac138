# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Memory that is online when its device is unbound stays in use, is listed, pins the module and
# is refused to others; the next bind of the device adopts it, and then all of it can go.
# machines: pmem-raw
# device_dax is made to fail:
# allow-log: ^device_dax dax0.0: mapping0: .* could not reserve range$
# allow-log: probe (of dax0.0|with driver device_dax) failed with error -16$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

begin 1
bind
set_blocks online_movable 0 1
free_kib=$(node_kib 1 MemTotal)
unbind
same "left behind" "$(< "$KMEM/left_behind")" "$(blocks 0 $((COUNT - 1)))"
same "node 1: KiB" "$(node_kib 1 MemTotal)" "$free_kib"
gives 0 numactl -m 1 fill -s 8M
same "pages on node 1" "$(pages_on 1 < "$LAB_OUT/stdout")" 2048
gives 1 rmmod kmem
refused "Device or resource busy" "$DAX" /sys/bus/dax/drivers/device_dax/bind

bind
same "left behind" "$(< "$KMEM/left_behind")" ""
has state online_movable
has kmem/ranges "$(blocks 0 $((COUNT - 1)))"
has kmem/added_bytes $((1 << 30))
same "node 1: KiB" "$(node_kib 1 MemTotal)" "$free_kib"

unbind
bind # once more: it was in use all the time
set_blocks offline 0 1
unbind
same "left behind" "$(< "$KMEM/left_behind")" ""
[[ ! -e $NODES/node1 ]] || fail "node 1 is still there"
unchanged

# only the run that is in use stays
parameter skip "$(inside 2 0 4096)"
bind
set_blocks online_movable 5 5
unbind
same "left behind" "$(< "$KMEM/left_behind")" "$(blocks 3 $((COUNT - 1)))"
bind
has kmem/ranges "$(blocks 0 1; blocks 3 $((COUNT - 1)))"

# what has become bad since is not adopted, as far as it is offline
unbind
parameter skip "$(inside 2 0 4096),$(inside 4 0 1),$(inside 5 0 1)"
bind
has kmem/ranges "$(blocks 0 1; blocks 3 3; blocks 5 $((COUNT - 1)))"
has kmem/skipped_blocks "$(blocks 2 2; blocks 4 4)"
has kmem/added_bytes $(((COUNT - 2) * BLOCK))
[[ ! -e $(block_file 4) ]] || fail "block 4 is still memory"
set_blocks offline 5 5
unbind
bind
has kmem/skipped_blocks "$(blocks 2 2; blocks 4 5)"
end
