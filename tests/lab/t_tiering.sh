# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# tiering turns demotion, promotion and its rate, all or nothing, and leaves the bit of NUMA
# balancing alone that is not its own.
# machines: 2s-pmem hbm-cxl
# shellcheck source=/dev/null
. /lab/lib.sh

DEMOTION=/sys/kernel/mm/numa/demotion_enabled
BALANCING=/proc/sys/kernel/numa_balancing
RATE=/proc/sys/kernel/numa_balancing_promote_rate_limit_MBps

values()
{
	cat $DEMOTION $BALANCING $RATE | tr '\n' ' '
}

nothing_changes
first=$(values)
same "at first" "$first" "false 1 65536 "

gives 0 tierctl tiering demotion on promotion on --rate 50 --dry-run
same "after --dry-run" "$(values)" "$first"
like "preview" "$(< "$LAB_OUT/stdout")" "change  $BALANCING: 1 -> 3"

gives 0 tierctl tiering demotion on promotion on --rate 50
same "on" "$(values)" "true 3 50 "
like "told" "$(< "$LAB_OUT/stdout")" "changed $DEMOTION: false -> true"
gives 0 tierctl tiering
like "state" "$(< "$LAB_OUT/stdout")" "promotion rate  50 MiB/s"
like "state" "$(< "$LAB_OUT/stdout")" "demoted to a slower tier"
gives 0 tierctl tiering demotion on promotion on --rate 50
same "again" "$(head -n 1 "$LAB_OUT/stdout")" "Nothing to change: it is so already."
gives 0 tierctl tiering demotion off promotion off
same "off" "$(values)" "false 1 50 "
gives 0 tierctl tiering --rate 65536
same "as at first" "$(values)" "$first"

# refused STATUS PATTERN COMMAND...: one line, and nothing is changed
refused()
{
	local status=$1 pattern=$2

	shift 2
	gives "$status" "$@"
	same "lines" "$(wc -l < "$LAB_OUT/stderr")" 1
	like "message" "$(< "$LAB_OUT/stderr")" "^tierctl: tiering: .*$pattern"
	same "after refusal" "$(values)" "$first"
}

all=(tierctl tiering demotion on promotion on --rate 50)
refused 4 "$DEMOTION: only root may write it" handicap user "${all[@]}"
refused 4 "$DEMOTION: .*read-only" read_only /sys "${all[@]}"
# The first is turned, the second cannot be: the first is put back
refused 4 "$BALANCING: .*read-only" read_only /proc/sys "${all[@]}"
# In a user namespace root is the owner of the files, but not the administrator
refused 4 "$BALANCING: needs CAP_SYS_ADMIN" unshare -U -r "${all[@]}"
refused 130 "interrupted; all is as it was" handicap signal "${all[@]}"
tierctl capture > /tmp/capture
refused 3 "not this machine" tierctl --root /tmp/capture tiering demotion on
