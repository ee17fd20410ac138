// SPDX-License-Identifier: LGPL-2.1-or-later
// Contexts: which machine is meant. Thin over the platform.
#include "ctx.h"

#include <errno.h>
#include <string.h>

#include "diag.h"
#include "fill.h"
#include "tier_version.h"
#include "write_all.h"

const char *tier_version(void)
{
	return TIER_VERSION;
}

static int open_ctx(struct tier_ctx *ctx, const struct tier_ctx_config *config,
		    struct tier_diag *diag)
{
	int ret;

	if (config->flags)
		return diag_set(diag, -EINVAL, "unknown flags");
	ret = root_open(config->root, &ctx->root, diag);
	if (ret || !config->node_words)
		return ret;
	ctx->node_words = strdup(config->node_words);
	return ctx->node_words ? 0 : diag_set(diag, -ENOMEM, "out of memory");
}

int tier_ctx_new(struct tier_ctx **out, const struct tier_ctx_config *config, size_t size,
		 struct tier_diag *diag)
{
	struct tier_ctx_config known = { 0 };
	struct tier_ctx *ctx = calloc(1, sizeof(*ctx));
	int ret;

	if (!ctx)
		return diag_set(diag, -ENOMEM, "out of memory");
	atomic_init(&ctx->refs, 1);
	if (config)
		memcpy(&known, config, size < sizeof(known) ? size : sizeof(known));
	ret = config && asks_for_more(config, size, sizeof(known)) ?
		      diag_set(diag, -E2BIG, "asks for what this libtier does not have") :
		      open_ctx(ctx, &known, diag);
	if (ret) {
		tier_ctx_unref(ctx);
		return ret;
	}
	*out = ctx;
	return 0;
}

struct tier_ctx *tier_ctx_ref(struct tier_ctx *ctx)
{
	atomic_fetch_add(&ctx->refs, 1);
	return ctx;
}

void tier_ctx_unref(struct tier_ctx *ctx)
{
	if (!ctx || atomic_fetch_sub(&ctx->refs, 1) > 1)
		return;
	root_close(ctx->root);
	free(ctx->node_words);
	free(ctx);
}

bool tier_ctx_is_live(const struct tier_ctx *ctx)
{
	return ctx->root->is_live;
}

int tier_ctx_capture(struct tier_ctx *ctx, int fd)
{
	const struct witness_ops *hwloc = witness_open(WITNESS_HWLOC_MODULE);
	SCOPED_STRBUF struct strbuf xml = { 0 };
	SCOPED_STRBUF struct strbuf text = { 0 };
	bool has_xml = false;
	int entries, ret;

	if (hwloc && hwloc->export_xml) {
		ret = hwloc->export_xml(ctx->root, &xml);
		if (ret == -ENOMEM)
			return ret;
		has_xml = !ret;
	}
	entries = capture_write(ctx->root, has_xml ? strbuf_text(&xml) : NULL, &text);
	if (entries < 0)
		return entries;
	ret = write_all(fd, strbuf_text(&text), text.len);
	return ret ? ret : entries;
}
