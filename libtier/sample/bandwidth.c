// SPDX-License-Identifier: LGPL-2.1-or-later
// Rates of what CPUs move to and from memory: of two readings of counters that only grow.
#include <errno.h>
#include <string.h>

#include "resctrl.h"
#include "sampler.h"

static struct cpu_traffic *readings(const struct strbuf *text)
{
	return (void *)text->text;
}

static size_t n_readings(const struct strbuf *text)
{
	return text->len / sizeof(struct cpu_traffic);
}

static const struct cpu_traffic *find(const struct strbuf *text, uint64_t domain)
{
	for (size_t i = 0; i < n_readings(text); i++)
		if (readings(text)[i].domain == domain)
			return &readings(text)[i];
	return NULL;
}

/* Caches come with CPUs that go online, and nodes of others stay what they are. */
static int take_nodes(struct sampler *sampler, struct strbuf *now)
{
	bool is_new = false;

	for (size_t i = 0; i < n_readings(now); i++) {
		struct cpu_traffic *one = &readings(now)[i];
		const struct cpu_traffic *before =
			find(&sampler->cpu_traffic, one->domain);

		if (before)
			one->nodes = before->nodes;
		is_new = is_new || !before;
	}
	return is_new ? resctrl_find_nodes(sampler->looking.root, &sampler->nodes,
					   readings(now), n_readings(now)) :
			0;
}

/* A counter that is less than before lost a control group: no rate comes of that. */
static void take_rates(const struct cpu_traffic *before, const struct cpu_traffic *now,
		       double seconds, struct tier_bandwidth_sample *sample)
{
	double *const rates[] = { [RESCTRL_TOTAL] = &sample->total_per_sec,
				  [RESCTRL_LOCAL] = &sample->local_per_sec };

	for (int i = 0; before && seconds > 0 && i < RESCTRL_COUNTERS; i++) {
		if (!(before->known & now->known & 1U << i) ||
		    now->bytes[i] < before->bytes[i])
			continue;
		sample->known |= 1U << i;
		*rates[i] = (double)(now->bytes[i] - before->bytes[i]) / seconds;
	}
}

static int publish(struct sampler *sampler, const struct strbuf *now, double seconds,
		   struct strbuf *out)
{
	for (size_t i = 0; i < n_readings(now); i++) {
		const struct cpu_traffic *one = &readings(now)[i];
		struct tier_bandwidth_sample sample = { .nodes = one->nodes,
							.domain = (uint32_t)one->domain };

		take_rates(find(&sampler->cpu_traffic, one->domain), one, seconds,
			   &sample);
		if (strbuf_add(out, &sample, sizeof(sample)))
			return -ENOMEM;
	}
	sampler->sample.bandwidths = (void *)out->text;
	sampler->sample.n_bandwidths = (uint32_t)n_readings(now);
	return 0;
}

int sampler_bandwidth(struct sampler *sampler, struct strbuf *out)
{
	uint64_t now_ns = sampler->looking.watch->now_ns();
	double seconds = (double)(now_ns - sampler->cpu_traffic_ns) / 1e9;
	struct strbuf now = { 0 };
	int ret = resctrl_read(sampler->looking.root, &now);

	if (!ret)
		ret = take_nodes(sampler, &now);
	if (!ret)
		ret = publish(sampler, &now, seconds, out);
	strbuf_free(&sampler->cpu_traffic);
	sampler->cpu_traffic = now;
	sampler->cpu_traffic_ns = now_ns;
	return ret;
}
