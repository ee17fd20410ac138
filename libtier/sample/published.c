// SPDX-License-Identifier: LGPL-2.1-or-later
// What was found as tier.h has it: processes, nodes, control groups, pressure.
#include <errno.h>
#include <string.h>

#include "gauge_text.h"
#include "sampler.h"

enum {
	PROCESSES,
	PLACES,
	NODES,
	GROUPS,
	NODE_PLACES,
	SPANS,
	SPAN_PLACES,
	HEAPS,
	BANDWIDTHS
};

static struct tier_place place_of(const struct share *share, uint64_t bytes)
{
	double whole = (double)bytes;

	return (struct tier_place){ (uint64_t)(share->value * whole + 0.5),
				    (uint64_t)(share->range.lowest * whole),
				    (uint64_t)(share->range.highest * whole + 0.5) };
}

static struct tier_flow flow_of(const struct subject *subject, const struct share *share,
				uint64_t bytes)
{
	double scale = (double)bytes / subject->flow_seconds;

	return (struct tier_flow){ share->value * scale, share->range.lowest * scale,
				   share->range.highest * scale };
}

static uint64_t base_of(const struct subject *subject, const struct looking *looking)
{
	return subject->how == TIER_PLACED_EXACT ? subject->walked_bytes :
						   subject_bytes(subject, looking);
}

static bool is_placed(const struct subject *subject)
{
	return subject->how == TIER_PLACED_EXACT || subject->how == TIER_PLACED_SAMPLED;
}

static void describe(const struct sampler *sampler, const struct subject *subject,
		     struct tier_process_sample *out)
{
	uint64_t bytes = base_of(subject, &sampler->looking);

	*out = (struct tier_process_sample){
		.pid = subject->pid,
		.parent = (int32_t)subject->parent,
		.uid = (uint32_t)subject->uid,
		.flags = subject->knows_uid ? TIER_PROCESS_KNOWS_UID : 0U,
		.started_ticks = subject->started,
		.resident_bytes = subject_bytes(subject, &sampler->looking),
		.huge_bytes = subject->huge_bytes,
		.how = subject->how,
		.error = subject->error,
		.age_ns = sampler->sample.time_ns > subject->looked_ns ?
				  sampler->sample.time_ns - subject->looked_ns :
				  0,
		.found = subject->found,
		.absent = subject->absent,
		.outside = subject->outside,
		.refused = subject->refused,
		.closed_bytes = subject->areas.skipped * sampler->looking.page_bytes,
		.name = subject->name,
		.command = subject->command ? subject->command : "",
		.cgroup = subject->cgroup ? subject->cgroup : "",
		.policy = subject->policy,
	};
	if (!is_placed(subject) || subject->flow_seconds <= 0)
		return;
	out->flags |= TIER_PROCESS_KNOWS_FLOWS;
	out->promoted = flow_of(subject, &subject->promoted, bytes);
	out->demoted = flow_of(subject, &subject->demoted, bytes);
}

static int add_places(struct sampler *sampler, const struct subject *subject)
{
	uint64_t bytes = base_of(subject, &sampler->looking);

	for (size_t tier = 0; tier <= sampler->looking.n_tiers; tier++) {
		struct tier_place place = place_of(&subject->shares[tier], bytes);

		if (strbuf_add(&sampler->published[PLACES], &place, sizeof(place)))
			return -ENOMEM;
	}
	return 0;
}

static int add_process(struct sampler *sampler, const struct subject *subject)
{
	const struct tier_heap_sample heap = { .state = subject->heap_state,
					       .error = subject->heap_error,
					       .text = subject->heap };
	struct tier_process_sample process;

	describe(sampler, subject, &process);
	if (strbuf_add(&sampler->published[PROCESSES], &process, sizeof(process)) ||
	    strbuf_add(&sampler->published[HEAPS], &heap, sizeof(heap)))
		return -ENOMEM;
	return is_placed(subject) ? add_places(sampler, subject) : 0;
}

