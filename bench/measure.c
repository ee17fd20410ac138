// SPDX-License-Identifier: GPL-2.0-or-later
// What latency, bandwidth and both at once are measured by. Judges nothing.
#include "measure.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "chain.h"
#include "entry.h"
#include "trial.h"

/* ---- where --------------------------------------------------------------------------- */

static int pin(int cpu)
{
	struct cpus cpus = { 0 };

	CPU_SET_S((size_t)cpu, sizeof(cpus), (cpu_set_t *)&cpus);
	return sched_setaffinity(0, sizeof(cpus), (cpu_set_t *)&cpus) ? -errno : 0;
}

int spot_open(struct bench *bench, const struct place *place, unsigned int cpu_node,
	      size_t buffers, struct spot *spot)
{
	unsigned int threads = bench->wishes.threads;
	int status = STATUS_DONE;

	*spot = (struct spot){ .place = *place, .cpu_node = cpu_node };
	spot->count = host_cpus(&bench->machine, cpu_node, spot->cpus, SPOT_CPUS);
	if (!spot->count)
		return say(STATUS_NOT_FOUND, "CPUs",
			   "none of node %u may be used by this process", cpu_node);
	if (threads > spot->count)
		return say(
			STATUS_USAGE, "--threads",
			"node %u has %zu CPUs that may be used, and each thread has its "
			"own",
			cpu_node, spot->count);
	if (threads)
		spot->count = threads;
	if (pin(spot->cpus[0]))
		return say(STATUS_FAILED, "CPUs", "cannot run on CPU %d", spot->cpus[0]);
	status = buffer_room(bench, place, buffers * bench->wishes.bytes);
	for (size_t i = 0; !status && i < buffers; i++)
		status = buffer_open(bench, place, &spot->buffer[i]);
	if (status)
		spot_close(spot);
	return status;
}

void spot_close(struct spot *spot)
{
	for (size_t i = 0; i < TEAM_BUFFERS; i++)
		buffer_close(&spot->buffer[i]);
}

int spot_prove(struct bench *bench, struct spot *spot)
{
	int status = STATUS_DONE;

	for (size_t i = 0; !status && i < TEAM_BUFFERS; i++)
		if (spot->buffer[i].start)
			status = buffer_prove(bench, &spot->place, &spot->buffer[i]);
	return status;
}

uint64_t spot_pages_proved(const struct spot *spot)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < TEAM_BUFFERS; i++)
		pages += spot->buffer[i].pages_proved;
	return pages;
}

/* Who is looked at while a row is measured: the CPUs that measure it. */
static void watch(const struct spot *spot, struct entry *entry)
{
	entry->series.disturb.cpus = spot->cpus;
	entry->series.disturb.cpu_count = entry->row.threads;
}

/* ---- latency --------------------------------------------------------------------------- */

#define STEPS_AT_LEAST 4096

/* Steps that take a sample's time, from some that take a good part of it. */
static size_t find_steps(const void **at)
{
	size_t steps = STEPS_AT_LEAST;

	for (;;) {
		uint64_t began = now_ns(), took;

		*at = chain_walk(*at, steps);
		took = now_ns() - began;
		if (took >= SAMPLE_NS / 4 || interrupted())
			return chain_steps(steps, took, SAMPLE_NS, STEPS_AT_LEAST);
		steps *= 2;
	}
}

static double walk_once(const void **at, size_t steps, struct disturb *disturb)
{
	struct moment from = moment_now(), to;

	*at = chain_walk(*at, steps);
	to = moment_now();
	disturb_add(disturb, &from, &to);
	return (double)(to.wall_ns - from.wall_ns) / (double)steps;
}

/* A walk through all of it is the proof. Chains of as many lines are built alike, so of the
 * next it is proof enough that each line leads where it did in the one that was walked. */
static uint64_t count_chain(struct bench *bench, const void *start, size_t lines,
			    size_t window_lines)
{
	struct counted_chain *counted = &bench->counted[!window_lines];
	const struct counted_chain found = { lines, window_lines,
					     chain_print(start, lines) };

	if (counted->lines == lines && counted->window_lines == window_lines)
		return counted->print == found.print ? lines : 0;
	*counted = found;
	return chain_length(start, lines);
}

static int build_chain(struct bench *bench, struct spot *spot, size_t window_lines,
		       struct row *row)
{
	size_t lines = spot->buffer[0].bytes / CHAIN_LINE_BYTES;
	uint64_t counted;
	int ret;

