# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034 # variables are for the tests
#
# What tests of our kmem.ko have in common, on top of lib.sh. Such a test binds a device that the
# machine leaves alone, and in the end leaves it so again:
#
#     begin 1 partial=1     the device of node 1, freed from device_dax; kmem with parameters
#     ...
#     end                   unbound; kmem removed; /proc/iomem is what it was
#
# When the test exits, wherever that is, device_dax has the device again. Until then $DAX is the
# device, $DIR its folder, $FIRST the address of its first whole memory block and $COUNT how many
# there are. Blocks are counted from 0.

# shellcheck source=/dev/null
. /lab/lib.sh
DAXES=/sys/bus/dax/devices
KMEM=/sys/bus/dax/drivers/kmem
MEMORY=/sys/devices/system/memory
PARAMETERS=/sys/module/kmem/parameters
BLOCK=$((0x$(< "$MEMORY/block_size_bytes")))

# dax_on NODE: the name of the dax device that would become it
dax_on()
{
	local file

	file=$(grep -lx -- "$1" "$DAXES"/*/target_node) || fail "node $1 has no dax device"
	basename "${file%/*}"
}

# driver_of DAX: the name of its driver, or nothing
driver_of()
{
	local link

	link=$(readlink "$DAXES/$1/driver") || return 0
	echo "${link##*/}"
}

# is_with DAX DRIVER
is_with()
{
	same "driver of $1" "$(driver_of "$1")" "$2"
}

# free_device DAX: take it from whichever driver has it
free_device()
{
	[[ ! $(driver_of "$1") ]] || echo "$1" > "$DAXES/$1/driver/unbind"
}

choose()
{
	local start

	forget_bad_blocks # of other tests
	DAX=$(dax_on "$1")
	DIR=$DAXES/$DAX
	start=$(($(< "$DIR/resource")))
	FIRST=$(((start + BLOCK - 1) / BLOCK * BLOCK))
	COUNT=$(((start + $(< "$DIR/size")) / BLOCK - FIRST / BLOCK))
	free_device "$DAX"
}

# forget_bad_blocks: libnvdimm begins anew, because nothing can clear them in QEMU
forget_bad_blocks()
{
	grep -qs . /sys/bus/nd/devices/region*/badblocks || return 0
	modprobe -r dax_pmem nd_pmem
	ndctl disable-region all > /tmp/disabled 2>&1
	modprobe -r nfit || fail "modprobe -r nfit"
	modprobe -a nfit nd_pmem dax_pmem
}

# put_back: the machine as other tests want it, also after a failure
put_back()
{
	local device

	# shellcheck disable=SC2046 # a list of words
	kill $(jobs -p)
	policy offline
	[[ ! $(< "$KMEM/left_behind") ]] || echo "$DAX" > "$KMEM/bind"
	for device in "$KMEM"/dax*; do
		[[ -e $device ]] || continue
		timeout 10 bash -c "echo unplugged > $device/state"
		echo "${device##*/}" > "$KMEM/unbind"
	done
	rmmod hold clears groups kmem
	forget_bad_blocks
	for device in "$DAXES"/*; do
		[[ -e $device/driver ]] || echo "${device##*/}" > "$DAXES/../drivers/device_dax/bind"
	done
} 2> /dev/null
trap put_back EXIT

begin()
{
	choose "$1"
	cat /proc/iomem > /tmp/iomem
	modprobe kmem "${@:2}" || fail "modprobe kmem"
}

# unchanged: nobody has an address that he had not before the test
unchanged()
{
	diff /tmp/iomem /proc/iomem || fail "/proc/iomem has changed"
	echo "/proc/iomem: as before"
}

end()
{
	[[ $(driver_of "$DAX") != kmem ]] || echo "$DAX" > "$KMEM/unbind"
	rmmod kmem || fail "rmmod kmem"
	unchanged
}

