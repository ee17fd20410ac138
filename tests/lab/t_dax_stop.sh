# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# A block with a page that cannot be moved is named when its time is up, and Ctrl-C ends the wait;
# either way its device is RAM as before.
# machines: 2s-pmem hbm-cxl-dax
# last: a node that goes and comes back has lost its HMAT figures
# timeout: 240
# allow-log: ^do_migrate_range: \d+ callbacks suppressed
# allow-log: migrating pfn|page dumped because|^page|^raw|^flags|^anon|^memcg|^aops|^head
# shellcheck source=/dev/null
. /lab/lib.sh

nothing_changes steady_capture
before=$(memory_state)
node=$(< /sys/bus/dax/devices/dax0.0/target_node)
mkfifo "/tmp/wakes"
victim -p "$node" < "/tmp/wakes" > "$LAB_OUT/victim" &
exec 9> "/tmp/wakes"
for _ in {1..100}; do
	[[ -s $LAB_OUT/victim ]] && break
	sleep 0.1
done
like "pinned" "$(< "$LAB_OUT/victim")" '^page '

echo "--- its time is up"
gives 1 tierctl dax use-as-device dax0.0 --timeout 2
like "message" "$(< "$LAB_OUT/stderr")" \
	'dax0.0: memory[0-9]+ did not go offline within 2 s: .*all is as it was$'
same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
same "memory and drivers" "$(memory_state)" "$before"

echo "--- a signal comes meanwhile"
tierctl dax offline dax0.0 --timeout 60 2> "$LAB_OUT/stderr" &
job=$!
for _ in {1..200}; do
	# Its child, which writes.
	[[ $(< "/proc/$job/task/$job/children") ]] && sleep 0.5 && break
	sleep 0.05
done
kill -TERM "$job"
status=0
wait "$job" || status=$?
same "status" "$status" 143
like "message" "$(< "$LAB_OUT/stderr")" 'interrupted; all is as it was$'
same "memory and drivers" "$(memory_state)" "$before"

echo "--- nothing is in the way any more"
echo >&9
exec 9>&-
wait
gives 0 tierctl dax offline dax0.0
gives 0 tierctl dax online dax0.0
same "memory and drivers" "$(memory_state)" "$before"
