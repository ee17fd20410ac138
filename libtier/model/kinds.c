// SPDX-License-Identifier: LGPL-2.1-or-later
// What each node's memory is: by identity first, by figures only where identity
// leaves it open. Never by size, distance, or the mere absence of CPUs.
#include <errno.h>
#include <string.h>

#include "losses.h"

/* How much more bandwidth than DRAM makes undescribed memory HBM. HBM stacks
 * have 2 to 5 times, interleaved CXL stays below DRAM. */
#define HBM_FACTOR 1.5

/* Parts of a dax device's path that tell; the first that is found wins, so that
 * pmem behind CXL (which holds both) counts as pmem. hmem decides nothing. */
static const struct {
	const char *part;
	enum tier_kind kind;
	const char *words;
} dax_paths[] = {
	{ "/ndbus", TIER_KIND_PMEM, "below an nvdimm bus" },
	{ "/nvdimm-bridge", TIER_KIND_PMEM, "below an nvdimm bridge" },
	{ "/ACPI0017", TIER_KIND_CXL, "below the CXL root" },
};

static size_t find_dax_path(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(dax_paths); i++)
		if (path && strstr(path, dax_paths[i].part))
			break;
	return i;
}

static enum tier_dax_mode mode_of(const char *driver)
{
	if (!strcmp(driver, "kmem"))
		return TIER_DAX_SYSTEM_RAM;
	if (!strcmp(driver, "device_dax"))
		return TIER_DAX_DEVDAX;
	return *driver ? TIER_DAX_UNKNOWN : TIER_DAX_DISABLED;
}

static uint32_t dax_flags(const struct tier_topology *t, const struct figure *size)
{
	const struct figure *block = &t->facts.block_bytes;
	bool is_small = block->known && size->value < block->value;

	if (!size->known)
		return 0;
	return TIER_DAX_KNOWS_SIZE | (is_small ? TIER_DAX_TOO_SMALL : 0);
}

int conclude_dax(struct tier_topology *t)
{
	t->dax = arena_array(&t->arena, t->facts.n_dax, sizeof(*t->dax));
	if (!t->dax)
		return -ENOMEM;
	t->n_dax = t->facts.n_dax;
	for (size_t i = 0; i < t->n_dax; i++) {
		const struct dax_fact *fact = &t->facts.dax[i];
		size_t shape = find_dax_path(fact->path);

		t->dax[i] = (struct tier_dax_info){
			.name = fact->name,
			.path = fact->path ? fact->path : "",
			.mode = mode_of(fact->driver),
			.kind = shape < ARRAY_SIZE(dax_paths) ? dax_paths[shape].kind :
								TIER_KIND_UNKNOWN,
			.size_bytes = fact->size_bytes.value,
			.target_node = fact->target_known && fact->target_node >= 0 &&
						       fact->target_node <
							       TIER_MAX_NODES ?
					       fact->target_node :
					       -1,
			.flags = dax_flags(t, &fact->size_bytes),
		};
		describe_counts(fact, &t->dax[i]);
	}
	return 0;
}

/* ---- the rules, in order of evidence ------------------------------------ */

static int by_user(struct tier_topology *t, struct tier_node_info *node)
{
	const struct node_word *word = node_words_kind(&t->words, node->node);
	int ret = 0;

	if (!word)
		return 0;
	node->kind = word->kind;
	node->kind_why.text = topology_text(t, &ret, "said by %s", word->origin);
	return ret;
}

static int by_nvidia(struct tier_topology *t, struct tier_node_info *node)
{
	if (!tier_nodeset_has(&t->facts.gpu, node->node))
		return 0;
	node->kind = TIER_KIND_GPU;
	node->kind_why.text = "nvidia's numa_status names this node";
	return 0;
}

/* An online node is described by devices that kmem has; one that is not online
 * yet by those that could become it. A node with CPUs was there before any of
 * them: a device that adds to it does not tell what it is. */
static bool describes(const struct tier_dax_info *dax, const struct tier_node_info *node)
{
	if (dax->target_node != (int32_t)node->node || node->flags & TIER_NODE_HAS_CPUS)
		return false;
	return dax->mode == TIER_DAX_SYSTEM_RAM || !(node->flags & TIER_NODE_ONLINE);
}

static int by_dax_path(struct tier_topology *t, struct tier_node_info *node)
{
	int ret = 0;

	for (size_t i = 0; i < t->n_dax && !node->kind; i++) {
		const struct tier_dax_info *dax = &t->dax[i];

		if (!dax->kind || !describes(dax, node))
			continue;
		node->kind = dax->kind;
		node->kind_why.text =
			topology_text(t, &ret, "%s hangs %s", dax->name,
				      dax_paths[find_dax_path(dax->path)].words);
	}
	return ret;
}

/* hwloc's words. It has "DRAM" and "HBM" by guessing: they may be compared with what
 * was found, not relied on. Its "SPM" says that it does not know. */
static const struct hwloc_word {
	const char *subtype;
	enum tier_kind kind;
	bool by_identity;
	bool by_device; /* of the device that the memory came from */
} hwloc_words[] = {
	{ "DRAM", TIER_KIND_DRAM, false, false },
	{ "HBM", TIER_KIND_HBM, false, false },
	{ "MCDRAM", TIER_KIND_HBM, true, false },
	{ "GPUMemory", TIER_KIND_GPU, true, false },
	{ "NVM", TIER_KIND_PMEM, true, true },
	{ "CXL-NVM", TIER_KIND_PMEM, true, true },
	{ "CXL-DRAM", TIER_KIND_CXL, true, true },
};

