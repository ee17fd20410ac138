# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# `tierctl where` counts what the program itself counts, give or take its code and stack.
# machines: 2s-pmem sparse
# shellcheck source=/dev/null
. /lab/lib.sh

# where_kib PID NODE, of the JSON form
where_kib()
{
	tierctl where --json "$1" | awk -v node="$2," '
	$1 == "\"node\":" { here = $2 == node }
	here && $1 == "\"bytes\":" { print int($2 / 1024); exit }'
}

tierctl run --interleave all -- fill -s -w 64M > "$LAB_OUT/fill" &
pid=$!
for _ in {1..200}; do
	[[ -s $LAB_OUT/fill ]] && break
	sleep 0.05
done
while read -r _ node pages; do
	between "KiB on node $node" "$(where_kib $pid "$node")" $((pages * 4)) $((pages * 4 + 2048))
done < <(grep ^node "$LAB_OUT/fill")
kill $pid

gives 5 tierctl where 4194304
like "no such process" "$(< "$LAB_OUT/stderr")" "4194304"
