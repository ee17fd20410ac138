/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters of a machine that has as many as anybody opens. */
#ifndef FAKE_PERF_H
#define FAKE_PERF_H

#include <stdbool.h>

#include "perf.h"

#define FAKE_COUNTERS 64

struct fake_counter {
	bool is_open;
	uint32_t type;
	struct pmu_config config;
	unsigned int cpu;
	struct perf_count count;
	int error; /* of reading it */
};

extern const struct perf_ops fake_perf;

/* In the order in which they were opened; an end makes room for nobody. */
extern struct fake_counter fake_counters[FAKE_COUNTERS];
extern int fake_perf_opens; /* how many were asked for */
extern int fake_perf_error; /* of opening one from fake_perf_fails on */
extern int fake_perf_fails;

void fake_perf_reset(void);
/* How many are open now. */
int fake_perf_open(void);
/* All open counters of this event run so long more, out of so long, and count so much. */
void fake_perf_run(uint64_t config, uint64_t value, uint64_t running_ns,
		   uint64_t enabled_ns);

#endif
