# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A reboot ends auto: where /run outlives it, what was noted in the boot before is nobody's, does
# not stop a new start, and a stop does not write it back.
# machines: 2s-pmem
# kernels: 6.12
# shellcheck source=/dev/null
. /lab/lib_auto.sh

NOTE=/run/tierkit/auto

auto_tree > /tmp/auto-before
gives 0 tierctl auto start --by damon
cp $NOTE /tmp/note
gives 0 tierctl auto stop
unchanged "by start and stop"

boot=$(< /proc/sys/kernel/random/boot_id)
same "boots in the note" "$(grep -c "$boot" /tmp/note)" 1
sed "s/$boot/00000000-0000-4000-8000-000000000000/" /tmp/note > $NOTE
gives 0 tierctl auto status
same "status" "$(head -n 1 "$LAB_OUT/stdout")" "auto      off: nothing was started"
gives 0 tierctl auto stop
gives 0 tierctl auto start --by damon
same "boots in the note" "$(grep -c "$boot" $NOTE)" 1
gives 0 tierctl auto stop
unchanged "in the end"
