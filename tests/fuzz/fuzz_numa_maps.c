// SPDX-License-Identifier: GPL-2.0-or-later
// /proc/PID/numa_maps: counted within the array, or refused.
#include "fuzz.h"
#include "numa_maps.h"

#define NODES 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	uint64_t *bytes = calloc(NODES, sizeof(*bytes));
	int ret;

	MUST(bytes);
	ret = numa_maps_add(text, bytes, NODES);
	MUST(ret == -EINVAL || ret == -ERANGE || (ret >= 0 && ret <= NODES));
	for (int node = ret; ret >= 0 && node < NODES; node++)
		MUST(bytes[node] == 0);
	free(bytes);
	free(text);
	return 0;
}
