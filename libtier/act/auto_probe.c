// SPDX-License-Identifier: LGPL-2.1-or-later
// What DAMON in this kernel can do can only be seen by writing to it: an empty kdamond is
// made, told a few things, and removed. It never runs. Knows no plan.
#include <errno.h>
#include <string.h>

#include "auto_act.h"
#include "damon.h"
#include "damon_file.h"

#define FIRST DAMON_KDAMONDS "/0/contexts"
#define GOALS FIRST "/0/schemes/0/quotas/goals"

enum need {
	MUST = 0, /* refused: DAMON here cannot move pages between nodes */
	GOAL,	  /* refused: it has no goals by a node's use, nor what is asked next */
};

static const struct question {
	const char *file;
	const char *value;
	enum need need;
} questions[] = {
	{ DAMON_COUNT, "1", MUST },
	{ FIRST "/nr_contexts", "1", MUST },
	{ FIRST "/0/operations", "paddr", MUST },
	{ FIRST "/0/schemes/nr_schemes", "1", MUST },
	{ FIRST "/0/schemes/0/action", "migrate_hot", MUST },
	{ FIRST "/0/schemes/0/action", "migrate_cold", MUST },
	{ FIRST "/0/schemes/0/target_nid", "0", MUST },
	{ FIRST "/0/schemes/0/filters/nr_filters", "1", MUST },
	{ FIRST "/0/schemes/0/filters/0/type", "young", MUST },
	{ GOALS "/nr_goals", "1", GOAL },
	{ GOALS "/0/target_metric", "node_mem_used_bp", GOAL },
	{ GOALS "/0/nid", "0", GOAL },
};

int auto_probe_lines(struct auto_state *state)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(questions); i++)
		ret = auto_state_add(state, &(struct auto_line){
						    .node = -1,
						    .file = questions[i].file,
						    .wants = questions[i].value,
					    });
	return ret;
}

static int ask(struct root *root, struct auto_offer *offer, struct tier_report *report)
{
	*offer = (struct auto_offer){ .has_goals = true };
	for (size_t i = 0; i < ARRAY_SIZE(questions); i++) {
		const struct question *question = &questions[i];
		int ret;

		if (question->need == GOAL && !offer->has_goals)
			continue;
		ret = damon_file_write(root, question->file, question->value);
		if (!ret)
			continue;
		if (ret != -EINVAL && ret != -ENOENT)
			return auto_fail_write(report, ret, question->file,
					       question->value);
		if (question->need == MUST)
			return auto_fail(
				report, -EOPNOTSUPP,
				"DAMON of this kernel cannot move pages between "
				"nodes (Linux 6.11): it does not take '%s' in %s; "
				"'tierctl auto start --by kernel' has the kernel's "
				"own tiering do it",
				question->value, question->file);
		offer->has_goals = false;
	}
	return 0;
}

int auto_probe(struct root *root, const struct auto_state *state,
	       struct auto_offer *offer, struct tier_report *report)
{
	int ret = auto_state_keep(root, state, false), undone;

	if (ret)
		return auto_fail(report, ret, "%s: %s", AUTO_STATE_PATH,
				 tier_strerror(ret));
	ret = ask(root, offer, report);
	undone = damon_file_write(root, DAMON_COUNT, "0");
	if (undone && !ret)
		ret = auto_fail_write(report, undone, DAMON_COUNT, "0");
	return ret;
}
