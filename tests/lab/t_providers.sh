# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# hwloc and libdaxctl lead to the same machine as the kernel's files alone; check finds nothing.
# machines: all
# shellcheck source=/dev/null
. /lab/lib.sh

gives 0 providers
like "compared" "$(< "$LAB_OUT/stdout")" "0 differences"
gives 0 tierctl check
