// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls that read or change this machine through a context. Thin.
#include <errno.h>

#include "apply.h"
#include "ctx.h"
#include "diag.h"
#include "fill.h"
#include "topology.h"

int tier_topology_load(struct tier_ctx *ctx, uint64_t flags, struct tier_topology **out,
		       struct tier_diag *diag)
{
	struct topology_source source = { .root = ctx->root,
					  .node_words = ctx->node_words };

	if (flags & ~(uint64_t)TIER_LOAD_CHEAP)
		return diag_set(diag, -EINVAL, "unknown flags");
	if (!(flags & TIER_LOAD_CHEAP)) {
		source.hwloc = witness_open(WITNESS_HWLOC_MODULE);
		if (ctx->root->is_live)
			source.daxctl = witness_open(WITNESS_DAXCTL_MODULE);
	}
	return topology_read(&source, out, diag);
}

/* Before anything was done. */
static int refuse(struct tier_report *report, int error, const char *words)
{
	report->error = error;
	snprintf(report->message, sizeof(report->message), "%s", words);
	return error;
}

int tier_plan_apply(struct tier_ctx *ctx, const struct tier_plan *plan, uint64_t flags,
		    struct tier_report *report, size_t size)
{
	struct tier_report ours = { 0 };
	int ret;

	if (flags & ~(uint64_t)TIER_APPLY_BEST_EFFORT) {
		ret = refuse(&ours, -EINVAL, "unknown flags");
	} else if (!ctx->root->is_live) {
		ret = refuse(&ours, -EOPNOTSUPP, tier_strerror(-EOPNOTSUPP));
	} else {
		ret = plan_apply(ctx->root, &sys_linux, plan, flags, &ours);
	}
	if (report)
		fill_struct(report, size, &ours, sizeof(ours));
	return ret;
}
