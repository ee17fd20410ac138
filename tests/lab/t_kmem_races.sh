# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A minute of binding, unbinding, loading and unloading, of blocks that come and go, of states and
# bad blocks that change, all at once: errors, but nothing that hangs, and in the end all can go.
# Movable only: the kernel keeps pages of its own in other blocks, and these cannot go.
# machines: pmem-raw
# timeout: 240
# a bind that lost its race:
# allow-log: (probe of dax\d.0|probe with driver (kmem|device_dax)) failed with error
# allow-log: ^device_dax dax\d.0: mapping0: .* could not reserve range$
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

SECONDS_LONG=60

# for_a_minute COMMAND...: again and again; how often is noted
for_a_minute()
{
	local end=$((SECONDS + SECONDS_LONG)) times=0

	while ((SECONDS < end)); do
		"$@"
		((times++))
	done 2> /dev/null
	echo "$1: $times times" >> "$LAB_OUT/counts"
}

bind_and_unbind()
{
	echo "$DAX" > "$KMEM/new_id"
	echo "$DAX" > "$KMEM/bind"
	((RANDOM % 2)) && sleep 0.0$((RANDOM % 10))
	echo "$DAX" > "$KMEM/unbind"
	((RANDOM % 4)) || { rmmod kmem && modprobe kmem; }
}

switch_blocks()
{
	local words=(online_movable offline)

	echo "${words[RANDOM % 2]}" > "$(block_file $((RANDOM % COUNT)))"
}

change_state()
{
	local words=(unplugged offline online online_movable)

	echo "${words[RANDOM % 4]}" > "$DIR/state"
	cat "$DIR/state" "$DIR"/kmem/* "$KMEM/left_behind" "$KMEM/remembered_poison" > /dev/null
}

change_bad_blocks()
{
	((RANDOM % 2)) && inside $((RANDOM % COUNT)) 0 4096 > "$PARAMETERS/skip"
	echo 1 > "$DIR/kmem/rescan"
	echo all > "$DIR/kmem/clear_skipped"
	echo > "$PARAMETERS/skip"
	echo 1 > "$DIR/kmem/rescan"
}

begin 1
bind
unbind
note_heap
# the same all the time: a switch in the middle of an add makes the kernel choose another zone
policy online_movable
for race in bind_and_unbind switch_blocks change_state change_bad_blocks; do
	for_a_minute $race &
done
wait
cat "$LAB_OUT/counts"
same "races that ended" "$(wc -l < "$LAB_OUT/counts")" 4
same "races that never ran" "$(grep -c ' 0 times' "$LAB_OUT/counts")" 0

policy offline
[[ -e $KMEM ]] || modprobe kmem
echo > "$PARAMETERS/skip"
[[ $(driver_of "$DAX") == kmem ]] || bind
echo unplugged > "$DIR/state" || fail "the memory cannot go"
has state unplugged
echo offline > "$DIR/state" || fail "the memory cannot come"
has kmem/added_bytes $((COUNT * BLOCK))
same "left behind" "$(< "$KMEM/left_behind")" ""
unbind
nothing_leaked 40
end