# reload [PARAMETER=...]: kmem forgets everything
reload()
{
	[[ $(driver_of "$DAX") != kmem ]] || echo "$DAX" > "$KMEM/unbind"
	rmmod kmem || fail "rmmod kmem"
	modprobe kmem "$@" || fail "modprobe kmem"
}

# parameter NAME VALUE: of the module while it runs
parameter()
{
	echo "$2" > "$PARAMETERS/$1" || fail "parameter $1 does not become $2"
}

# may_bind: kmem knows the device's name, and may have bound it
may_bind()
{
	echo "$DAX" > "$KMEM/new_id" || fail "new_id"
}

bind()
{
	may_bind
	[[ $(driver_of "$DAX") == kmem ]] || echo "$DAX" > "$KMEM/bind"
	is_with "$DAX" kmem
}

unbind()
{
	echo "$DAX" > "$KMEM/unbind" || fail "unbind"
	is_with "$DAX" ""
}

# refused WHY TEXT FILE: the kernel does not take the text, and says why (a pattern)
refused()
{
	local answer

	answer=$( (printf '%s\n' "$2" > "$3") 2>&1) && fail "${3##*/} takes '$2'"
	like "'${2:0:40}' for ${3##*/}" "${answer##*: }" "^($1)$"
}

NOT_TAKEN="Invalid argument"

# not_bound WHY: kmem knows the device and refuses it
not_bound()
{
	may_bind
	is_with "$DAX" ""
	refused "$1" "$DAX" "$KMEM/bind"
}

# has FILE VALUE: an attribute of the device
has()
{
	same "$DAX $1" "$(< "$DIR/$1")" "$2"
}

# becomes FILE VALUE: the kernel reports machine checks a moment after they happened
becomes()
{
	for _ in {1..200}; do
		[[ $(< "$1") == "$2" ]] && echo "${1##*/}: $2" && return
		sleep 0.05
	done
	fail "${1##*/} is '$(< "$1")' after 10 s, expected '$2'"
}

# blocks FIRST LAST: the addresses of these blocks, as kmem writes them
blocks()
{
	printf '%#x-%#x\n' $((FIRST + $1 * BLOCK)) $((FIRST + ($2 + 1) * BLOCK - 1))
}

# inside BLOCK OFFSET BYTES: a range in a block, as the parameter skip is written
inside()
{
	printf '%x-%x' $((FIRST + $1 * BLOCK + $2)) $((FIRST + $1 * BLOCK + $2 + $3 - 1))
}

# page_in BLOCK: the address of a page in the middle of a block
page_in()
{
	printf '%#x' $((FIRST + $1 * BLOCK + BLOCK / 2))
}

block_file()
{
	echo "$MEMORY/memory$(((FIRST + $1 * BLOCK) / BLOCK))/state"
}

# set_blocks STATE FIRST LAST
set_blocks()
{
	local block

	for ((block = $2; block <= $3; block++)); do
		echo "$1" > "$(block_file "$block")" || fail "block $block does not go $1"
	done
	echo "blocks $2 to $3: $1"
}

# policy WORD: what becomes of new memory
policy()
{
	echo "$1" > "$MEMORY/auto_online_blocks"
}

# poison ADDRESS: as if the memory had failed there; of pages that are online
poison()
{
	modprobe hwpoison-inject
	printf '%#x' $(($1 >> 12)) > /sys/kernel/debug/hwpoison/corrupt-pfn
}

# machine_check ADDRESS: what a processor reports for an uncorrectable error there; no page is
# touched, but libnvdimm and others hear it
machine_check()
{
	local files=/sys/kernel/debug/mce-inject

	modprobe mce-inject
	echo sw > "$files/flags"
	echo 0xbd000000000000c0 > "$files/status" # valid, uncorrected, with address; of memory
	echo 0x8c > "$files/misc"                 # a physical address, of 4 KiB
	echo "$1" > "$files/addr"
	echo 9 > "$files/bank" # the last of QEMU's; this sends it
}

