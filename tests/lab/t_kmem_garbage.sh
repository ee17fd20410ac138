# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Garbage in every file that can be written, devices that do not exist, and people who may not:
# each is refused with a reason, and nothing has changed afterwards.
# machines: pmem-raw
# timeout: 180
# the kernel's own words on a text of 4000 letters, and on parameters that it cannot load:
# allow-log: ^overwrite: string doesn't fit in 511 chars
# allow-log: ^kmem: `.*' invalid for parameter
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

LONG=$(printf 'a%.0s' {1..4000})
GARBAGE=("" " " "x" "-1" "0" "2" "1 1" "0x" "-" "," "1-" "-1-2" "2-1" "0x1-0x2 " "all,1-2" "ALL"
	"Online" "online_" "onlin" "unpluggedd" "%n%n%s" "1-2;3-4" "1-11111111111111111" "../../x" "$LONG")

facts_of_device()
{
	cat "$DIR/state" "$DIR"/kmem/{ranges,added_bytes,skipped_blocks,failed_ranges,poisoned_pages}
	grep . "$PARAMETERS"/{skip,partial,auto_online,adistance,memmap_on_memory}
	cat "$KMEM"/{left_behind,remembered_poison}
}

# takes_none FILE WHY EXCEPT: of the garbage, but what matches the pattern EXCEPT
takes_none()
{
	local text

	for text in "${GARBAGE[@]}"; do
		[[ $text =~ ^($3)$ ]] || refused "$2" "$text" "$1"
	done
}

begin 1
parameter skip "$(inside 2 0 4096)"
bind
facts_of_device > /tmp/facts

takes_none "$DIR/state" "$NOT_TAKEN" "none"
takes_none "$DIR/kmem/rescan" "$NOT_TAKEN" "none"
takes_none "$DIR/kmem/clear_skipped" "$NOT_TAKEN" "none"
takes_none "$PARAMETERS/skip" "$NOT_TAKEN" ""
# the kernel looks at the first letters of a truth value only
takes_none "$PARAMETERS/partial" "$NOT_TAKEN" "[01].*|[Oo]n.*"
takes_none "$PARAMETERS/auto_online" "$NOT_TAKEN" "[01].*|[Oo]n.*"
refused "No space left on device" "$LONG" "$PARAMETERS/overwrite"
many=$(for i in {1..101}; do printf '%x-%x,' $((i << 20)) $(((i << 20) + 4095)); done)
refused "No space left on device" "${many%,}" "$PARAMETERS/skip"
for name in adistance memmap_on_memory; do
	same "mode of $name" "$(stat -c %a "$PARAMETERS/$name")" 400
done

takes_none "$KMEM/remove_id" "$NOT_TAKEN" "none"
for text in "dax0" "../dax0.0" "dax0.0x" "dax0.00" "dax 0.0" "dax0.0,dax9.9" " $DAX" "DAX0.0" "" "$LONG"; do
	for name in new_id remove_id; do
		refused "$NOT_TAKEN" "$text" "$KMEM/$name"
	done
	for name in bind unbind; do
		refused "No such device" "$text" "$KMEM/$name"
	done
done
refused "No such device" dax9.9 "$KMEM/bind"
refused "No such device" dax9.9 "$KMEM/unbind"
# a name that nobody gave, as the dax core has it: nothing to do; and the device that is bound stays
for name in dax9.9 "$DAX" "$DAX"; do
	echo "$name" > "$KMEM/remove_id" || fail "remove_id $name"
	is_with "$DAX" kmem
done
may_bind
refused "No such device|Device or resource busy" "$DAX" "$KMEM/bind" # it is bound already
for text in "skip=zz" "skip=2-1" "adistance=x" "partial=perhaps"; do
	echo "$DAX" > "$KMEM/unbind"
	rmmod kmem || fail "rmmod"
	gives 1 modprobe kmem "$text"
	modprobe kmem skip="$(inside 2 0 4096)"
	bind
done

# whoever is not root
for file in "$DIR/state" "$DIR/kmem/rescan" "$DIR/kmem/clear_skipped" "$KMEM/bind" "$PARAMETERS/skip"; do
	same "${file##*/} for others" "$(stat -c %A "$file" | cut -c9)" "-"
done
# root without the capability
for pair in "$DIR/state=unplugged" "$DIR/kmem/rescan=1" "$DIR/kmem/clear_skipped=all" \
	"$PARAMETERS/skip=1-2" "$PARAMETERS/partial=1" "$PARAMETERS/overwrite=all"; do
	answer=$(setpriv --bounding-set -sys_admin --inh-caps -sys_admin \
		bash -c "echo '${pair##*=}' > ${pair%=*}" 2>&1) && fail "${pair%=*}: taken"
	like "${pair%=*} without the capability" "$answer" "Operation not permitted|Permission denied"
done
same "what has changed" "$(facts_of_device | diff /tmp/facts -)" ""
end
