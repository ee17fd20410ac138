// SPDX-License-Identifier: LGPL-2.1-or-later
// "KIND:DRAM,RATIO:1;KIND:KMEM_DAX,RATIO:4;POLICY:STATIC_RATIO" as a heap of ours.
// Knows no machine.
#include "memkind.h"

#include <errno.h>
#include <string.h>

#include "diag.h"
#include "parse.h"

/* What memtier takes where nothing is said, libmemtier(7). */
#define FIRST_BYTES 1024
#define LOW_BYTES   513
#define HIGH_BYTES  1536

struct reader {
	const char *text;
	const char *at;
	struct tier_diag *diag;
};

struct pair {
	const char *name;
	size_t name_len;
	const char *value;
	size_t value_len;
};

static int refuse(const struct reader *reader, const char *where, const char *what)
{
	return diag_at(reader->diag, -EINVAL, reader->text, where, "%s", what);
}

/* "NAME:VALUE" at the cursor, which then stands on ',', ';' or the end. */
static int read_pair(struct reader *reader, struct pair *pair)
{
	size_t len = strcspn(reader->at, ",;");
	const char *colon = memchr(reader->at, ':', len);

	if (!colon)
		return refuse(reader, reader->at, "expected NAME:VALUE");
	*pair = (struct pair){ .name = reader->at, .value = colon + 1 };
	pair->name_len = (size_t)(colon - reader->at);
	pair->value_len = len - pair->name_len - 1;
	reader->at += len;
	return 0;
}

static bool is_called(const struct pair *pair, const char *name)
{
	return span_is(pair->name, pair->name_len, name);
}

static int read_number(const struct reader *reader, const struct pair *pair,
		       uint64_t *value)
{
	const char *at = pair->value;

	if (parse_digits(&at, value) || at != pair->value + pair->value_len || !*value)
		return refuse(reader, pair->value, "expected a number above 0");
	return 0;
}

static int read_kind(const struct reader *reader, const struct pair *pair,
		     struct heap_tier *tier)
{
	if (tier->selector[0])
		return refuse(reader, pair->name, "KIND stands here twice");
	if (span_is(pair->value, pair->value_len, "DRAM"))
		strcpy(tier->selector, "dram");
	else if (span_is(pair->value, pair->value_len, "KMEM_DAX"))
		strcpy(tier->selector, "pmem");
	else
		return refuse(reader, pair->value,
			      "of kinds there are DRAM and KMEM_DAX");
	return 0;
}

/* One tier, up to ';' or the end. */
static int read_tier(struct reader *reader, struct heap_tier *tier, uint64_t *ratio)
{
	const char *start = reader->at;

	while (true) {
		struct pair pair = { 0 };
		int ret = read_pair(reader, &pair);

		if (!ret && is_called(&pair, "KIND"))
			ret = read_kind(reader, &pair, tier);
		else if (!ret && is_called(&pair, "RATIO"))
			ret = *ratio ? refuse(reader, pair.name,
					      "RATIO stands here twice") :
				       read_number(reader, &pair, ratio);
		else if (!ret)
			ret = refuse(reader, pair.name, "expected KIND: or RATIO:");
		if (ret)
			return ret;
		if (*reader->at != ',')
			break;
		reader->at++;
	}
	if (!tier->selector[0] || !*ratio)
		return refuse(reader, start, "a tier needs KIND: and RATIO:");
	return 0;
}

static int read_policy(struct reader *reader, struct heap_spec *spec)
{
	struct pair pair = { 0 };
	int ret = read_pair(reader, &pair);

	if (ret)
		return ret;
	if (*reader->at)
		return refuse(reader, reader->at, "POLICY comes last");
	if (span_is(pair.value, pair.value_len, "STATIC_RATIO"))
		spec->kind = HEAP_RATIO;
	else if (span_is(pair.value, pair.value_len, "DYNAMIC_THRESHOLD"))
		spec->kind = HEAP_AUTO_THRESHOLD;
	else
		return refuse(reader, pair.value,
			      "of policies there are STATIC_RATIO and DYNAMIC_THRESHOLD");
	return 0;
}

