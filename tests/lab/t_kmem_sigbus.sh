# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# When memory of the node goes bad under processes, the one whose page it is gets SIGBUS with the
# page's address: in the middle of the read that meets it, at once if it asked for that, or else
# when it comes to the page; nobody else does. So it is with injected poison, and with real machine
# checks. kmem counts the page, and tierctl has it at the node.
# machines: pmem-raw
# timeout: 120
# what the kernel says of injected poison:
# allow-log: ^Injecting memory failure
# allow-log: ^Memory failure: 0x[0-9a-f]+: (recovery action for .* LRU page: Recovered|Sending SIGBUS to victim)
# allow-log: ^MCE: Killing victim:
# and of machine checks:
# allow-log: ^mce: (Uncorrected hardware memory error in user-access at|\[Hardware Error\]: Machine check events logged)
# allow-log: ^mce_notify_irq: \d+ callbacks suppressed$
# allow-log: ^Memory failure: 0x[0-9a-f]+: Killing victim:
# allow-log: Disabling lock debugging due to kernel taint
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

MARK=0x7469657276696374 # what the program that reads has in a register

# bad: from here on the victim's page is, and it is counted
bad()
{
	pages=$((pages + 1))
	becomes "$DIR/kmem/poisoned_pages" "$pages"
}

page_of_victim()
{
	printf '%#x-%#x' $((PFN << 12)) $(((PFN << 12) + 4095))
}

# told WHERE: tierctl has as many bad pages at the node, at places that begin so
told()
{
	local lost

	lost=$(< "$DIR/kmem/lost_align_bytes")
	same "show --json" "$(losses 1)" \
		"alignment $lost bad_blocks 0 failed 0 poison $((pages * 4096))"
	like "show --explain" "$(explained 1 poison)" \
		"^$((pages * 4))\.0 KiB kernel kmem/poisoned_pages: $DAX $pages \($1"
}

begin 1
bind
set_blocks online_movable 0 7
start_victim bystander -e
bystander=$VICTIM bystanders_channel=$CHANNEL
pages=0
before=$(hardware_corrupted)

# a machine check in the middle of its read ends the process
start_victim killed -d -s $MARK
taskset -p 1 "$VICTIM" > /dev/null || fail "taskset"
echo >&"$CHANNEL"
hardware_error_in $((PFN << 12)) $MARK
wait "$VICTIM"
same "exit status of killed" $? $((128 + 7)) # SIGBUS
bad
has kmem/poisoned_ranges "$(page_of_victim)"
told "$(page_of_victim)\)"

# the same for one that wants to know why
start_victim reading -s $MARK
taskset -p 1 "$VICTIM" > /dev/null || fail "taskset"
hardware_error_in $((PFN << 12)) $MARK
victim_ends "$CHANNEL" "$VICTIM" reading "action-required $ADDRESS"
bad
told 0x

# found by a scrubber while the process waits: it dies when it comes to the page
start_victim later -d
hardware_error $((PFN << 12))
bad
echo >&"$CHANNEL"
wait "$VICTIM"
same "exit status of later" $? $((128 + 7))
told 0x

# and one that asked for it is told before
start_victim scrubbed -e
hardware_error $((PFN << 12))
bad
victim_ends "$CHANNEL" "$VICTIM" scrubbed "action-optional $ADDRESS
action-required $ADDRESS"

# injected
start_victim itself -m
bad
victim_ends "$CHANNEL" "$VICTIM" itself "action-required $ADDRESS"

start_victim early -e
poison $((PFN << 12))
bad
victim_ends "$CHANNEL" "$VICTIM" early "action-optional $ADDRESS
action-required $ADDRESS"

start_victim injected
poison $((PFN << 12))
bad
victim_ends "$CHANNEL" "$VICTIM" injected "action-required $ADDRESS"
told 0x

# nobody else has heard of it, and the pages are out of use for good
same "out of use: KiB more" $(($(hardware_corrupted) - before)) $((pages * 4))
victim_ends "$bystanders_channel" "$bystander" bystander unharmed
set_blocks offline 0 7
told 0x
unbind
bind
has kmem/poisoned_pages "$pages"
like "skipped blocks" "$(< "$DIR/kmem/skipped_blocks")" ^0x
end
