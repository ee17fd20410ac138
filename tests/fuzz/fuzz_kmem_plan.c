// SPDX-License-Identifier: GPL-2.0-or-later
// The kmem driver's lists of ranges, and what it plans with them: three lines, of which
// the first one's length is the block size as a power of two, then a device, then what is
// bad in it.
#include "fuzz.h"
#include "plan.h"
#include "text.h"

#define ROOM 64

/* A set in memory of exactly its room; false if the text was refused. */
static bool parse(const char *text, struct range_set *set)
{
	int ret;

	set->ranges = malloc(ROOM * sizeof(*set->ranges));
	MUST(set->ranges);
	set->room = ROOM;
	ret = text_parse_ranges(text, set);
	MUST(!ret || ret == -EINVAL || ret == -ENOSPC);
	return !ret;
}

static void sorted_and_apart(const struct range_set *set)
{
	MUST(set->count <= set->room);
	for (unsigned int i = 0; i < set->count; i++) {
		MUST(set->ranges[i].start <= set->ranges[i].end);
		MUST(!i || set->ranges[i].start - set->ranges[i - 1].end > 1);
		MUST(!i || set->ranges[i].start > set->ranges[i - 1].end);
	}
}

/* What is printed, with commas for newlines, is read as the same set. */
static void round_trip(const struct range_set *set)
{
	char text[ROOM * 40 + 1];
	struct range_set again;
	size_t length = text_print_ranges(text, sizeof(text), set);

	MUST(length < sizeof(text) && strlen(text) == length);
	for (size_t i = 0; i + 1 < length; i++)
		if (text[i] == '\n')
			text[i] = ',';
	MUST(parse(text, &again));
	MUST(again.count == set->count);
	MUST(!memcmp(again.ranges, set->ranges, set->count * sizeof(*set->ranges)));
	free(again.ranges);
}

/* Whole blocks of the device, in order. */
static void blocks(const struct range_set *set, const struct range_set *device, u64 mask)
{
	sorted_and_apart(set);
	for (unsigned int i = 0; i < set->count; i++) {
		MUST(!(set->ranges[i].start & mask));
		MUST((set->ranges[i].end & mask) == mask);
		MUST(range_set_covers(device, &set->ranges[i]));
	}
}

static void make(const struct range_set *device, const struct range_set *bad,
		 u64 block_bytes)
{
	struct plan plan = { 0 };
	unsigned int room = plan_room(device, bad);

	plan.runs.room = plan.skipped.room = room;
	plan.runs.ranges = malloc((room + !room) * sizeof(*plan.runs.ranges));
	plan.skipped.ranges = malloc((room + !room) * sizeof(*plan.skipped.ranges));
	MUST(plan.runs.ranges && plan.skipped.ranges);
	MUST(!plan_make(&plan, device, bad, block_bytes));

	blocks(&plan.runs, device, block_bytes - 1);
	blocks(&plan.skipped, device, block_bytes - 1);
	for (unsigned int i = 0; i < plan.runs.count; i++) {
		MUST(!range_set_find(bad, &plan.runs.ranges[i]));
		MUST(!range_set_find(&plan.skipped, &plan.runs.ranges[i]));
	}
	for (unsigned int i = 0; i < plan.skipped.count; i++)
		MUST(range_set_find(bad, &plan.skipped.ranges[i]));
	MUST(plan.lost_align_bytes + range_set_bytes(&plan.runs) +
		     range_set_bytes(&plan.skipped) ==
	     range_set_bytes(device));
	free(plan.runs.ranges);
	free(plan.skipped.ranges);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *device_text, *bad_text;
	struct range_set device, bad;
	size_t shift = strcspn(text, "\n");

	device_text = text + shift + (text[shift] == '\n');
	bad_text = device_text + strcspn(device_text, "\n");
	if (*bad_text)
		*bad_text++ = '\0';
	if (parse(device_text, &device)) {
		sorted_and_apart(&device);
		round_trip(&device);
		if (parse(bad_text, &bad)) {
			sorted_and_apart(&bad);
			make(&device, &bad, (u64)1 << shift % 64);
		}
		free(bad.ranges);
	}
	free(device.ranges);
	free(text);
	return 0;
}
