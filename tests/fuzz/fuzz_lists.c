// SPDX-License-Identifier: GPL-2.0-or-later
// The kernel's list syntax, for nodes and for CPUs: what is read can be written, and
// read again.
#include "cpus.h"
#include "fuzz.h"
#include "nodeset.h"

static void nodes(const char *text)
{
	struct tier_nodeset set = { 0 }, again;
	struct tier_diag diag = { 0 };
	char list[NODESET_TEXT];

	if (tier_nodeset_parse(text, &set, &diag)) {
		fuzz_diag(&diag, text);
		MUST(nodeset_is_empty(&set));
		return;
	}
	MUST(tier_nodeset_format(&set, list, sizeof(list)) < (int)sizeof(list));
	MUST(!tier_nodeset_parse(list, &again, NULL));
	MUST(nodeset_equal(&set, &again));
}

static void cpus(const char *text)
{
	SCOPED_STRBUF struct strbuf list = { 0 };
	struct cpus set, again;

	if (cpus_parse(text, &set))
		return;
	MUST(!cpus_format(&set, &list));
	MUST(!cpus_parse(strbuf_text(&list), &again));
	MUST(!memcmp(&set, &again, sizeof(set)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	nodes(text);
	cpus(text);
	free(text);
	return 0;
}
