// SPDX-License-Identifier: LGPL-2.1-or-later
// Rates of what goes to and from memory: of two readings of counters that only grow.
#include "bandwidth.h"

#include <errno.h>
#include <string.h>

#include "sampler.h"

/* All that can count it. What several count is shown of each. */
static const struct bandwidth_source *const sources[] = {
	&bandwidth_resctrl,
	&bandwidth_controllers,
};

static const struct bandwidth_reading *nth(const struct strbuf *readings, size_t n)
{
	return (const struct bandwidth_reading *)(const void *)readings->text + n;
}

static size_t count(const struct strbuf *readings)
{
	return readings->len / sizeof(struct bandwidth_reading);
}

const struct bandwidth_reading *bandwidth_before(const struct bandwidth *bandwidth,
						 const struct bandwidth_reading *reading)
{
	for (size_t i = 0; i < count(&bandwidth->readings); i++) {
		const struct bandwidth_reading *before = nth(&bandwidth->readings, i);

		if (before->source == reading->source && before->of == reading->of &&
		    before->domain == reading->domain)
			return before;
	}
	return NULL;
}

/* A counter that is less than before has lost something: no rate comes of that. */
static void take_rates(const struct bandwidth_reading *before,
		       const struct bandwidth_reading *now, double seconds,
		       struct tier_bandwidth_sample *sample)
{
	double *const rates[] = { [BANDWIDTH_TOTAL] = &sample->total_per_sec,
				  [BANDWIDTH_LOCAL] = &sample->local_per_sec,
				  [BANDWIDTH_READ] = &sample->read_per_sec,
				  [BANDWIDTH_WRITE] = &sample->write_per_sec };

	for (int i = 0; before && seconds > 0 && i < BANDWIDTH_RATES; i++) {
		if (!(before->known & now->known & 1U << i) ||
		    now->bytes[i] < before->bytes[i])
			continue;
		sample->known |= 1U << i;
		*rates[i] = (now->bytes[i] - before->bytes[i]) / seconds;
	}
}

static int publish(struct sampler *sampler, const struct strbuf *now, double seconds,
		   struct strbuf *out)
{
	for (size_t i = 0; i < count(now); i++) {
		const struct bandwidth_reading *one = nth(now, i);
		struct tier_bandwidth_sample sample = { .nodes = one->nodes,
							.domain = one->domain,
							.source = one->source,
							.of = one->of };

		take_rates(bandwidth_before(&sampler->bandwidth, one), one, seconds,
			   &sample);
		if (strbuf_add(out, &sample, sizeof(sample)))
			return -ENOMEM;
	}
	sampler->sample.bandwidths = (void *)out->text;
	sampler->sample.n_bandwidths = (uint32_t)count(now);
	return 0;
}

/* The first reason why a counter is not read; else 0 when there is one, -ENOENT when there is
 * none. `device` becomes what this is about. */
static int read_all(struct sampler *sampler, struct strbuf *now)
{
	char *device = sampler->bandwidth.device;
	int reason = -ENOENT;

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		char its[PMU_NAME];
		int ret;

		snprintf(its, sizeof(its), "%s", sources[i]->name);
		ret = sources[i]->read(sampler, now, its);
		if (ret == -ENOMEM)
			return ret;
		if (ret == -ENOENT || (ret == 0 && reason != -ENOENT) ||
		    (reason && reason != -ENOENT))
			continue;
		reason = ret;
		memcpy(device, its, sizeof(its));
	}
	return reason;
}

int sampler_bandwidth(struct sampler *sampler, struct strbuf *out)
{
	struct bandwidth *bandwidth = &sampler->bandwidth;
	struct tier_sample *sample = &sampler->sample;
	uint64_t now_ns = sampler->looking.watch->now_ns();
	double seconds = (double)(now_ns - bandwidth->read_ns) / 1e9;
	struct strbuf now = { 0 };
	int ret;

	bandwidth->device[0] = '\0';
	sample->bandwidth_error = read_all(sampler, &now);
	sample->bandwidth_counter = bandwidth->device;
	ret = sample->bandwidth_error == -ENOMEM ? -ENOMEM : 0;
	if (!ret)
		ret = publish(sampler, &now, seconds, out);
	strbuf_free(&bandwidth->readings);
	bandwidth->readings = now;
	bandwidth->read_ns = now_ns;
	return ret;
}

void sampler_free_bandwidth(struct sampler *sampler)
{
	strbuf_free(&sampler->bandwidth.readings);
	controllers_close(sampler);
}
