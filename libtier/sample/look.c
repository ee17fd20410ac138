// SPDX-License-Identifier: LGPL-2.1-or-later
// One look at where a process's memory lies: counted by the kernel where that holds its memory
// map for a moment only, else estimated from pages drawn at random.
#include <errno.h>
#include <string.h>

#include "heap_look.h"
#include "numa_maps.h"
#include "process.h"
#include "split.h"
#include "subject.h"

/* What a page of a walk costs before that is known (research of this project: 37 to 48 ns
 * for each entry of a page table), and what a walk costs besides. */
#define WALK_NS	      45
#define WALK_ONCE_NS  40000
#define CHEAPEST_WALK 20

/* A list of mappings may grow old by so much when the size of the process says nothing. */
#define MAPS_AGE_NS 10000000000ULL

/* Pages that were asked about so long ago tell less: a look of before loses that each second. */
#define UNSURE_PER_S 0.01

/* Half of an interval that another look would not narrow. */
#define SURE_ENOUGH 0.02

/* A walk says how much lies where, but not which pages moved: so many are asked about for that. */
#define WALK_PANEL SPLIT_LEAST

/* Draws to find out where there is anything at all. */
#define PILOTS 3

uint64_t subject_bytes(const struct subject *subject, const struct looking *looking)
{
	return subject->resident_pages * looking->page_bytes + subject->huge_bytes;
}

bool subject_is_walked(const struct subject *subject, const struct looking *looking)
{
	double one = subject->walk_ns > 0 ? subject->walk_ns : WALK_NS;

	return looking->walks_all || !looking->pages ||
	       (double)subject->resident_pages * one <= (double)looking->hold_ns;
}

double subject_worth(const struct subject *subject, const struct looking *looking,
		     uint64_t now_ns)
{
	double age_s = (double)(now_ns - subject->looked_ns) / 1e9;
	double unsure = UNSURE_PER_S * age_s;

	if (subject->unsure > SURE_ENOUGH)
		unsure += subject->unsure - SURE_ENOUGH;
	if (subject->how == TIER_PLACED_UNKNOWN || unsure > 1)
		unsure = 1;
	return (double)subject_bytes(subject, looking) * unsure;
}

static int make_shares(struct subject *subject, const struct looking *looking)
{
	if (!subject->shares)
		subject->shares = calloc(looking->n_tiers + 1, sizeof(*subject->shares));
	return subject->shares ? 0 : -ENOMEM;
}

static int refuse(struct subject *subject, int error)
{
	if (error == -ENOMEM || error == -ESRCH)
		return error;
	subject->how = TIER_PLACED_REFUSED;
	subject->error = error;
	return 0;
}

/* ---- walked --------------------------------------------------------------------------- */

static void learn_walk(struct subject *subject, uint64_t cost_ns)
{
	double cost = cost_ns > WALK_ONCE_NS ? (double)(cost_ns - WALK_ONCE_NS) : 0;

	if (!subject->resident_pages)
		return;
	subject->walk_ns = cost / (double)subject->resident_pages;
	if (subject->walk_ns < CHEAPEST_WALK)
		subject->walk_ns = CHEAPEST_WALK;
}

static void take_counts(struct subject *subject, const struct looking *looking)
{
	uint64_t sum = 0;

	for (int node = 0; node < TIER_MAX_NODES; node++)
		sum += looking->bytes[node];
	for (size_t tier = 0; tier <= looking->n_tiers; tier++) {
		uint64_t bytes = 0;
		double value;

		for (unsigned int node = 0; node < TIER_MAX_NODES; node++)
			if (looking->bytes[node] &&
			    tier_nodeset_has(&looking->tiers[tier], node))
				bytes += looking->bytes[node];
		value = sum ? (double)bytes / (double)sum : 0;
		subject->shares[tier] = (struct share){ value, { value, value } };
	}
	subject->walked_bytes = sum;
	subject->how = TIER_PLACED_EXACT;
	subject->unsure = 0;
}

static int walk(struct subject *subject, struct looking *looking)
{
	uint64_t before = looking->watch->cpu_ns();
	int ret;

	strbuf_reset(&looking->text);
	ret = process_numa_maps(looking->root, subject->pid, &looking->text);
	if (ret)
		return refuse(subject, ret);
	learn_walk(subject, looking->watch->cpu_ns() - before);
	subject->names_heap = heap_is_named(strbuf_text(&looking->text));
	looking->walked++;
	memset(looking->bytes, 0, TIER_MAX_NODES * sizeof(*looking->bytes));
	ret = numa_maps_add(strbuf_text(&looking->text), looking->bytes, TIER_MAX_NODES);
	if (ret < 0)
		return refuse(subject, ret);
	/* A file with no page of a process that has some, as it ends: nothing is known then. */
	if (!ret && subject_bytes(subject, looking))
		return refuse(subject, -ENODATA);
	take_counts(subject, looking);
	return 0;
}

