# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A pmem device that nobody has named is never taken: not by a module that was there before the
# device, and not when nobody else wants it.
# machines: pmem-raw
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

all()
{
	find "$DAXES" -mindepth 1
}

# new_devices: the NVDIMMs go and come
new_devices()
{
	modprobe -r dax_pmem nd_pmem
	ndctl disable-region all > /tmp/disabled 2>&1
	modprobe -r nfit "$@" || fail "modprobe -r"
	same "devices" "$(all | wc -l)" 0
	modprobe -a nfit nd_pmem dax_pmem
	same "devices" "$(all | wc -l)" 3
}

drivers()
{
	local device

	for device in "$DAXES"/*; do
		driver_of "${device##*/}"
	done | sort -u
}

modprobe kmem
new_devices
same "their drivers" "$(drivers)" device_dax
new_devices device_dax
same "their drivers" "$(drivers)" ""
begin 2
bind
same "their drivers" "$(drivers)" kmem # and no other
same "devices of kmem" "$(basename -a "$KMEM"/dax*)" "$DAX"
end
modprobe device_dax
