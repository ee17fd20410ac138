# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Fifty times bound and unbound, with blocks skipped and memory online in between, a device leaves
# no object behind in the kernel's heap, no address and no user of the module.
# machines: pmem-raw
# timeout: 180
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

CYCLES=50

cycle()
{
	local block

	echo "$DAX" > "$KMEM/bind" || fail "bind"
	block=$(block_file 1)
	echo online_movable > "$block" || fail "online"
	echo 1 > "$DIR/kmem/rescan" || fail "rescan"
	echo offline > "$block" || fail "offline"
	echo "$DAX" > "$KMEM/unbind"
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
		echo "${cache##*/} $number"
	done
}

# grown: the sizes of which there are many more than before; a leak of one object in each cycle
# would be $CYCLES more
grown()
{
	drop_caches
	objects | awk -v most=$((CYCLES * 4 / 5)) 'NR == FNR { was[$1] = $2; next }
		$2 > was[$1] + most { print $1, "has", $2, "objects, had", was[$1] }' \
		/tmp/before -
}

choose 1
begin 1 skip="$(inside 0 0 1),$(inside 5 0 1)"
bind
unbind
for _ in {1..5}; do cycle; done
drop_caches
objects > /tmp/before
for ((i = 0; i < CYCLES; i++)); do cycle; done

# others use the heap as well, and what they have for a while is no leak
for _ in {1..40}; do
	more=$(grown)
	[[ $more ]] || break
	sleep 0.25
done
same "leaked" "$more" ""
same "module's users" "$(< /sys/module/kmem/refcnt)" 0
unchanged
end
