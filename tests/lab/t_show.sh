# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What show says, held on the host against numactl, daxctl and sysfs, which are collected here.
# machines: all !hmem-raw
# shellcheck source=/dev/null
. /lab/lib.sh

gives 0 tierctl show
gives 0 tierctl show --explain
tierctl show --json > "$LAB_OUT/show.json" || fail "show --json"
numactl -H > "$LAB_OUT/numactl"
daxctl list -D > "$LAB_OUT/daxctl.json"
cp /lab/expect "$LAB_OUT/expect"
(cd "$NODES" && grep -r . node*/meminfo node*/cpulist node*/distance node*/access1/initiators/*_* \
	2> /dev/null) > "$LAB_OUT/sysfs"
(cd "$TIERS" && grep -r . memory_tier*/nodelist) > "$LAB_OUT/tiers"
