// SPDX-License-Identifier: GPL-2.0-or-later
// Policies in numa_maps: each lies within its line, or the text is refused.
#include "fuzz.h"
#include "policies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	const char *at = text;
	struct policy_line line;
	int ret;

	while ((ret = policy_lines_next(&at, &line)) > 0) {
		MUST(line.policy.len > 0);
		MUST(line.policy.text > line.line);
		MUST(line.policy.text + line.policy.len <= line.line + line.len);
	}
	MUST(ret == 0 || ret == -EINVAL);
	free(text);
	return 0;
}
