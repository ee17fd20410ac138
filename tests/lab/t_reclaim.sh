# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# reclaim says what a kernel without it lacks. Where a node has the file, made here by a copy of the
# node's folder, it gives orders of 64 MiB, and less than was asked is a failure.
# machines: 2s-pmem hbm-cxl
# shellcheck source=/dev/null
. /lab/lib.sh
nothing_changes

node=$NODES/node0

gives 3 tierctl reclaim dram 64M
like "message" "$(< "$LAB_OUT/stderr")" "Linux 6\.17\): $node/reclaim is missing"

mkdir /tmp/node0
for file in "$node"/*; do
	[[ -f $file && ! -L $file && -r $file ]] && cat "$file" > "/tmp/node0/${file##*/}" 2> /dev/null
done
: > /tmp/node0/reclaim
mount --bind /tmp/node0 "$node"

gives 0 tierctl reclaim node:0 100M --json
same "the last piece" "$(< "$node/reclaim")" $((36 << 20))
same "reclaimed" "$(sed -n 's/.*"reclaimed_bytes": \([0-9]*\),*$/\1/p' "$LAB_OUT/stdout" | head -n 1)" \
	$((100 << 20))
gives 4 handicap user tierctl reclaim node:0 8M
like "message" "$(< "$LAB_OUT/stderr")" "node0/reclaim: only root may write it"
gives 1 handicap signal tierctl reclaim node:0 8M
like "message" "$(< "$LAB_OUT/stderr")" "interrupted; 0 B of 8\.0 MiB were reclaimed"

# A device that takes nothing, in place of a kernel that finds nothing
mount --bind /dev/full "$node/reclaim"
gives 1 tierctl reclaim node:0 8M
same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
umount "$node/reclaim"
umount "$node"
rm -r /tmp/node0
