# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# All blocks of a device are in one static memory group, of its node and as large as the device;
# another device has another, and the machine's own memory has none. Blocks that go and come,
# and a device that was unbound with memory in use and is bound again, keep their group.
# machines: pmem-raw
# shellcheck source=/dev/null
. /lab/lib_kmem.sh

# groups: the blocks of each, as "blocks NUMBER node NODE pages PAGES"
groups()
{
	awk '{ many[$3 " " $4 " " $2]++ }
		END { for (group in many) { split(group, is)
			print "blocks", many[group], "node", is[1], "pages", is[2] } }' \
		/sys/module/groups/parameters/groups | sort -k 4n
}

pages_of() # DAX
{
	echo $(($(< "$DAXES/$1/size") / 4096))
}

are() # LINE...
{
	same "groups" "$(groups)" "$(printf '%s\n' "$@")"
}

choose 1
small=$(dax_on 2)
free_device "$small"
begin 1 skip="$(inside 2 0 1)"
gives 0 insmod /lab/modules/groups.ko
are ""
bind
whole="blocks $COUNT node 1 pages $(pages_of "$DAX")"
part="blocks $((COUNT - 1)) node 1 pages $(pages_of "$DAX")"
are "$part"
echo "$small" > "$KMEM/new_id"
is_with "$small" kmem
others="blocks $(($(< "$DAXES/$small/kmem/added_bytes") / BLOCK)) node 2 pages $(pages_of "$small")"
are "$part" "$others"

# one more, which is a run of its own, while another is in use
set_blocks online_movable 5 5
parameter skip ""
echo 1 > "$DIR/kmem/rescan" || fail rescan
are "$whole" "$others"
unbind
are "blocks $((COUNT - 3)) node 1 pages $(pages_of "$DAX")" "$others" # the run that is in use
bind
are "$whole" "$others"
set_blocks offline 5 5

echo "$small" > "$KMEM/unbind"
are "$whole"
unbind
are ""
gives 0 rmmod groups
end
