// SPDX-License-Identifier: GPL-2.0-or-later
// Machines: whatever files a capture holds, reading them gives a topology whose
// invariants hold, or says why not.
#include "fuzz.h"
#include "platform.h"
#include "topology.h"

/* What is known has somebody who says so. */
static void ask_losses(const struct tier_losses *losses)
{
	for (int loss = 0; loss < TIER_LOSSES; loss++) {
		bool known = losses->known >> loss & 1;

		MUST(losses->why[loss].text && (known || !losses->bytes[loss]));
		MUST(!known || *losses->why[loss].text);
	}
}

/* Everything that can be asked of a topology. */
static void ask(const struct tier_topology *t)
{
	struct tier_nodeset nodes;
	struct tier_node_info node;
	struct tier_info tier;
	struct tier_dax_info dax;
	struct tier_note note;

	tier_topology_nodes(t, &nodes);
	for_each_node(id, &nodes) {
		MUST(!tier_node_get(t, (unsigned int)id, &node, sizeof(node)));
		MUST(node.node == (unsigned int)id && node.cpus && node.dax);
		MUST(node.kind_why.text && node.rank_why.text && node.usability_why.text);
		ask_losses(&node.losses);
		(void)!tier_node_distance(t, (unsigned int)id, 0);
	}
	for (int i = 0; i < tier_count(t); i++)
		MUST(!tier_get(t, (unsigned int)i, &tier, sizeof(tier)));
	for (unsigned int i = 0; !tier_dax_get(t, i, &dax, sizeof(dax)); i++)
		MUST(dax.name && dax.state && dax.skipped_blocks && dax.failed_ranges &&
		     dax.poisoned_ranges);
	for (unsigned int i = 0; !tier_note_get(t, i, &note, sizeof(note)); i++)
		MUST(*note.id && *note.text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct topology_source source = { 0 };
	struct tier_topology *t = NULL;
	struct tier_diag diag = { 0 };

	if (root_capture_parse((const char *)data, size, &source.root, NULL))
		return 0;
	if (topology_read(&source, &t, &diag)) {
		MUST(diag.message[0]);
	} else {
		if (tier_topology_check(t, &diag))
			fprintf(stderr, "%s\n", diag.message);
		MUST(!tier_topology_check(t, NULL));
		ask(t);
		tier_topology_unref(t);
	}
	root_close(source.root);
	return 0;
}
