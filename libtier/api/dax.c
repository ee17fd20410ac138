// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls around dax devices as memory. Thin.
#include <errno.h>

#include "ctx.h"
#include "dax_wish.h"
#include "diag.h"
#include "fill.h"

int tier_dax_memory_get(struct tier_ctx *ctx, const char *name,
			struct tier_dax_memory *info, size_t size)
{
	struct tier_dax_memory ours;
	const struct dax_state *dax;
	struct hotplug now;
	int ret = hotplug_read(ctx->root, &now);

	if (ret)
		return ret;
	dax = hotplug_find(&now, name);
	if (dax) {
		dax_sum(&now, dax, &ours);
		fill_struct(info, size, &ours, sizeof(ours));
	}
	hotplug_free(&now);
	return dax ? 0 : -ENODEV;
}

int tier_dax_resolve(struct tier_ctx *ctx, const struct tier_topology *t,
		     const struct tier_dax_wish *wish, struct tier_plan **out,
		     struct tier_diag *diag)
{
	struct tier_dax_wish known;
	struct hotplug now;
	int ret;

	if (asks_for_more(wish, wish->size, sizeof(known)))
		return diag_set(diag, -E2BIG, "asks for what this libtier does not have");
	fill_struct(&known, sizeof(known), wish, wish->size);
	ret = hotplug_read(ctx->root, &now);
	if (!ret)
		ret = hotplug_read_rules(ctx->root, &now);
	if (ret) {
		hotplug_free(&now);
		return diag_set(diag, ret, "%s", tier_strerror(ret));
	}
	ret = dax_resolve(t, &now, &known, out, diag);
	hotplug_free(&now);
	return ret;
}
