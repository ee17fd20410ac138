/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* All processes of a machine, or one, looked at again and again under one budget. */
#ifndef SAMPLER_H
#define SAMPLER_H

#include "bandwidth.h"
#include "births.h"
#include "heat.h"
#include "subject.h"

struct group {
	char *path;
	uint32_t processes; /* in it, not below */
	int error;
	uint64_t *bytes; /* by tier and of other nodes: anon, then file */
};

/* One mapping of a process. */
struct span {
	uint64_t start, end;
	char *name;
	char *policy;	/* NULL: not known, as it was not walked */
	double *bytes;	/* by tier and of other nodes */
	uint64_t found; /* pages of a sample */
};

struct sampler {
	struct looking looking;
	struct tier_nodeset *tiers; /* n_tiers + 1 */
	struct tier_nodeset nodes;  /* to read meminfo of; the caller's to fill */
	char *with_memory;	    /* the kernel's list of nodes; NULL: not read yet */
	uint32_t *rank;		    /* by node */
	struct subject *subjects;   /* ascending by pid */
	size_t n_subjects, room;
	struct births births;	    /* when all were listed last */
	uint32_t descriptors;	    /* still to be kept open */
	int renewed, renewed_other; /* whose name was read anew last: their pids */
	int regrouped;		    /* and whose control group */
	struct strbuf names;
	struct strbuf order; /* of looks: array of struct turn */

	struct group *groups;
	size_t n_groups;
	struct span *spans; /* mappings of one process */
	size_t n_spans;
	struct heat heat;
	struct strbuf published[9]; /* arrays of what tier.h has */
	struct bandwidth bandwidth;
	struct tier_sample sample;
};

/* What a refresh may use. */
struct allowance {
	int pid; /* only this process; 0: all */
	uint32_t pages;
	uint64_t cpu_ns;
	bool names; /* read command lines, control groups and heaps, too */
};

/* Nodes of each tier, the fastest first; copied. 0 or -ENOMEM; free it in any case. */
int sampler_init(struct sampler *sampler, struct root *root,
		 const struct tier_nodeset *tiers, size_t n_tiers) MUST_CHECK;
void sampler_free(struct sampler *sampler);

/* One refresh of all processes. -ENOMEM; of one: -ESRCH, -EACCES. */
int sampler_refresh(struct sampler *sampler,
		    const struct allowance *allowance) MUST_CHECK;
/* The control groups that the processes are in, and those above. */
int sampler_groups(struct sampler *sampler) MUST_CHECK;
/* Where each mapping of the last process that was looked at lies; call it behind a refresh
 * of one process. */
int sampler_mappings(struct sampler *sampler) MUST_CHECK;
/* Fill `sample` from all that; `pid` as it was in the allowance. */
int sampler_publish(struct sampler *sampler, int pid) MUST_CHECK;

/* Its parts. */
int sampler_name(struct sampler *sampler, uint64_t renewing_ns) MUST_CHECK;
void sampler_free_groups(struct sampler *sampler);
void sampler_free_spans(struct sampler *sampler);

#endif
