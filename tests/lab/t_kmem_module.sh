# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The kmem that guests load is the one of this tree; the kernel's own lies beside it; and the
# lab can keep a range from whoever wants to reserve it.
# machines: 2s-pmem hbm-cxl-dax
# shellcheck source=/dev/null
. /lab/lib.sh

modules=/lib/modules/$(uname -r)
same "modprobe's kmem" "$(modinfo -n kmem)" "$modules/updates/kmem.ko"
same "that of dax devices" "$(modprobe --show-depends dax:t0 | tail -n 1)" \
	"insmod $modules/updates/kmem.ko "
like "what is loaded" "$(< /sys/module/kmem/taint)" O
gives 0 modinfo "$modules/kernel/drivers/dax/kmem.ko"

# far above all memory, where nothing else is
gives 0 insmod /lab/modules/hold.ko start=0xf00000000 size=0x8000000
like "held" "$(grep hold /proc/iomem)" "^ *f00000000-f07ffffff : hold$"
gives 0 rmmod hold
same "held in the end" "$(grep -c hold /proc/iomem)" 0
gives 1 insmod /lab/modules/hold.ko start=0x1000 size=0
