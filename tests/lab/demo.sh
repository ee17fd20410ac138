# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What `./dev demo` runs in a guest: the machine as tierkit sees it, then one program that needs
# more than DRAM has, three times, with its pages counted by node.

set -eu
MORE_THAN_FREE_DRAM_MIB=384
PAGES_PER_MIB=256

say() { printf '\n%s\n' "$*"; }
rule() { printf '%.0s-' {1..92}; echo; }

# nodes_of KIND: node numbers of this kind, as the card has them
nodes_of()
{
	awk -v kind="$1" '$1 == "node" && $3 == kind { print $2 }' /lab/expect | paste -sd ' '
}

# free_mib NODE...: what these nodes have free
free_mib()
{
	local node kib=0

	for node; do
		kib=$((kib + $(awk '$3 == "MemFree:" { print $4 }' \
			"/sys/devices/system/node/node$node/meminfo")))
	done
	echo $((kib / 1024))
}

# row LABEL: one line of the table from what fill prints, in MiB
row()
{
	awk -v label="$1" -v dram=" $DRAM " -v pmem=" $PMEM " -v pages_per_mib=$PAGES_PER_MIB '
	$1 == "node" { mib[$2] = int($3 / pages_per_mib + 0.5) }
	END {
		line = sprintf("%-22s", label)
		for (node in mib) {
			if (index(dram, " " node " ")) fast += mib[node]
			if (index(pmem, " " node " ")) slow += mib[node]
		}
		count = split(dram pmem, nodes, " ")
		for (i = 1; i <= count; i++) line = line sprintf("%8d", mib[nodes[i]])
		printf "%s %10d %10d\n", line, fast, slow
	}'
}

# measure LABEL COMMAND...: run it on the CPU of node 0, print its row
measure()
{
	local label=$1

	shift
	echo 3 > /proc/sys/vm/drop_caches
	taskset 1 "$@" | row "$label"
}

DRAM=$(nodes_of ram) PMEM=$(nodes_of pmem)
# shellcheck disable=SC2086 # a list of words
SIZE_MIB=$(($(free_mib $DRAM) + MORE_THAN_FREE_DRAM_MIB))

rule
echo "Linux $(uname -r) in QEMU: two sockets with DRAM, and an NVDIMM beside each, which the"
echo "kmem driver has made a memory-only node. No hardware is needed, and nothing is installed."
driver="this tree's, $(modinfo -n kmem)"
[[ $(< /sys/module/kmem/taint) == *O* ]] || driver="the kernel's own"
echo "The driver is $driver."
rule
say '$ tierctl show'
tierctl show

# Preferring several nodes fills them down to the kernel's reserve; as kmem's memory is movable only,
# page tables then have no room, unless the kernel may demote pages to make some.
say '$ echo true > /sys/kernel/mm/numa/demotion_enabled     # the kernel may move cold pages down'
echo true > /sys/kernel/mm/numa/demotion_enabled

rule
echo "A program fills $SIZE_MIB MiB; DRAM has $((SIZE_MIB - MORE_THAN_FREE_DRAM_MIB)) MiB free."
echo "Where do its pages go? (MiB, counted by the program with move_pages)"
echo
printf '%-22s' ''
for node in $DRAM $PMEM; do
	printf '%8s' "node$node"
done
printf ' %10s %10s\n' 'in DRAM' 'in pmem'
measure "as Linux does it" fill "${SIZE_MIB}M"
measure "run --prefer-dram" tierctl run --prefer-dram -- fill "${SIZE_MIB}M"
measure "run --interleave all" tierctl run --interleave all -- fill "${SIZE_MIB}M"
cat <<'END'

Linux fills the nearest DRAM, then the nearest memory of any kind; the other socket's DRAM
comes after its own NVDIMM. `tierctl run --prefer-dram` fills all DRAM first and spills only
the rest. `--interleave all` spreads pages evenly, for bandwidth.
END
rule
cat <<'END'
What to try next:
  ./dev lab                                          a shell in this machine
  ./dev lab -- tierctl show --explain                every fact, and where it comes from
  ./dev lab -- tierctl run --bind pmem --report -- fill 512M
  ./dev lab -- tierctl run --bind dram --dry-run -- true
  ./dev lab hbm-cxl -- tierctl show                  memory that is faster than DRAM
END
rule
