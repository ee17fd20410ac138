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

	*to = (struct rec_bandwidth){
		(int)from->domain,
		arena_strdup(&record->arena,
			     nodeset_brief(&from->nodes, nodes, sizeof(nodes))),
		{ from->known & TIER_BANDWIDTH_KNOWS_TOTAL, from->total_per_sec },
		{ from->known & TIER_BANDWIDTH_KNOWS_LOCAL, from->local_per_sec },
	};
	return to->nodes ? 0 : -ENOMEM;
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

static int take_why(const struct tier_sample *sample, struct record *record)
{
	char text[96] = "no counter of it";

	if (!sample->bandwidth_error)
		snprintf(text, sizeof(text), "counted from now on");
	else if (sample->bandwidth_error == -EOPNOTSUPP)
		snprintf(text, sizeof(text), "%s is not read", sample->bandwidth_counter);
	else if (sample->bandwidth_error != -ENOENT)
		snprintf(text, sizeof(text), "%s",
			 tier_strerror(sample->bandwidth_error));
	record->bandwidth_why = arena_strdup(&record->arena, text);
	return record->bandwidth_why ? 0 : -ENOMEM;
}

int live_bandwidth_take(const struct tier_sample *sample, struct record *record)
{
	int ret = take_domains(sample, record);

	return ret ? ret : take_why(sample, record);
}
