# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# What tiertop's dialog does to a process, to a mapping and to tagged processes, by what the kernel
# counts afterwards; and that the command which it shows does the same to a twin. It does nothing
# when it is only for reading.
# machines: 2s-pmem
# timeout: 400
# shellcheck source=/dev/null
. /lab/lib_policy.sh
# shellcheck source=/dev/null
. /lab/lib_top.sh

for_now /proc/sys/kernel/randomize_va_space 0 # a twin has its mappings where the other had them

TO_PMEM=1 PREFER=3 BIND=5 INTERLEAVE=6 WEIGHTED=7 DEFAULT=8 # lines of the dialog with two tiers

# to_twin PID: run $COMMAND on another process
to_twin()
{
	echo "twin: ${COMMAND/ ${1%%:*} / ${1##*:} }"
	eval "${COMMAND/ ${1%%:*} / ${1##*:} }" > "$LAB_OUT/twin" || fail "twin: exit status $?"
}

echo "--- migrate: a process, and a mapping"
# migrated KEYS: with the big mapping's line chosen for it
migrated()
{
	local fill twin

	start_fill_in node:0 -s 48M
	fill=$FILL
	start_top tiertop --no-config
	choose '^fill' $TO_PMEM "${1/LINE/$(downs "$(line_of "$FILL" '"bytes":50331648,')")}"
	confirm
	same "progress" "$(tr -dc '#' < "$LAB_OUT/screen" | head -c 2)" '##'
	press "${2-}"
	end_top
	recount
	twin=$(< "$LAB_OUT/counts")
	same "pages in pmem" "$(found 2,3)" 12288
	same "and elsewhere" "$(found 0,1)" 0
	like "the stack" "$(grep ' stack ' "/proc/$FILL/numa_maps")" "$3"
	stop_fill
	start_fill_in node:0 -s 48M
	to_twin "$fill:$FILL"
	recount
	same "the twin's pages" "$(< "$LAB_OUT/counts")" "$twin"
	like "its stack" "$(grep ' stack ' "/proc/$FILL/numa_maps")" "$3"
	stop_fill
}
migrated "" "" ' N[23]='
migrated $'\r'LINE q ' N0='
like "only that" "$COMMAND" ' --only [0-9a-f]+-[0-9a-f]+$'

echo "--- policies of a process"
# steps N OF COMMANDS...: pages that are in pmem after a step, by the number of the step
DEEDS=("$PREFER" "$BIND" "$INTERLEAVE")
PMEM=(4096 4096 2048)
if [[ $KERNEL == 6.12 ]]; then
	gives 0 tierctl weights set dram=3,pmem=1
	DEEDS+=("$WEIGHTED")
	PMEM+=(1024)
fi
DEEDS+=("$DEFAULT")
PMEM+=(0)
COMMANDS=()

start_grow
start_top tiertop --no-config
if [[ $KERNEL == 6.1 ]]; then
	forget
	press $'f!^grow\r' a "$(downs $WEIGHTED)" $'\r' y
	shows 'weights: n/a'
	press q
	says default
fi
for i in "${!DEEDS[@]}"; do
	choose '^grow' "${DEEDS[i]}" ""
	confirm
	COMMANDS+=("$COMMAND")
	go
	between "$COMMAND: in pmem" "$(new_on 2,3)" $((PMEM[i] - 64)) $((PMEM[i] + 64))
done
end_top
first=$GROW_PID
end_grow
start_grow
for i in "${!DEEDS[@]}"; do
	COMMAND=${COMMANDS[i]}
	to_twin "$first:$GROW_PID"
	go
	between "in pmem" "$(new_on 2,3)" $((PMEM[i] - 64)) $((PMEM[i] + 64))
done
end_grow
[[ $KERNEL == 6.1 ]] || gives 0 tierctl weights reset

echo "--- policies of one mapping"
# the same deeds; the threads' own memory, which is no part of it, stays in dram
[[ $KERNEL == 6.1 ]] || gives 0 tierctl weights set dram=3,pmem=1
unset 'DEEDS[-1]'
COMMANDS=()
start_grow /dev/shm/pool
go
start_top tiertop --no-config
POOL=$'\r'"$(downs "$(line_of "$GROW_PID" '"name":"/dev/shm/pool"')")"
for i in "${!DEEDS[@]}"; do
	choose '^grow' "${DEEDS[i]}" "$POOL"
	confirm
	press q
	COMMANDS+=("$COMMAND")
	go
	between "$COMMAND: in pmem" "$(new_on 2,3)" $((PMEM[i] / 4 - 16)) $((PMEM[i] / 4 + 16))
done
end_top
says default
first=$GROW_PID
end_grow
rm /dev/shm/pool
start_grow /dev/shm/pool
go
for i in "${!DEEDS[@]}"; do
	COMMAND=${COMMANDS[i]}
	to_twin "$first:$GROW_PID"
	go
	between "in pmem" "$(new_on 2,3)" $((PMEM[i] / 4 - 16)) $((PMEM[i] / 4 + 16))
done
says default
end_grow
rm /dev/shm/pool
[[ $KERNEL == 6.1 ]] || gives 0 tierctl weights reset

echo "--- tagged processes"
# pmem_of PID: its pages there; those of files others have, too
pmem_of()
{
	awk '!/ file=/ {
		for (i = 1; i <= NF; i++)
			if (sub(/^N[23]=/, "", $i))
				pages += $i
	}
	END { print pages + 0 }' "/proc/$1/numa_maps"
}

start_three()
{
	FILLS=()
	for _ in 1 2 3; do
		start_fill_in node:0 -s 16M
		FILLS+=("$FILL")
	done
}

stop_three()
{
	for FILL in "${FILLS[@]}"; do
		stop_fill
	done
}

start_three
start_top tiertop --no-config
# by number, the smallest first; the third stays as it is
choose '^fill' $TO_PMEM 'N  '
same "the command" "$COMMAND" \
	"for pid in ${FILLS[0]} ${FILLS[1]}; do tierctl migrate \$pid --to tier:1; done"
confirm
end_top
between "pages of the first" "$(pmem_of "${FILLS[0]}")" 4096 4200
between "pages of the second" "$(pmem_of "${FILLS[1]}")" 4096 4200
same "pages of the third" "$(pmem_of "${FILLS[2]}")" 0
before=("${FILLS[@]}")
stop_three
start_three
COMMAND=${COMMAND/ ${before[1]};/ ${FILLS[1]};}
to_twin "${before[0]}:${FILLS[0]}"
between "pages of the first twin" "$(pmem_of "${FILLS[0]}")" 4096 4200
between "pages of the second" "$(pmem_of "${FILLS[1]}")" 4096 4200
same "pages of the third" "$(pmem_of "${FILLS[2]}")" 0
stop_three

echo "--- only for reading"
start_fill_in node:0 -s 16M
for user in "tiertop --no-config --readonly" "setpriv --reuid 65534 tiertop --no-config"; do
	# shellcheck disable=SC2086 # words
	start_top $user
	choose '^fill' $TO_PMEM ""
	shows 'Read-only'
	press y y
	press n
	end_top
	same "pages in pmem" "$(pmem_of "$FILL")" 0
done
stop_fill
