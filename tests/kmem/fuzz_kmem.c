// SPDX-License-Identifier: GPL-2.0-or-later
// The driver's lists: "DEVICE RANGES/BAD RANGES" as people write them, read, printed and read
// again, and what a plan makes of them; all of it also as the start and the end of a medium.
#include "must.h"
#include "plan.h"
#include "signature.h"
#include "text.h"

#define ROOM  64
#define BLOCK (1ULL << 27)

struct own_set {
	struct range_set set;
	struct range ranges[2 * ROOM];
};

static struct range_set *empty(struct own_set *own, unsigned int room)
{
	own->set = (struct range_set){ .room = room, .ranges = own->ranges };
	return &own->set;
}

static void must_be_sorted(const struct range_set *set)
{
	MUST(set->count <= set->room);
	for (unsigned int i = 0; i < set->count; i++) {
		MUST(set->ranges[i].start <= set->ranges[i].end);
		MUST(!i || (set->ranges[i - 1].end < UINT64_MAX &&
			    set->ranges[i - 1].end + 1 < set->ranges[i].start));
	}
}

/* What was read can be printed and read again, to the same set. */
static void must_survive(const struct range_set *set)
{
	char buf[ROOM * 40];
	struct own_set again;
	size_t length = text_print_ranges(buf, sizeof(buf), set);

	for (size_t i = 0; i < length; i++)
		if (buf[i] == '\n')
			buf[i] = i + 1 < length ? ',' : '\n';
	MUST(!text_parse_ranges(buf, empty(&again, ROOM)));
	MUST(again.set.count == set->count);
	MUST(!memcmp(again.ranges, set->ranges, set->count * sizeof(*set->ranges)));
}

/* Blocks are the device's, whole, once, and skipped exactly if something in them is bad. */
static void must_be_right(const struct plan *plan, const struct range_set *device,
			  const struct range_set *bad)
{
	const struct range_set *sets[] = { &plan->runs, &plan->skipped };
	u64 bytes = plan->lost_align_bytes;

	for (int k = 0; k < 2; k++) {
		must_be_sorted(sets[k]);
		for (unsigned int i = 0; i < sets[k]->count; i++) {
			const struct range *range = &sets[k]->ranges[i];

			MUST(!(range->start % BLOCK) && !((range->end + 1) % BLOCK));
			MUST(range_set_covers(device, range));
			MUST(!range_set_find(sets[!k], range));
			MUST(!!range_set_find(bad, range) == k);
			bytes += range->end - range->start + 1;
		}
	}
	MUST(bytes == range_set_bytes(device));
}

static void try_plan(const struct range_set *device, const struct range_set *bad)
{
	struct own_set runs, skipped;
	unsigned int room = plan_room(device, bad);
	struct plan plan = {
		.runs = *empty(&runs, room),
		.skipped = *empty(&skipped, room),
	};

	MUST(!plan_make(&plan, device, bad, BLOCK));
	must_be_right(&plan, device, bad);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct own_set device, bad;
	char *text = fuzz_text(data, size);
	char *slash = strchr(text, '/');
	int rc[2];

	signature_find(data, size);
	signature_find_end(data, size);
	if (slash)
		*slash = '\0';
	rc[0] = text_parse_ranges(text, empty(&device, ROOM));
	rc[1] = text_parse_ranges(slash ? slash + 1 : "", empty(&bad, ROOM));
	for (int i = 0; i < 2; i++)
		MUST(!rc[i] || rc[i] == -EINVAL || rc[i] == -ENOSPC);
	must_be_sorted(&device.set);
	must_be_sorted(&bad.set);
	if (!rc[0])
		must_survive(&device.set);
	if (!rc[0] && !rc[1])
		try_plan(&device.set, &bad.set);
	text_names(text, slash ? slash + 1 : "dax0.0");
	free(text);
	return 0;
}