	/* Traffic beside a chain leaves it alone, so one does for a whole curve. */
	if (spot->has_chain && spot->chain_window == window_lines) {
		row->lines_proved += spot->chain_lines;
		return STATUS_DONE;
	}
	spot->has_chain = false;
	ret = chain_build(spot->buffer[0].start, lines, window_lines, lines);
	if (ret)
		return say_error("chain", "cannot be built", ret);
	counted = count_chain(bench, spot->buffer[0].start, lines, window_lines);
	row->lines_proved += counted;
	if (counted != lines)
		return say(STATUS_FAILED, bench->cmd->name,
			   "the chain has %" PRIu64 " lines of %zu; there is no result",
			   counted, lines);
	spot->has_chain = true;
	spot->chain_window = window_lines;
	spot->chain_lines = lines;
	return STATUS_DONE;
}

/* How many steps a sample has, as was found in the first lap. */
static size_t steps_of(const struct bench *bench, struct entry *entry, const void **at)
{
	if (!entry->steps)
		entry->steps = is_hidden(bench) ? STEPS_AT_LEAST : find_steps(at);
	return entry->steps;
}

static int walk_lap(struct bench *bench, struct spot *spot, size_t window_lines,
		    struct entry *entry)
{
	const void *at = spot->buffer[0].start;
	struct series *series = &entry->series;
	int status = build_chain(bench, spot, window_lines, &entry->row);
	size_t steps;

	if (status)
		return status;
	steps = steps_of(bench, entry, &at);
	while (!series_is_over(series) && !interrupted())
		series_add(series, walk_once(&at, steps, &series->disturb));
	return STATUS_DONE;
}

int measure_latency(struct bench *bench, struct spot *spot, const char *variant,
		    size_t window_lines)
{
	struct row row = { .test = "latency", .unit = UNIT_NS, .threads = 1 };
	struct entry *entry;
	int status;

	show_progress(bench, spot, "latency", variant);
	(void)snprintf(row.variant, sizeof(row.variant), "%s", variant);
	status = entry_begin(bench, spot, &row, &entry);
	if (!status && entry) {
		watch(spot, entry);
		status = walk_lap(bench, spot, window_lines, entry);
	}
	return entry_end(bench, spot, entry, status);
}

/* ---- bandwidth ------------------------------------------------------------------------- */

static int start_team(struct bench *bench, struct spot *spot, const struct team_ask *more,
		      struct team *team)
{
	struct team_ask ask = *more;
	int ret;

	ask.set = bench->kernels;
	ask.bytes = spot->buffer[0].bytes;
	for (size_t i = 0; i < TEAM_BUFFERS; i++)
		ask.buffer[i] = spot->buffer[i].start;
	ret = team_start(team, &ask);
	if (ret == -EINVAL)
		return say(STATUS_USAGE, "--size", "too small for %zu threads",
			   ask.count);
	return ret ? say_error("threads", "cannot be started", ret) : STATUS_DONE;
}

struct tried {
	struct team *team;
	uint64_t run_ns;
};

/* A moment of some loops by all threads. What they were kept from the CPU is left out: it
 * says nothing of loops. */
static double run_moment(void *data, const struct kernel_set *set)
{
	const struct tried *tried = data;
	struct team *team = tried->team;
	struct disturb spent = { 0 };
	double rate;

	team->ask.set = set;
	team_begin(team, now_ns() + tried->run_ns);
	rate = team_end(team, &spent);
	return spent.cpu_ns ? rate * (double)spent.wall_ns / (double)spent.cpu_ns : 0;
}

bool is_tried(const struct bench *bench)
{
	return !bench->options.kernels && !is_hidden(bench);
}

static struct pick *find_pick(struct bench *bench, const struct team_ask *ask)
{
	for (size_t i = 0; i < bench->picked; i++)
		if (bench->picks[i].job == ask->job &&
		    bench->picks[i].step_lines == ask->step_lines)
			return &bench->picks[i];
	return NULL;
}

/* As if there were no pauses: those are the load's, and not the loops'. */
static const struct pick *try_loops(struct bench *bench, struct team *team)
{
	struct tried tried = { team, trial_run_ns(bench->wishes.seconds) };
	const unsigned int pause = team->ask.pause;
	struct pick *pick = &bench->picks[bench->picked];

	if (bench->picked == PICKS)
		return NULL;
	team->ask.pause = 0;
	*pick = (struct pick){ team->ask.job, team->ask.step_lines,
			       trial_of_loops(run_moment, &tried) };
	team->ask.pause = pause;
	bench->picked++;
	return pick;
}

/* Where loops were not asked for: those that are the fastest for this traffic. */
static void choose_loops(struct bench *bench, struct team *team, struct row *row)
{
	const struct pick *pick = find_pick(bench, &team->ask);

	if (!pick && is_tried(bench))
		pick = try_loops(bench, team);
	team->ask.set = pick ? pick->set : bench->kernels;
	(void)snprintf(row->kernels, sizeof(row->kernels), "%s", team->ask.set->name);
}

