// SPDX-License-Identifier: GPL-2.0-or-later
// How fast pages move, and whether each of them arrived.
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "series.h"

#define SMALL_PAGE 4096

/* What moves our buffer, and nothing else of ours: its advice makes it a mapping of its
 * own, as do huge pages. */
static int open_mover(struct bench *bench, const struct buffer *buffer, unsigned int from,
		      unsigned int to, struct tier_migration **mover)
{
	const uintptr_t start = (uintptr_t)buffer->start;
	struct tier_migration_config config = { .pid = getpid() };
	struct tier_diag diag = { 0 };
	char mapping[48];
	int ret;

	(void)snprintf(mapping, sizeof(mapping), "%" PRIxPTR "-%" PRIxPTR, start,
		       start + buffer->bytes);
	config.mapping = mapping;
	(void)tier_nodeset_add(&config.from, from);
	(void)tier_nodeset_add(&config.to, to);
	ret = tier_migration_new(bench->machine.ctx, &config, sizeof(config), mover,
				 &diag);
	if (!ret)
		return STATUS_DONE;
	return say(ret == -EPERM || ret == -EACCES ? STATUS_NOT_PERMITTED : STATUS_FAILED,
		   bench->cmd->name, "pages cannot be moved: %s",
		   diag.message[0] ? diag.message : tier_strerror(ret));
}

/* All of the buffer to another node. Returns pages a second in *rate. */
static int move_timed(struct bench *bench, struct spot *spot, unsigned int to,
		      struct series *series, double *rate)
{
	struct tier_migration *mover = NULL;
	struct tier_migration_stats stats = { 0 };
	struct moment began, ended;
	int ret = 1;
	int status = open_mover(bench, &spot->buffer[0], spot->place.node[0], to, &mover);

	if (status)
		return status;
	began = moment_now();
	while (ret > 0)
		ret = tier_migration_step(mover, now_ns());
	ended = moment_now();
	tier_migration_get(mover, &stats, sizeof(stats));
	tier_migration_free(mover);
	if (ret)
		return say_error("pages", "cannot be moved", ret);
	disturb_add(&series->disturb, &began, &ended);
	series->moved += stats.moved_bytes / SMALL_PAGE;
	*rate = (double)stats.moved_bytes / SMALL_PAGE * 1e9 /
		(double)(ended.wall_ns - began.wall_ns);
	return STATUS_DONE;
}

/* Moved, and proved to be there. */
static int move_buffer(struct bench *bench, struct spot *spot, unsigned int to,
		       struct series *series, double *rate)
{
	int status = move_timed(bench, spot, to, series, rate);

	if (status)
		return status;
	spot->place = place_node(to);
	return buffer_prove(bench, &spot->place, &spot->buffer[0]);
}

/* There until it is known how fast, and back in between. */
static int move_often(struct bench *bench, struct spot *spot, unsigned int to,
		      struct series *series)
{
	const uint64_t until = now_ns() + (uint64_t)(bench->wishes.seconds * 1e9);
	const unsigned int from = spot->place.node[0];
	double there = 0, back;

	for (;;) {
		int status = move_buffer(bench, spot, to, series, &there);

		if (status || interrupted())
			return status;
		series_add(series, there);
		if (series->laps.stop ||
		    (series->laps.count >= series->laps.rule.least && now_ns() > until))
			return STATUS_DONE;
		status = move_buffer(bench, spot, from, series, &back);
		if (status || interrupted())
			return status;
	}
}

/* Free reserved pages of a node, of the kernel's default size; 0: not known. */
static uint64_t reserved_pages(const struct bench *bench, unsigned int node)
{
	const struct tier_sampling sampling = { .topology = bench->machine.topology,
						.pid = getpid(),
						.pages = 1 };
	struct tier_sampler *sampler = NULL;
	const struct tier_sample *sample;
	uint64_t pages = 0;

	if (tier_sampler_look(bench->machine.ctx, &sampler, &sampling, sizeof(sampling),
			      &sample))
		return 0;
	for (uint32_t i = 0; i < sample->n_nodes; i++)
		if (sample->nodes[i].node == node &&
		    sample->nodes[i].known & 1U << TIER_GAUGE_HUGE_FREE)
			pages = sample->nodes[i].gauge[TIER_GAUGE_HUGE_FREE];
	tier_sampler_free(sampler);
	return pages;
}

/* Where a node has no reserved page free for one that comes, the kernel makes one, and takes
 * it from the reserve of the node that it came from, for good. */
static int check_reserve(const struct bench *bench, const struct spot *spot,
			 unsigned int to)
{
	const uint64_t wanted = spot->buffer[0].bytes / HUGE_BYTES;
	const uint64_t found = reserved_pages(bench, to);
	char object[32];

	if (bench->wishes.pages != PAGES_HUGE || found >= wanted)
		return STATUS_DONE;
	(void)snprintf(object, sizeof(object), "node %u", to);
	return say(STATUS_FAILED, object,
		   "%" PRIu64 " reserved huge pages are free, and %" PRIu64
		   " are needed, or those of node %u would go there for good",
		   found, wanted, spot->place.node[0]);
}

int measure_move(struct bench *bench, struct spot *spot, unsigned int to)
{
	const unsigned int from = spot->place.node[0];
	struct row row = { .test = "migrate",
			   .variant = "move",
			   .unit = UNIT_PAGES_PER_SEC,
			   .threads = 1 };
	struct series series;
	int status = check_reserve(bench, spot, to);

	if (!status)
		status = series_begin(bench, &series);
	if (status)
		return status;
	series.disturb.cpus = spot->cpus;
	series.disturb.cpu_count = 1;
	show_progress(bench, spot, "migrate", "move");
	status = move_often(bench, spot, to, &series);
	if (status || interrupted()) {
		series_free(&series);
		return status;
	}
	(void)snprintf(spot->place.text, sizeof(spot->place.text), "node:%u to node:%u",
		       from, to);
	return series_finish(bench, spot, &series, &row);
}
