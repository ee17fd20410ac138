// SPDX-License-Identifier: GPL-2.0-or-later
// The line that a plan is: refused with a place, or written again it means the same.
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct tier_diag diag = { 0 };
	struct tier_plan *plan, *copy;
	int ret = tier_plan_decode(text, &plan, &diag);

	if (ret) {
		MUST(ret == -EINVAL || ret == -ERANGE);
		fuzz_diag(&diag, text);
	} else {
		int len = tier_plan_encode(plan, NULL, 0);
		char *line = malloc((size_t)len + 1), *again = malloc((size_t)len + 1);

		MUST(line && again);
		MUST(tier_plan_encode(plan, line, (size_t)len + 1) == len);
		MUST(!tier_plan_decode(line, &copy, NULL));
		MUST(tier_plan_encode(copy, again, (size_t)len + 1) == len);
		MUST(!strcmp(line, again));
		MUST(tier_plan_step_count(plan) == tier_plan_step_count(copy));
		tier_plan_free(plan);
		tier_plan_free(copy);
		free(line);
		free(again);
	}
	free(text);
	return 0;
}
