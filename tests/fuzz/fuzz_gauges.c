// SPDX-License-Identifier: GPL-2.0-or-later
// What the monitor reads again and again: meminfo of nodes, numa_stat of control groups, the
// pressure file, statm, stat and maps. Figures within their bounds, or refused.
#include "areas.h"
#include "draw.h"
#include "fuzz.h"
#include "gauge_text.h"
#include "strain.h"

#define NODES 8

static void try_groups(const char *text)
{
	uint64_t *anon = calloc((size_t)2 * NODES, sizeof(*anon));
	struct group_bytes bytes = { anon, anon + NODES, NODES };
	int ret;

	MUST(anon);
	ret = group_numa_stat(text, &bytes);
	MUST(ret == 0 || ret == -EINVAL);
	free(anon);
}

/* What is known is one of what a text may tell. */
static void try_strain(const char *text)
{
	struct tier_traffic traffic = { 0 };

	strain_parse_stat(text, 100, &traffic);
	strain_parse_pressure(text, TIER_CPU_STALL_US, &traffic);
	strain_parse_huge(text, &traffic);
	strain_parse_balancing(text, &traffic);
	MUST(!(traffic.known & ~(1u << TIER_STOLEN_US | 1u << TIER_CPU_STALL_US)));
	MUST(traffic.known & 1u << TIER_STOLEN_US || !traffic.count[TIER_STOLEN_US]);
}

static void try_figures(const char *text)
{
	struct tier_node_sample node = { 0 };
	uint32_t some = 0, full = 0;
	uint64_t mapped = 0, resident = 0;
	const char *name = text;
	size_t len = 0;

	node_meminfo(text, &node);
	for (int i = 0; i < TIER_GAUGES; i++)
		MUST(node.known & 1U << i || !node.gauge[i]);
	if (pressure_shares(text, &some, &full))
		MUST(some <= 100990 && full <= 100990);
	if (!statm_pages(text, &mapped, &resident))
		MUST(!resident);
	if (stat_name(text, &name, &len))
		MUST(name >= text && name + len <= text + strlen(text));
	if (stat_parent(text, &mapped) || stat_memory(text, &mapped, &resident))
		MUST(strchr(text, ')'));
}

/* Each page that is drawn lies in one of the cells. */
static void try_draw(const char *text)
{
	struct areas areas = { 0 };
	struct points points = { 0 };
	uint64_t seed = 1;

	if (!areas_read(&areas, text, 4096)) {
		MUST(!points_reserve(&points, 64));
		draw(&areas, 4096, &seed, 64, &points);
		MUST(points.n == (areas.pages ? 64U : 0U));
		for (size_t i = 0; i < points.n; i++) {
			const struct cell *cell = &areas.cells[points.cells[i]];

			MUST(points.pages[i] >= cell->start);
			MUST((points.pages[i] - cell->start) / 4096 < cell->pages);
			MUST(points.weights[i] > 0);
		}
	}
	points_free(&points);
	areas_free(&areas);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	try_groups(text);
	try_strain(text);
	try_figures(text);
	try_draw(text);
	free(text);
	return 0;
}
