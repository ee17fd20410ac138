# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Somebody without a right, and a device that vanishes in the middle of a change: one line, the right
# status, and all that can be put back is.
# machines: 2s-pmem
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 240
# shellcheck source=/dev/null
. /lab/lib.sh
nothing_changes steady_capture

POLICY=/sys/devices/system/memory/auto_online_blocks
DRIVER=/sys/bus/nd/drivers/dax_pmem
before=$(memory_state)

# refused STATUS WORDS COMMAND...: one line that has these words
refused()
{
	local status=$1 words=$2

	shift 2
	gives "$status" "$@"
	same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
	like "message" "$(< "$LAB_OUT/stderr")" "^tierctl: dax: .*$words"
}

echo "--- somebody else than root"
for change in offline use-as-device; do
	refused 4 'needs root|only root' handicap user tierctl dax $change dax0.0
	same "memory and drivers" "$(memory_state)" "$before"
done

echo "--- a signal that waits already"
refused 130 'interrupted; all is as it was' handicap signal tierctl dax offline dax0.0
same "memory and drivers" "$(memory_state)" "$before"

echo "--- the device vanishes while the module is loaded"
gives 0 tierctl dax use-as-device dax0.0 dax1.0
rmmod kmem
kept=$(< $POLICY)
echo online > $POLICY
namespace=$(basename "$(dirname "$(readlink -f /sys/bus/dax/devices/dax0.0)")")
modprobe=$(command -v modprobe)
mv "$modprobe" "$modprobe.kept"
cat > "$modprobe" << END
#!/bin/bash
[[ \$1 == -r ]] || echo $namespace > $DRIVER/unbind
exec -a modprobe $modprobe.kept "\$@"
END
chmod +x "$modprobe"
refused 5 'dax0.0: the device is gone; all is as it was' tierctl dax use-as-ram --yes dax0.0
mv "$modprobe.kept" "$modprobe"
same "policy" "$(< $POLICY)" online
same "the module" "$(grep -c '^kmem ' /proc/modules)" 0

echo "--- and comes back"
echo "$kept" > $POLICY
echo "$namespace" > $DRIVER/bind
gives 0 tierctl dax use-as-ram --yes dax0.0 dax1.0
same "memory and drivers" "$(memory_state)" "$before"
