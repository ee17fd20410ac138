# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# daxctl works with this driver as with the kernel's own, from loading it to letting go.
# machines: pmem-raw
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

choose 1
cat /proc/iomem > /tmp/iomem
daxctl_mode()
{
	gives 0 daxctl list -d "$DAX"
	like "mode" "$(tr -d ' \n' < "$LAB_OUT/stdout")" "\"mode\":\"$1\""
}

gives 0 daxctl reconfigure-device -N -m system-ram "$DAX"
same "module" "$(modinfo -F filename kmem)" "/lib/modules/$(uname -r)/updates/kmem.ko"
is_with "$DAX" kmem
has state offline
daxctl_mode system-ram
gives 0 daxctl online-memory "$DAX"
has state online_movable
gives 0 daxctl offline-memory "$DAX"
has state offline
gives 0 daxctl reconfigure-device -m devdax "$DAX"
is_with "$DAX" device_dax
daxctl_mode devdax
gives 0 daxctl reconfigure-device -m system-ram "$DAX"
has state online_movable
gives 240 daxctl reconfigure-device -m devdax "$DAX"
# memory in use keeps its namespace
namespace=$(< "$DIR/../namespace")
ndctl disable-namespace "$namespace" > "$LAB_OUT/stdout" 2>&1 && fail "$namespace can be disabled"
like "said" "$(< "$LAB_OUT/stdout")" "$namespace|disabled 0 namespaces"
has state online_movable
gives 0 ndctl list -N
gives 0 daxctl reconfigure-device -f -m devdax "$DAX"
is_with "$DAX" device_dax
# what would come online by itself cannot be kept offline
policy online
gives 240 daxctl reconfigure-device -N -m system-ram "$DAX"
is_with "$DAX" device_dax
policy offline
free_device "$DAX" # its driver has the addresses in /proc/iomem, too
end
