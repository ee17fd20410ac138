// SPDX-License-Identifier: LGPL-2.1-or-later
// What is lost of the devices that make up a node: by device as the kmem driver tells,
// and added up by node. Adds up only what every device tells.
#include "losses.h"

#include <errno.h>
#include <string.h>

#include "strbuf.h"

/* What a device tells of each loss, and in which file; -1: it has no such count, or no
 * such list. */
static const struct {
	int number; /* enum kmem_number */
	int list;   /* enum kmem_list */
	const char *file;
} tellers[TIER_LOSSES] = {
	[TIER_LOSS_ALIGNMENT] = { KMEM_LOST_ALIGN, -1, "kmem/lost_align_bytes" },
	[TIER_LOSS_BAD_BLOCKS] = { KMEM_LOST_BADBLOCK, KMEM_SKIPPED,
				   "kmem/lost_badblock_bytes" },
	[TIER_LOSS_FAILED] = { -1, KMEM_FAILED, "kmem/failed_ranges" },
	[TIER_LOSS_POISON] = { KMEM_POISONED, KMEM_POISON, "kmem/poisoned_pages" },
};

struct figure loss_of_device(const struct dax_fact *dax, enum tier_loss loss)
{
	const struct kmem_fact *kmem = &dax->kmem;
	struct figure figure;

	if (tellers[loss].number < 0) {
		const struct ranges_fact *list = &kmem->list[tellers[loss].list];

		return (struct figure){ list->known, list->bytes };
	}
	figure = kmem->number[tellers[loss].number];
	if (loss == TIER_LOSS_POISON &&
	    __builtin_mul_overflow(figure.value, KMEM_PAGE_BYTES, &figure.value))
		return (struct figure){ 0 };
	return figure;
}

const char *size_text(uint64_t bytes, char buf[SIZE_TEXT])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", NULL };
	size_t unit = 0;

	for (; bytes && !(bytes & 1023) && units[unit + 1]; unit++)
		bytes >>= 10;
	snprintf(buf, SIZE_TEXT, "%llu %s", (unsigned long long)bytes, units[unit]);
	return buf;
}

const char *places_text(const char *list, char buf[PLACES_TEXT])
{
	const char *at = list;
	size_t len;

	for (int i = 0; i < PLACES && *at; i++) {
		at += strspn(at, " ");
		at += strcspn(at, " ");
	}
	len = (size_t)(at - list);
	snprintf(buf, PLACES_TEXT, "%.*s%s", (int)len, list, *at ? " ..." : "");
	return buf;
}

/* "dax0.0 128 MiB (0x120000000-0x127ffffff)" */
static int add_part(struct strbuf *text, const struct dax_fact *dax, enum tier_loss loss)
{
	struct figure lost = loss_of_device(dax, loss);
	char size[SIZE_TEXT], places[PLACES_TEXT];
	const struct ranges_fact *list;
	int ret;

	if (!lost.known)
		return strbuf_printf(text, "%s %s", dax->name,
				     dax->kmem.exists ? "could not be read" :
							"does not say");
	if (loss == TIER_LOSS_POISON)
		ret = strbuf_printf(text, "%s %llu", dax->name,
				    (unsigned long long)lost.value / KMEM_PAGE_BYTES);
	else
		ret = strbuf_printf(text, "%s %s", dax->name,
				    size_text(lost.value, size));
	if (ret || tellers[loss].list < 0)
		return ret;
	list = &dax->kmem.list[tellers[loss].list];
	if (!list->known || !*list->list)
		return 0;
	return strbuf_printf(text, " (%s)", places_text(list->list, places));
}

/* ---- by node ------------------------------------------------------------------ */

static bool is_of(const struct tier_dax_info *dax, const struct tier_node_info *node)
{
	return dax->mode == TIER_DAX_SYSTEM_RAM &&
	       dax->target_node == (int32_t)node->node;
}

/* Whether any device of the node tells anything. */
static bool is_told(const struct tier_topology *t, const struct tier_node_info *node)
{
	for (size_t i = 0; *node->dax && i < t->n_dax; i++)
		if (is_of(&t->dax[i], node) && t->facts.dax[i].kmem.exists)
			return true;
	return false;
}

/* All devices of a node; the sum stays unknown if one of them does not tell. Those that
 * lose nothing are not named. */
