# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What lies on persistent memory is asked about where nobody else looks: only a yes on a terminal, or
# --yes, goes on.
# machines: 2s-pmem
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 300
# shellcheck source=/dev/null
. /lab/lib.sh
nothing_changes steady_capture

before=$(memory_state)
gives 0 tierctl dax use-as-device --timeout 120 dax0.0 dax1.0 # emulated, on a busy host
rmmod kmem
insmod "/lib/modules/$(uname -r)/kernel/drivers/dax/kmem.ko"
between=$(memory_state)

echo "--- no, nothing, and no terminal"
for answer in n ""; do
	gives 6 onpty -a "$answer" tierctl dax use-as-ram dax0.0
	like "question" "$(< "$LAB_OUT/stdout")" 'dax0.0: .*what lies on it will be lost.*Go on\? \[y/N\]'
	same "memory and drivers" "$(memory_state)" "$between"
done
gives 6 tierctl dax use-as-ram dax0.0
same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
like "message" "$(< "$LAB_OUT/stderr")" '^tierctl: dax: dax0.0: .*--yes takes it'
same "memory and drivers" "$(memory_state)" "$between"

echo "--- yes"
gives 0 onpty -a y tierctl dax use-as-ram dax0.0
like "dax0.0" "$(blocks_of dax0.0)" ' system-ram .* online +movable '

gives 0 tierctl dax use-as-device --timeout 120 dax0.0
rmmod kmem
gives 0 tierctl dax use-as-ram --yes dax0.0 dax1.0
same "memory and drivers" "$(memory_state)" "$before"
