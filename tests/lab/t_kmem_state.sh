# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The state attribute: every word from every state, under every policy of the kernel for new
# memory; what cannot be reached is refused and nothing has changed. t_kmem_zone.sh has what may
# not be undone.
# machines: pmem-raw
# timeout: 120
# what the kernel says of a page that keeps a block online:
# allow-log: ^migrating pfn [0-9a-f]+ failed ret:1|^do_migrate_range: \d+ callbacks suppressed
# allow-log: ^page dumped because: migration failure$
# allow-log: ^(page:|memcg:|anon flags: |raw: |head: |page_type: )
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

NOT_HERE="Operation not supported"
BUSY="Device or resource busy"

set_state()
{
	echo "$1" > "$DIR/state" || fail "state does not become $1"
	has state "$1"
}

# reaches POLICY WORD STATE: from unplugged, what writing the word leads to
reaches()
{
	policy "$1"
	echo "$2" > "$DIR/state" || fail "policy $1: state does not become $2"
	has state "$3"
	set_state unplugged
}

# out_of_reach POLICY WORD
out_of_reach()
{
	policy "$1"
	refused "$NOT_HERE" "$2" "$DIR/state"
	has state unplugged
}

begin 1
bind
has state offline
set_state unplugged
unchanged # reservations as well
has kmem/ranges ""
has kmem/added_bytes 0
same "module's users" "$(< /sys/module/kmem/refcnt)" 0
set_state unplugged

reaches offline offline offline
out_of_reach offline online
out_of_reach offline online_movable
out_of_reach offline online_kernel
reaches online_movable offline offline
reaches online_movable online online_movable
reaches online_movable online_movable online_movable
out_of_reach online_movable online_kernel
reaches online_kernel offline offline
unchanged

# only from unplugged
policy online_movable
for now in offline online_movable; do
	set_state "$now"
	for word in offline online online_kernel online_movable; do
		[[ $word != "$now" ]] || continue
		refused "$BUSY" "$word" "$DIR/state"
		has state "$now"
	done
	set_state "$now"
	set_state unplugged
done
set_state online_movable
unbind # in use
bind
has state online_movable
set_state unplugged

# What was wanted and could not be had is not made up for later.
policy offline
insmod /lab/modules/hold.ko start=$((FIRST + BLOCK)) size="$BLOCK" || fail hold
refused "$BUSY" offline "$DIR/state"
has state unplugged
rmmod hold
echo 1 > "$DIR/kmem/rescan" || fail rescan
has state unplugged
unchanged

# some of each
set_state offline
set_blocks online_movable 0 0 # first, so that the node's kernel threads do not live in the other
set_blocks online_kernel 1 1
has state online
set_blocks offline 0 0
has state online_kernel
set_blocks online_movable 7 7
has state online
refused "$BUSY" online_movable "$DIR/state"
set_state unplugged

# All or nothing: the second run holds a page that cannot be moved, and when a signal ends the
# attempt, the first run comes back.
unbind
parameter skip "$(inside 3 0 1)"
bind
set_blocks online_movable 5 5
start_victim pinned -p
gives 124 timeout 1 bash -c "echo unplugged > $DIR/state"
has state online_movable
has kmem/ranges "$(blocks 0 2; blocks 4 7)"
has kmem/added_bytes $((7 * BLOCK))
same "blocks of node 1" "$(find "$NODES/node1/" -name 'memory[0-9]*' | wc -l)" 7
victim_ends "$CHANNEL" "$VICTIM" pinned unharmed
parameter skip ""
set_state unplugged
unchanged

# the kernel's policy, and the parameter that keeps it from what kmem adds
unbind
policy online_movable
bind
has state online_movable
set_state unplugged
parameter auto_online N
reaches online_movable offline offline
out_of_reach online_movable online_movable
unbind
bind
has state offline
set_blocks online_movable 0 0 # by hand it still can be
set_blocks offline 0 0
for word in onlin "" "online movable" 1; do
	refused "$NOT_TAKEN" "$word" "$DIR/state"
done

# gone with the module
set_state unplugged
rmmod kmem
unchanged
