# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # variables are for the tests
#
# What lab tests are made of; each test begins with `. /lab/lib.sh`. Every assertion prints what
# it compared; the first that does not hold ends the test with status 1, so a test ends with
# success only if all of it ran.
#
# A test has: $MACHINE and $KERNEL, what the card says in /lab/expect, the programs on the PATH,
# and the folder $LAB_OUT, whose files go back to the host. $LAB_BOOT is 1, or 2 behind a reboot.

set -u
# shellcheck source=/dev/null
. /lab/job.env
NODES=/sys/devices/system/node
TIERS=/sys/devices/virtual/memory_tiering

fail()
{
	echo "FAILED: $*"
	exit 1
}

# reboot_guest: the guest boots, and this test begins again with $LAB_BOOT 2; only $LAB_OUT is left
reboot_guest()
{
	echo "the guest boots again"
	exit 75 # known to init
}

# same WHAT FOUND EXPECTED
same()
{
	[[ $2 == "$3" ]] || fail "$1: is '$2', expected '$3'"
	echo "$1: $2"
}

# like WHAT FOUND PATTERN: FOUND matches an extended regular expression
like()
{
	[[ $2 =~ $3 ]] || fail "$1: '$2' does not match '$3'"
	echo "$1: $2"
}

# between WHAT FOUND LOWEST HIGHEST
between()
{
	(($3 <= $2 && $2 <= $4)) || fail "$1: is $2, expected $3 to $4"
	echo "$1: $2 ($3 to $4)"
}

# gives STATUS COMMAND...: run it, output to $LAB_OUT/stdout and stderr; its exit status is STATUS
gives()
{
	local expected=$1 status=0

	shift
	"$@" > "$LAB_OUT/stdout" 2> "$LAB_OUT/stderr" || status=$?
	if ((status != expected)); then
		sed 's/^/    /' "$LAB_OUT/stdout" "$LAB_OUT/stderr"
		fail "$*: exit status $status, expected $expected"
	fi
	echo "$*: exit status $status"
}

# node_kib NODE FIELD: a figure of the node's meminfo, in KiB
node_kib()
{
	awk -v field="$2:" '$3 == field { print $4 }' "$NODES/node$1/meminfo"
}

# card_lines WORD: the lines of /lab/expect that begin with it, without the word
card_lines()
{
	sed -n "s/^$1 //p" /lab/expect
}

# pages_on LIST: how many pages the program fill found on these nodes (0,2); reads its output
pages_on()
{
	awk -v list=",$1," '$1 == "node" && index(list, "," $2 ",") { sum += $3 } END { print sum + 0 }'
}

# drop_caches: give back what files occupy, so that free memory can be counted on
drop_caches()
{
	sync
	echo 3 > /proc/sys/vm/drop_caches
}

# hardware_error ADDRESS: a real machine check, which QEMU delivers. The kernel deals with the page
# a moment later.
hardware_error()
{
	echo "machine-check $1" > "$LAB_EVENTS"
}

# hardware_error_in ADDRESS MARK: the same, but met by a program that reads there: it is running on
# the first CPU, with the mark in R15
hardware_error_in()
{
	echo "machine-check-in $1 $2" > "$LAB_EVENTS"
}

# facts: show --json without what changes by itself, and without what says live or captured
facts()
{
	grep -v -E '"(free_bytes|live)":'
}

# has_become PID NAME: wait until the process has executed this program
has_become()
{
	local name

	for _ in {1..200}; do
		name=$(< "/proc/$1/comm")
		[[ $name == "$2" ]] && echo "process $1: $name" && return
		sleep 0.05
	done
	fail "process $1 is '$name' after 10 s, expected '$2'"
}

# settings: a capture without what changes by itself, to compare before and after
settings()
{
	tierctl capture | sed -E '/^\tNode [0-9]+ .* kB$/d'
}

# at_end COMMAND...: when the test ends, however it does; the last that was named is the first
AT_END=()
at_end()
{
	AT_END=("$(printf '%q ' "$@")" "${AT_END[@]}")
}

# for_now FILE VALUE: until the test ends
for_now()
{
	at_end put "$1" "$(< "$1")"
	put "$1" "$2" || fail "$1 does not become $2"
}

put()
{
	echo "$2" > "$1"
}

# nothing_changes [FUNCTION]: however the test ends from here on, what a capture holds must be as it
# is now; FUNCTION prints it, settings or steady_capture
PRINTS=
nothing_changes()
{
	PRINTS=${1-settings}
	$PRINTS > /tmp/before
}

leave()
{
	local status=$? changes command

	for command in "${AT_END[@]}"; do
		eval "$command"
	done
	[[ $PRINTS ]] || exit "$status"
	$PRINTS > /tmp/after
	changes=$(diff /tmp/before /tmp/after) || {
		echo "FAILED: changed by this test: $changes"
		exit 1
	}
	echo "changed by this test: nothing"
	exit "$status"
}
trap leave EXIT

# read_only PATH COMMAND...: run it where PATH and what is below is mounted read-only
read_only()
{
	# shellcheck disable=SC2016 # for the shell inside
	unshare -m bash -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"' "$@"
}

# start_fill ARGUMENT...: a fill that waits; $FILL is its process, its counts are in $LAB_OUT/counts
start_fill()
{
	: > "$LAB_OUT/fill"
	fill -w "$@" > "$LAB_OUT/fill" &
	FILL=$!
	await_counts 1
}

# start_fill_by OPTION SEL ARGUMENT...: the same, with its memory where that option of tierctl run says
start_fill_by()
{
	: > "$LAB_OUT/fill"
	tierctl run "$1" "$2" -- fill -w "${@:3}" > "$LAB_OUT/fill" &
	FILL=$!
	await_counts 1
}

