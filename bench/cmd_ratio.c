// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench ratio: how to divide memory between a fast and a slow node, predicted from
// each alone and confirmed by measuring.
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advise.h"
#include "cmds.h"
#include "entry.h"

/* Cache lines that a core of today keeps in flight (its line fill buffers), if more were not
 * seen. */
#define LINES_PER_THREAD 12

/* There are many points, and a curve is smoother than each. */
#define CURVE_PART 0.25

struct sweep {
	unsigned int node[2]; /* fast, slow */
	unsigned int cpu_node;
	const struct job *job;
	struct advise_tier tier[2];
	struct advise_point points[2][LOADED_POINTS];
	double predicted;
	struct advise_trial trials[ADVISE_RATIOS];
	struct estimate found[ADVISE_RATIOS];
	unsigned int weight[ADVISE_RATIOS][2];
	size_t best;
};

/* What is found, until the weights are written. */
static struct sweep kept;

/* Two nodes of --nodes, or the fastest and the slowest that there are. */
static int choose_nodes(const struct bench *bench, struct sweep *sweep)
{
	struct tier_nodeset nodes;
	int status = wanted_nodes(bench, &nodes), first = -1, last = -1;
	uint32_t rank_first = UINT32_MAX, rank_last = 0;

	for (int node = -1; !status && (node = tier_nodeset_next(&nodes, node)) >= 0;) {
		struct tier_node_info info = { 0 };

		(void)!tier_node_get(bench->machine.topology, (unsigned int)node, &info,
				     sizeof(info));
		if (first < 0 || info.rank < rank_first) {
			first = node;
			rank_first = info.rank;
		}
		if (node != first && (last < 0 || info.rank > rank_last)) {
			last = node;
			rank_last = info.rank;
		}
	}
	if (status)
		return status;
	if (last < 0)
		return say(STATUS_UNSUPPORTED, bench->cmd->name,
			   "needs two nodes, and there is one that may be used");
	sweep->node[0] = (unsigned int)first;
	sweep->node[1] = (unsigned int)last;
	return initiator_of(bench, sweep->node[0], &sweep->cpu_node);
}

/* Whether there are a CPU for a latency and others for a load, and a buffer for either. */
static bool has_curve(const struct bench *bench)
{
	int cpus[2];

	return !is_hidden(bench) && kept.job->buffers < TEAM_BUFFERS &&
	       bench->wishes.threads != 1 &&
	       host_cpus(&bench->machine, kept.cpu_node, cpus, 2) == 2;
}

static int measure_curve(struct bench *bench, struct spot *spot)
{
	const double seconds = bench->wishes.seconds;
	int status;

	bench->wishes.seconds *= CURVE_PART;
	status = bench_loaded(bench, spot);
	bench->wishes.seconds = seconds;
	return status;
}

static int measure_traffic(struct bench *bench, struct spot *spot)
{
	return measure_bandwidth(bench, spot, "ratio", kept.job);
}

/* One node by itself: its latency, idle and by load, and its peak for this traffic. */
static int measure_alone(struct bench *bench, struct spot *spot)
{
	int status = measure_latency(bench, spot, "window", WINDOW_LINES);

	if (!status && !interrupted() && has_curve(bench))
		status = measure_curve(bench, spot);
	if (!status && !interrupted())
		status = measure_traffic(bench, spot);
	return status;
}

/* What was found of one node goes to its tier. */
static void take_tier(const struct run *run, const char *place, size_t i)
{
	const struct job *job = kept.job;
	struct advise_tier *tier = &kept.tier[i];
	struct advise_point *points = kept.points[i];

	for (size_t n = 0; n < run->count; n++) {
		const struct row *row = &run->rows[n];

		if (strcmp(row->place, place) != 0)
			continue;
		if (!strcmp(row->test, "latency"))
			tier->idle_ns = row->estimate.median;
		if (!strcmp(row->test, "ratio"))
			tier->peak_bytes_per_sec = row->estimate.median;
		/* As the program counts, like the peak. */
		if (!strcmp(row->test, "loaded"))
			points[tier->count++] = (struct advise_point){
				.bytes_per_sec = row->load_bytes_per_sec *
						 job->app_lines / job->bus_lines,
				.ns = row->estimate.median,
			};
	}
	tier->points = points;
	tier->count = advise_curve(points, tier->count, tier->peak_bytes_per_sec);
}

