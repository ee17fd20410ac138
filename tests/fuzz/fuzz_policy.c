// SPDX-License-Identifier: GPL-2.0-or-later
// Policies and selectors: refused with a place, or resolved on a machine to a plan
// whose line can be read back.
#include "fuzz.h"
#include "machine.h"

static void select_nodes(const struct tier_topology *t, const char *text)
{
	struct tier_diag diag = { 0 };
	struct tier_nodeset set = { 0 }, all;
	int ret = tier_select(t, text, &set, &diag);

	tier_topology_nodes(t, &all);
	if (ret) {
		MUST(ret == -EINVAL || ret == -ENXIO || ret == -ENODATA);
		fuzz_diag(&diag, text);
		return;
	}
	MUST(!nodeset_is_empty(&set));
	set = nodeset_minus(&set, &all);
	MUST(nodeset_is_empty(&set));
}

static void encode_again(const struct tier_plan *plan)
{
	char line[16384], again[16384];
	struct tier_plan *copy;

	MUST(tier_plan_encode(plan, line, sizeof(line)) < (int)sizeof(line));
	MUST(!tier_plan_decode(line, &copy, NULL));
	tier_plan_encode(copy, again, sizeof(again));
	MUST(!strcmp(line, again));
	tier_plan_free(copy);
}

static void resolve(const struct tier_topology *t, const char *text)
{
	struct tier_diag diag = { 0 };
	struct tier_policy *policy;
	struct tier_plan *plan;
	int ret = tier_policy_parse(text, &policy, &diag);

	if (ret) {
		MUST(ret == -EINVAL);
		fuzz_diag(&diag, text);
		return;
	}
	ret = tier_policy_resolve(policy, t, "near", &plan, &diag);
	if (ret) {
		MUST(ret == -ENXIO || ret == -ENODATA || ret == -EINVAL);
		MUST(diag.message[0]);
	} else {
		encode_again(plan);
		tier_plan_free(plan);
	}
	tier_policy_free(policy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct tier_topology *t = machine_topology();
	char *text = fuzz_text(data, size);

	select_nodes(t, text);
	resolve(t, text);
	free(text);
	return 0;
}