/* Arrays move while they grow, so pointers into them come last. */
static void point_at_places(struct sampler *sampler)
{
	struct tier_process_sample *processes =
		(void *)sampler->published[PROCESSES].text;
	const struct tier_place *places = (void *)sampler->published[PLACES].text;

	for (uint32_t i = 0; i < sampler->sample.n_processes; i++) {
		if (processes[i].how != TIER_PLACED_EXACT &&
		    processes[i].how != TIER_PLACED_SAMPLED)
			continue;
		processes[i].tiers = places;
		places += sampler->looking.n_tiers + 1;
	}
	sampler->sample.processes = processes;
}

static int publish_processes(struct sampler *sampler)
{
	for (size_t i = 0; i < sampler->n_subjects; i++) {
		const struct subject *subject = &sampler->subjects[i];

		if (!subject->has_memory)
			continue;
		if (add_process(sampler, subject))
			return -ENOMEM;
		sampler->sample.n_processes++;
	}
	point_at_places(sampler);
	sampler->sample.heaps = (void *)sampler->published[HEAPS].text;
	return 0;
}

/* ---- nodes and pressure ---------------------------------------------------------------- */

static int add_node(struct sampler *sampler, unsigned int node)
{
	struct tier_node_sample sample = { .node = node, .rank = sampler->rank[node] };
	int ret;

	strbuf_reset(&sampler->looking.text);
	ret = node_file(sampler->looking.root, node, "meminfo", &sampler->looking.text);
	if (ret == -ENOMEM)
		return ret;
	sample.error = ret;
	if (!ret)
		node_meminfo(strbuf_text(&sampler->looking.text), &sample);
	if (strbuf_add(&sampler->published[NODES], &sample, sizeof(sample)))
		return -ENOMEM;
	sampler->sample.n_nodes++;
	return 0;
}

/* Who made the sampler knows which nodes there were, not which there are. */
static int compare_nodes(struct sampler *sampler)
{
	struct strbuf *text = &sampler->looking.text;
	char *list;
	int ret;

	strbuf_reset(text);
	ret = nodes_with_memory(sampler->looking.root, text);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	list = strdup(strbuf_text(text));
	if (!list)
		return -ENOMEM;
	sampler->sample.nodes_changed = sampler->with_memory &&
					strcmp(sampler->with_memory, list) != 0;
	free(sampler->with_memory);
	sampler->with_memory = list;
	return 0;
}

static int publish_nodes(struct sampler *sampler)
{
	struct tier_sample *sample = &sampler->sample;
	int ret = compare_nodes(sampler);

	for (int node = tier_nodeset_next(&sampler->nodes, -1); !ret && node >= 0;
	     node = tier_nodeset_next(&sampler->nodes, node))
		ret = add_node(sampler, (unsigned int)node);
	if (ret)
		return ret;
	sample->nodes = (void *)sampler->published[NODES].text;
	strbuf_reset(&sampler->looking.text);
	ret = memory_pressure(sampler->looking.root, &sampler->looking.text);
	sample->pressure_error = ret;
	if (!ret && !pressure_shares(strbuf_text(&sampler->looking.text),
				     &sample->pressure_some, &sample->pressure_full))
		sample->pressure_error = -EINVAL;
	return ret == -ENOMEM ? ret : 0;
}

/* ---- one process by node ------------------------------------------------------------- */

/* Of the last look, which was at this one. */
static int publish_by_node(struct sampler *sampler)
{
	const struct looking *looking = &sampler->looking;
	const struct subject *subject = &sampler->subjects[0];
	uint64_t bytes = base_of(subject, looking);

	for (unsigned int node = 0; node < TIER_MAX_NODES; node++) {
		struct tier_nodeset set = { 0 };
		struct tier_place place = { looking->bytes[node], looking->bytes[node],
					    looking->bytes[node] };

		set.bits[node / 64] = 1ULL << node % 64;
		if (subject->how == TIER_PLACED_SAMPLED) {
			struct share share = tally_share(&looking->tally, &set);

			place = place_of(&share, bytes);
		}
		if (strbuf_add(&sampler->published[NODE_PLACES], &place, sizeof(place)))
			return -ENOMEM;
	}
	sampler->sample.node_places = (void *)sampler->published[NODE_PLACES].text;
	return 0;
}

