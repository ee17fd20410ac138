# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Every dax device goes from RAM to a device and back, with our kmem and with the kernel's, while
# the kernel would online by itself; and then all is as it was.
# machines: 2s-pmem hbm-cxl-dax
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib.sh

mapfile -t devices < <(tierctl dax list | awk '$1 ~ /^dax/ { print $1 }')
before=$(memory_state)
capture=$(steady_capture)

# whole_cycle: there and back, by way of each command
whole_cycle()
{
	gives 0 tierctl dax use-as-device "${devices[@]}"
	same "blocks of the devices" "$(tierctl dax list | grep -c online)" 0
	like "modes" "$(tierctl dax list --bytes | awk '$1 ~ /^dax/ { print $3 }' | sort -u)" "^devdax$"
	gives 0 tierctl dax use-as-ram --no-online --yes "${devices[@]}"
	gives 0 tierctl dax online "${devices[@]}"
	gives 0 tierctl dax offline "${devices[@]}"
	gives 0 tierctl dax use-as-device "${devices[@]}"
	gives 0 tierctl dax use-as-ram --zone normal --yes "${devices[0]}"
	like "zone" "$(tierctl dax list "${devices[0]}")" ' normal '
	gives 0 tierctl dax use-as-device "${devices[0]}"
	gives 0 tierctl dax use-as-ram --yes "${devices[@]}"
	gives 0 tierctl dax use-as-ram --yes "${devices[@]}"
	like "again" "$(< "$LAB_OUT/stdout")" '^Nothing to change'
	same "memory and drivers" "$(memory_state)" "$before"
}

same "driver" "$(tierctl dax list | sed -n 's/^Driver kmem *//p')" "tierkit's, loaded"
whole_cycle

echo "--- the kernel brings new memory online itself"
policy=/sys/devices/system/memory/auto_online_blocks
kept=$(< $policy)
echo online > $policy
gives 0 tierctl dax use-as-device "${devices[@]}"
gives 0 tierctl dax use-as-ram --yes "${devices[@]}"
same "policy" "$(< $policy)" online
echo "$kept" > $policy
same "memory and drivers" "$(memory_state)" "$before"

echo "--- the kernel's own kmem"
gives 0 tierctl dax use-as-device "${devices[@]}"
rmmod kmem
insmod "/lib/modules/$(uname -r)/kernel/drivers/dax/kmem.ko"
gives 0 tierctl dax use-as-ram --yes "${devices[@]}"
same "driver" "$(tierctl dax list | sed -n 's/^Driver kmem *//p')" "the kernel's own, loaded"
whole_cycle
gives 0 tierctl dax use-as-device "${devices[@]}"
rmmod kmem

echo "--- kmem is loaded when it is wanted"
gives 0 tierctl dax use-as-ram --yes "${devices[@]}"
like "steps" "$(< "$LAB_OUT/stdout")" '^loaded  module kmem \(updates/kmem.ko\)'
same "memory and drivers" "$(memory_state)" "$before"
# The kernel tells the firmware's figures of a node once: when it first comes.
same "what a capture holds" "$(diff <(echo "$capture") <(steady_capture))" ""
