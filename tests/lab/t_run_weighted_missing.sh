# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A kernel without weighted interleave: the refusal says precisely what is missing.
# machines: 2s-pmem
# kernels: 6.1
# shellcheck source=/dev/null
. /lab/lib.sh

gives 125 tierctl run --weighted dram=3,pmem=1 -- echo ran
same "not run" "$(< "$LAB_OUT/stdout")" ""
like "refusal" "$(< "$LAB_OUT/stderr")" \
	"weighted interleave is missing here: it came with Linux 6.9, as /sys/kernel/mm/mempolicy/"
same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1

gives 0 tierctl run --weighted dram=3,pmem=1 --best-effort -- echo ran
same "run" "$(< "$LAB_OUT/stdout")" "ran"
like "note" "$(< "$LAB_OUT/stderr")" "note: weighted interleave is missing here"

gives 0 tierctl show --json
same "weights unknown" "$(grep -c '"weight": null' "$LAB_OUT/stdout")" 4
