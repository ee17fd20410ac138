# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tierbench's ratio measures the latency of both nodes by load, where a node has two CPUs, and
# still at most six ratios. An emulator's figures say nothing: what is looked at are counts.
# machines: hbm-cxl
# shellcheck source=/dev/null
. /lab/lib.sh

small=(--size 2M --any-size --no-store --json)

# rows TEST: how many there are in the last output
rows()
{
	grep -c "\"test\": \"$1\"" "$LAB_OUT/stdout"
}

gives 0 tierbench ratio "${small[@]}" --force-figures --seconds 0.05
same "latencies without load, of two nodes" "$(rows latency)" 2
same "latencies by load" "$(rows loaded)" 24
same "loads that are there" "$(grep -c '"load_bytes_per_sec": [1-9]' "$LAB_OUT/stdout")" 24
ratios=$(rows ratio)
same "two peaks, and one to six ratios: $ratios" "$((ratios >= 3 && ratios <= 8))" 1
like "advice" "$(grep '"advice"' "$LAB_OUT/stdout")" "only is best|gains"
# Each lap is a value of its row.
same "rows with fewer than 9 or more than 12 laps" \
	"$(awk -F, '/"values": / { if (NF < 9 || NF > 12) print NF }' "$LAB_OUT/stdout" | xargs)" ""

# Three buffers leave none for a chain, and one thread none for a load.
gives 0 tierbench ratio "${small[@]}" --force-figures --seconds 0.05 --only triad
same "latencies beside triad" "$(rows loaded)" 0
gives 0 tierbench ratio "${small[@]}" --force-figures --seconds 0.05 --threads 1
same "latencies by load of one thread" "$(rows loaded)" 0

# Where no figure is told, there is nothing to make a curve of.
gives 0 tierbench ratio "${small[@]}"
same "hidden latencies by load" "$(rows loaded)" 0