/* End the threads, and see that they did what they had to. */
static int stop_team(struct bench *bench, struct team *team, struct row *row)
{
	uint64_t lines, wrong = team_check(team, &lines);

	team_stop(team);
	row->lines_proved += lines;
	if (!wrong)
		return STATUS_DONE;
	return say(STATUS_FAILED, bench->cmd->name,
		   "%s: %" PRIu64
		   " steps left wrong data behind; there is no result. The "
		   "memory or the processor is at fault",
		   row->variant, wrong);
}

static int drive_lap(struct bench *bench, struct spot *spot, const struct job *job,
		     struct entry *entry)
{
	const struct team_ask ask = { .job = job,
				      .cpus = spot->cpus,
				      .count = spot->count,
				      .step_lines = STEP_LINES };
	struct series *series = &entry->series;
	struct team team;
	int status;

	spot->has_chain = false;
	status = start_team(bench, spot, &ask, &team);
	if (status)
		return status;
	choose_loops(bench, &team, &entry->row);
	while (!series_is_over(series) && !interrupted()) {
		team_begin(&team, now_ns() + SAMPLE_NS);
		series_add(series, team_end(&team, &series->disturb));
	}
	return stop_team(bench, &team, &entry->row);
}

int measure_bandwidth(struct bench *bench, struct spot *spot, const char *test,
		      const struct job *job)
{
	struct row row = { .unit = UNIT_BYTES_PER_SEC,
			   .threads = (uint32_t)spot->count,
			   .bus_factor = job->bus_lines / job->app_lines };
	struct entry *entry;
	int status;

	show_progress(bench, spot, test, job->name);
	(void)snprintf(row.test, sizeof(row.test), "%s", test);
	(void)snprintf(row.variant, sizeof(row.variant), "%s", job->name);
	status = entry_begin(bench, spot, &row, &entry);
	if (!status && entry) {
		watch(spot, entry);
		status = drive_lap(bench, spot, job, entry);
	}
	return entry_end(bench, spot, entry, status);
}

/* ---- loaded latency -------------------------------------------------------------------- */

/* One sample: the traffic beside it goes to *load. */
static double walk_loaded(struct team *team, const void **at, size_t steps,
			  struct series *series, double *load)
{
	double ns;

	team_begin(team, UINT64_MAX);
	ns = walk_once(at, steps, &series->disturb);
	atomic_store(&team->over, true);
	*load += team_end(team, &series->disturb);
	return ns;
}

static int walk_loaded_lap(struct bench *bench, struct spot *spot, const struct job *job,
			   unsigned int pause, struct entry *entry)
{
	const struct team_ask ask = { .job = job,
				      .cpus = spot->cpus + 1,
				      .count = spot->count - 1,
				      .step_lines = PIECE_LINES,
				      .pause = pause };
	struct spot loaders = *spot;
	const void *at = spot->buffer[0].start;
	struct series *series = &entry->series;
	struct team team;
	size_t steps;
	int status;

	/* The chain has the first buffer, the traffic those behind it. */
	loaders.buffer[0] = spot->buffer[1];
	loaders.buffer[1] = spot->buffer[2];
	loaders.buffer[2] = (struct buffer){ 0 };
	status = build_chain(bench, spot, WINDOW_LINES, &entry->row);
	if (!status)
		status = start_team(bench, &loaders, &ask, &team);
	if (status)
		return status;
	choose_loops(bench, &team, &entry->row);
	steps = steps_of(bench, entry, &at);
	for (; !series_is_over(series) && !interrupted(); entry->load_count++)
		series_add(series, walk_loaded(&team, &at, steps, series, &entry->load));
	entry->row.load_bytes_per_sec =
		entry->load / (double)entry->load_count * job->bus_lines / job->app_lines;
	return stop_team(bench, &team, &entry->row);
}

int measure_loaded(struct bench *bench, struct spot *spot, const struct job *job,
		   unsigned int pause)
{
	struct row row = { .test = "loaded",
			   .unit = UNIT_NS,
			   .threads = (uint32_t)spot->count };
	struct entry *entry;
	int status;

	show_progress(bench, spot, "loaded", job->name);
	(void)snprintf(row.variant, sizeof(row.variant), "%s/%u", job->name, pause);
	status = entry_begin(bench, spot, &row, &entry);
	if (!status && entry) {
		watch(spot, entry);
		status = walk_loaded_lap(bench, spot, job, pause, entry);
	}
	return entry_end(bench, spot, entry, status);
}
