/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who counts what goes to and from memory: one file for each, and what they have in common. */
#ifndef BANDWIDTH_H
#define BANDWIDTH_H

#include "pmu.h"
#include "strbuf.h"
#include "tier.h"

struct sampler;

enum bandwidth_rate {
	BANDWIDTH_TOTAL,
	BANDWIDTH_LOCAL,
	BANDWIDTH_READ,
	BANDWIDTH_WRITE,
	BANDWIDTH_RATES,
};

/* What one part of the machine has moved so far. */
struct bandwidth_reading {
	const char *source; /* lives as long as the sampler */
	enum tier_bandwidth_of of;
	uint32_t domain;
	struct tier_nodeset nodes;
	uint32_t known; /* bit 1 << rate */
	double bytes[BANDWIDTH_RATES];
};

struct bandwidth_source {
	const char *name;
	/* Append readings. -ENOENT: there is no such counter; others are the reason why one is
	 * not read, and `device` (PMU_NAME) which. */
	int (*read)(struct sampler *sampler, struct strbuf *out, char *device);
};

extern const struct bandwidth_source bandwidth_resctrl, bandwidth_controllers;

/* Counters of memory controllers, which stay open. */
struct controllers {
	bool is_open;
	bool found_nodes;
	int error; /* why none is */
	char device[PMU_NAME];
	struct strbuf counters; /* array of struct counter */
	struct strbuf sums;	/* array of struct controller_sum */
};

struct bandwidth {
	struct strbuf
		readings; /* array of struct bandwidth_reading, as of the last look, */
	uint64_t read_ns; /* which was then */
	char device[PMU_NAME];
	struct controllers controllers;
};

/* The reading of the last look for the same part; NULL: there was none. */
const struct bandwidth_reading *bandwidth_before(const struct bandwidth *bandwidth,
						 const struct bandwidth_reading *reading);

/* Before processes take all descriptors; called with each look, it does this once. */
int controllers_open(struct sampler *sampler) MUST_CHECK;
void controllers_close(struct sampler *sampler);

/* Rates since the last look. */
int sampler_bandwidth(struct sampler *sampler, struct strbuf *out) MUST_CHECK;
void sampler_free_bandwidth(struct sampler *sampler);

#endif
