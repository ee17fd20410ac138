// SPDX-License-Identifier: LGPL-2.1-or-later
// Regions of one process by how often they are used: DAMON's, with where some pages of each lie.
#include "heat.h"

#include <errno.h>
#include <string.h>

#include "platform.h"

/* Pages of a region that are asked about: each page moves a share by 3 points, and 200 regions
 * cost 4 ms. */
#define PAGES_EACH 32

static int make_room(struct heat *heat, const struct looking *looking)
{
	if (!heat->regions)
		heat->regions = calloc(KDAMOND_REGIONS, sizeof(*heat->regions));
	if (!heat->samples)
		heat->samples = calloc(KDAMOND_REGIONS, sizeof(*heat->samples));
	if (!heat->bytes)
		heat->bytes = calloc(KDAMOND_REGIONS * (looking->n_tiers + 1),
				     sizeof(*heat->bytes));
	return heat->regions && heat->samples && heat->bytes ? 0 : -ENOMEM;
}

/* ---- the kdamond -------------------------------------------------------------------- */

/* Without its child it is taken away by us. */
static void end(struct heat *heat, const struct looking *looking)
{
	if (heat->is_on)
		kdamond_stop(&heat->kdamond);
	if (heat->is_on && heat->error == -EPIPE)
		kdamond_remove(looking->root, heat->pid);
	heat->is_on = false;
	heat->n = 0;
}

static int note(struct heat *heat, const struct looking *looking, int error)
{
	heat->error = error;
	end(heat, looking);
	return error == -ENOMEM ? error : 0;
}

static int begin(struct heat *heat, const struct looking *looking, int pid)
{
	int ret;

	heat->pid = pid;
	if (!looking->pages) {
		strcpy(heat->why, "not this machine");
		return note(heat, looking, -EOPNOTSUPP);
	}
	ret = kdamond_start(looking->root, pid, &heat->kdamond, heat->why);
	if (ret)
		return note(heat, looking, ret);
	heat->is_on = true;
	ret = kdamond_order(&heat->kdamond);
	return ret ? note(heat, looking, ret) : 0;
}

/* What the kernel wrote down after the last look; the next is asked for at once, so that
 * nobody waits for it. */
static int take_regions(struct heat *heat, const struct looking *looking)
{
	int ret = kdamond_answer(&heat->kdamond, heat->why);

	if (ret < 0)
		return note(heat, looking, ret);
	if (!ret)
		return 0;
	ret = kdamond_read(looking->root, heat->regions);
	if (ret < 0)
		return ret;
	heat->n = (size_t)ret;
	ret = kdamond_order(&heat->kdamond);
	return ret ? note(heat, looking, ret) : 0;
}

/* ---- where they lie -------------------------------------------------------------------- */

/* One page at random out of each of equally large parts. */
static void draw_region(const struct kdamond_region *region, struct looking *looking)
{
	struct points *points = &looking->points;
	uint64_t first = region->start / looking->page_bytes;
	uint64_t pages = region->end / looking->page_bytes - first;
	uint64_t n = pages < PAGES_EACH ? pages : PAGES_EACH;

	for (uint64_t i = 0; i < n; i++) {
		double part = (double)pages / (double)n;
		uint64_t page =
			(uint64_t)(((double)i + draw_number(&looking->seed)) * part);

		page = page < pages ? page : pages - 1;
		points->pages[points->n] = (first + page) * looking->page_bytes;
		points->nodes[points->n] = -ENOENT;
		points->n++;
	}
}

static size_t tier_of(const struct looking *looking, int node)
{
	size_t tier = 0;

	while (tier < looking->n_tiers &&
	       !tier_nodeset_has(&looking->tiers[tier], (unsigned int)node))
		tier++;
	return tier;
}

/* Pages that are not in memory are on no tier. */
static void place(const struct kdamond_region *region, const struct looking *looking,
		  struct tier_heat_sample *sample, uint64_t *bytes)
{
	const struct points *points = &looking->points;
	double one;

	*sample = (struct tier_heat_sample){
		.start = region->start,
		.bytes = region->end - region->start,
		.accesses = region->accesses,
		.accesses_most = KDAMOND_LOOKS,
		.age_ns = region->age_ns,
		.asked = points->n,
		.tier_bytes = bytes,
	};
	memset(bytes, 0, (looking->n_tiers + 1) * sizeof(*bytes));
	if (!points->n)
		return;
	one = (double)sample->bytes / (double)points->n;
	for (size_t i = 0; i < points->n; i++) {
		if (points->nodes[i] < 0 || points->nodes[i] >= TIER_MAX_NODES)
			continue;
		sample->found++;
		bytes[tier_of(looking, points->nodes[i])] += (uint64_t)one;
	}
}

static int place_all(struct heat *heat, struct looking *looking)
{
	const size_t row = looking->n_tiers + 1;
	int ret = points_reserve(&looking->points, PAGES_EACH);

	for (size_t i = 0; !ret && i < heat->n; i++) {
		struct page_request request = { .pid = heat->pid };

		looking->points.n = 0;
		draw_region(&heat->regions[i], looking);
		request.count = looking->points.n;
		request.pages = looking->points.pages;
		request.status = looking->points.nodes;
		/* Without an answer none of them was found. */
		if (request.count)
			(void)!looking->pages->move(&request);
		looking->asked += request.count;
		place(&heat->regions[i], looking, &heat->samples[i],
		      heat->bytes + i * row);
	}
	return ret;
}

int heat_look(struct heat *heat, struct looking *looking, int pid)
{
	int ret = make_room(heat, looking);

	if (ret)
		return ret;
	if (heat->pid != pid) {
		end(heat, looking);
		heat->error = 0;
		ret = begin(heat, looking, pid);
	} else if (heat->is_on) {
		ret = take_regions(heat, looking);
	}
	return ret ? ret : place_all(heat, looking);
}

void heat_stop(struct heat *heat, const struct looking *looking)
{
	end(heat, looking);
	free(heat->regions);
	free(heat->samples);
	free(heat->bytes);
	*heat = (struct heat){ 0 };
}
