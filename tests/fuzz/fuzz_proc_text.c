// SPDX-License-Identifier: GPL-2.0-or-later
// /proc/PID/maps, status, stat and numa_maps as migrate reads them: each line within the text, each
// range the right way round, or refused.
#include "fuzz.h"
#include "numa_maps.h"
#include "proc_text.h"

static void read_maps(const char *text, size_t len)
{
	struct mapping mapping;
	const char *at = text;
	int ret;

	while ((ret = maps_next(&at, &mapping)) > 0) {
		MUST(mapping.start < mapping.end);
		MUST(mapping.name >= text &&
		     mapping.name + mapping.name_len <= text + len);
		(void)mapping_is(&mapping, text);
	}
	MUST(ret == 0 || ret == -EINVAL);
}

static void read_status(const char *text)
{
	struct tier_nodeset nodes;
	uint64_t bytes;

	if (status_bytes(text, "VmSize", &bytes))
		MUST(status_has_memory(text) && bytes % 1024 == 0);
	(void)status_allowed_nodes(text, &nodes);
	(void)status_is_zombie(text);
	(void)stat_started(text);
}

static void read_huge(const char *text)
{
	uint64_t start, bytes;
	int ret;

	while ((ret = numa_maps_next_huge(&text, &start, &bytes)) > 0)
		MUST(bytes > 0 && bytes % 1024 == 0);
	MUST(ret == 0 || ret == -EINVAL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	read_maps(text, strlen(text));
	read_status(text);
	read_huge(text);
	free(text);
	return 0;
}
