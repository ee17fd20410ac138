#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Private copies of jemalloc out of its static archive: copyN.o has every symbol under a
# name of its own, takes its extents from us and reads no configuration of others.
#
# copies.sh ARCHIVE COUNT FOLDER
set -euo pipefail
archive=$1 count=$2 out=$3
ar=${AR:-ar} ld=${LD:-ld} nm=${NM:-nm} objcopy=${OBJCOPY:-objcopy}

die() {
	echo "copies.sh: $1" >&2
	exit 1
}

# What the layer between jemalloc's arenas and the kernel calls, and what it calls then.
# Metadata comes another way (base.c), so it stays in ordinary memory.
extent_calls=(extent_alloc_mmap extent_dalloc_mmap pages_commit pages_decommit pages_unmap)

# What a thread's cache calls when it ends.
cache_calls=(arena_decay)

# Calls of the C library: none may touch errno, as free() keeps it; where jemalloc itself
# sets it, another copy may still have room; what is done at a fork is done in order.
library_calls=(mmap munmap madvise secure_getenv readlink __errno_location pthread_atfork)

# Of its profiler, which is off.
profiler_calls=(log exp round _Unwind_Backtrace _Unwind_GetIP)

# Objects that run for statistics or never. The kernel maps code by 16 pages at once, and
# every copy has its own: these lie apart from what each call runs, and not between.
seldom=(buf_writer ckh ctl hpa hpdata inspect log malloc_io prof_data prof_log
	prof_recent prof_stats prof_sys psset)

work=$out/objects
rm -rf "$work"
mkdir -p "$work"
(cd "$work" && "$ar" x "$archive" && rm -f jemalloc_cpp.*)

ehooks=$(echo "$work"/ehooks.*o)
tcache=$(echo "$work"/tcache.*o)

# calls OBJECT NAME...: whether it does, or else all of this is about another jemalloc.
calls() {
	local object=$1 name
	shift
	for name in "$@"; do
		"$nm" -u "$object" | grep -qw "je_$name" ||
			die "$archive: no call of je_$name: another jemalloc than 5.3"
	done
}

# redirect OBJECT TO NAME...: a copy of it whose calls of these are ours.
redirect() {
	local object=$1 to=$2 names=() name
	shift 2
	for name in "$@"; do
		names+=(--redefine-sym "je_$name=copy${n}_$name")
	done
	"$objcopy" "${names[@]}" "$object" "$to"
}

calls "$ehooks" "${extent_calls[@]}"
calls "$tcache" "${cache_calls[@]}"
for name in "${seldom[@]}"; do
	for object in "$work/$name".*o; do
		"$objcopy" --rename-section .text=.text.unlikely "$object"
	done
done

for ((n = 0; n < count; n++)); do
	copy=$out/copy$n.o
	redirect "$ehooks" "$out/ehooks$n.o" "${extent_calls[@]}"
	redirect "$tcache" "$out/tcache$n.o" "${cache_calls[@]}"
	others=()
	for object in "$work"/*.o; do
		[ "$object" = "$ehooks" ] || [ "$object" = "$tcache" ] || others+=("$object")
	done
	"$ld" -r -o "$copy.whole" "${others[@]}" "$out/ehooks$n.o" "$out/tcache$n.o"
	# Our own names come undefined out of these two, and must not get a second prefix.
	"$nm" -g --defined-only -f posix "$copy.whole" |
		awk -v n="$n" '{ print $1, "copy" n "_" $1 }' >"$copy.names"
	for name in "${library_calls[@]}" "${profiler_calls[@]}"; do
		echo "$name copy_$name" >>"$copy.names"
	done
	# Nothing runs before the first call: the copies that nobody needs cost nothing.
	"$objcopy" --redefine-syms="$copy.names" --remove-section=.init_array \
		--remove-section=.rela.init_array "$copy.whole" "$copy"
	rm -f "$copy.whole" "$copy.names" "$out/ehooks$n.o" "$out/tcache$n.o"
done
rm -rf "$work"
