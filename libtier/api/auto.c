// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls around automatic placement. Thin.
#include "auto.h"

#include <errno.h>

#include "auto_wish.h"
#include "ctx.h"
#include "diag.h"
#include "fill.h"

static int resolve_start(struct tier_ctx *ctx, const struct tier_topology *t,
			 const struct tier_auto_wish *wish, struct tier_plan **out,
			 struct tier_diag *diag)
{
	struct switches switches;
	struct damon damon;
	struct tier_nodeset nodes;
	int ret;

	tier_topology_nodes(t, &nodes);
	ret = switches_read(ctx->root, &nodes, &switches);
	if (ret)
		return ret;
	ret = damon_read(ctx->root, &nodes, &damon);
	if (!ret) {
		const struct auto_machine machine = { t, &switches, &damon };

		ret = auto_check_none(ctx->root, diag);
		if (!ret)
			ret = auto_resolve_start(&machine, wish, out, diag);
		damon_free(&damon);
	}
	switches_free(&switches);
	return ret;
}

int tier_auto_resolve(struct tier_ctx *ctx, const struct tier_topology *t,
		      const struct tier_auto_wish *wish, struct tier_plan **out,
		      struct tier_diag *diag)
{
	struct tier_auto_wish known;

	if (asks_for_more(wish, wish->size, sizeof(known)))
		return diag_set(diag, -E2BIG, "asks for what this libtier does not have");
	fill_struct(&known, sizeof(known), wish, wish->size);
	switch (known.action) {
	case TIER_AUTO_START:
		return resolve_start(ctx, t, &known, out, diag);
	case TIER_AUTO_STOP:
		return auto_resolve_stop(ctx->root, out, diag);
	case TIER_AUTO_NO_ACTION:
		break;
	}
	return diag_set(diag, -EINVAL, "no such action");
}

int tier_auto_get(struct tier_ctx *ctx, struct tier_auto_info *info, size_t size)
{
	struct tier_auto_info ours;
	int ret = auto_look(ctx->root, &ours);

	if (!ret)
		fill_struct(info, size, &ours, sizeof(ours));
	return ret;
}

int tier_auto_scheme_get(struct tier_ctx *ctx, unsigned int index,
			 struct tier_auto_scheme *scheme, size_t size)
{
	struct tier_auto_scheme ours;
	int ret = auto_look_at_scheme(ctx->root, index, &ours);

	if (!ret)
		fill_struct(scheme, size, &ours, sizeof(ours));
	return ret;
}
