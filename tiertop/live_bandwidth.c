// SPDX-License-Identifier: GPL-2.0-or-later
// What is counted of memory's bandwidth, from libtier's sample to a record.
#include "live_bandwidth.h"

#include <errno.h>
#include <stdio.h>

#include "nodeset.h"

static int take_domain(struct record *record, const struct tier_bandwidth_sample *from,
		       struct rec_bandwidth *to)
{
	char nodes[64];
	const size_t of = from->of < ARRAY_SIZE(bandwidth_words) ? from->of : 0;

	*to = (struct rec_bandwidth){
		.domain = (int)from->domain,
		.nodes = arena_strdup(&record->arena,
				      nodeset_brief(&from->nodes, nodes, sizeof(nodes))),
		.source = arena_strdup(&record->arena, from->source),
		.of = bandwidth_words[of],
		.total = { from->known & TIER_BANDWIDTH_KNOWS_TOTAL,
			   from->total_per_sec },
		.local = { from->known & TIER_BANDWIDTH_KNOWS_LOCAL,
			   from->local_per_sec },
		.read = { from->known & TIER_BANDWIDTH_KNOWS_READ, from->read_per_sec },
		.write = { from->known & TIER_BANDWIDTH_KNOWS_WRITE,
			   from->write_per_sec },
	};
	return to->nodes && to->source ? 0 : -ENOMEM;
}

static int take_domains(const struct tier_sample *sample, struct record *record)
{
	const size_t n = sample->n_bandwidths;
	int ret = 0;

	record->bandwidths =
		arena_array(&record->arena, n + 1, sizeof(*record->bandwidths));
	if (!record->bandwidths)
		return -ENOMEM;
	for (size_t i = 0; !ret && i < n; i++)
		ret = take_domain(record, &sample->bandwidths[i], &record->bandwidths[i]);
	if (!ret)
		record->n_bandwidths = n;
	return ret;
}

/* What the errors of this one field mean; of a device where there is one. */
static const struct {
	int error;
	const char *words;
} reasons[] = {
	{ 0, "counted from now on" },
	{ -ENOENT, "no counter of it" },
	{ -EOPNOTSUPP, "no event of it has a unit" },
	{ -EBADMSG, "its event is not as the kernel documents it" },
	{ -ENXIO, "another machine's" },
	{ -EACCES, "not permitted (see kernel.perf_event_paranoid)" },
	{ -EPERM, "not permitted" },
};

static const char *reason_of(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i].error == error)
			return reasons[i].words;
	return tier_strerror(error);
}

static int take_why(const struct tier_sample *sample, struct record *record)
{
	const int error = sample->bandwidth_error;
	const bool has_device = error && error != -ENOENT && *sample->bandwidth_counter;
	char text[128];

	snprintf(text, sizeof(text), "%s%s%s",
		 has_device ? sample->bandwidth_counter : "", has_device ? ": " : "",
		 has_device || !error || error == -ENOENT ? reason_of(error) :
							    tier_strerror(error));
	record->bandwidth_why = arena_strdup(&record->arena, text);
	return record->bandwidth_why ? 0 : -ENOMEM;
}

int live_bandwidth_take(const struct tier_sample *sample, struct record *record)
{
	int ret = take_domains(sample, record);

	return ret ? ret : take_why(sample, record);
}
