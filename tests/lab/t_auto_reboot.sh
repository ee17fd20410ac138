# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A reboot ends auto and leaves nothing to put back. Where /run outlives it, what was noted in the
# boot before is nobody's: it does not stop a new start, and a stop does not write it back.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib_auto.sh

NOTE=/run/tierkit/auto
BOOT_ID=/proc/sys/kernel/random/boot_id
way=$([[ $KERNEL == 6.1 ]] && echo kernel || echo damon)

if ((LAB_BOOT == 1)); then
	auto_tree > "$LAB_OUT/tree"
	cp $BOOT_ID "$LAB_OUT/boot"
	gives 0 tierctl auto start --by "$way"
	same "boots in the note" "$(grep -c -f $BOOT_ID $NOTE)" 1
	cp $NOTE "$LAB_OUT/note"
	reboot_guest
fi

[[ $(< $BOOT_ID) != "$(< "$LAB_OUT/boot")" ]] || fail "it is the same boot"
cp "$LAB_OUT/tree" /tmp/auto-before
unchanged "by the reboot"

# off WHEN: and what stop would do then is nothing
off()
{
	gives 0 tierctl auto status
	same "status $1" "$(head -n 1 "$LAB_OUT/stdout")" "auto      off: nothing was started"
	gives 0 tierctl auto stop
}
off "behind the reboot"
unchanged "by a stop"

echo "--- /run has outlived it"
mkdir -p ${NOTE%/*}
cp "$LAB_OUT/note" $NOTE
off "with the note of the boot before"
gives 0 tierctl auto start --by "$way"
same "this boot in the note" "$(grep -c -f $BOOT_ID $NOTE)" 1
same "the boot before in it" "$(grep -c -f "$LAB_OUT/boot" $NOTE)" 0
gives 0 tierctl auto status
like "status" "$(< "$LAB_OUT/stdout")" "^auto      runs"
gives 0 tierctl auto stop
unchanged "in the end"
