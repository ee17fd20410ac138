# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A kernel without weighted interleave: each verb says what is missing, in one line.
# machines: 2s-pmem hbm-cxl
# kernels: 6.1
# shellcheck source=/dev/null
. /lab/lib.sh
nothing_changes

for verb in show "set dram=3" auto reset "set dram=3 --persist"; do
	# shellcheck disable=SC2086 # words
	gives 3 tierctl weights $verb
	same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
	like "message" "$(< "$LAB_OUT/stderr")" \
		"^tierctl: weights: ${verb% --persist}.*Linux 6\.9.*weighted_interleave/node0 is missing"
done
same "no unit" "$(find /etc/systemd -name '*tierkit*' 2> /dev/null)" ""
