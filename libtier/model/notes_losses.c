// SPDX-License-Identifier: LGPL-2.1-or-later
// Notes on memory that devices have and nodes do not give: why, and the way out. What
// the ways out are good for stands in docs/discovery.md.
#include "losses.h"
#include "notes.h"

#define BACK_TO_DEVDAX \
	"`daxctl reconfigure-device -f -m devdax %s`, then `ndctl clear-errors`"

/* One note on a device: what of it is lost, and from which node. */
typedef const char *loss_text(struct tier_topology *t, int *ret,
			      const struct dax_fact *dax, uint64_t bytes);

static int note_devices(struct tier_topology *t, const char *id, enum tier_loss loss,
			loss_text *words)
{
	for (size_t i = 0; i < t->n_dax; i++) {
		struct figure lost = loss_of_device(&t->facts.dax[i], loss);
		struct tier_nodeset nodes = { 0 };
		int ret = 0;

		if (!lost.value || t->dax[i].target_node < 0)
			continue;
		(void)tier_nodeset_add(&nodes, (unsigned int)t->dax[i].target_node);
		ret = note_add(t, id, &nodes,
			       words(t, &ret, &t->facts.dax[i], lost.value));
		if (ret)
			return ret;
	}
	return 0;
}

static const char *alignment_words(struct tier_topology *t, int *ret,
				   const struct dax_fact *dax, uint64_t bytes)
{
	const struct figure *block = &t->facts.block_bytes;
	char size[SIZE_TEXT], unit[SIZE_TEXT];

	return topology_text(t, ret,
			     "node %d: %s of %s lost to alignment: in no whole memory "
			     "block%s%s",
			     dax->target_node, size_text(bytes, size), dax->name,
			     block->known ? " of " : "",
			     block->known ? size_text(block->value, unit) : "");
}

static int lost_to_alignment(struct tier_topology *t, const char *id)
{
	return note_devices(t, id, TIER_LOSS_ALIGNMENT, alignment_words);
}

static const char *skipped_words(struct tier_topology *t, int *ret,
				 const struct dax_fact *dax, uint64_t bytes)
{
	char size[SIZE_TEXT];

	return topology_text(
		t, ret,
		"node %d: %s of %s skipped: bad blocks. `all` written to its "
		"kmem/clear_skipped clears them, or " BACK_TO_DEVDAX,
		dax->target_node, size_text(bytes, size), dax->name, dax->name);
}

static int skipped(struct tier_topology *t, const char *id)
{
	return note_devices(t, id, TIER_LOSS_BAD_BLOCKS, skipped_words);
}

static const char *failed_words(struct tier_topology *t, int *ret,
				const struct dax_fact *dax, uint64_t bytes)
{
	char size[SIZE_TEXT];

	return topology_text(
		t, ret,
		"node %d: %s of %s missing: the kernel would not add it, and "
		"its log says why",
		dax->target_node, size_text(bytes, size), dax->name);
}

static int failed(struct tier_topology *t, const char *id)
{
	return note_devices(t, id, TIER_LOSS_FAILED, failed_words);
}

static const char *poison_words(struct tier_topology *t, int *ret,
				const struct dax_fact *dax, uint64_t bytes)
{
	unsigned long long pages = bytes / KMEM_PAGE_BYTES;

	return topology_text(
		t, ret,
		"node %d: %llu page%s of %s poisoned: reading what was there ends in "
		"SIGBUS. Cleared while they are no memory: " BACK_TO_DEVDAX,
		dax->target_node, pages, pages == 1 ? "" : "s", dax->name, dax->name);
}

static int poisoned(struct tier_topology *t, const char *id)
{
	return note_devices(t, id, TIER_LOSS_POISON, poison_words);
}

/* ---- what no device tells ------------------------------------------------------- */

/* Failures that the kernel counted, and no device has as poison. */
static bool has_failures(const struct tier_topology *t, const struct tier_node_info *node)
{
	uint64_t told = node->losses.bytes[TIER_LOSS_POISON] / KMEM_PAGE_BYTES;

	return failures_of_node(t, node->node) > told;
}

static int memory_failures(struct tier_topology *t, const char *id)
{
	struct tier_nodeset nodes = pick_nodes(t, has_failures);

	return note_nodes(t, id, &nodes, "the kernel met memory failures on node",
			  "since boot: its log says where");
}

static int left_behind(struct tier_topology *t, const char *id)
{
	const struct ranges_fact *left = &t->facts.left_behind;
	const struct tier_nodeset none = { 0 };
	char places[PLACES_TEXT], size[SIZE_TEXT];
	int ret = 0;

	if (!left->bytes)
		return 0;
	return note_add(
		t, id, &none,
		topology_text(t, &ret,
			      "%s is memory without a device, which was unbound "
			      "while it was online (%s): kmem takes it back when the "
			      "device is bound again",
			      size_text(left->bytes, size),
			      places_text(left->list, places)));
}

static const struct note_rule rules[] = {
	{ "lost-to-alignment", lost_to_alignment },
	{ "skipped-bad-blocks", skipped },
	{ "not-added", failed },
	{ "poisoned", poisoned },
	{ "memory-failures", memory_failures },
	{ "left-behind", left_behind },
};

int note_losses(struct tier_topology *t)
{
	return note_all(t, rules, ARRAY_SIZE(rules));
}
