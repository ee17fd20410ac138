# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What fails half way leaves all as it was, with one line that says why and the right status.
# machines: hbm-cxl-dax 2s-pmem
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 120
# allow-log: kmem dax[01]\.0
# the range that cannot be had, as 6.1 says it:
# allow-log: kmem: probe of dax0.0 failed with error -16$
# shellcheck source=/dev/null
. /lab/lib.sh

nothing_changes steady_capture

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
echo dax0.0 > /sys/bus/dax/drivers/device_dax/unbind # which has its addresses, too
now=$(memory_state)
first=$(< /sys/bus/dax/devices/dax0.0/mapping0/start)
block=$((0x$(< /sys/devices/system/memory/block_size_bytes)))
insmod /lab/modules/hold.ko start=$(((first + block - 1) / block * block)) size=$block || fail "hold"
refused 1 'addresses|taken|all is as it was' tierctl dax use-as-ram --yes dax0.0
rmmod hold
echo dax0.0 > /sys/bus/dax/drivers/device_dax/bind
echo "$kept" > $policy
gives 0 tierctl dax use-as-ram --yes dax0.0
same "memory and drivers" "$(memory_state)" "$before"
