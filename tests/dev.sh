#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# ./dev on other systems: whatever os-release says or leaves out, the system has a name, and
# nothing but Debian 12 has its.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
file=$(mktemp)
trap 'rm -f "$file"' EXIT

expect() { # NAME TEXT
	printf '%b' "$2" >"$file"
	name=$(./dev --system "$file")
	[ "$name" = "$1" ] || { echo "'$2' is $name, should be $1" && exit 1; }
}

expect debian-12 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
expect debian 'PRETTY_NAME="Debian GNU/Linux trixie/sid"\nID=debian\n'
expect fedora-41 'ID=fedora\nVERSION_ID=41\n'
expect unknown ''
expect unknown-12 'VERSION_ID=12\n'
[ "$(./dev --system /nonexistent)" = unknown ]
echo "6 passed, 0 failed"
