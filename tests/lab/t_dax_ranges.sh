# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Of a device with several ranges only its own blocks change, whatever lies between them, with our
# kmem and with the kernel's.
# machines: hbm-cxl-dax
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 300
# shellcheck source=/dev/null
. /lab/lib.sh

# driver WORDS: whose kmem is loaded
driver()
{
	same "driver" "$(tierctl dax list | sed -n 's/^Driver kmem *//p')" "$1, loaded"
}

# two_ranges: dax1.0 around dax1.1, each in use as RAM and as a device; then as before
two_ranges()
{
	gives 0 tierctl dax use-as-device dax1.0
	daxctl disable-device dax1.0
	gives 0 daxctl reconfigure-device -s 256M dax1.0
	gives 0 daxctl create-device -r 1 -s 256M
	gives 0 daxctl disable-device dax1.0
	gives 0 daxctl reconfigure-device -s 768M dax1.0
	like "dax1.0" "$(tierctl dax list dax1.0)" ' 768 MiB +disabled +- +2 +2 +none '
	like "dax1.1" "$(tierctl dax list dax1.1)" ' 256 MiB .* 2 +1 +none '

	gives 0 tierctl dax use-as-ram dax1.1
	middle=$(blocks_of dax1.1)
	gives 0 tierctl dax use-as-ram dax1.0
	same "blocks online" "$(tierctl dax list --bytes dax1.0 | awk '$1 == "dax1.0" { print $7 }')" 6/6
	gives 0 tierctl dax offline dax1.0
	same "blocks of the device between" "$(blocks_of dax1.1)" "$middle"
	gives 0 tierctl dax use-as-device dax1.0
	same "blocks of the device between" "$(blocks_of dax1.1)" "$middle"

	gives 0 tierctl dax use-as-device dax1.1
	daxctl disable-device dax1.1
	gives 0 daxctl destroy-device dax1.1
	daxctl disable-device dax1.0
	gives 0 daxctl reconfigure-device -s 1G dax1.0
	gives 0 tierctl dax use-as-ram dax1.0
}

before=$(memory_state)
driver "tierkit's"
two_ranges
same "memory and drivers" "$(memory_state)" "$before"

echo "--- the kernel's own kmem"
gives 0 tierctl dax use-as-device dax0.0 dax1.0
rmmod kmem
insmod "/lib/modules/$(uname -r)/kernel/drivers/dax/kmem.ko"
two_ranges
driver "the kernel's own"
gives 0 tierctl dax use-as-device dax1.0
rmmod kmem
gives 0 tierctl dax use-as-ram dax0.0 dax1.0
driver "tierkit's"
same "memory and drivers" "$(memory_state)" "$before"
