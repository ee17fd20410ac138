// SPDX-License-Identifier: LGPL-2.1-or-later
// Migrations begin here; stepping and reading them needs no context. Thin.
#include <errno.h>
#include <string.h>

#include "ctx.h"
#include "diag.h"
#include "fill.h"
#include "migrate.h"
#include "pages.h"

int tier_migration_new(struct tier_ctx *ctx, const struct tier_migration_config *config,
		       size_t size, struct tier_migration **out, struct tier_diag *diag)
{
	struct tier_migration_config known = { 0 };

	if (asks_for_more(config, size, sizeof(known)))
		return diag_set(diag, -E2BIG, "asks for what this libtier does not have");
	memcpy(&known, config, size < sizeof(known) ? size : sizeof(known));
	return migration_new(ctx->root, &pages_linux, &known, out, diag);
}
