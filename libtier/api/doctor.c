// SPDX-License-Identifier: LGPL-2.1-or-later
// The call that looks for what is wrong with a machine. Thin.
#include <errno.h>

#include "ctx.h"
#include "exam.h"
#include "fill.h"

/* What is read of the outside, and freed. */
struct reading {
	struct switches switches;
	struct symptoms symptoms;
};

static void free_reading(struct reading *reading)
{
	switches_free(&reading->switches);
	symptoms_free(&reading->symptoms);
}

static int read_all(struct root *root, const struct tier_topology *t,
		    struct reading *reading)
{
	struct tier_nodeset nodes;
	int ret;

	tier_topology_nodes(t, &nodes);
	ret = switches_read(root, &nodes, &reading->switches);
	if (ret)
		return ret;
	return symptoms_read(root, root->is_live ? &sys_linux : NULL, &reading->symptoms);
}

/* What goes to the caller, of his size. */
struct hand {
	tier_finding_fn *each;
	void *data;
	size_t size;
};

static int hand_over(struct exam *exam, const struct hand *hand)
{
	struct tier_finding *theirs = arena_alloc(&exam->arena, hand->size);
	int problems = 0;

	if (!theirs)
		return -ENOMEM;
	for (size_t i = 0; i < exam->count; i++) {
		const struct tier_finding *finding = &exam->findings[i];

		problems += finding->health == TIER_HEALTH_PROBLEM;
		fill_struct(theirs, hand->size, finding, sizeof(*finding));
		hand->each(theirs, hand->data);
	}
	return problems;
}

int tier_diagnose(struct tier_ctx *ctx, const struct tier_topology *t,
		  tier_finding_fn *each, void *data, size_t size)
{
	struct reading reading = { 0 };
	const struct exam_input input = {
		.t = t,
		.symptoms = &reading.symptoms,
		.switches = &reading.switches,
	};
	const struct hand hand = { each, data, size };
	struct exam exam = { 0 };
	int ret = read_all(ctx->root, t, &reading);

	if (!ret)
		ret = exam_run(&exam, &input);
	if (!ret)
		ret = hand_over(&exam, &hand);
	exam_free(&exam);
	free_reading(&reading);
	return ret;
}