/* ---- sampled -------------------------------------------------------------------------- */

static bool areas_are_old(const struct subject *subject, uint64_t now_ns)
{
	return !subject->areas.n || subject->areas_for != subject->mapped_pages ||
	       now_ns - subject->areas_read_ns >= MAPS_AGE_NS;
}

static int read_areas(struct subject *subject, struct looking *looking, uint64_t now_ns)
{
	int ret;

	if (!areas_are_old(subject, now_ns))
		return 0;
	strbuf_reset(&looking->text);
	ret = process_maps(looking->root, subject->pid, &looking->text);
	if (!ret)
		ret = areas_read(&subject->areas, strbuf_text(&looking->text),
				 looking->page_bytes);
	if (ret)
		return ret;
	subject->names_heap = heap_is_named(strbuf_text(&looking->text));
	subject->areas_for = subject->mapped_pages;
	subject->areas_read_ns = now_ns;
	return 0;
}

/* Where are these pages? Nothing moves. */
static int ask(const struct subject *subject, struct looking *looking,
	       struct points *points)
{
	const struct page_request request = {
		.pid = subject->pid,
		.count = points->n,
		.pages = points->pages,
		.status = points->nodes,
	};
	int ret = points->n ? looking->pages->move(&request) : 0;

	looking->asked += points->n;
	return ret < 0 ? ret : 0;
}

static int draw_and_ask(struct subject *subject, struct looking *looking, size_t n)
{
	int ret = points_reserve(&looking->points, n);

	if (ret)
		return ret;
	draw(&subject->areas, looking->page_bytes, &looking->seed, n, &looking->points);
	return ask(subject, looking, &looking->points);
}

static void begin_tally(struct looking *looking)
{
	memset(looking->weight, 0, TIER_MAX_NODES * sizeof(*looking->weight));
	looking->tally =
		(struct tally){ .weight = looking->weight, .n_nodes = TIER_MAX_NODES };
}

/* Pages of a reservation that nobody uses are asked about in vain, so first it is found out
 * where that is. What these draws find is not counted: they are not as random as that. */
static int explore(struct subject *subject, struct looking *looking, size_t n)
{
	for (int pilot = 0; pilot < PILOTS; pilot++) {
		int ret = draw_and_ask(subject, looking, n);

		if (ret)
			return ret;
		begin_tally(looking);
		tally_points(&looking->tally, &looking->points, &subject->areas);
		if (looking->tally.found * 2 >= looking->tally.asked)
			break;
	}
	return 0;
}

static size_t count_found(const struct points *points)
{
	size_t found = 0;

	for (size_t i = 0; i < points->n; i++)
		found += points->nodes[i] >= 0;
	return found;
}

/* One of so many of what was found is asked about again next time. */
static int keep_panel(struct subject *subject, const struct looking *looking,
		      uint64_t now_ns, size_t one_of)
{
	const struct points *points = &looking->points;
	struct points *panel = &subject->panel;
	int ret = points_reserve(panel, count_found(points) / one_of + 1);

	if (ret)
		return ret;
	panel->n = 0;
	for (size_t i = 0, found = 0; i < points->n; i++) {
		if (points->nodes[i] < 0 || found++ % one_of)
			continue;
		panel->pages[panel->n] = points->pages[i];
		panel->nodes[panel->n] = points->nodes[i];
		panel->cells[panel->n] = points->cells[i];
		panel->weights[panel->n] = points->weights[i];
		panel->n++;
	}
	subject->panel_ns = now_ns;
	return 0;
}

static int ask_panel(struct subject *subject, struct looking *looking, uint64_t now_ns)
{
	struct points *panel = &subject->panel;
	struct points again = { .pages = panel->pages, .n = panel->n };
	struct flow flow = { 0 };
	int ret;

	subject->flow_seconds = 0;
	if (!panel->n || now_ns <= subject->panel_ns)
		return 0;
	ret = points_reserve(&looking->points, panel->n);
	if (ret)
		return ret;
	again.nodes = looking->points.nodes;
	for (size_t i = 0; i < again.n; i++)
		again.nodes[i] = -EBUSY;
	ret = ask(subject, looking, &again);
	for (size_t i = 0; !ret && i < panel->n; i++)
		flow_add(&flow, &looking->ranks,
			 (int[2]){ panel->nodes[i], again.nodes[i] },
			 (double)panel->weights[i]);
	if (ret || flow.sum <= 0)
		return ret;
	subject->promoted = flow_share(&flow, flow.up);
	subject->demoted = flow_share(&flow, flow.down);
	subject->flow_seconds = (double)(now_ns - subject->panel_ns) / 1e9;
	return 0;
}

