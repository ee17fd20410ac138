# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tierbench policy turns demotion only when it is asked to, proves what demotion moved, and puts
# the switch back however it ends.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

DEMOTION=/sys/kernel/mm/numa/demotion_enabled
small=(--size 4M --any-size --no-store)
on=(tierbench policy --only demotion-on --turn-demotion)

nothing_changes
at_end put $DEMOTION false
same "at first" "$(< $DEMOTION)" false

gives 2 tierbench policy --only demotion-on "${small[@]}"
like "unasked" "$(< "$LAB_OUT/stderr")" "demotion-on: turns demotion for the whole machine"
gives 0 tierbench policy "${small[@]}" --json
same "rows with demotion, unasked" "$(grep -c '"place": "demotion' "$LAB_OUT/stdout")" 0

# as it was found, off and on
for found in true false; do
	echo $found > $DEMOTION
	gives 0 tierbench policy "${small[@]}" --turn-demotion --json
	for place in demotion-off demotion-on bind; do
		same "rows of $place" "$(grep -c "\"place\": \"$place\"" "$LAB_OUT/stdout")" 1
	done
	same "put back" "$(< $DEMOTION)" $found
done

# Larger than its tier: off it is refused before anything is touched, on the kernel makes room.
# Reserved pages take most of it away, so that this is quick.
drop_caches
for node in 0 1; do
	pool=$NODES/node$node/hugepages/hugepages-2048kB/nr_hugepages
	at_end put "$pool" 0
	put "$pool" $(($(node_kib $node MemFree) / 2048 - 70))
done
size=$((($(node_kib 0 MemFree) + $(node_kib 1 MemFree)) / 1024 + 96))M
gives 1 tierbench policy --only demotion-off --turn-demotion --size $size --any-size --no-store
like "no room" "$(< "$LAB_OUT/stderr")" "demotion-off: [0-9]+ MiB are free"
same "put back" "$(< $DEMOTION)" false
before=$(awk '/^pgdemote/ { sum += $2 } END { print sum }' /proc/vmstat)
gives 0 "${on[@]}" --size $size --any-size --no-store
like "proved" "$(< "$LAB_OUT/stdout")" "demotion-on .*proved"
after=$(awk '/^pgdemote/ { sum += $2 } END { print sum }' /proc/vmstat)
between "pages that the kernel demoted" $((after - before)) $((16 * 256)) $((1024 * 256))
same "put back" "$(< $DEMOTION)" false

# Nobody may write it, or only root may: refused, and nothing is measured
gives 4 read_only /sys "${on[@]}" "${small[@]}"
like "read-only" "$(< "$LAB_OUT/stderr")" "demotion: $DEMOTION: .*read-only"
gives 4 handicap user "${on[@]}" "${small[@]}"
like "not root" "$(< "$LAB_OUT/stderr")" "demotion: $DEMOTION: only root may write it"
same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0

# ended SIGNAL WHOM STATUS: while it is on, somebody ends tierbench, or its child
ended()
{
	local bench whom status

	for _ in {1..20}; do
		"${on[@]}" --size 96M --any-size --no-store > "$LAB_OUT/stdout" 2> "$LAB_OUT/stderr" &
		bench=$!
		until [[ $(< $DEMOTION) == true ]] || ! kill -0 $bench 2> /dev/null; do :; done
		whom=$bench
		[[ $2 == child ]] && read -r whom _ < /proc/$bench/task/$bench/children
		kill "-$1" "${whom:-$bench}" 2> /dev/null
		status=0
		wait $bench || status=$?
		same "put back after $1 of the $2" "$(< $DEMOTION)" false
		((status == 0)) || break # it was over before
	done
	same "status after $1" $status "$3"
	same "no result" "$(wc -c < "$LAB_OUT/stdout")" 0
}

ended INT parent 130
like "interrupted" "$(< "$LAB_OUT/stderr")" "policy: interrupted; no result was kept"
ended TERM parent 143
ended QUIT parent 131
ended KILL child 1
