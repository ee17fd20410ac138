# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A capture, read back here or anywhere, is the machine: show --json says the same of both, and
# on the host the same as of the machine that the fixtures' generator makes of the card.
# machines: all !hmem-raw
# shellcheck source=/dev/null
. /lab/lib.sh

gives 0 tierctl capture
mv "$LAB_OUT/stdout" "$LAB_OUT/capture"
same "complaints" "$(< "$LAB_OUT/stderr")" ""
like "first line" "$(head -n1 "$LAB_OUT/capture")" "^tierkit-capture 1$"
same "host name" "$(grep -c "$(uname -n)" "$LAB_OUT/capture")" 0

tierctl show --json > "$LAB_OUT/live.json" || fail "show"
tierctl --root "$LAB_OUT/capture" show --json > "$LAB_OUT/guest.json" || fail "show --root"
gives 0 tierctl --root "$LAB_OUT/capture" check
same "live and captured differ in" "$(diff <(facts < "$LAB_OUT/live.json") <(facts < "$LAB_OUT/guest.json"))" ""
cp /lab/card "$LAB_OUT/card"
