// SPDX-License-Identifier: LGPL-2.1-or-later
// What CPUs move to and from memory, as resctrl counts it: by last-level cache, on whichever
// node the memory is.
#include <errno.h>

#include "bandwidth.h"
#include "resctrl.h"
#include "sampler.h"

static struct bandwidth_reading as_reading(const struct cpu_traffic *traffic)
{
	return (struct bandwidth_reading){
		.source = bandwidth_resctrl.name,
		.of = TIER_BANDWIDTH_OF_CPUS,
		.domain = (uint32_t)traffic->domain,
		.nodes = traffic->nodes,
		.known = traffic->known,
		.bytes = { [BANDWIDTH_TOTAL] = (double)traffic->bytes[RESCTRL_TOTAL],
			   [BANDWIDTH_LOCAL] = (double)traffic->bytes[RESCTRL_LOCAL] },
	};
}

/* Caches come with CPUs that go online, and nodes of others stay what they are. */
static int take_nodes(struct sampler *sampler, struct cpu_traffic *now, size_t n)
{
	bool is_new = false;

	for (size_t i = 0; i < n; i++) {
		const struct bandwidth_reading reading = as_reading(&now[i]);
		const struct bandwidth_reading *before =
			bandwidth_before(&sampler->bandwidth, &reading);

		if (before)
			now[i].nodes = before->nodes;
		is_new = is_new || !before;
	}
	return is_new ? resctrl_find_nodes(sampler->looking.root, &sampler->nodes, now,
					   n) :
			0;
}

/* Resctrl may be mounted at any time, so it is looked for with each look. */
static int read_resctrl(struct sampler *sampler, struct strbuf *out, char *device)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = resctrl_read(sampler->looking.root, &text);
	struct cpu_traffic *now = (void *)text.text;
	size_t n = text.len / sizeof(*now);

	(void)device;
	if (!ret)
		ret = take_nodes(sampler, now, n);
	for (size_t i = 0; !ret && i < n; i++) {
		const struct bandwidth_reading reading = as_reading(&now[i]);

		ret = strbuf_add(out, &reading, sizeof(reading));
	}
	return ret;
}

const struct bandwidth_source bandwidth_resctrl = { "resctrl", read_resctrl };