/* ---- control groups ------------------------------------------------------------------- */

static int publish_groups(struct sampler *sampler)
{
	for (size_t i = 0; i < sampler->n_groups; i++) {
		const struct group *group = &sampler->groups[i];
		const struct tier_group_sample sample = {
			.path = group->path,
			.processes = group->processes,
			.error = group->error,
			.anon_bytes = group->bytes,
			.file_bytes = group->bytes + sampler->looking.n_tiers + 1,
		};

		if (strbuf_add(&sampler->published[GROUPS], &sample, sizeof(sample)))
			return -ENOMEM;
	}
	sampler->sample.groups = (void *)sampler->published[GROUPS].text;
	sampler->sample.n_groups = (uint32_t)sampler->n_groups;
	return 0;
}

static int add_span(struct sampler *sampler, const struct span *span)
{
	const struct tier_mapping_sample sample = { .start = span->start,
						    .bytes = span->end - span->start,
						    .name = span->name,
						    .policy = span->policy,
						    .found = span->found };

	for (size_t tier = 0; tier <= sampler->looking.n_tiers; tier++) {
		uint64_t bytes = (uint64_t)(span->bytes[tier] + 0.5);

		if (strbuf_add(&sampler->published[SPAN_PLACES], &bytes, sizeof(bytes)))
			return -ENOMEM;
	}
	return strbuf_add(&sampler->published[SPANS], &sample, sizeof(sample));
}

static int publish_spans(struct sampler *sampler)
{
	struct tier_mapping_sample *samples;
	const uint64_t *bytes;

	for (size_t i = 0; i < sampler->n_spans; i++)
		if (add_span(sampler, &sampler->spans[i]))
			return -ENOMEM;
	samples = (void *)sampler->published[SPANS].text;
	bytes = (void *)sampler->published[SPAN_PLACES].text;
	for (size_t i = 0; i < sampler->n_spans; i++)
		samples[i].tier_bytes = bytes + i * (sampler->looking.n_tiers + 1);
	sampler->sample.mappings = samples;
	sampler->sample.n_mappings = (uint32_t)sampler->n_spans;
	return 0;
}

/* It is the machine's, and not told again with each process. */
static int publish_bandwidth(struct sampler *sampler, int pid)
{
	if (!pid)
		return sampler_bandwidth(sampler, &sampler->published[BANDWIDTHS]);
	sampler->sample.bandwidth_counter = "";
	sampler->sample.bandwidth_error = -ENODATA;
	return 0;
}

static void publish_heat(struct sampler *sampler)
{
	const struct heat *heat = &sampler->heat;
	struct tier_sample *sample = &sampler->sample;

	sample->regions = heat->samples;
	sample->n_regions = (uint32_t)heat->n;
	sample->regions_error = heat->error;
	sample->regions_why = heat->error ? heat->why : "";
}

int sampler_publish(struct sampler *sampler, int pid)
{
	int ret;

	for (size_t i = 0; i < ARRAY_SIZE(sampler->published); i++)
		strbuf_reset(&sampler->published[i]);
	sampler->sample.n_tiers = (uint32_t)sampler->looking.n_tiers;
	ret = publish_processes(sampler);
	if (!ret)
		ret = publish_nodes(sampler);
	publish_heat(sampler);
	if (!ret && pid && sampler->n_subjects && is_placed(&sampler->subjects[0]))
		ret = publish_by_node(sampler);
	if (!ret)
		ret = publish_spans(sampler);
	if (!ret)
		ret = publish_bandwidth(sampler, pid);
	return ret ? ret : publish_groups(sampler);
}
