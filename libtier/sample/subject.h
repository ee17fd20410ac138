/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One process that is watched: who it is, where its memory lay when it was last looked at,
 * and how to look again. Knows no other process. */
#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdbool.h>

#include "areas.h"
#include "draw.h"
#include "gauges.h"
#include "pages.h"
#include "perf.h"
#include "strbuf.h"
#include "tally.h"
#include "tier.h"

/* What all looks share, and the rooms that they work in. */
struct looking {
	struct root *root;
	const struct page_ops *pages; /* NULL: not this machine, so nothing is asked */
	const struct perf_ops *perf;  /* NULL: the same */
	const struct watch_ops *watch;
	uint64_t page_bytes;
	uint64_t hold_ns; /* walk only what is walked in this time */
	bool walks_all;
	bool asks_heaps;	       /* what libtiermalloc.so tells of a process, too */
	size_t followed, follows_most; /* processes that are walked, for their flows */
	uint64_t seed;
	uint64_t asked;	 /* pages, since it was last set to 0 */
	uint64_t walked; /* processes */

	struct ranks ranks;
	const struct tier_nodeset *tiers; /* n_tiers, and one of all other nodes */
	size_t n_tiers;

	struct strbuf text;
	struct points points;
	struct tally tally; /* of the last look, if that was a sample */
	double *weight;	    /* TIER_MAX_NODES */
	uint64_t *bytes;    /* TIER_MAX_NODES: of the last look, if that was a walk */
};

int looking_init(struct looking *looking) MUST_CHECK;
void looking_free(struct looking *looking);

struct subject {
	int pid;
	int statm; /* descriptor, or -1 */
	uint64_t parent;
	uint64_t uid;
	uint64_t started;
	uint64_t met_ns; /* when its name and owner were read */
	bool knows_uid;
	bool has_memory; /* a thread of the kernel has none */
	bool is_here;	 /* in the list of processes now */
	char *name;
	uint64_t named_ns;  /* when command and control group were, */
	uint64_t named_for; /* and its mapped_pages then */
	char *command;	    /* NULL: not read yet, nor the control group */
	char *cgroup;
	char policy[48];
	bool names_heap;  /* libtiermalloc.so was among its mappings, when last read */
	uint64_t heap_at; /* where its page is; 0: not known */
	uint64_t no_heap_for; /* mapped_pages when it was searched in vain; 0: never */
	char *heap;	      /* what that says; NULL: no such heap */
	enum tier_heap_state heap_state;
	int heap_error;
	uint64_t mapped_pages;
	uint64_t resident_pages;
	uint64_t huge_bytes; /* of hugetlbfs, which are not among the resident ones */

	enum tier_placed how;
	int error;
	uint64_t looked_ns;    /* when */
	uint64_t walked_bytes; /* of a walk: how much there was */
	double walk_ns;	       /* a page of the last walk cost so much; 0: not known */
	struct share *shares;  /* by tier, and of all other nodes */
	double unsure;	       /* half of the widest interval */
	uint64_t found, absent, outside, refused; /* of the last sample */

	struct areas areas;
	uint64_t areas_for;	/* mapped_pages when maps was read */
	uint64_t areas_read_ns; /* when that was */
	struct points panel;	/* pages to ask about again, */
	uint64_t panel_ns;	/* and when they were where they are noted */
	struct share promoted, demoted;
	double flow_seconds; /* between the two; 0: not known */
};

/* Read who it is. -ESRCH. */
int subject_meet(struct subject *subject, struct looking *looking) MUST_CHECK;
/* Its size now. -ESRCH: it has ended. */
int subject_measure(struct subject *subject, struct looking *looking) MUST_CHECK;
/* What is read late: its command line and its control group. 0 or -ENOMEM. */
int subject_name(struct subject *subject, struct looking *looking) MUST_CHECK;
/* Read its control group again. 0 or -ENOMEM. */
int subject_group(struct subject *subject, struct looking *looking) MUST_CHECK;
/* Read anew who it is, and that: another program, another owner, another group. -ENOMEM,
 * -ESRCH. */
int subject_renew(struct subject *subject, struct looking *looking) MUST_CHECK;
/* What its heap says of itself, if it has one of libtiermalloc.so: behind a look, which tells
 * whether a search is worth it. 0 or -ENOMEM. */
int subject_heap(struct subject *subject, struct looking *looking) MUST_CHECK;
void subject_free(struct subject *subject, const struct looking *looking);

/* Bytes in memory. */
uint64_t subject_bytes(const struct subject *subject, const struct looking *looking);
/* Whether it would be walked, as that is no dearer than asking. */
bool subject_is_walked(const struct subject *subject, const struct looking *looking);
/* What a look at it is worth: its size times how little is known of it. */
double subject_worth(const struct subject *subject, const struct looking *looking,
		     uint64_t now_ns);

/*
 * Look where its memory lies, asking about so many pages if it is not walked. What goes
 * wrong is noted in the subject; -ENOMEM, -ESRCH: it has ended.
 */
int subject_look(struct subject *subject, struct looking *looking,
		 uint32_t pages) MUST_CHECK;

#endif
