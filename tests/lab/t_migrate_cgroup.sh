# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Every process of a group and of those below it moves, also one that comes meanwhile.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

for_now /proc/sys/kernel/numa_balancing 0
GROUP=/sys/fs/cgroup/lab-migrate
mkdir -p $GROUP/below

# begin NAME GROUP SIZE: a fill in a group, its counts in a file of its own
begin()
{
	bash -c "echo \$\$ > $2/cgroup.procs; exec fill -s -w $3" > "$LAB_OUT/$1" &
	for _ in {1..300}; do
		grep -q ^end "$LAB_OUT/$1" && return
		sleep 0.1
	done
	fail "$1 did not begin"
}

# dram_pages PID: its pages on nodes 0 and 1 in mappings without a file
dram_pages()
{
	awk '!/file=/ {
		for (i = 1; i <= NF; i++)
			if ($i ~ /^N[01]=/) sum += substr($i, 4)
	}
	END { print sum + 0 }' "/proc/$1/numa_maps"
}

begin one $GROUP 48M
one=$!
begin two $GROUP/below 48M
two=$!
(
	until (($(dram_pages $one) < 44 * 256)); do sleep 0.1; done
	begin three $GROUP/below 8M
	wait
) &
gives 0 tierctl migrate --cgroup lab-migrate --only anon --to pmem --rate 16
cat "$LAB_OUT/stdout"
like "processes" "$(< "$LAB_OUT/stdout")" "Cgroup lab-migrate.*[3-9] processes"
cat $GROUP/cgroup.procs $GROUP/below/cgroup.procs > "$LAB_OUT/processes"
fills=0
while read -r process; do
	[[ $(< "/proc/$process/comm") == fill ]] || continue
	between "private pages of process $process still in DRAM" "$(dram_pages "$process")" 0 16
	fills=$((fills + 1))
done < "$LAB_OUT/processes"
same "fills in the group" $fills 3
# shellcheck disable=SC2046 # a list of words
kill -KILL $one $two $(cat $GROUP/below/cgroup.procs)
gives 5 tierctl migrate --cgroup lab-nothing --to pmem
like "no group" "$(< "$LAB_OUT/stderr")" "cgroup lab-nothing: migrate: no such control group"
for group in $GROUP/below $GROUP; do
	until rmdir "$group" 2> /dev/null; do sleep 0.1; done
done