static int add_up(const struct tier_topology *t, struct tier_node_info *node,
		  enum tier_loss loss, struct strbuf *text)
{
	struct figure sum = { .known = true };
	const char *gap = ": ";

	if (strbuf_puts(text, tellers[loss].file))
		return -ENOMEM;
	for (size_t i = 0; i < t->n_dax; i++) {
		struct figure lost = loss_of_device(&t->facts.dax[i], loss);

		if (!is_of(&t->dax[i], node))
			continue;
		sum.known &= lost.known &&
			     !__builtin_add_overflow(sum.value, lost.value, &sum.value);
		if (lost.known && !lost.value)
			continue;
		if (strbuf_puts(text, gap) || add_part(text, &t->facts.dax[i], loss))
			return -ENOMEM;
		gap = "; ";
	}
	if (sum.known) {
		node->losses.known |= 1U << loss;
		node->losses.bytes[loss] = sum.value;
	}
	return 0;
}

/* The kernel's own count is of the whole node, and never goes down. */
static int add_failures(const struct tier_topology *t, const struct tier_node_info *node,
			struct strbuf *text)
{
	uint64_t failures = failures_of_node(t, node->node);

	if (!failures)
		return 0;
	return strbuf_printf(text, "%smemory_failure/total has %llu since boot",
			     text->len ? "; " : "", (unsigned long long)failures);
}

static int find_losses(struct tier_topology *t, struct tier_node_info *node)
{
	bool told = is_told(t, node);

	for (int loss = 0; loss < TIER_LOSSES; loss++) {
		SCOPED_STRBUF struct strbuf text = { 0 };
		struct tier_evidence *why = &node->losses.why[loss];
		int ret = told ? add_up(t, node, loss, &text) : 0;

		if (!ret && loss == TIER_LOSS_POISON)
			ret = add_failures(t, node, &text);
		if (ret)
			return ret;
		if (!text.len)
			continue;
		why->source = TIER_SOURCE_KERNEL;
		why->text = arena_strdup(&t->arena, text.text);
		if (!why->text)
			return -ENOMEM;
	}
	return 0;
}

uint64_t failures_of_node(const struct tier_topology *t, unsigned int node)
{
	const struct node_fact *fact = facts_node(&t->facts, node);

	return fact ? fact->failures.value : 0;
}

int conclude_losses(struct tier_topology *t)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < t->n_nodes; i++)
		ret = find_losses(t, &t->nodes[i]);
	return ret;
}

/* ---- by device ---------------------------------------------------------------- */

static uint32_t flag_of(bool known, uint32_t flag)
{
	return known ? flag : 0;
}

static const char *list_of(const struct ranges_fact *list)
{
	return list->list ? list->list : "";
}

void describe_counts(const struct dax_fact *fact, struct tier_dax_info *dax)
{
	const struct figure *number = fact->kmem.number;
	const struct ranges_fact *list = fact->kmem.list;

	dax->state = fact->state ? fact->state : "";
	dax->added_bytes = number[KMEM_ADDED].value;
	dax->lost_align_bytes = number[KMEM_LOST_ALIGN].value;
	dax->lost_badblock_bytes = number[KMEM_LOST_BADBLOCK].value;
	dax->poisoned_pages = number[KMEM_POISONED].value;
	dax->skipped_blocks = list_of(&list[KMEM_SKIPPED]);
	dax->failed_ranges = list_of(&list[KMEM_FAILED]);
	dax->poisoned_ranges = list_of(&list[KMEM_POISON]);
	dax->flags |=
		flag_of(fact->kmem.exists, TIER_DAX_HAS_COUNTS) |
		flag_of(number[KMEM_ADDED].known, TIER_DAX_KNOWS_ADDED) |
		flag_of(number[KMEM_LOST_ALIGN].known, TIER_DAX_KNOWS_LOST_ALIGN) |
		flag_of(number[KMEM_LOST_BADBLOCK].known, TIER_DAX_KNOWS_LOST_BADBLOCK) |
		flag_of(number[KMEM_POISONED].known, TIER_DAX_KNOWS_POISONED_PAGES) |
		flag_of(list[KMEM_SKIPPED].known, TIER_DAX_KNOWS_SKIPPED_BLOCKS) |
		flag_of(list[KMEM_FAILED].known, TIER_DAX_KNOWS_FAILED_RANGES) |
		flag_of(list[KMEM_POISON].known, TIER_DAX_KNOWS_POISONED_RANGES);
}
