// SPDX-License-Identifier: LGPL-2.1-or-later
// The mappings of one process, and where each lies as the last look at it found: of a walk the
// kernel's lines, of a sample the pages that fell into it.
#include <errno.h>
#include <string.h>

#include "numa_maps.h"
#include "policies.h"
#include "process.h"
#include "sampler.h"

void sampler_free_spans(struct sampler *sampler)
{
	for (size_t i = 0; i < sampler->n_spans; i++) {
		free(sampler->spans[i].name);
		free(sampler->spans[i].policy);
		free(sampler->spans[i].bytes);
	}
	free(sampler->spans);
	sampler->spans = NULL;
	sampler->n_spans = 0;
}

static int add_span(struct sampler *sampler, const struct mapping *mapping, size_t *room)
{
	struct span *span;

	if (sampler->n_spans == *room) {
		size_t more = *room ? 2 * *room : 64;
		struct span *grown = realloc(sampler->spans, more * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		sampler->spans = grown;
		*room = more;
	}
	span = &sampler->spans[sampler->n_spans++];
	*span = (struct span){ .start = mapping->start, .end = mapping->end };
	span->name = strndup(mapping->name, mapping->name_len);
	span->bytes = calloc(sampler->looking.n_tiers + 1, sizeof(*span->bytes));
	return span->name && span->bytes ? 0 : -ENOMEM;
}

static int list_spans(struct sampler *sampler, const char *maps)
{
	struct mapping mapping;
	size_t room = 0;
	int ret;

	while ((ret = maps_next(&maps, &mapping)) > 0)
		if (add_span(sampler, &mapping, &room))
			return -ENOMEM;
	return ret;
}

static int compare_start(const void *key, const void *element)
{
	uint64_t address = *(const uint64_t *)key;
	const struct span *span = element;

	if (address < span->start)
		return -1;
	return address >= span->end;
}

static struct span *find(const struct sampler *sampler, uint64_t address)
{
	if (!sampler->n_spans)
		return NULL;
	return bsearch(&address, sampler->spans, sampler->n_spans,
		       sizeof(*sampler->spans), compare_start);
}

static size_t tier_of(const struct sampler *sampler, int node)
{
	uint32_t rank = sampler->rank[node];

	return rank == UINT32_MAX ? sampler->looking.n_tiers : rank;
}

/* Each page that was found stands for as many as were not asked about. */
static void add_sample(struct sampler *sampler, const struct subject *subject)
{
	const struct looking *looking = &sampler->looking;
	const struct points *points = &looking->points;
	const struct areas *areas = &subject->areas;
	double one;

	if (!points->n || !areas->n)
		return;
	one = areas->cells[areas->n - 1].ends_at / (double)points->n *
	      (double)looking->page_bytes;
	for (size_t i = 0; i < points->n; i++) {
		struct span *span =
			points->nodes[i] < 0 ? NULL : find(sampler, points->pages[i]);

		if (!span || points->nodes[i] >= TIER_MAX_NODES)
			continue;
		span->found++;
		span->bytes[tier_of(sampler, points->nodes[i])] +=
			(double)points->weights[i] * one;
	}
}

static int add_line(struct sampler *sampler, const struct policy_line *line,
		    uint64_t *bytes)
{
	struct span *span = find(sampler, line->start);
	int count;

	if (!span)
		return 0;
	memset(bytes, 0, TIER_MAX_NODES * sizeof(*bytes));
	count = numa_maps_add_line(line->line, line->len, bytes, TIER_MAX_NODES);
	for (int node = 0; node < count; node++)
		span->bytes[tier_of(sampler, node)] += (double)bytes[node];
	free(span->policy);
	span->policy = strndup(line->policy.text, line->policy.len);
	return span->policy ? 0 : -ENOMEM;
}

static int add_walk(struct sampler *sampler, int pid)
{
	struct looking *looking = &sampler->looking;
	const char *at;
	struct policy_line line;
	uint64_t *bytes;
	int ret;

	strbuf_reset(&looking->text);
	ret = process_numa_maps(looking->root, pid, &looking->text);
	if (ret)
		return ret;
	bytes = calloc(TIER_MAX_NODES, sizeof(*bytes));
	at = strbuf_text(&looking->text);
	ret = bytes ? 0 : -ENOMEM;
	while (!ret && policy_lines_next(&at, &line) > 0)
		ret = add_line(sampler, &line, bytes);
	free(bytes);
	return ret;
}

int sampler_mappings(struct sampler *sampler)
{
	const struct subject *subject = sampler->subjects;
	int ret;

	sampler_free_spans(sampler);
	if (!sampler->n_subjects)
		return -ESRCH;
	strbuf_reset(&sampler->looking.text);
	ret = process_maps(sampler->looking.root, subject->pid, &sampler->looking.text);
	if (!ret)
		ret = list_spans(sampler, strbuf_text(&sampler->looking.text));
	if (ret)
		return ret;
	if (subject->how == TIER_PLACED_SAMPLED)
		add_sample(sampler, subject);
	if (subject->how == TIER_PLACED_EXACT)
		ret = add_walk(sampler, subject->pid);
	return ret;
}
