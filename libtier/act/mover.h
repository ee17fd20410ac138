/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pages of one process, batch by batch: once from its lowest address to its highest.
 * Knows no clock, and no other process. */
#ifndef MOVER_H
#define MOVER_H

#include "batch.h"
#include "platform.h"
#include "proc_text.h"

/* What is to be done, the same for each process. */
struct mover_job {
	const struct page_ops *ops;
	struct tier_nodeset from;
	struct tier_nodeset to;
	struct routes routes;
	const char *mapping; /* only this one; or NULL */
	unsigned int filter; /* enum batch_filter */
	uint64_t page_bytes;
	size_t batch_pages; /* a multiple of an extent's */
	bool only_looks;    /* no pass moves or touches anything */
};

/* Bytes, by what became of them. */
struct counts {
	uint64_t found; /* on the nodes that they shall leave */
	uint64_t there;
	uint64_t moved;
	uint64_t spared;
	uint64_t common;
	uint64_t gone;
	uint64_t left[TIER_LEFTS];
};

void counts_add(struct counts *sum, const struct counts *more);
uint64_t counts_left(const struct counts *counts);

struct mover {
	const struct mover_job *job;
	int pid;
	int task; /* the thread whose memory is asked for: the first that lives */
	int map;
	struct strbuf maps;
	struct strbuf huge; /* array of struct huge */
	const char *cursor; /* in maps */
	struct mapping mapping;
	uint64_t next;	    /* the next address to look at */
	struct batch batch; /* buffers stay from process to process */
	uint64_t *words;
	struct tier_nodeset closed;	 /* targets that cannot be used */
	struct tier_nodeset closed_huge; /* nor for huge pages of hugetlbfs */
	enum tier_left closed_why;
	bool likes_huge; /* the last complete extents were huge pages */
	bool cannot_touch;
	struct share share; /* whole is 0: everything moves */
	bool looks;	    /* this pass moves nothing */
	bool is_first;	    /* pass over this process */
	/* Of this pass: */
	struct counts counts;
	uint64_t examined; /* bytes of pages that were looked at */
	uint64_t calls;	   /* of move_pages, to move */
};

int mover_init(struct mover *mover, const struct mover_job *job) MUST_CHECK;
void mover_free(struct mover *mover);

/*
 * Begin a pass over a process. Errors: -ESRCH (it is gone), -EINVAL (it has no memory of
 * its own: a thread of the kernel), -EPERM, -EACCES, -ENOMEM.
 */
int mover_begin(struct mover *mover, struct root *root, int pid) MUST_CHECK;

/* One batch of at most so many bytes, which is rounded down to whole extents. Returns 1,
 * or 0 at the end of the pass. -ESRCH: the process has ended. */
int mover_step(struct mover *mover, uint64_t bytes) MUST_CHECK;

/* Let go of the process. */
void mover_end(struct mover *mover);

#endif
