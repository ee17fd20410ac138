# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What --persist writes is what daxctl acts upon, by the command of the rule that udev would have.
# machines: sparse
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

nothing_changes steady_capture
before=$(memory_state)
rule=90-daxctl-device.rules

# files: what is in both folders
files()
{
	find /etc/daxctl.conf.d /etc/udev/rules.d -type f | sort | tr '\n' ' '
}

echo "--- without daxctl"
gives 3 tierctl dax use-as-ram dax0.0 --yes --persist
like "message" "$(< "$LAB_OUT/stderr")" 'install daxctl'
same "memory and drivers" "$(memory_state)" "$before"

# The rule of daxctl 76, as Debian 12 has it.
mkdir -p /etc/daxctl.conf.d /etc/udev/rules.d /usr/lib/udev/rules.d
cat > /usr/lib/udev/rules.d/$rule << 'END'
ACTION=="add", SUBSYSTEM=="dax",\
  RUN+="/usr/bin/daxctl -C $env{DEVNAME}"
END

echo "--- with it"
gives 0 tierctl dax use-as-ram dax0.0 --yes --persist --dry-run
same "files" "$(files)" ""
gives 0 tierctl dax use-as-ram dax0.0 --yes --persist
like "files" "$(files)" "^/etc/daxctl.conf.d/tierkit-[-0-9a-f]{36}.conf /etc/udev/rules.d/$rule \$"
gives 0 tierctl dax use-as-device dax0.0
same "memory and drivers" "$(memory_state)" "$before"
command=$(sed -n 's/.*RUN+="\([^"]*\)".*/\1/p' /etc/udev/rules.d/$rule)
# shellcheck disable=SC2086 # the words of the command
gives 0 ${command/\$env\{DEVNAME\}//dev/dax0.0}
like "device" "$(tierctl dax list --bytes dax0.0)" ' system-ram +pmem .* 2/2 online +movable '

echo "--- no longer"
gives 0 tierctl dax use-as-device dax0.0 --persist
same "files" "$(files)" "/etc/udev/rules.d/$rule "
rm -r /etc/daxctl.conf.d /etc/udev/rules.d /usr/lib/udev/rules.d
same "memory and drivers" "$(memory_state)" "$before"
