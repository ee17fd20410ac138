/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Counters of what goes to and from memory, of which sysfs itself says what they are. A part of
 * the seam. */
#ifndef PMU_H
#define PMU_H

#include "platform.h"
#include "pmu_text.h"

enum pmu_figure { PMU_READ, PMU_WRITE, PMU_FIGURES };

/* What a controller's event counts. */
enum pmu_memory {
	PMU_MEMORY, /* whatever is behind it */
	PMU_PMEM,   /* only persistent memory */
	PMU_MEMORIES,
};

#define PMU_NAME 48

/* One counter to be opened. */
struct pmu_event {
	char pmu[PMU_NAME];    /* "uncore_imc_0" */
	char driver[PMU_NAME]; /* "uncore_imc" */
	enum pmu_memory memory;
	enum pmu_figure figure;
	uint32_t type;
	struct pmu_config config;
	double bytes; /* that one count stands for */
	unsigned int cpu;
};

/*
 * Appends each event of traffic, once for each CPU that its cpumask names; of several
 * drivers and names that count the same, only the first that is there. -ENOENT: no driver
 * of a memory controller; -EOPNOTSUPP: there is one, and sysfs names no event of traffic
 * with a unit; -EBADMSG: a file is missing, or not as the kernel documents it; what reading
 * gave. `name` (PMU_NAME) is the device that it is about, the last that counts when all is
 * well.
 */
int pmu_find_traffic(struct root *root, struct strbuf *out, char *name) MUST_CHECK;

#endif