static const struct hwloc_word *find_hwloc_word(const char *subtype)
{
	for (size_t i = 0; subtype && i < ARRAY_SIZE(hwloc_words); i++)
		if (!strcmp(hwloc_words[i].subtype, subtype))
			return &hwloc_words[i];
	return NULL;
}

enum tier_kind kind_by_hwloc(const char *subtype)
{
	const struct hwloc_word *word = find_hwloc_word(subtype);

	return word ? word->kind : TIER_KIND_UNKNOWN;
}

static int by_hwloc(struct tier_topology *t, struct tier_node_info *node)
{
	const struct node_fact *fact = facts_node(&t->witness, node->node);
	const struct hwloc_word *word = fact ? find_hwloc_word(fact->subtype) : NULL;
	int ret = 0;

	if (!word || !word->by_identity)
		return 0;
	/* As with describes(): a device that adds to a node is not all of it. */
	if (word->by_device && node->flags & TIER_NODE_HAS_CPUS)
		return 0;
	node->kind = word->kind;
	node->kind_why.text =
		topology_text(t, &ret, "hwloc's subtype is %s", fact->subtype);
	return ret;
}

static bool is_special_purpose(const struct tier_topology *t,
			       const struct tier_node_info *node)
{
	for (size_t i = 0; i < t->n_dax; i++)
		if (describes(&t->dax[i], node))
			return true;
	return false;
}

static int by_firmware(struct tier_topology *t, struct tier_node_info *node)
{
	if (!(node->flags & TIER_NODE_HAS_CPUS) ||
	    !(node->flags & TIER_NODE_HAS_MEMORY) || is_special_purpose(t, node))
		return 0;
	node->kind = TIER_KIND_DRAM;
	node->kind_why.text =
		"ordinary firmware memory beside CPUs; nothing says otherwise";
	return 0;
}

static const struct {
	enum tier_source source;
	int (*decide)(struct tier_topology *t, struct tier_node_info *node);
} rules[] = {
	{ TIER_SOURCE_USER, by_user },	       { TIER_SOURCE_NVIDIA, by_nvidia },
	{ TIER_SOURCE_DAX_PATH, by_dax_path }, { TIER_SOURCE_HWLOC, by_hwloc },
	{ TIER_SOURCE_FIRMWARE, by_firmware },
};

static int apply_rules(struct tier_topology *t, struct tier_node_info *node)
{
	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		int ret = rules[i].decide(t, node);

		if (ret)
			return ret;
		if (node->kind) {
			node->kind_why.source = rules[i].source;
			return 0;
		}
	}
	return 0;
}

/* ---- what identity left open --------------------------------------------- */

/* The best of DRAM, by enum tier_figure; 0: not known. */
struct dram {
	uint64_t bandwidth[TIER_WRITE_BANDWIDTH + 1];
};

static struct dram best_dram(const struct tier_topology *t)
{
	struct dram dram = { { 0 } };

	for (size_t i = 0; i < t->n_nodes; i++) {
		const struct tier_perf *perf = &t->nodes[i].perf;

		if (t->nodes[i].kind != TIER_KIND_DRAM)
			continue;
		for (int k = TIER_READ_BANDWIDTH; k <= TIER_WRITE_BANDWIDTH; k++)
			if (perf->known >> k & 1 && perf->value[k] > dram.bandwidth[k])
				dram.bandwidth[k] = perf->value[k];
	}
	return dram;
}

/* Reading with reading, or else writing with writing; 0: not known. */
static double ratio_to_dram(const struct tier_node_info *node, const struct dram *dram)
{
	for (int i = TIER_READ_BANDWIDTH; i <= TIER_WRITE_BANDWIDTH; i++)
		if (node->perf.known >> i & 1 && dram->bandwidth[i])
			return (double)node->perf.value[i] / (double)dram->bandwidth[i];
	return 0;
}

static const char *why_open(const struct tier_topology *t,
			    const struct tier_node_info *node)
{
	if (!(node->flags & TIER_NODE_HAS_MEMORY))
		return "no memory there";
	if (is_special_purpose(t, node))
		return "specific-purpose memory (hmem): HBM or CXL, and no figures decide";
	if (node->flags & TIER_NODE_MOVABLE_ONLY)
		return "movable only, so hot-plugged: pmem or CXL, no device says which";
	return "memory without CPUs and without a device that describes it";
}

static int decide_by_figures(struct tier_topology *t, struct tier_node_info *node,
			     const struct dram *dram)
{
	double ratio = ratio_to_dram(node, dram);
	int ret = 0;

	if (node->flags & TIER_NODE_MOVABLE_ONLY && !is_special_purpose(t, node))
		node->kind_why.source = TIER_SOURCE_MOVABLE;
	node->kind_why.text = why_open(t, node);
	if (ratio <= 0 || !(node->flags & TIER_NODE_HAS_MEMORY))
		return 0;
	if (ratio > HBM_FACTOR) {
		node->kind = TIER_KIND_HBM;
		node->kind_why.source = TIER_SOURCE_PERFORMANCE;
		node->kind_why.text =
			topology_text(t, &ret, "%.1f times the bandwidth of DRAM", ratio);
		return ret;
	}
	node->kind_why.text = topology_text(t, &ret, "%s; %.2f times DRAM's bandwidth",
					    why_open(t, node), ratio);
	return ret;
}

int conclude_kinds(struct tier_topology *t)
{
	struct dram dram;
	int ret = 0;

	for (size_t i = 0; !ret && i < t->n_nodes; i++)
		ret = apply_rules(t, &t->nodes[i]);
	dram = best_dram(t);
	for (size_t i = 0; !ret && i < t->n_nodes; i++)
		if (!t->nodes[i].kind)
			ret = decide_by_figures(t, &t->nodes[i], &dram);
	return ret;
}
