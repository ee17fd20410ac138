#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# What steers threads, and tierbench's loops, compiled for arm64; what is pure is run there, by
# an emulator of user programs. That cannot trace, so the rest is compiled only.
#
#   arm64.sh FOLDER    where to build
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
compiler=aarch64-linux-gnu-gcc emulator=qemu-aarch64-static out=$1

for tool in $compiler $emulator; do
	if ! command -v "$tool" >/dev/null; then
		echo "skip: no $tool (Debian: gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user-static)"
		exit 0
	fi
done
mkdir -p "$out"
flags=(-D_GNU_SOURCE -std=gnu17 -O1 -g -Wall -Wextra -Wshadow -Werror -Itests/compile/arm64
	-Itests/support -Ilibtier)
for floor in base platform sample model policy act; do
	flags+=("-Ilibtier/$floor")
done
for source in libtier/act/{puppet,steer*}.c libtier/platform/trace_linux.c; do
	$compiler "${flags[@]}" -c "$source" -o "$out/$(basename "$source" .c).o"
	echo "compiled $source"
done
$compiler "${flags[@]}" -static -o "$out/test_arch" tests/unit/test_arch.c \
	libtier/act/{arch,arch_arm64,arch_x86_64,net_x86_64}.c libtier/base/parse.c
$emulator "$out/test_arch"

$compiler "${flags[@]}" -Ibench -static -o "$out/test_bench_kernels" \
	tests/unit/test_bench_kernels.c bench/kernel{s,_neon,_scalar}.c
$emulator "$out/test_bench_kernels"
