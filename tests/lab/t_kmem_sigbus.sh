# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# When memory of the node goes bad under processes, the one whose page it is gets SIGBUS with the
# page's address: at once if it asked for that, or else when it comes to the page; nobody else
# does. kmem counts the page.
# machines: pmem-raw
# what the kernel says of injected poison:
# allow-log: ^Injecting memory failure
# allow-log: ^Memory failure: 0x[0-9a-f]+: (recovery action for .* LRU page: Recovered|Sending SIGBUS to victim)
# allow-log: ^MCE: Killing victim:
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

begin 1
bind
set_blocks online_movable 0 7
start_victim bystander -e
bystander=$VICTIM bystanders_channel=$CHANNEL

start_victim itself -m
has kmem/poisoned_pages 1
has kmem/poisoned_ranges "$(printf '%#x-%#x' $((PFN << 12)) $(((PFN << 12) + 4095)))"
victim_ends "$CHANNEL" "$VICTIM" itself "action-required $ADDRESS"

start_victim early -e
poison $((PFN << 12))
victim_ends "$CHANNEL" "$VICTIM" early "action-optional $ADDRESS
action-required $ADDRESS"

start_victim injected
poison $((PFN << 12))
has kmem/poisoned_pages 3
victim_ends "$CHANNEL" "$VICTIM" injected "action-required $ADDRESS"

victim_ends "$bystanders_channel" "$bystander" bystander unharmed
set_blocks offline 0 7
end
