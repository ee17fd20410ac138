# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash
#
# With demotion on, a program that is bound to DRAM and larger than it lives on, which is the
# caveat that tiering names, and the counters show it.
# machines: 2s-pmem
# timeout: 120
# shellcheck source=/dev/null
. /lab/lib.sh

demoted()
{
	tierctl tiering --json | sed -n 's/.*"demoted_pages": \([0-9]*\).*/\1/p'
}

drop_caches
gives 0 tierctl tiering demotion on
before=$(demoted)
free=$((($(node_kib 0 MemFree) + $(node_kib 1 MemFree)) / 1024))
# The kernel may make room by other means, of which 64 MiB are more than this machine has.
gives 0 tierctl run --bind dram -- fill $((free + 128))M
moved=$(pages_on 2,3 < "$LAB_OUT/stdout")
between "pages in pmem, bound to DRAM" "$moved" $((64 * 256)) $((free * 256))
# Nothing but demotion brought them there; each CPU and node may yet hold up to 125 uncounted
between "pages demoted" $(($(demoted) - before)) $((moved - 2 * 4 * 125)) $((free * 256))
gives 0 tierctl tiering --watch --every 50ms --count 2
same "lines" "$(wc -l < "$LAB_OUT/stdout")" 3
gives 0 tierctl tiering demotion off
