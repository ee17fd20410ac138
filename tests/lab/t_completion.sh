# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# The completion that is installed offers what this machine has: its nodes and its dax devices.
# machines: 2s-pmem sparse
# kernels: 6.12
# shellcheck source=/dev/null
. /lab/lib.sh

compopt() { :; }
# shellcheck source=/dev/null
. /usr/share/bash-completion/completions/tierctl

# offered WORD...: what a Tab behind these words offers
offered()
{
	COMP_WORDS=(tierctl "$@") COMP_CWORD=$#
	_tierctl
	echo "${COMPREPLY[@]}"
}

there=$(for node in "$NODES"/node[0-9]*; do printf '%s ' "${node##*/node}"; done)
same "nodes" "$(offered run --bind node :) " "$there"
there=$(for device in /sys/bus/dax/devices/dax*; do printf '%s ' "${device##*/}"; done)
same "devices" "$(offered dax online dax) " "$there"
