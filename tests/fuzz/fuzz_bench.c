// SPDX-License-Identifier: GPL-2.0-or-later
// The file of a benchmark, as `tierctl weights from-bench` reads it: refused with words, or
// a wish of nodes that were measured, which the machine takes or refuses with words too.
#include "fuzz.h"
#include "machine.h"
#include "strbuf.h"
#include "weights.h"
#include "wish.h"

#define WEIGHTS "/sys/kernel/mm/mempolicy/weighted_interleave/"

static const char switches_text[] = "tierkit-capture 1\n"
				    "file " WEIGHTS "node0\n\t5\n"
				    "file " WEIGHTS "node1\n\t5\n"
				    "file " WEIGHTS "node2\n\t1\n"
				    "file " WEIGHTS "node3\n\t1\n";

/* Each weight is one, and of a node that was measured. */
static void check_plan(const struct tier_plan *plan, const struct tier_nodeset *measured)
{
	struct tier_step step;

	for (unsigned int i = 0; !tier_plan_step(plan, i, &step, sizeof(step)); i++) {
		int node = tier_nodeset_next(&step.nodes, -1);

		MUST(1 <= step.weight && step.weight <= 255);
		MUST(node >= 0 && tier_nodeset_has(measured, (unsigned int)node));
	}
}

static void check_wish(const char *text, const struct tier_nodeset *measured)
{
	struct tier_diag diag = { 0 };
	struct tier_plan *plan = NULL;
	int ret = wish_resolve(machine_topology(), machine_switches(switches_text), text,
			       &plan, &diag);

	/* Only a node that is not there, or has no weight, can be wrong with it. */
	MUST(!ret || ret == -ENXIO || ret == -EOPNOTSUPP);
	MUST(!ret || diag.message[0]);
	if (!ret)
		check_plan(plan, measured);
	tier_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tier_diag diag = { 0 };
	struct tier_nodeset measured;
	struct strbuf wish = { 0 };
	char *text = malloc(size + 1);
	int ret;

	/* NULs are a matter of the parser's, so they stay. */
	MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	ret = weights_from_text(text, size, &wish, &measured, &diag);
	MUST(!ret || ret == -EINVAL);
	if (ret) {
		fuzz_diag(&diag, text);
	} else {
		MUST(tier_nodeset_count(&measured) > 0);
		check_wish(strbuf_text(&wish), &measured);
	}
	strbuf_free(&wish);
	free(text);
	return 0;
}