static void take_sample(struct subject *subject, const struct looking *looking)
{
	const struct tally *tally = &looking->tally;

	subject->unsure = 0;
	for (size_t tier = 0; tier <= looking->n_tiers; tier++) {
		struct share *share = &subject->shares[tier];
		double half;

		*share = tally_share(tally, &looking->tiers[tier]);
		half = (share->range.highest - share->range.lowest) / 2;
		if (half > subject->unsure)
			subject->unsure = half;
	}
	subject->found = tally->found;
	subject->absent = tally->absent;
	subject->outside = tally->outside;
	subject->refused = tally->refused;
	subject->how = TIER_PLACED_SAMPLED;
}

static int sample(struct subject *subject, struct looking *looking, uint32_t pages)
{
	uint64_t now_ns = looking->watch->now_ns();
	int ret = read_areas(subject, looking, now_ns);

	if (!ret && !areas_are_known(&subject->areas))
		ret = explore(subject, looking,
			      pages / 8 < SPLIT_LEAST ? SPLIT_LEAST : pages / 8);
	if (!ret)
		ret = ask_panel(subject, looking, now_ns);
	if (!ret)
		ret = draw_and_ask(subject, looking, pages);
	if (ret)
		return refuse(subject, ret);
	areas_fade(&subject->areas);
	begin_tally(looking);
	tally_points(&looking->tally, &looking->points, &subject->areas);
	/* Nothing in memory says nothing of where it lies. */
	if (!looking->tally.found)
		return refuse(subject, -ENODATA);
	take_sample(subject, looking);
	return keep_panel(subject, looking, now_ns, 2);
}

/* ---- flows of what is walked ----------------------------------------------------------- */

static int draw_panel(struct subject *subject, struct looking *looking, uint64_t now_ns)
{
	int ret = read_areas(subject, looking, now_ns);

	if (!ret && !areas_are_known(&subject->areas))
		ret = explore(subject, looking, WALK_PANEL);
	if (!ret)
		ret = draw_and_ask(subject, looking, WALK_PANEL);
	if (ret)
		return ret;
	areas_fade(&subject->areas);
	begin_tally(looking);
	tally_points(&looking->tally, &looking->points, &subject->areas);
	return keep_panel(subject, looking, now_ns, 1);
}

/* Those of the panel that were just found, where they were found. */
static void renew_panel(struct subject *subject, const struct looking *looking,
			uint64_t now_ns)
{
	struct points *panel = &subject->panel;
	size_t kept = 0;

	for (size_t i = 0; i < panel->n; i++) {
		if (looking->points.nodes[i] < 0)
			continue;
		panel->pages[kept] = panel->pages[i];
		panel->nodes[kept] = looking->points.nodes[i];
		panel->cells[kept] = panel->cells[i];
		panel->weights[kept] = panel->weights[i];
		kept++;
	}
	panel->n = kept;
	subject->panel_ns = now_ns;
}

/* What is kept of each that is followed is as much as of two that are not. */
static bool is_followed(const struct subject *subject, const struct looking *looking)
{
	if (!looking->pages || looking->walks_all || looking->n_tiers < 2)
		return false;
	return subject->areas.n || looking->followed < looking->follows_most;
}

/* The same pages for as long as the list of mappings is good. What goes wrong leaves flows
 * unknown, and nothing else. */
static int follow(struct subject *subject, struct looking *looking)
{
	uint64_t now_ns = looking->watch->now_ns();
	bool is_new = !subject->areas.n;
	int ret;

	subject->flow_seconds = 0;
	if (!is_followed(subject, looking))
		return 0;
	ret = ask_panel(subject, looking, now_ns);
	if (!ret && subject->flow_seconds > 0 && !areas_are_old(subject, now_ns)) {
		renew_panel(subject, looking, now_ns);
		return 0;
	}
	if (!ret)
		ret = draw_panel(subject, looking, now_ns);
	looking->followed += is_new && subject->areas.n;
	if (ret)
		subject->panel.n = 0;
	return ret == -ENOMEM ? ret : 0;
}

int subject_look(struct subject *subject, struct looking *looking, uint32_t pages)
{
	bool is_first = subject->how == TIER_PLACED_UNKNOWN;
	int ret = make_shares(subject, looking);

	if (ret)
		return ret;
	subject->looked_ns = looking->watch->now_ns();
	subject->error = 0;
	if (!subject_is_walked(subject, looking))
		ret = sample(subject, looking, pages);
	else
		ret = walk(subject, looking);
	/* Who is looked at once only has no flows, and shall not pay for them. */
	if (!ret && !is_first && subject->how == TIER_PLACED_EXACT)
		ret = follow(subject, looking);
	return ret || !looking->asks_heaps ? ret : subject_heap(subject, looking);
}