/* memtier's numbers may be any; ours are small, and mean the same to a thousandth. */
static void weigh(struct heap_spec *spec, const uint64_t *ratios)
{
	uint64_t most = 1;

	for (unsigned int i = 0; i < spec->n_tiers; i++)
		if (ratios[i] > most)
			most = ratios[i];
	for (unsigned int i = 0; i < spec->n_tiers; i++) {
		double share = (double)ratios[i] / (double)most * HEAP_WEIGHT_MAX;

		spec->tiers[i].weight = most <= HEAP_WEIGHT_MAX ? (uint32_t)ratios[i] :
					share < 1		? 1 :
								  (uint32_t)share;
	}
}

/* What our policies need: one tier is no ratio, and one boundary parts two. */
static void settle(struct heap_spec *spec)
{
	if (spec->n_tiers == 1) {
		spec->kind = HEAP_PREFER;
		spec->tiers[0].weight = 0;
	} else if (spec->n_tiers > 2) {
		spec->kind = HEAP_RATIO;
	}
}

static int read_tiers(struct reader *reader, struct heap_spec *spec)
{
	uint64_t ratios[HEAP_TIERS] = { 0 };

	while (strncmp(reader->at, "POLICY:", 7) != 0) {
		const char *start = reader->at;
		struct heap_tier *tier = &spec->tiers[spec->n_tiers];
		int ret;

		if (spec->n_tiers == HEAP_TIERS)
			return refuse(reader, start, "too many tiers");
		ret = read_tier(reader, tier, &ratios[spec->n_tiers]);
		if (ret)
			return ret;
		for (unsigned int i = 0; i < spec->n_tiers; i++)
			if (!strcmp(tier->selector, spec->tiers[i].selector))
				return refuse(reader, start, "this kind is named twice");
		spec->n_tiers++;
		if (*reader->at != ';')
			return refuse(reader, reader->at, "expected POLICY: at the end");
		reader->at++;
	}
	if (!spec->n_tiers)
		return refuse(reader, reader->at, "expected a tier before POLICY:");
	weigh(spec, ratios);
	return read_policy(reader, spec);
}

/* The first threshold; those behind it part tiers that we keep by ratio alone. */
static int read_threshold(struct reader *reader, struct heap_spec *spec)
{
	while (true) {
		struct pair pair = { 0 };
		int ret = read_pair(reader, &pair);

		if (!ret && is_called(&pair, "INIT_VAL"))
			ret = read_number(reader, &pair, &spec->start_bytes);
		else if (!ret && is_called(&pair, "MIN_VAL"))
			ret = read_number(reader, &pair, &spec->low_bytes);
		else if (!ret && is_called(&pair, "MAX_VAL"))
			ret = read_number(reader, &pair, &spec->high_bytes);
		else if (!ret)
			ret = refuse(reader, pair.name,
				     "expected INIT_VAL:, MIN_VAL: or MAX_VAL:");
		if (ret)
			return ret;
		if (*reader->at != ',')
			break;
		reader->at++;
	}
	if (spec->low_bytes >= spec->high_bytes || spec->start_bytes < spec->low_bytes ||
	    spec->start_bytes > spec->high_bytes)
		return refuse(reader, reader->text,
			      "MIN_VAL, INIT_VAL, MAX_VAL must grow");
	return 0;
}

int memkind_parse(const char *tiers, const char *thresholds, struct heap_spec *spec,
		  struct tier_diag *diag)
{
	struct reader reader = { tiers, tiers, diag };
	int ret;

	*spec = (struct heap_spec){ 0 };
	ret = read_tiers(&reader, spec);
	if (ret)
		return ret;
	spec->low_bytes = LOW_BYTES;
	spec->start_bytes = FIRST_BYTES;
	spec->high_bytes = HIGH_BYTES;
	if (thresholds && spec->kind == HEAP_AUTO_THRESHOLD) {
		reader = (struct reader){ thresholds, thresholds, diag };
		ret = read_threshold(&reader, spec);
	}
	settle(spec);
	return ret;
}
