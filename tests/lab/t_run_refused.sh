# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# With the policy calls refused, as in a container or on an old kernel: one line that names the
# cause, --best-effort goes on, and nothing else needs those calls.
# machines: 2s-pmem
# shellcheck source=/dev/null
. /lab/lib.sh

# refused ERRNO PATTERN
refused()
{
	gives 125 refuse "$1" tierctl run --prefer-dram -- echo ran
	same "$1: not run" "$(< "$LAB_OUT/stdout")" ""
	like "$1: message" "$(< "$LAB_OUT/stderr")" "^tierctl: run: .*$2"
	same "$1: lines" "$(wc -l < "$LAB_OUT/stderr")" 1

	gives 7 refuse "$1" tierctl run --prefer-dram --best-effort -- sh -c 'echo ran; exit 7'
	same "$1: run" "$(< "$LAB_OUT/stdout")" "ran"
	like "$1: note" "$(< "$LAB_OUT/stderr")" "^tierctl: run: note: .*$2"

	gives 0 refuse "$1" tierctl show --json
	same "$1: show differs in" \
		"$(diff <(facts < "$LAB_OUT/stdout") <(tierctl show --json | facts))" ""
}

refused EPERM "set_mempolicy is blocked \(EPERM\): a seccomp filter forbids it.*CAP_SYS_NICE"
refused ENOSYS "set_mempolicy is missing \(ENOSYS\)"

# An old kernel knows the call, but not prefer-many: the nearest honest thing, said aloud
gives 0 refuse -m 5 EINVAL taskset 2 tierctl run --prefer-dram -- fill 16M
like "note" "$(< "$LAB_OUT/stderr")" "no prefer-many \(Linux 5\.15\): only node 1 is preferred"
same "pages on node 1" "$(pages_on 1 < "$LAB_OUT/stdout")" $((16 * 256))

gives 125 refuse -m 6 EINVAL tierctl run --weighted dram=1,pmem=1 -- echo ran

# A sysfs without nodes, as some sandboxes have it
bare() # COMMAND...
{
	unshare -m sh -c 'mount -t tmpfs none /sys && exec "$@"' sh "$@"
}
gives 125 bare tierctl run --prefer-dram -- echo ran
same "bare: not run" "$(< "$LAB_OUT/stdout")" ""
like "bare: message" "$(< "$LAB_OUT/stderr")" "no node with memory is shown.*--best-effort runs it"
gives 7 bare tierctl run --prefer-dram --best-effort --report -- sh -c 'echo ran; exit 7'
same "bare: run" "$(< "$LAB_OUT/stdout")" "ran"
like "bare: note" "$(< "$LAB_OUT/stderr")" "note: .*runs without a policy and a report"
same "bare: lines" "$(wc -l < "$LAB_OUT/stderr")" 1
