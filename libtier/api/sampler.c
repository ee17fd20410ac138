// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls that look at where processes' memory lies, again and again. Thin.
#include "sampler.h"

#include <errno.h>

#include "ctx.h"
#include "fill.h"

/* What a refresh may use unless the caller says otherwise: see docs/tiertop.md. */
#define PAGES	20000
#define CPU_NS	3000000
#define HOLD_NS 100000

#define FLAGS                                                                       \
	((uint64_t)(TIER_SAMPLE_NAMES | TIER_SAMPLE_GROUPS | TIER_SAMPLE_MAPPINGS | \
		    TIER_SAMPLE_WALK | TIER_SAMPLE_HEAT))

struct tier_sampler {
	struct sampler sampler;
};

static int take_tiers(struct sampler *sampler, struct root *root,
		      const struct tier_topology *topology)
{
	int n = topology ? tier_count(topology) : 0;
	struct tier_nodeset *nodes = calloc((size_t)n + 1, sizeof(*nodes));
	struct tier_info tier;
	int ret = nodes ? 0 : -ENOMEM;

	for (int i = 0; !ret && i < n; i++) {
		ret = tier_get(topology, (unsigned int)i, &tier, sizeof(tier));
		nodes[i] = tier.nodes;
	}
	if (!ret)
		ret = sampler_init(sampler, root, nodes, (size_t)n);
	free(nodes);
	if (topology)
		tier_topology_nodes(topology, &sampler->nodes);
	return ret;
}

static int make(struct tier_ctx *ctx, const struct tier_sampling *how,
		struct tier_sampler **out)
{
	struct tier_sampler *sampler = calloc(1, sizeof(*sampler));
	int ret;

	if (!sampler)
		return -ENOMEM;
	ret = take_tiers(&sampler->sampler, ctx->root, how->topology);
	if (ret) {
		tier_sampler_free(sampler);
		return ret;
	}
	if (how->descriptors)
		sampler->sampler.descriptors = how->descriptors;
	*out = sampler;
	return 0;
}

/* Nobody is watched longer than that is asked for. */
static int look_at_heat(struct sampler *sampler, const struct tier_sampling *how, int ret)
{
	if (ret || !(how->flags & TIER_SAMPLE_HEAT)) {
		heat_stop(&sampler->heat, &sampler->looking);
		return ret;
	}
	ret = heat_look(&sampler->heat, &sampler->looking, how->pid);
	sampler->sample.asked_pages = sampler->looking.asked;
	return ret;
}

static int refresh(struct sampler *sampler, const struct tier_sampling *how)
{
	const struct allowance allowance = {
		.pid = how->pid,
		.pages = how->pages ? how->pages : PAGES,
		.cpu_ns = how->cpu_ns ? how->cpu_ns : CPU_NS,
		.names = how->flags & TIER_SAMPLE_NAMES,
	};
	int ret;

	sampler->looking.hold_ns = how->hold_ns ? how->hold_ns : HOLD_NS;
	sampler->looking.walks_all = how->flags & TIER_SAMPLE_WALK;
	ret = sampler_refresh(sampler, &allowance);
	sampler_free_spans(sampler);
	sampler_free_groups(sampler);
	if (!ret && how->flags & TIER_SAMPLE_MAPPINGS)
		ret = sampler_mappings(sampler);
	if (!ret && how->flags & TIER_SAMPLE_GROUPS)
		ret = sampler_groups(sampler);
	/* Behind the mappings, which are of the pages that were drawn before. */
	ret = look_at_heat(sampler, how, ret);
	return ret ? ret : sampler_publish(sampler, how->pid);
}

int tier_sampler_look(struct tier_ctx *ctx, struct tier_sampler **sampler,
		      const struct tier_sampling *sampling, size_t size,
		      const struct tier_sample **out)
{
	struct tier_sampling how = { 0 };
	int ret;

	if (asks_for_more(sampling, size, sizeof(how)))
		return -E2BIG;
	fill_struct(&how, sizeof(how), sampling, size);
	if (how.flags & ~FLAGS || how.pid < 0 ||
	    (how.flags & (TIER_SAMPLE_MAPPINGS | TIER_SAMPLE_HEAT) && !how.pid))
		return -EINVAL;
	ret = *sampler ? 0 : make(ctx, &how, sampler);
	if (!ret)
		ret = refresh(&(*sampler)->sampler, &how);
	if (!ret)
		*out = &(*sampler)->sampler.sample;
	return ret;
}

void tier_sampler_free(struct tier_sampler *sampler)
{
	if (!sampler)
		return;
	sampler_free(&sampler->sampler);
	free(sampler);
}