# sectors ADDRESS: of a page, as the list of the device's region has them
sectors()
{
	echo "$((($1 - $(< "$DIR/../../resource")) / 512)) 8"
}

# hardware_corrupted: KiB that the kernel has taken out of use
hardware_corrupted()
{
	awk '$1 == "HardwareCorrupted:" { print $2 }' /proc/meminfo
}

# start_victim NAME OPTION...: a program that waits with memory on node 1, and what it says is in
# /tmp/NAME. $VICTIM is its process, $CHANNEL its input, $ADDRESS and $PFN where its page is.
start_victim()
{
	mkfifo "/tmp/$1.in"
	victim "${@:2}" 1 < "/tmp/$1.in" > "/tmp/$1" &
	VICTIM=$!
	exec {CHANNEL}> "/tmp/$1.in"
	until grep -q page "/tmp/$1"; do
		kill -0 "$VICTIM" || fail "$1 has ended"
		sleep 0.05
	done
	read -r _ ADDRESS _ PFN < "/tmp/$1"
}

# victim_ends CHANNEL PROCESS NAME TEXT: told to go on, it says this and ends
victim_ends()
{
	(echo >&"$1") 2> /dev/null # it may have ended
	wait "$2" || fail "$3: exit status $?"
	same "$3" "$(tail -n +2 "/tmp/$3")" "$4"
}

# objects: how many of each size there are in the heap. Only right after a cache was shrunk none
# waits in a CPU's hands; the file is opened before, because that takes objects itself.
objects()
{
	local cache file number

	for cache in /sys/kernel/slab/kmalloc-[0-9]*; do
		exec {file}< "$cache/objects"
		echo 1 > "$cache/shrink"
		read -r number _ <&"$file"
		exec {file}<&-
		echo "${cache##*/} objects $number"
	done
}

# large_objects: what is above 8 KiB, and so in no cache, but made of whole pages: at least four, which
# count as slab (kmalloc_large), or vmalloc's. Slabs that come and go meanwhile are off by dozens of
# pages.
large_objects()
{
	local cache order slabs pages

	echo > /proc/sys/vm/stat_refresh # what CPUs have not yet added to the sums
	pages=$(awk '/^nr_slab_(un)?reclaimable / { sum += $2 } END { print sum }' /proc/vmstat)
	for cache in /sys/kernel/slab/*; do
		[[ ! -L $cache ]] || continue
		read -r slabs _ < "$cache/slabs"
		read -r order < "$cache/order"
		((pages -= slabs << order))
	done
	echo "kmalloc-large objects $((pages / 4))"
	awk '{ for (i = 4; i <= NF; i++) if (sub("^pages=", "", $i)) sum += $i }
		END { print "vmalloc pages", sum + 0 }' /proc/vmallocinfo
}

heap()
{
	drop_caches
	objects
	large_objects
}

# least: of each kind, in samples of the heap
least()
{
	awk '{ kind = $1 " " $2 }
		!(kind in least) || $3 < least[kind] { least[kind] = $3 }
		END { for (kind in least) print kind, least[kind] }'
}

# note_heap: how much of the heap is in use, for nothing_leaked
note_heap()
{
	for _ in {1..3}; do heap; done | least > /tmp/heap
}

# nothing_leaked MOST: since then no kind of the heap has grown by more than so many. Others use the
# heap as well, and what they have for a while is no leak.
nothing_leaked()
{
	local more

	: > /tmp/samples
	for _ in {1..40}; do
		heap >> /tmp/samples
		more=$(least < /tmp/samples | awk -v most="$1" 'NR == FNR { was[$1] = $3; next }
			$3 > was[$1] + most { print $1, "has", $3, $2, "and had", was[$1] }' /tmp/heap -)
		[[ $more ]] || break
		sleep 0.25
	done
	same "leaked" "$more" ""
}
