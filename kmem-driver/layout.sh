#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Prints layout.h: sizes and offsets of the dax core's private structures in one kernel, as its
# type information (BTF) has them, or else as layout.pinned has them for this build's CRC of
# __dax_driver_register. Where there are both, they must agree. Knows nothing of what private.h
# expects.
#
# usage: layout.sh HEADERS RELEASE
# KMEM_BTF: the file with the kernel's BTF, in place of the search; "none": only layout.pinned
# KMEM_BOOT: where kernel images are (/boot)
set -eu
PATH=$PATH:/usr/sbin:/sbin
export LC_ALL=C
headers=$1 release=$2
pinned=$(dirname "$0")/layout.pinned
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

die() {
	echo "kmem: $release: $1" >&2
	exit 1
}

# Numbers of a file: number FORMAT OFFSET BYTES, as od has them
number() {
	od -An -t"$1" -j"$2" -N"$3" "$image" | tr -s ' \n' ' '
}

# The ELF file inside a kernel image (offsets: the kernel's Documentation/arch/x86/boot.rst);
# the last four bytes of the payload are its unpacked size.
unpack_image() { # IMAGE
	image=$1
	sectors=$(number u1 497 1)
	# shellcheck disable=SC2046 # two numbers
	set -- $(number u4 584 8)
	start=$(((sectors + 1) * 512 + $1)) length=$(($2 - 4))
	tail -c +$((start + 1)) "$image" | head -c "$length" >"$scratch/payload"
	case $(od -An -tx1 -N4 "$scratch/payload") in
	" fd 37 7a 58") xz -dc <"$scratch/payload" ;;
	" 28 b5 2f fd") zstd -dcq <"$scratch/payload" ;;
	*) return 1 ;;
	esac >"$scratch/vmlinux"
}

# Name the file with the target's BTF; nothing if there is none.
find_btf() {
	image=${KMEM_BOOT:-/boot}/vmlinuz-$release
	if [ -n "${KMEM_BTF:-}" ]; then
		[ "$KMEM_BTF" = none ] || echo "$KMEM_BTF"
	elif [ -r "$headers/vmlinux" ]; then
		echo "$headers/vmlinux"
	elif [ -r /sys/kernel/btf/vmlinux ] && [ "$(uname -r)" = "$release" ]; then
		echo /sys/kernel/btf/vmlinux
	elif [ -r "$image" ] && unpack_image "$image"; then
		echo "$scratch/vmlinux"
	fi
}

# One line for each type: its name, its size, its members' offsets in bytes. The same type may
# be there twice, but not in two layouts.
from_btf() { # FILE
	bpftool btf dump file "$1" format raw >"$scratch/raw" || return 1
	awk '
	function flush() {
		if (name != "" && lines[name] != "" && lines[name] != line)
			bad = 1
		if (name != "")
			lines[name] = line
		name = ""
	}
	BEGIN {
		count = split("dax_region dev_dax_range dev_dax dax_device_driver " \
			"dax_driver_type", names, " ")
		for (i = 1; i <= count; i++)
			wanted["\047" names[i] "\047"] = names[i]
	}
	/^\[/ {
		flush()
		if (($2 == "STRUCT" || $2 == "ENUM") && $3 in wanted) {
			name = wanted[$3]
			line = name ($2 == "STRUCT" ? " size=" substr($4, 6) : "")
		}
		next
	}
	name != "" {
		member = substr($1, 2, length($1) - 2)
		value = $0
		sub(/.*(bits_offset|val)=/, "", value)
		sub(/[^0-9].*/, "", value)
		line = line " " member "=" (/bits_offset=/ ? value / 8 : value)
	}
	END {
		flush()
		for (i = 1; i <= count; i++)
			if (lines[names[i]] != "")
				print lines[names[i]]
			else if (names[i] != "dax_driver_type") # since 6.3
				bad = 1
		exit bad
	}' "$scratch/raw"
}

crc=$(awk '$2 == "__dax_driver_register" { print $1 }' "$headers/Module.symvers")
[ -n "$crc" ] || die "$headers/Module.symvers does not name __dax_driver_register"
sed -n "s/^$crc //p" "$pinned" >"$scratch/pinned"

btf=$(find_btf)
if [ -n "$btf" ] && ! command -v bpftool >/dev/null; then
	echo "kmem: $release: no bpftool, so only layout.pinned can be asked" >&2
	btf=
fi
if [ -n "$btf" ]; then
	from_btf "$btf" >"$scratch/layout" ||
		die "$btf does not tell the layout of the dax core's structures"
	if [ -s "$scratch/pinned" ]; then
		diff "$scratch/pinned" "$scratch/layout" >&2 ||
			die "$btf and layout.pinned differ (<, >) on CRC $crc"
	fi
	origin="BTF of $release"
else
	[ -s "$scratch/pinned" ] ||
		die "neither BTF nor CRC $crc in layout.pinned: install bpftool and the kernel image"
	cp "$scratch/pinned" "$scratch/layout"
	origin="layout.pinned, CRC $crc"
fi

echo "/* SPDX-License-Identifier: GPL-2.0-only */"
echo "/* Made by layout.sh from $origin. */"
awk -v crc="$crc" '{
	print "/*", crc, $0, "*/" # as it stands in layout.pinned
	for (i = 2; i <= NF; i++) {
		split($i, pair, "=")
		print "#define", toupper("LAYOUT_" $1 "_" pair[1]), pair[2]
	}
}' "$scratch/layout"
