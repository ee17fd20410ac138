#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# run.sh LIBDIR WORK: what programs rely on that are not built with the library: its
# exports, the sizes of structs that they know, a header that C++ takes too, and names of
# their own.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source=$here/../../libtier
capture=$here/../fixtures/2s-pmem/capture
lib=$(realpath "$1")
work=$2

mkdir -p "$work"
link=("-L$lib" -ltier "-Wl,-rpath,$lib")

# Nothing more, nothing less, and all of it used below.
sed -nE 's/^\s*(tier_\w+);$/\1/p' "$source/tier.map" | sort >"$work/map"
nm -D --defined-only "$lib/libtier.so.0" | sed -nE 's/.* [A-Z] (\w+)@@TIER_.*/\1/p' |
	grep -v '^TIER_' | sort >"$work/exports"
diff "$work/map" "$work/exports"
while read -r name; do
	grep -qw "$name" "$here/use.cpp" || { echo "abi: use.cpp lacks $name" && exit 1; }
done <"$work/map"

cc -std=gnu17 -Wall -Wextra -Werror -o "$work/old" "$here/old.c" "${link[@]}"
"$work/old" "$capture"

cc -std=gnu17 -Wall -Wextra -Werror -I"$source" -rdynamic -o "$work/own" "$here/own.c" \
	"${link[@]}"
"$work/own" "$capture"

c++ -std=c++17 -Wall -Wextra -Wpedantic -Werror -I"$source" -o "$work/use" "$here/use.cpp" \
	"${link[@]}"
"$work/use" "$capture"

echo "5 passed, 0 failed"
