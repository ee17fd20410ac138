# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# Pages of a control group stay on the nodes that its cpuset allows, while others' are moved.
# machines: 2s-pmem
# kernels: 6.12
# timeout: 90
# shellcheck source=/dev/null
. /lab/lib_auto.sh

GROUP=/sys/fs/cgroup/lab-auto
echo +cpuset +memory > /sys/fs/cgroup/cgroup.subtree_control
mkdir $GROUP
echo 2 > $GROUP/cpuset.mems
auto_tree > /tmp/auto-before

echo $$ > $GROUP/cgroup.procs
fill -w -s -t 1 24M > "$LAB_OUT/inside" &
inside=$!
echo $$ > /sys/fs/cgroup/cgroup.procs
until grep -q ^end "$LAB_OUT/inside"; do
	kill -0 $inside || fail "the program in the group ended"
	sleep 0.2
done
start_fill_in node:2 -s -t 1 24M

gives 0 tierctl auto start --by damon --interval 200
like "plan" "$(< "$LAB_OUT/stdout")" "filters/1/memcg_path = /lab-auto"
have_left()
{
	echo "outside, in DRAM: $(found 0,1)"
	(($(found 0,1) * 10 >= 24 * 256 * 8))
}
until_true 40 have_left
: > "$LAB_OUT/inside"
kill -USR1 $inside
until grep -q ^end "$LAB_OUT/inside"; do sleep 0.2; done
same "pages of the group on its node" "$(pages_on 2 < "$LAB_OUT/inside")" $((24 * 256))

gives 0 tierctl auto stop
stop_fill
kill -KILL $inside
wait $inside 2> /dev/null
unchanged "after the stop"
rmdir $GROUP
echo -cpuset -memory > /sys/fs/cgroup/cgroup.subtree_control
