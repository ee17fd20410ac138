/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came between: of one thread, and of the machine. */
#ifndef DISTURB_H
#define DISTURB_H

#include <stddef.h>
#include <stdint.h>

#include "frequency.h"
#include "others.h"
#include "result.h"
#include "tier.h"

struct bench;

/* A thread's own counters at one moment. */
struct moment {
	uint64_t wall_ns;
	uint64_t cpu_ns;
	uint64_t preemptions;
};

struct moment moment_now(void);

/* What is watched of the machine. */
enum {
	DISTURB_MOVED = 0, /* pages */
	DISTURB_STOLEN_US,
	DISTURB_CPU_US,
	DISTURB_MEMORY_US,
	DISTURB_COUNTERS,
};

/* Sums over threads and samples; all zeros before the first disturb_begin(). */
struct disturb {
	uint64_t wall_ns;
	uint64_t cpu_ns;
	uint64_t preemptions;
	double fastest_ns, slowest_ns; /* of a fixed piece of computing; 0: none yet */
	/* Whose frequencies are looked at, in the caller's memory; none: nobody's. */
	const int *cpus;
	size_t cpu_count;
	struct frequency frequency;
	int frequency_error;	   /* why none is known, if none is */
	struct tier_traffic began; /* of the machine, at the last disturb_begin() */
	double took_us, grew[DISTURB_COUNTERS]; /* NAN: not known */
	/* From the first disturb_begin() to the last disturb_pause(), with what was between:
	 * ticks are too coarse for a lap. No wall_us: not known. */
	struct spent first, last;
};

/* What the machine counts between these two is added to what there is. */
void disturb_begin(struct disturb *disturb, struct bench *bench);
void disturb_pause(struct disturb *disturb, struct bench *bench);
void disturb_add(struct disturb *disturb, const struct moment *from,
		 const struct moment *to);
/* At the frequencies, right after a sample: idle CPUs are slower. */
void disturb_look(struct disturb *disturb);
/* How fast this CPU computes right now: what is left when frequency is not to be seen. */
void disturb_probe(struct disturb *disturb);
struct disturbance disturb_end(const struct disturb *disturb);

#endif
