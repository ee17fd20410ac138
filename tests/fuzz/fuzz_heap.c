// SPDX-License-Identifier: GPL-2.0-or-later
// What comes to a heap by the environment: refused with a place, or a line that means
// the same when it is read again, and plans that stay within it. Behind the first line
// stands what memtier reads.
#include "choose.h"
#include "fuzz.h"
#include "memkind.h"
#include "nodeset.h"
#include "range.h"

static int select_nodes(void *arg, const char *selector, struct tier_nodeset *nodes,
			struct tier_diag *diag)
{
	(void)arg;
	if (!strncmp(selector, "node:", 5))
		return tier_nodeset_parse(selector + 5, nodes, diag);
	tier_nodeset_zero(nodes);
	return tier_nodeset_add(nodes, (unsigned char)selector[0]);
}

/* Somewhere in a range: nothing is lost between tiers, and none has more than is looked for
 * before addresses are taken. */
static void plan_stripes(const struct heap_spec *spec)
{
	uint64_t from =
		(spec->tiers[0].weight * 2654435761ULL % (1ULL << 28) + 1024) * 4096;
	uint64_t bytes = (spec->tiers[spec->n_tiers - 1].weight + 1ULL) * 4096, sum = 0;
	struct range_shares shares = range_shares(spec, from, from + bytes);

	for (unsigned int i = 0; i < spec->n_tiers; i++) {
		MUST(shares.bytes[i] <= range_share_most(spec, i, bytes, from + bytes));
		sum += shares.bytes[i];
	}
	MUST(sum == bytes);
}

static void stay_within(const struct heap_spec *spec)
{
	struct usage usage = { { 1, 2, 3, 4 } };

	MUST(spec->kind > HEAP_NOTHING && spec->kind <= HEAP_LIMIT);
	MUST(spec->n_tiers >= 1 && spec->n_tiers <= HEAP_TIERS);
	if (!spec->tiers[0].weight)
		return;
	MUST(choose_needy(spec, &usage) < spec->n_tiers);
	MUST(range_stripe(spec, 1ULL << 33).tier < spec->n_tiers);
	plan_stripes(spec);
	if (spec->kind == HEAP_AUTO_THRESHOLD) {
		uint64_t boundary = choose_boundary(spec, &usage, 0, spec->low_bytes + 1);

		MUST(boundary >= spec->low_bytes && boundary <= spec->high_bytes);
	}
}

static void read_spec(const char *text)
{
	static const struct heap_resolver resolver = { select_nodes, NULL };
	static char line[4 * NODESET_TEXT], again[4 * NODESET_TEXT];
	struct tier_diag diag = { 0 };
	struct heap_spec spec, copy;
	int ret = heap_spec_parse(text, &spec, &diag);

	if (ret) {
		MUST(ret == -EINVAL || ret == -ERANGE);
		fuzz_diag(&diag, text);
		return;
	}
	stay_within(&spec);
	if (heap_spec_resolve(&spec, &resolver, &diag) ||
	    heap_spec_check_apart(&spec, &diag))
		return;
	MUST(heap_spec_format(&spec, line, sizeof(line)) < (int)sizeof(line));
	/* Scattered nodes may be more than a selector holds; nothing else may fail. */
	if (heap_spec_parse(line, &copy, &diag)) {
		MUST(strstr(diag.message, "that long"));
		return;
	}
	MUST(!heap_spec_resolve(&copy, &resolver, &diag));
	heap_spec_format(&copy, again, sizeof(again));
	MUST(!strcmp(line, again));
}

static void read_memkind(const char *tiers, const char *thresholds)
{
	struct tier_diag diag = { 0 };
	struct heap_spec spec;
	int ret = memkind_parse(tiers, thresholds, &spec, &diag);

	if (ret) {
		MUST(ret == -EINVAL);
		MUST(diag.message[0]);
		return;
	}
	stay_within(&spec);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *tiers = strchr(text, '\n'), *thresholds;

	if (tiers)
		*tiers++ = '\0';
	read_spec(text);
	if (tiers) {
		thresholds = strchr(tiers, '\n');
		if (thresholds)
			*thresholds++ = '\0';
		read_memkind(tiers, thresholds);
	}
	free(text);
	return 0;
}
