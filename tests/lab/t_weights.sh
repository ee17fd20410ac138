# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# weights sets, computes and resets the kernel's weights, all or none, and what it says of shares
# is where pages go.
# machines: 2s-pmem hbm-cxl
# kernels: 6.12
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

WEIGHTS=/sys/kernel/mm/mempolicy/weighted_interleave

values()
{
	local file

	for file in "$WEIGHTS"/node?; do
		printf '%s ' "$(< "$file")"
	done
}

nothing_changes
first=$(values)
like "at first" "$first" "^(1 )+$"
if [[ $MACHINE == 2s-pmem ]]; then
	wish=dram=3,pmem=1 set="3 3 1 1 " auto="5 5 1 1 "
else
	wish=hbm=4,dram=2 set="2 4 1 " auto="3 12 1 "
fi

gives 0 tierctl weights set $wish --dry-run
same "after --dry-run" "$(values)" "$first"
gives 0 tierctl weights set $wish
same "set" "$(values)" "$set"
gives 0 tierctl weights set $wish
same "again" "$(head -n 1 "$LAB_OUT/stdout")" "Nothing to change: it is so already."

# What is said of the first tier is where the pages go
gives 0 tierctl weights show --json
share=$(sed -n '/"tier": 0/,/"share"/s/.*"share": 0\.\([0-9]\{3\}\).*/\1/p' "$LAB_OUT/stdout")
nodes=$(sed -n '/"tier": 0/,/"share"/s/.*"nodes": \[\(.*\)\],/\1/p' "$LAB_OUT/stdout")
spec=
for file in "$WEIGHTS"/node?; do
	spec+=,node:${file#"$WEIGHTS/node"}=$(< "$file")
done
gives 0 tierctl run --weighted "${spec#,}" -- fill -s 64M
pages=$((64 * 256))
between "pages in the first tier" "$(pages_on "${nodes// /}" < "$LAB_OUT/stdout")" \
	$((pages * (10#$share - 10) / 1000)) $((pages * (10#$share + 10) / 1000))

gives 0 tierctl weights reset
same "reset" "$(values)" "$first"
gives 0 tierctl weights auto
same "auto" "$(values)" "$auto"
gives 0 tierctl weights reset
gives 0 tierctl weights from-bench - <<< '{"schema": 1, "nodes": [
	{"node": 0, "weight": 7}, {"node": 1, "weight": 2}]}'
like "from-bench" "$(values)" "^7 2 1 "
gives 0 tierctl weights reset

# At boot
unit=/etc/systemd/system/tierkit-weights.service
link=/etc/systemd/system/multi-user.target.wants/tierkit-weights.service
gives 3 tierctl weights set $wish --persist
like "no systemd" "$(< "$LAB_OUT/stderr")" "/etc/systemd/system: is missing"
same "nothing set" "$(values)" "$first"
mkdir -p /etc/systemd/system
gives 0 tierctl weights set $wish --persist
same "enabled" "$(readlink -f $link)" $unit
gives 0 tierctl weights reset
line=$(sed -n 's/^ExecStart=//p' $unit)
like "line" "$line" "/tierctl weights set node:"
gives 0 bash -c "$line"
same "as at boot" "$(values)" "$set"
gives 0 tierctl weights reset --persist
same "no unit" "$(find /etc/systemd -name '*tierkit*' 2> /dev/null)" ""
same "reset" "$(values)" "$first"

# refused STATUS PATTERN COMMAND...: one line, and nothing is changed
refused()
{
	local status=$1 pattern=$2

	shift 2
	gives "$status" "$@"
	same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
	like "message" "$(< "$LAB_OUT/stderr")" "^tierctl: weights: .*$pattern"
	same "after refusal" "$(values)" "$first"
	same "no unit" "$(find /etc/systemd -name '*tierkit*' 2> /dev/null)" ""
}

refused 4 "node.: only root may write it" handicap user tierctl weights set $wish
refused 4 "read-only" read_only /sys tierctl weights set $wish
refused 4 "read-only" read_only /sys tierctl weights set $wish --persist
refused 4 "tierkit-weights.service: Permission denied" \
	handicap user tierctl weights set $wish --persist
refused 130 "interrupted; all is as it was" handicap signal tierctl weights set $wish --persist
refused 5 "node 9" tierctl weights set node:9=2

# Another program that turns the same switch: found sooner or later, and nothing else goes wrong
while :; do
	echo 9 > $WEIGHTS/node0
	echo 1 > $WEIGHTS/node0
done &
rival=$!
conflict=
for _ in {1..60}; do
	status=0
	tierctl weights set node:0=4,node:1=2 > /dev/null 2> /tmp/conflict || status=$?
	((status == 0 || status == 6)) || fail "status $status: $(< /tmp/conflict)"
	((status)) || continue
	conflict=$(< /tmp/conflict)
	like "node 1 after a conflict" "$(< $WEIGHTS/node1)" "^[12]$"
	break
done
kill $rival
wait $rival
like "conflict" "$conflict" "^tierctl: weights: .*node0: reads .*another program turn"
gives 0 tierctl weights reset
rm -r /etc/systemd
