// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench ratio: how to divide memory between a fast and a slow node, predicted from
// each alone and confirmed by measuring.
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "advise.h"
#include "cmds.h"
#include "series.h"

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
	struct advise_trial trials[ADVISE_RATIOS];
	struct estimate found[ADVISE_RATIOS];
	unsigned int weight[ADVISE_RATIOS][2];
	size_t count, best;
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

/* Its latency by load, where there are a CPU for the latency and others for the load. */
static int measure_curve(struct bench *bench, struct sweep *sweep, size_t i,
			 struct spot *spot)
{
	struct advise_point *points = sweep->points[i];
	const double seconds = bench->wishes.seconds;
	size_t first = bench->run.count;
	int status;

	if (is_hidden(bench) || spot->count < 2 || sweep->job->buffers > 2)
		return STATUS_DONE;
	bench->planned += LOADED_POINTS;
	bench->wishes.seconds *= CURVE_PART;
	status = bench_loaded(bench, spot);
	bench->wishes.seconds = seconds;
	for (size_t n = 0; !status && first + n < bench->run.count; n++) {
		const struct row *row = &bench->run.rows[first + n];

		/* As the program counts, like the peak. */
		points[n].bytes_per_sec = row->load_bytes_per_sec *
					  sweep->job->app_lines / sweep->job->bus_lines;
		points[n].ns = row->estimate.median;
		sweep->tier[i].count = n + 1;
	}
	sweep->tier[i].points = points;
	return status;
}

/* One node by itself: its latency, idle and by load, and its peak for this traffic. */
static int measure_alone(struct bench *bench, struct sweep *sweep, size_t i)
{
	static struct spot spot;
	const struct place place = place_node(sweep->node[i]);
	int status = spot_open(bench, &place, sweep->cpu_node, TEAM_BUFFERS, &spot);

	if (status)
		return status;
	status = measure_latency(bench, &spot, "window", WINDOW_LINES);
	sweep->tier[i].idle_ns = last_median(bench);
	if (!status && !interrupted())
		status = measure_curve(bench, sweep, i, &spot);
	if (!status && !interrupted())
		status = measure_bandwidth(bench, &spot, "ratio", sweep->job);
	sweep->tier[i].peak_bytes_per_sec = last_median(bench);
	sweep->tier[i].count = advise_curve(sweep->points[i], sweep->tier[i].count,
					    sweep->tier[i].peak_bytes_per_sec);
	spot_close(&spot);
	return status;
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

static int measure_ratio(struct bench *bench, struct sweep *sweep, double fast)
{
	static struct spot spot;
	unsigned int *weight = sweep->weight[sweep->count];
	struct place place = { 0 };
	int status = STATUS_DONE;

	to_weights(fast, weight);
	for (size_t i = 0; i < 2; i++)
		if (weight[i] && place_add(&place, sweep->node[i], weight[i]))
			status = STATUS_FAILED;
	if (!status)
		status = spot_open(bench, &place, sweep->cpu_node, TEAM_BUFFERS, &spot);
	if (status)
		return status;
	status = measure_bandwidth(bench, &spot, "ratio", sweep->job);
	spot_close(&spot);
	if (status)
		return status;
	sweep->found[sweep->count] = bench->run.rows[bench->run.count - 1].estimate;
	sweep->trials[sweep->count].fast = weight[1] ? (double)weight[0] / weight[1] :
						       INFINITY;
	sweep->trials[sweep->count++].bytes_per_sec = last_median(bench);
	return STATUS_DONE;
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

static int sweep_all(struct bench *bench, struct sweep *sweep)
{
	double predicted = predicted_ratio(bench, sweep), next;
	bool hidden = bench->run.rows[0].flags & ROW_HIDDEN;
	int status = STATUS_DONE;

	while (!status && !interrupted()) {
		if (hidden)
			next = sweep->count < ARRAY_SIZE(unseen) ? unseen[sweep->count] :
								   0;
		else
			next = advise_next(sweep->trials, sweep->count, predicted);
		if (next == 0)
			break;
		status = measure_ratio(bench, sweep, next);
	}
	return status;
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
	bench->planned = 4 + ADVISE_RATIOS;
	status = choose_nodes(bench, sweep);
	for (size_t i = 0; !status && !interrupted() && i < 2; i++)
		status = measure_alone(bench, sweep, i);
	if (!status && !interrupted())
		status = sweep_all(bench, sweep);
	if (status || interrupted())
		return status;
	sweep->best = advise_best(sweep->trials, sweep->count);
	word_advice(bench, sweep);
	return STATUS_DONE;
}

const struct cmd cmd_ratio = {
	.name = "ratio",
	.summary = "the best ratio of pages on fast and on slow memory",
	.about = "Measures a fast and a slow node alone, predicts from that how many pages of "
		 "the fast one there should be for one of the slow one, and confirms it with at "
		 "most 6 ratios, each page placed and proved. Says what it gains over the fast "
		 "node alone, with its interval, or that nothing does. --weights writes a file "
		 "for tierctl weights from-bench.",
	.flags = CMD_MEASURES | CMD_ONLY | CMD_WEIGHTS,
	.run = run,
	.leave = write_weights,
	.examples = {
		{ "tierbench ratio --weights w.json", "For reads." },
		{ "tierctl weights from-bench w.json", "Use what was found." },
		{ "tierbench ratio --only 2:1 --nodes node:0,2", "Two nodes, two reads a write." },
	},
};