static int measure_tiers(struct bench *bench)
{
	struct turns turns = { .count = 2, .each = measure_alone };
	int status;

	for (size_t i = 0; i < turns.count; i++)
		turns.target[i] = (struct target){ place_node(kept.node[i]),
						   kept.cpu_node, TEAM_BUFFERS };
	status = measure_by_turns(bench, &turns);
	if (status || interrupted())
		return status;
	for (size_t i = 0; i < turns.count; i++)
		take_tier(&bench->run, turns.target[i].place.text, i);
	return STATUS_DONE;
}

/* A ratio as whole numbers up to 255, as the kernel's weights are; 4.5 is 9:2. */
static void to_weights(double fast, unsigned int weight[2])
{
	double best = INFINITY;

	weight[0] = 1;
	weight[1] = 0;
	for (unsigned int slow = 1; slow <= 10 && !isinf(fast); slow++) {
		double whole = fmin(fmax(1, round(fast * slow)), 255);
		double off = fabs(log(whole / slow / fast));

		if (off < best - 0.005) {
			best = off;
			weight[0] = (unsigned int)whole;
			weight[1] = slow;
		}
	}
}

/* As many as were asked for, or as the traffic itself had on the fast node. */
static double lines_in_flight(const struct bench *bench, const struct sweep *sweep)
{
	uint32_t threads = bench->run.rows[bench->run.count - 1].threads;
	const struct advise_tier *fast = &sweep->tier[0];

	if (bench->wishes.in_flight > 0)
		return bench->wishes.in_flight;
	return fmax(LINES_PER_THREAD * (double)threads,
		    advise_in_flight(fast, fast->peak_bytes_per_sec));
}

static double predicted_ratio(const struct bench *bench, const struct sweep *sweep)
{
	struct advice advice;

	if (advise(sweep->tier, 2, lines_in_flight(bench, sweep), &advice) ||
	    !advice.weight[1])
		return INFINITY;
	return (double)advice.weight[0] / advice.weight[1];
}

/* Where no figures are told there is nothing to predict from: these are placed, to see
 * that they can be. */
static const double unseen[] = { INFINITY, 3, 2, 1 };

/* By what the laps until now say of the others; 0: there are enough. */
static double next_ratio(const struct bench *bench, const struct turns *turns)
{
	if (is_hidden(bench))
		return turns->count < ARRAY_SIZE(unseen) ? unseen[turns->count] : 0;
	for (size_t i = 0; i < turns->count; i++)
		kept.trials[i].bytes_per_sec =
			entries_so_far(bench, &turns->target[i].place).median;
	return advise_next(kept.trials, turns->count, kept.predicted);
}

static struct place place_ratio(const unsigned int weight[2])
{
	struct place place = { 0 };

	/* Two always have room. */
	for (size_t i = 0; i < 2; i++)
		if (weight[i])
			(void)!place_add(&place, kept.node[i], weight[i]);
	return place;
}

static bool has_place(const struct turns *turns, const struct place *place)
{
	for (size_t i = 0; i < turns->count; i++)
		if (!strcmp(turns->target[i].place.text, place->text))
			return true;
	return false;
}

static_assert(ADVISE_RATIOS <= TURNS_MOST, "each ratio has a turn");

/* Ends the search where none is wanted, and where it is down to what weights cannot tell. */
static void add_ratio(struct bench *bench, struct turns *turns)
{
	const double next = next_ratio(bench, turns);
	struct target target = { .cpu_node = kept.cpu_node,
				 .buffers = kept.job->buffers };
	unsigned int weight[2];

	turns->add = NULL;
	if (next == 0)
		return;
	to_weights(next, weight);
	target.place = place_ratio(weight);
	if (has_place(turns, &target.place))
		return;
	turns->add = add_ratio;
	memcpy(kept.weight[turns->count], weight, sizeof(weight));
	kept.trials[turns->count].fast = weight[1] ? (double)weight[0] / weight[1] :
						     INFINITY;
	turns->target[turns->count++] = target;
}

/* Each round has a lap of every ratio that was thought of until then. */
static int sweep_all(struct bench *bench)
{
	struct turns turns = { .each = measure_traffic, .add = add_ratio };
	const size_t first = bench->run.count;
	int status;

	kept.predicted = predicted_ratio(bench, &kept);
	add_ratio(bench, &turns);
	status = measure_by_turns(bench, &turns);
	if (status || interrupted())
		return status;
	for (size_t i = 0; i < turns.count; i++) {
		kept.found[i] = bench->run.rows[first + i].estimate;
		kept.trials[i].bytes_per_sec = kept.found[i].median;
	}
	kept.best = advise_best(kept.trials, turns.count);
	return STATUS_DONE;
}

