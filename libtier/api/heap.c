// SPDX-License-Identifier: LGPL-2.1-or-later
// The heap of another process: its library's page, found by its first bytes, and where
// the memory of its ranges really is.
#include <errno.h>
#include <string.h>

#include "ctx.h"
#include "fill.h"
#include "heap_page.h"
#include "nodeset.h"
#include "numa_maps.h"
#include "parse.h"
#include "process_memory.h"
#include "strbuf.h"

#define LIBRARY "/libtiermalloc.so"

_Static_assert(TIER_HEAP_TIERS == HEAP_TIERS, "as many tiers as the library has");

/* ---- finding the page ---------------------------------------------------------------- */

/* "START-END rw-p ... PATH" of the library's variables. */
static bool is_library_data(const char *line, size_t len, uint64_t *start, uint64_t *end)
{
	const char *at = line;

	if (!memmem(line, len, LIBRARY, strlen(LIBRARY)))
		return false;
	return !parse_hex_digits(&at, start) && *at++ == '-' &&
	       !parse_hex_digits(&at, end) && !strncmp(at, " rw", 3);
}

static int look_at(int pid, uint64_t address, struct heap_page *page)
{
	char magic[sizeof(page->magic)];
	int ret = process_memory(pid, address, magic, sizeof(magic));

	if (ret)
		return ret;
	if (memcmp(magic, HEAP_PAGE_MAGIC, sizeof(magic)) != 0)
		return -ENODATA;
	ret = process_memory(pid, address, page, sizeof(*page));
	if (!ret && page->version != HEAP_PAGE_VERSION)
		ret = -EPROTO;
	return ret;
}

static int find_page(struct root *root, int pid, struct heap_page *page)
{
	SCOPED_STRBUF struct strbuf maps = { 0 };
	const char *cursor, *line;
	uint64_t start, end;
	size_t len;
	int ret = process_maps(root, pid, &maps);

	if (ret)
		return ret;
	cursor = strbuf_text(&maps);
	while (next_line(&cursor, &line, &len)) {
		if (!is_library_data(line, len, &start, &end))
			continue;
		for (; start < end; start += HEAP_PAGE_BYTES) {
			ret = look_at(pid, start, page);
			if (ret != -ENODATA)
				return ret;
		}
	}
	return -ENODATA;
}

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

static int select_listed(void *arg, const char *selector, struct tier_nodeset *nodes,
			 struct tier_diag *diag)
{
	(void)arg;
	if (strncmp(selector, "node:", 5) != 0)
		return -EINVAL;
	return tier_nodeset_parse(selector + 5, nodes, diag);
}

static void tell_tiers(const struct heap_page *page, const struct heap_spec *spec,
		       const uint64_t *node_bytes, struct tier_heap *heap)
{
	heap->n_tiers = spec->n_tiers;
	for (uint32_t i = 0; i < spec->n_tiers; i++) {
		const struct heap_page_tier *from = &page->tiers[i];
		struct tier_heap_tier *to = &heap->tiers[i];

		*to = (struct tier_heap_tier){ .nodes = spec->tiers[i].nodes,
					       .used_bytes = from->used_bytes,
					       .limit_bytes = from->limit_bytes,
					       .spilled_count = from->spilled_count,
					       .weight = from->weight };
		for_each_node(node, &to->nodes)
			to->resident_bytes += node_bytes[node];
	}
}

static const enum tier_heap_state states[] = {
	[HEAP_STATE_UNKNOWN] = TIER_HEAP_UNKNOWN,
	[HEAP_STATE_PLAIN] = TIER_HEAP_PLAIN,
	[HEAP_STATE_PLACED] = TIER_HEAP_PLACED,
	[HEAP_STATE_PARTED] = TIER_HEAP_PARTED,
};

static int tell(const struct heap_page *page, const uint64_t *node_bytes,
		struct tier_heap *heap)
{
	static const struct heap_resolver resolver = { select_listed, NULL };
	struct heap_spec spec;
	uint32_t state = page->state;

	*heap = (struct tier_heap){ .rest_bytes = page->rest_bytes,
				    .refused_count = page->refused_count,
				    .boundary_bytes = page->boundary_bytes };
	heap->state = state < ARRAY_SIZE(states) ? states[state] : TIER_HEAP_UNKNOWN;
	memcpy(heap->text, page->text, sizeof(heap->text) - 1);
	if (heap->state != TIER_HEAP_PLACED && heap->state != TIER_HEAP_PARTED)
		return 0;
	if (heap_spec_parse(heap->text, &spec, NULL) ||
	    heap_spec_resolve(&spec, &resolver, NULL))
		return -EPROTO;
	tell_tiers(page, &spec, node_bytes, heap);
	return 0;
}

int tier_heap_read(struct tier_ctx *ctx, int pid, struct tier_heap *heap, size_t size)
{
	uint64_t node_bytes[TIER_MAX_NODES] = { 0 };
	struct heap_page page;
	struct tier_heap ours;
	int ret;

	if (!ctx->root->is_live)
		return -EOPNOTSUPP;
	ret = find_page(ctx->root, pid, &page);
	if (!ret && page.n_ranges)
		ret = read_residence(ctx->root, pid, &page, node_bytes);
	if (!ret)
		ret = tell(&page, node_bytes, &ours);
	if (!ret)
		fill_struct(heap, size, &ours, sizeof(ours));
	return ret;
}
