# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What fails half way leaves all as it was, with one line that says why and the right status.
# machines: hbm-cxl-dax 2s-pmem
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 120
# allow-log: kmem dax[01]\.0
# shellcheck source=/dev/null
. /lab/lib.sh

# refused STATUS WORDS COMMAND...: one line that has these words, and nothing has changed
refused()
{
	local status=$1 words=$2

	shift 2
	gives "$status" "$@"
	same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
	like "message" "$(< "$LAB_OUT/stderr")" "$words"
	same "memory and drivers" "$(memory_state)" "$now"
}

before=$(memory_state)
policy=/sys/devices/system/memory/auto_online_blocks
now=$before

echo "--- nothing may be written"
mount -o remount,ro /sys
refused 4 'read-only' tierctl dax use-as-device dax0.0
refused 4 'read-only' tierctl dax offline dax0.0
mount -o remount,rw /sys

echo "--- no such device"
refused 5 'no such dax device' tierctl dax offline dax7.0

echo "--- somebody has its addresses"
gives 0 tierctl dax use-as-device dax0.0
kept=$(< $policy)
echo online > $policy
now=$(memory_state)
first=$(sort "/sys/bus/dax/devices/dax0.0/mapping0/start")
insmod /lab/modules/hold.ko "start=$first" size=0x1000000 2> /dev/null || true
if grep -q '^hold ' /proc/modules; then
	refused 1 'addresses|taken|all is as it was' tierctl dax use-as-ram --yes dax0.0
	rmmod hold
fi
echo "$kept" > $policy
gives 0 tierctl dax use-as-ram --yes dax0.0
same "memory and drivers" "$(memory_state)" "$before"
