/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Figures with their proof: placed memory, repeated samples until the interval is narrow,
 * checked data, and a row. Knows no command. */
#ifndef MEASURE_H
#define MEASURE_H

#include "buffer.h"
#include "kernels.h"
#include "team.h"

#define SPOT_CPUS 1024

/* Latency windows: small ones spare the TLB. */
#define WINDOW_LINES 4096 /* 256 KiB */

/* Who looks at what memory. */
struct spot {
	struct place place;
	unsigned int cpu_node;
	int cpus[SPOT_CPUS];
	size_t count;
	struct buffer buffer[TEAM_BUFFERS];
	/* What the first buffer holds, if nothing else: a chain that was counted. */
	bool has_chain;
	size_t chain_window, chain_lines;
};

/* With so many buffers, and the threads that were asked for. 0 or a status, said. */
int spot_open(struct bench *bench, const struct place *place, unsigned int cpu_node,
	      size_t buffers, struct spot *spot) MUST_CHECK;
/* Once more, after measuring. 0 or a status, said. */
int spot_prove(struct bench *bench, struct spot *spot) MUST_CHECK;
uint64_t spot_pages_proved(const struct spot *spot);
void spot_close(struct spot *spot);

/* Whether loops are chosen by a trial, as none were asked for. */
bool is_tried(const struct bench *bench);

/* Each adds a row, or a lap to one (entry.h), or says why it does not and returns a status. */
int measure_latency(struct bench *bench, struct spot *spot, const char *variant,
		    size_t window_lines) MUST_CHECK;
/* `test` is what the row is called; the median, if wanted, goes to *rate. */
int measure_bandwidth(struct bench *bench, struct spot *spot, const char *test,
		      const struct job *job) MUST_CHECK;
/* Latency on the first CPU while the others make traffic, idle so many rounds between
 * pieces of it. */
int measure_loaded(struct bench *bench, struct spot *spot, const struct job *job,
		   unsigned int pause) MUST_CHECK;

/* Moves the one buffer to another node and back, as often as it takes; it ends there. */
int measure_move(struct bench *bench, struct spot *spot, unsigned int to) MUST_CHECK;

/* The last row's median, 0 for none. */
double last_median(const struct bench *bench);

#endif
