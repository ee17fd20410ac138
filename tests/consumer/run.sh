#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Install a build into an empty folder, then use it as another project would: through
# pkg-config, through the CMake package, and by running what was installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=$(realpath "$1")
prefix=$build/installed
work=$build/consumer
capture=$here/../fixtures/2s-pmem/capture

rm -rf "$prefix" "$work"
mkdir -p "$work"
cmake --install "$build" --prefix "$prefix"
lib=$(dirname "$(find "$prefix" -name libtier.so.0)")
export LD_LIBRARY_PATH=$lib

passed=0
expect() { # PATTERN COMMAND...
	local pattern=$1 output
	shift
	output=$("$@" 2>&1) || { echo "FAILED: $*: $output" && exit 1; }
	grep -qE -- "$pattern" <<<"$output" || { echo "FAILED: $*: printed $output" && exit 1; }
	echo "ok: $(tr '\n' ' ' <<<"${*//$prefix/PREFIX}" | cut -c 1-100)"
	passed=$((passed + 1))
}

# The .pc file names the prefix that was configured; pkg-config can move it.
pkg() {
	PKG_CONFIG_PATH=$lib/pkgconfig pkg-config --define-variable=prefix="$prefix" "$@"
}

read -ra flags < <(pkg --define-variable=libdir="$lib" \
	--define-variable=includedir="$prefix/include" --cflags --libs tier)
cc -std=c17 -Wall -Werror -o "$work/by-pkg-config" "$here/consumer.c" "${flags[@]}"
expect '^libtier [0-9.]+: 2 tiers$' "$work/by-pkg-config" "$capture"
expect "^$(pkg --modversion tier)\$" sed -n 's/^set(PACKAGE_VERSION "\(.*\)")$/\1/p' \
	"$lib/cmake/tier/tier-config-version.cmake"

cmake -S "$here" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" >/dev/null
cmake --build "$work/cmake" >/dev/null
expect '^libtier [0-9.]+: 2 tiers$' "$work/cmake/consumer" "$capture"

c++ -std=c++17 -Wall -Werror -fsyntax-only -x c++ "$prefix/include/tier.h"
echo "ok: tier.h is C++ too"
passed=$((passed + 1))

# A moved installation must find its own library.
unset LD_LIBRARY_PATH
expect 'dram' "$prefix/bin/tierctl" --root "$capture" show
expect '"tiertop":1' "$prefix/bin/tiertop" --no-config --once --json
expect '^\.TH "tiertop" "1"' cat "$prefix/share/man/man1/tiertop.1"
expect '^' test -f "$prefix/share/bash-completion/completions/tiertop"
expect '^tierbench [0-9.]+$' "$prefix/bin/tierbench" --version
expect '^\.TH "tierbench" "1"' cat "$prefix/share/man/man1/tierbench.1"
expect '^' test -f "$prefix/share/bash-completion/completions/tierbench"
expect '^\.TH "tierctl-show" "1"' cat "$prefix/share/man/man1/tierctl-show.1"

# What the map names is what the library exports, and each has its page.
mapfile -t names < <(sed -nE 's/^\s*(tier_\w+);$/\1/p' "$here/../../libtier/tier.map" | sort)
mapfile -t exported < <(nm -D --defined-only "$lib/libtier.so.0" |
	sed -nE 's/.* T (\w+)@.*/\1/p' | sort)
expect '^$' diff <(printf '%s\n' "${names[@]}") <(printf '%s\n' "${exported[@]}")
pages=("${names[@]/#/$prefix/share/man/man3/}")
expect '\.3$' ls "${pages[@]/%/.3}"
expect '^' test -e "$lib/libtier-hwloc.so.0"
expect '^' test -e "$lib/libtier-daxctl.so.0"
expect '^' test -f "$prefix/share/bash-completion/completions/tierctl"

echo "$passed passed, 0 failed"
