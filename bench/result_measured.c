// SPDX-License-Identifier: GPL-2.0-or-later
// A run as the figures that libtier takes as measured ones: docs/tierbench.md has the
// format. Pure.
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "result.h"
#include "tier.h"

/* Which row is which figure. Of the two latencies it is the one that spares the TLB, as
 * the firmware's are of the memory and not of page tables. */
static const struct source {
	const char *test, *variant;
	const char *key, *unit;
} sources[] = {
	{ "bandwidth", "read", "read_bandwidth", "B/s" },
	{ "bandwidth", "write", "write_bandwidth", "B/s" },
	{ "latency", "window", "read_latency", "ns" },
};

static bool is_told(const struct row *row)
{
	return !(row->flags & (ROW_HIDDEN | ROW_IN_CACHE)) && row->estimate.median >= 1;
}

static const struct row *find_row(const struct run *run, unsigned int node,
				  const struct source *source)
{
	char place[32];

	(void)snprintf(place, sizeof(place), "node:%u", node);
	for (size_t i = 0; i < run->count; i++) {
		const struct row *row = &run->rows[i];

		if (!strcmp(row->place, place) && !strcmp(row->test, source->test) &&
		    !strcmp(row->variant, source->variant) && is_told(row))
			return row;
	}
	return NULL;
}

static int put_node(const struct run *run, unsigned int node, struct strbuf *out,
		    uint32_t *flags)
{
	bool any = false;
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(sources); i++) {
		const struct row *row = find_row(run, node, &sources[i]);

		if (!row)
			continue;
		if (!any)
			ret = strbuf_printf(out, "node:%u", node);
		if (!ret)
			ret = strbuf_printf(out, " %s=%.0f%s", sources[i].key,
					    row->estimate.median, sources[i].unit);
		*flags |= row->flags;
		any = true;
	}
	return !ret && any ? strbuf_puts(out, "\n") : ret;
}

static int put_doubts(const struct run *run, uint32_t flags, struct strbuf *out)
{
	const bool noisy = flags & ROW_NOISY, wide = flags & ROW_WIDE,
		   emulated = run->emulator[0];

	if (!noisy && !wide && !emulated)
		return 0;
	return strbuf_printf(out, "doubts %s%s%s%s%s%s\n", noisy ? "noisy" : "",
			     noisy && wide ? ", " : "", wide ? "wide" : "",
			     (noisy || wide) && emulated ? ", " : "",
			     emulated ? "emulated by " : "", run->emulator);
}

int result_to_measured(const struct run *run, struct strbuf *out)
{
	SCOPED_STRBUF struct strbuf nodes = { 0 };
	uint32_t flags = 0;
	int ret = 0;

	for (unsigned int node = 0; !ret && node < TIER_MAX_NODES; node++)
		ret = put_node(run, node, &nodes, &flags);
	if (ret || !nodes.len)
		return ret;
	ret = strbuf_printf(out, "tierkit-measured 1\ndate %s\nkernel %s\nsignature %s\n",
			    run->date, run->kernel, run->signature);
	if (!ret)
		ret = put_doubts(run, flags, out);
	return ret ? ret : strbuf_add(out, nodes.text, nodes.len);
}
