# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Of a device with several ranges only its own blocks change, whatever lies between them.
# machines: hbm-cxl-dax
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

before=$(memory_state)
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
same "memory and drivers" "$(memory_state)" "$before"
