// SPDX-License-Identifier: GPL-2.0-only
/* Asks all who know of bad blocks, and has plan.h draw the conclusion. */
#include <linux/memory.h>

#include "kernel_ranges.h"
#include "ledger.h"
#include "media.h"
#include "params.h"
#include "survey.h"

/* What the media's list says; and what it no longer says, the ledger forgets. */
static int collect_listed(struct device *dax, const struct range_set *ranges,
			  struct range_set *bad)
{
	struct range_set listed;
	unsigned int i;
	int rc;

	rc = range_set_alloc(&listed, media_room(ranges));
	if (rc)
		return rc;
	rc = media_collect(dax, ranges, &listed);
	if (rc > 0)
		rc = ledger_compare(ranges, &listed);
	for (i = 0; i < listed.count && rc >= 0; i++)
		rc = range_set_add(bad, &listed.ranges[i]);
	range_set_free(&listed);
	return min(rc, 0);
}

int survey_bad(struct device *dax, const struct range_set *ranges, struct range_set *bad)
{
	unsigned int room = params_bad_room() + ledger_room() + media_room(ranges);
	int rc;

	/* A bad range that reaches over a gap between ranges comes in parts. */
	rc = range_set_alloc(bad, room + 3 * ranges->count);
	if (rc)
		return rc;
	ledger_refresh(ranges);
	rc = params_collect_bad(ranges, bad);
	if (!rc)
		rc = collect_listed(dax, ranges, bad);
	if (!rc)
		rc = ledger_collect(ranges, bad);
	if (rc)
		range_set_free(bad);
	return rc;
}

void survey_free(struct plan *plan)
{
	range_set_free(&plan->runs);
	range_set_free(&plan->skipped);
}

static int make_plan(const struct range_set *ranges, const struct range_set *bad,
		     struct plan *plan)
{
	unsigned int room = plan_room(ranges, bad);
	int rc;

	rc = range_set_alloc(&plan->runs, room);
	if (!rc)
		rc = range_set_alloc(&plan->skipped, room);
	if (!rc)
		rc = plan_make(plan, ranges, bad, memory_block_size_bytes());
	if (rc)
		survey_free(plan);
	return rc;
}

int survey_plan(struct device *dax, const struct range_set *ranges, struct plan *plan)
{
	struct range_set bad;
	int rc;

	*plan = (struct plan){};
	rc = survey_bad(dax, ranges, &bad);
	if (rc)
		return rc;
	rc = make_plan(ranges, &bad, plan);
	range_set_free(&bad);
	return rc;
}
