# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# --bind allocates in its nodes only, --prefer of one node falls back, and --cpus near moves the
# program to the memory.
# machines: 2s-pmem
# shellcheck source=/dev/null
. /lab/lib.sh

for bind in dram:0,1 pmem:2,3 node:3:3 slowest:2,3 'tier:0:0,1' '!pmem:0,1'; do
	gives 0 tierctl run --bind "${bind%:*}" -- fill 32M
	same "bind ${bind%:*}: pages in ${bind##*:}" \
		"$(pages_on "${bind##*:}" < "$LAB_OUT/stdout")" $((32 * 256))
done
gives 0 tierctl run --bind pmem -- grep -m1 -o 'bind=static:2-3' /proc/self/numa_maps

# it warns that such memory cannot hold what the kernel allocates for the program
gives 0 tierctl run --bind pmem -- true
like "warning" "$(< "$LAB_OUT/stderr")" "node 2-3: holds movable memory only"

gives 0 tierctl run --prefer node:3 -- fill 32M
same "prefer node:3: pages there" "$(pages_on 3 < "$LAB_OUT/stdout")" $((32 * 256))

gives 0 tierctl run --prefer node:3 --cpus near -- grep Cpus_allowed_list /proc/self/status
like "CPUs near node 3" "$(< "$LAB_OUT/stdout")" "1$"

# a strict bind to a full node ends the program: nothing lies elsewhere
gives 125 tierctl run --bind node:7 -- true
like "no such node" "$(< "$LAB_OUT/stderr")" "node:7"
