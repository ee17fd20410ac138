# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What tierbench finds reaches the other tools: figures of the nodes through libtier, weights
# through a file. An emulator's figures say nothing, so they are asked for by force, and
# who takes them is told.
# machines: 2s-pmem
# timeout: 480
# shellcheck source=/dev/null
. /lab/lib.sh

KEPT=/var/lib/tierkit/measured
forced=(--force-figures --seconds 0.05)

# told WORDS: 1 if they are in the last output, wherever its lines break
told()
{
	tr -s ' \n' ' ' < "$LAB_OUT/stdout" | grep -cF -- "$1"
}

# Without force: nothing is told, so nothing is kept for libtier.
rm -f $KEPT
gives 0 tierbench latency --size 4M --any-size --nodes node:0
same "figures kept without force" "$(ls $KEPT 2> /dev/null)" ""
XDG_STATE_HOME='' gives 0 tierbench latency --only window --size 4M --any-size --nodes node:0
like "an empty variable is none" "$(< "$LAB_OUT/stderr")" "kept in /var/lib/tierkit/bench/"

# ---- figures of the nodes ---------------------------------------------------------------

# Buffers larger than the cache that the processor claims to have.
gives 0 tierbench quick "${forced[@]}" --json
same "that they were forced" "$(grep -c '"figures_forced": true' "$LAB_OUT/stdout")" 1
like "where they are" "$(< "$LAB_OUT/stderr")" "figures for tierctl show are kept in $KEPT"
like "whose they are" "$(< $KEPT)" "emulated by QEMU TCG"
same "nodes with figures" "$(grep -cE '^node:[0-3] read_bandwidth=[0-9]+B/s read_latency=[0-9]+ns$' $KEPT)" 4

# The firmware's figures count, these stand beside them.
gives 0 tierctl show --explain
same "firmware's figures" "$(grep -c ' access1  ' "$LAB_OUT/stdout")" 4
same "measured beside" "$(grep -c 'beside .* measured ' "$LAB_OUT/stdout")" 4
same "that it is doubted" "$(told "emulated by QEMU TCG")" 1

# Where they are asked for, they count, with when and under which kernel.
export TIERKIT_NODES=figures=measured
gives 0 tierctl show --explain
same "measured" "$(grep -cE '^  read .* measured ' "$LAB_OUT/stdout")" 4
same "when and where" "$(told "on $(sed -n 's/^date //p' $KEPT), with Linux $(uname -r)")" 1
for node in 0 1 2 3; do
	ns=$(sed -n "s/^node:$node .*read_latency=\([0-9]*\)ns.*/\1/p" $KEPT)
	gives 0 tierctl show --json
	same "latency of node $node in libtier and in the file" \
		"$(grep -c "\"read_latency_ns\": $ns," "$LAB_OUT/stdout" | sed 's/^[1-9].*/found/')" found
done
gives 0 tierctl check

# Of another machine they are refused.
sed -i 's/^signature .*/signature 2-nodes-0123456789abcdef/' $KEPT
gives 0 tierctl show --explain
same "firmware's figures again" "$(grep -c ' access1  ' "$LAB_OUT/stdout")" 4
same "why" "$(told "of other nodes, sizes or CPUs")" 1
unset TIERKIT_NODES
rm -f $KEPT

# ---- weights ---------------------------------------------------------------------------------

# Linux 6.1 has no weights to set.
[[ $KERNEL == 6.12 ]] || exit 0

# In TCG all nodes are equally fast, so time is made to pass faster: with anything on node 2, which
# so gains nothing, and then without.
ratio=(tierbench ratio --nodes "node:0,2" --size 8M --any-size --no-store --force-figures
	--seconds 0.3 --weights /tmp/w.json)

# Figures and advice are told all the same.
BURDEN=2 LD_PRELOAD=/lab/bin/burden.so gives 1 "${ratio[@]}"
like "figures without a gain" "$(grep -c '^ratio ' "$LAB_OUT/stdout")" '^[3-8]$'
like "advice without a gain" "$(grep '^Advice' "$LAB_OUT/stdout")" "node 0 only is best"
like "why no weights" "$(< "$LAB_OUT/stderr")" "w.json: not written: no ratio is faster"
same "weights in the file" "$(ls /tmp/w.json 2> /dev/null)" ""

BURDEN=!2 LD_PRELOAD=/lab/bin/burden.so gives 0 "${ratio[@]}"
cat "$LAB_OUT/stdout"
like "advice" "$(grep '^Advice' "$LAB_OUT/stdout")" "node:0=[0-9]+,node:2=[0-9]+ gains [0-9.]+ %"
like "that it is emulated" "$(< "$LAB_OUT/stdout")" "its figures say nothing of hardware"

# What is in the file is what from-bench would set, and --dry-run sets nothing.
advice=$(sed -n 's/^Advice: node:0=\([0-9]*\),node:2=\([0-9]*\) .*/\1 \2/p' "$LAB_OUT/stdout")
same "weights in the file" "$(sed -n 's/.*"weight": \([0-9]*\).*/\1/p' /tmp/w.json | xargs)" "$advice"
before=$(cat /sys/kernel/mm/mempolicy/weighted_interleave/node? | xargs)
gives 0 tierctl weights from-bench /tmp/w.json --dry-run
cat "$LAB_OUT/stdout"
same "weights after --dry-run" "$(cat /sys/kernel/mm/mempolicy/weighted_interleave/node? | xargs)" "$before"
gives 0 tierctl weights from-bench /tmp/w.json
same "weights of nodes 0 and 2" "$(cat /sys/kernel/mm/mempolicy/weighted_interleave/node{0,2} | xargs)" "$advice"
gives 0 tierctl weights reset