# start_fill_in SEL ARGUMENT...: the same, with its memory there
start_fill_in()
{
	start_fill_by --bind "$@"
}

# recount [SIGNAL]: let the fill count its pages again; with USR2 only what its loops took
recount()
{
	local ends

	ends=$(grep -c ^end "$LAB_OUT/fill")
	kill "-${1-USR1}" "$FILL"
	await_counts $((ends + 1))
}

# await_counts N: its N-th count
await_counts()
{
	for _ in {1..600}; do
		(($(grep -c ^end "$LAB_OUT/fill") >= $1)) && break
		kill -0 "$FILL" || fail "fill ended"
		sleep 0.1
	done
	awk -v nth="$1" '{ if (ends + 1 == nth) print } $1 == "end" { ends++ }' \
		"$LAB_OUT/fill" > "$LAB_OUT/counts"
	[[ -s $LAB_OUT/counts ]] || fail "fill did not count within 60 s"
}

# stop_fill: end it
stop_fill()
{
	kill -KILL "$FILL"
	wait "$FILL" 2> /dev/null
	return 0
}
# found LIST: pages that the fill found on these nodes at its last count
found()
{
	pages_on "$1" < "$LAB_OUT/counts"
}

# json FIELD: a number of the JSON in $LAB_OUT/stdout; of the document itself, if it has one
json()
{
	awk -v key="\"$1\":" '
	$1 == key && !found { sub(",$", "", $2); value = $2; found = /^  "/ }
	END { print value }' "$LAB_OUT/stdout"
}

# memory_state: every memory block, dax device and driver, and the kernel's policy; what a command
# that changes nothing leaves as it is
memory_state()
{
	local file

	for file in /sys/devices/system/memory/memory[0-9]*; do
		echo "${file##*/} $(< "$file/state") $(< "$file/valid_zones")"
	done
	for file in /sys/bus/dax/devices/*; do
		echo "${file##*/} $(< "$file/size") $(readlink "$file/driver")"
	done
	cat /sys/devices/system/memory/auto_online_blocks
	memory_ranges | sort
}

# memory_ranges: the addresses of dax devices and their memory. Ranges of one name that touch are
# one: into how many our kmem parts a device tells which of its blocks were bad at some time.
memory_ranges()
{
	local range name
	declare -A first last

	while IFS= read -r range; do
		name=${range#*: }
		range=${range//[[:space:]]/} range=${range%%:*}
		if [[ ${last[$name]-} && $((0x${last[$name]} + 1)) == $((0x${range%-*})) ]]; then
			last[$name]=${range#*-}
			continue
		fi
		[[ ! ${last[$name]-} ]] || echo "${first[$name]}-${last[$name]} $name"
		first[$name]=${range%-*} last[$name]=${range#*-}
	done < <(grep -i -e dax -e kmem /proc/iomem)
	for name in "${!last[@]}"; do
		echo "${first[$name]}-${last[$name]} $name"
	done
}

# blocks_of DEVICE: its blocks as `tierctl dax list` has them
blocks_of()
{
	tierctl dax list "$1" | grep "^$1 "
}

# steady_capture: a capture without what changes by itself, without the firmware's figures, which
# the kernel (6.1, 6.12) does not show again of a node that went and came back, and without the
# ranges of kmem, which memory_state compares
steady_capture()
{
	tierctl capture | awk '/^(file|link|dir) / { skip = /\/access[01]\// || $2 == "/hwloc.xml" }
		!skip && !/Node [0-9]+ / && !/ : System RAM \(kmem\)$/ &&
		!/^\t(Vm|Rss|Pid|voluntary|nonvoluntary)/'
}

# free_pages BLOCK COUNT: $FREE is the first of so many neighbouring free pages of this memory block,
# as a page frame number. Not such as lie in a CPU's own list of free pages: those the kernel cannot
# take out of use, so that poison there is counted, but stays for good.
free_pages()
{
	local pages=$(($(block_bytes) / 4096))

	# a page has 8 bytes there, and bit 10 if it is free (KPF_BUDDY, linux/kernel-page-flags.h)
	FREE=$(dd if=/proc/kpageflags bs=4096 skip=$(($1 * pages / 512)) count=$((pages / 512)) \
		2> /dev/null | od -An -v -t x8 -w8 | awk -v count="$2" '
		{ free = substr($1, 14, 1) ~ /[4-7c-f]/ ? free + 1 : 0 }
		free == count { print NR - count; exit }')
	[[ $FREE ]] || fail "no $2 free pages in memory block $1"
	FREE=$(($1 * pages + FREE))
}

block_bytes()
{
	echo $((16#$(< /sys/devices/system/memory/block_size_bytes)))
}

# explained NODE FACT: what show --explain has behind the fact's name at the node, on one line
explained()
{
	tierctl show --explain | awk -v node="$1" -v fact="$2" '
		/^[^ ]/ { here = $0 == "node " node; on = 0 }
		here && /^  [a-z]/ { on = $1 == fact; $1 = "" }
		on { line = line " " $0 }
		END { $0 = line; $1 = $1; print }'
}

# losses NODE: in show --json, as "alignment 1 bad_blocks 2 failed 3 poison 4"; "-" if unknown
losses()
{
	tierctl show --json | awk -v node="$1," '
		$1 == "\"node\":" { here = $2 == node }
		here && /"losses"/ { on = 1 }
		on && /"(alignment|bad_blocks|failed|poison)": \{/ { gsub(/[":]/, "", $1); name = $1 }
		on && $1 == "\"bytes\":" { sub(",", "", $2); out = out name " " $2 " " }
		/"distances"/ { here = on = 0 }
		END { sub(/ $/, "", out); print out ? out : "-" }'
}
