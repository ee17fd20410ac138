#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Builds with each component left out, and configurations that must be refused.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
build=$1/options

# One folder serves all: what does not depend on an option is not built again.
# The tests are left out throughout.
without() { # OPTION
	cmake -S . -B "$build" -G Ninja -DCMAKE_C_FLAGS=-O0 -DTIER_WERROR=ON \
		-DTIER_TESTS=OFF -DTIER_{HWLOC,DAXCTL,MALLOC,CTL,TOP,BENCH,MAN}=ON "-D$1=OFF"
	cmake --build "$build" -j "$(nproc)"
}

# Configuring must fail, and for the reason given.
refuse() { # REASON CMAKE-ARGUMENT...
	local reason=$1 log
	shift
	rm -rf "$build-refused"
	if log=$(cmake -S . -B "$build-refused" "$@" 2>&1); then
		echo "configured, although it must be refused: $*"
		return 1
	fi
	tr -s '\n ' ' ' <<<"$log" | grep -oF -- "$reason"
}

# Configuring must succeed, and say what was left out and why.
leave_out() { # REASON CMAKE-ARGUMENT...
	local reason=$1
	shift
	rm -rf "$build-refused"
	cmake -S . -B "$build-refused" -G Ninja -DTIER_TESTS=OFF "$@" 2>&1 | tr -s '\n ' ' ' |
		grep -oF -- "$reason"
	if ninja -C "$build-refused" -t targets all | grep -F libtiermalloc.so; then
		echo "it is built, although it cannot be"
		return 1
	fi
}

for option in TIER_HWLOC TIER_DAXCTL TIER_MALLOC TIER_CTL TIER_TOP TIER_BENCH TIER_MAN \
	TIER_TESTS; do
	without "$option"
	echo "1 passed, 0 failed: $option=OFF"
done
leave_out "libjemalloc_pic.a (Debian package libjemalloc-dev)" -DTIER_JEMALLOC=
echo "1 passed, 0 failed: without jemalloc's archive"
refuse "TIER_FUZZ needs clang" -DTIER_FUZZ=ON -DCMAKE_C_COMPILER=gcc
refuse "no sanitizer is called 'nonsense'" -DTIER_SANITIZE=nonsense
refuse "thread and address cannot be combined" "-DTIER_SANITIZE=address;thread"
echo "3 passed, 0 failed: configurations that must be refused"
