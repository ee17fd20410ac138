// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls around the kernel's switches and its counters of what they do. Thin.
#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "ctx.h"
#include "diag.h"
#include "fill.h"
#include "gauges.h"
#include "parse.h"
#include "strain.h"
#include "switches.h"
#include "traffic.h"
#include "wish.h"

int tier_switches_resolve(struct tier_ctx *ctx, const struct tier_topology *t,
			  const char *wish, struct tier_plan **out,
			  struct tier_diag *diag)
{
	struct switches now;
	struct tier_nodeset nodes;
	int ret;

	tier_topology_nodes(t, &nodes);
	ret = switches_read(ctx->root, &nodes, &now);
	if (ret)
		return diag_set(diag, ret, "%s", tier_strerror(ret));
	ret = wish_resolve(t, &now, wish, out, diag);
	switches_free(&now);
	return ret;
}

static uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static int read_limit(struct root *root, struct tier_traffic *traffic)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = root->ops->read(root, kernel_promote_rate_path, &text);
	uint64_t limit;

	if (ret == -ENOMEM)
		return ret;
	if (ret || parse_u64(strbuf_text(&text), &limit))
		return 0;
	traffic->flags |= TIER_TRAFFIC_KNOWS_LIMIT;
	traffic->promote_limit_bytes_per_sec = limit << 20;
	return 0;
}

static void take_stat(const char *text, struct tier_traffic *traffic)
{
	strain_parse_stat(text, (uint64_t)sysconf(_SC_CLK_TCK), traffic);
}

static void take_cpu(const char *text, struct tier_traffic *traffic)
{
	strain_parse_pressure(text, TIER_CPU_STALL_US, traffic);
}

static void take_memory(const char *text, struct tier_traffic *traffic)
{
	strain_parse_pressure(text, TIER_MEMORY_STALL_US, traffic);
}

/* What there is of the whole machine alone. A file that is not there, or not for us, says
 * nothing. */
static int read_strain(struct root *root, struct tier_traffic *traffic)
{
	static const struct {
		const char *path;
		void (*take)(const char *text, struct tier_traffic *traffic);
	} files[] = { { kernel_stat_path, take_stat },
		      { kernel_cpu_pressure_path, take_cpu },
		      { kernel_memory_pressure_path, take_memory },
		      { kernel_huge_path, strain_parse_huge },
		      { kernel_balancing_path, strain_parse_balancing } };
	SCOPED_STRBUF struct strbuf text = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		int ret;

		strbuf_reset(&text);
		ret = root->ops->read(root, files[i].path, &text);
		if (ret == -ENOMEM)
			return ret;
		if (!ret)
			files[i].take(strbuf_text(&text), traffic);
	}
	return 0;
}

int tier_traffic_read(struct tier_ctx *ctx, int node, struct tier_traffic *traffic,
		      size_t size)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct tier_traffic ours = { 0 };
	char path[96];
	int ret;

	kernel_vmstat_path(node, path, sizeof(path));
	ret = ctx->root->ops->read(ctx->root, path, &text);
	if (ret && ret != -ENOENT)
		return ret;
	if (!ret)
		traffic_parse(strbuf_text(&text), &ours);
	ret = read_limit(ctx->root, &ours);
	if (!ret && node < 0)
		ret = read_strain(ctx->root, &ours);
	if (ret)
		return ret;
	ours.time_ns = monotonic_ns();
	ours.page_bytes = (uint32_t)sysconf(_SC_PAGESIZE);
	fill_struct(traffic, size, &ours, sizeof(ours));
	return 0;
}

/* A caller's traffic of his size, as ours. */
static struct tier_traffic known_part(const struct tier_traffic *theirs, size_t size)
{
	struct tier_traffic ours;

	fill_struct(&ours, sizeof(ours), theirs, size);
	return ours;
}

void tier_traffic_rate(const struct tier_traffic *before,
		       const struct tier_traffic *after, size_t size,
		       struct tier_rates *rate, size_t rate_size)
{
	struct tier_traffic first = known_part(before, size);
	struct tier_traffic second = known_part(after, size);
	struct tier_rates ours;

	traffic_rate(&first, &second, &ours);
	fill_struct(rate, rate_size, &ours, sizeof(ours));
}
