// SPDX-License-Identifier: LGPL-2.1-or-later
// The heap of another process: what its library's page tells, and where the memory of its
// ranges really is.
#include <errno.h>
#include <string.h>

#include "ctx.h"
#include "fill.h"
#include "heap_look.h"
#include "nodeset.h"
#include "numa_maps.h"
#include "parse.h"
#include "process.h"
#include "strbuf.h"

_Static_assert(TIER_HEAP_TIERS == HEAP_TIERS, "as many tiers as the library has");

/* ---- where its memory is -------------------------------------------------------------- */

static bool is_in_ranges(const struct heap_page *page, uint64_t address)
{
	for (uint32_t i = 0; i < page->n_ranges && i < HEAP_PAGE_RANGES; i++)
		if (address - page->ranges[i].base < page->ranges[i].bytes)
			return true;
	return false;
}

/* The lines of numa_maps that are of the heap's ranges. */
static int keep_ranges(const struct heap_page *page, const char *cursor,
		       struct strbuf *kept)
{
	const char *line;
	size_t len;
	int ret = 0;

	while (!ret && next_line(&cursor, &line, &len)) {
		const char *at = line;
		uint64_t address;

		if (parse_hex_digits(&at, &address))
			return -EINVAL;
		if (is_in_ranges(page, address))
			ret = strbuf_printf(kept, "%.*s\n", (int)len, line);
	}
	return ret;
}

static int read_residence(struct root *root, int pid, const struct heap_page *page,
			  uint64_t node_bytes[TIER_MAX_NODES])
{
	SCOPED_STRBUF struct strbuf maps = { 0 }, kept = { 0 };
	int ret = process_numa_maps(root, pid, &maps);

	if (!ret)
		ret = keep_ranges(page, strbuf_text(&maps), &kept);
	if (!ret)
		ret = numa_maps_add(strbuf_text(&kept), node_bytes, TIER_MAX_NODES);
	return ret < 0 ? ret : 0;
}

/* ---- telling --------------------------------------------------------------------------- */

static void tell_tier(const struct heap_page_tier *from, const uint64_t *node_bytes,
		      struct tier_heap_tier *to)
{
	*to = (struct tier_heap_tier){ .nodes = from->nodes,
				       .used_bytes = from->used_bytes,
				       .limit_bytes = from->limit_bytes,
				       .spilled_count = from->spilled_count,
				       .weight = from->weight };
	for_each_node(node, &to->nodes)
		to->resident_bytes += node_bytes[node];
}

static int tell(const struct heap_page *page, const uint64_t *node_bytes,
		struct tier_heap *heap)
{
	*heap = (struct tier_heap){ .rest_bytes = page->rest_bytes,
				    .refused_count = page->refused_count,
				    .boundary_bytes = page->boundary_bytes,
				    .state = heap_page_state(page) };
	memcpy(heap->text, page->text, sizeof(heap->text) - 1);
	if (heap->state != TIER_HEAP_PLACED && heap->state != TIER_HEAP_PARTED)
		return 0;
	if (page->n_tiers > HEAP_TIERS)
		return -EPROTO;
	heap->n_tiers = page->n_tiers;
	for (uint32_t i = 0; i < page->n_tiers; i++)
		tell_tier(&page->tiers[i], node_bytes, &heap->tiers[i]);
	return 0;
}

int tier_heap_read(struct tier_ctx *ctx, int pid, struct tier_heap *heap, size_t size)
{
	uint64_t node_bytes[TIER_MAX_NODES] = { 0 };
	struct heap_page page;
	struct tier_heap ours;
	uint64_t address = 0;
	int ret;

	if (!ctx->root->is_live)
		return -EOPNOTSUPP;
	ret = heap_page_find(ctx->root, &watch_linux, pid, &address, &page);
	if (!ret && page.n_ranges)
		ret = read_residence(ctx->root, pid, &page, node_bytes);
	if (!ret)
		ret = tell(&page, node_bytes, &ours);
	if (!ret)
		fill_struct(heap, size, &ours, sizeof(ours));
	return ret;
}