/* ---- the advice ----------------------------------------------------------------------- */

/* Whether the best one's interval lies above that of the fast node alone. */
static bool is_gain(const struct sweep *sweep)
{
	return sweep->best && sweep->found[sweep->best].low > sweep->found[0].high;
}

static void word_advice(struct bench *bench, const struct sweep *sweep)
{
	const struct estimate *found = &sweep->found[sweep->best],
			      *alone = &sweep->found[0];
	const unsigned int *weight = sweep->weight[sweep->best];
	char *text = bench->run.advice;
	size_t size = sizeof(bench->run.advice);

	if (bench->run.rows[0].flags & ROW_HIDDEN)
		(void)snprintf(text, size, "none: this machine is emulated");
	else if (!is_gain(sweep))
		(void)snprintf(text, size, "node %u only is best", sweep->node[0]);
	else
		(void)snprintf(text, size,
			       "node:%u=%u,node:%u=%u gains %.1f %% (%.1f .. %.1f)",
			       sweep->node[0], weight[0], sweep->node[1], weight[1],
			       100 * (found->median / alone->median - 1),
			       100 * (found->low / alone->high - 1),
			       100 * (found->high / alone->low - 1));
}

/* What `tierctl weights from-bench` reads. */
static int write_weights(const struct bench *bench)
{
	const struct sweep *sweep = &kept;
	const char *path = bench->options.weights;
	const unsigned int *weight = sweep->weight[sweep->best];
	char text[400];

	if (!path)
		return STATUS_DONE;
	if (bench->run.rows[0].flags & ROW_HIDDEN)
		return say(STATUS_FAILED, path,
			   "not written: the speed of an emulator is no advice");
	if (!is_gain(sweep))
		return say(STATUS_FAILED, path,
			   "not written: no ratio is faster than node %u alone",
			   sweep->node[0]);
	(void)snprintf(text, sizeof(text),
		       "{\n  \"schema\": 1,\n  \"about\": \"tierbench ratio, %s, %s\",\n"
		       "  \"nodes\": [\n    {\"node\": %u, \"weight\": %u},\n"
		       "    {\"node\": %u, \"weight\": %u}\n  ]\n}\n",
		       sweep->job->name, bench->run.date, sweep->node[0], weight[0],
		       sweep->node[1], weight[1]);
	return write_file(path, text, strlen(text));
}

static int run(struct bench *bench, char **operands)
{
	struct sweep *sweep = &kept;
	const char *name = bench->options.only ? bench->options.only : "read";
	int status;

	(void)operands;
	*sweep = (struct sweep){ .job = job_find(name) };
	if (!sweep->job)
		return say(STATUS_USAGE, name, "no such traffic");
	status = choose_nodes(bench, sweep);
	if (status)
		return status;
	bench->planned = 2 * (2 + (has_curve(bench) ? LOADED_POINTS : 0)) + ADVISE_RATIOS;
	bench->planned *= (unsigned int)laps_most(bench);
	status = measure_tiers(bench);
	if (!status && !interrupted())
		status = sweep_all(bench);
	if (!status && !interrupted())
		word_advice(bench, sweep);
	return status;
}

const struct cmd cmd_ratio = {
	.name = "ratio",
	.summary = "the best ratio of pages on fast and on slow memory",
	.about = "Measures a fast and a slow node alone, predicts from that how many pages of "
		 "the fast one there should be for one of the slow one, and confirms it with at "
		 "most 6 ratios, each page placed and proved. Says what it gains over the fast "
		 "node alone, with its interval, or that nothing does. --weights writes a file "
		 "for tierctl weights from-bench.",
	.flags = CMD_MEASURES | CMD_TRAFFIC | CMD_ONLY | CMD_WEIGHTS,
	.run = run,
	.leave = write_weights,
	.examples = {
		{ "tierbench ratio --weights w.json", "For reads." },
		{ "tierctl weights from-bench w.json", "Use what was found." },
		{ "tierbench ratio --only 2:1 --nodes node:0,2", "Two nodes, two reads a write." },
	},
};
