/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A process that can be traced, as struct trace_ops: threads with registers, masks and policies,
 * one page of memory that can be mapped, a kernel that makes the calls. Each operation is a point
 * at which a fault may be (fault.h). What it is asked for and must not be fails the test.
 */
#ifndef FAKE_TRACE_H
#define FAKE_TRACE_H

#include "arch.h"
#include "mempolicy.h"
#include "trace.h"

#define FAKE_TRACED_PID 10
#define FAKE_THREADS	3
#define FAKE_GATE	0x7100
#define FAKE_PAGE	0xd000

struct fake_thread {
	struct regs regs;
	uint64_t mask;
	int mode; /* kernel's word */
	struct mempolicy_mask nodes;
	enum { FAKE_RUNS, FAKE_STOPS_SOON, FAKE_STANDS, FAKE_HAS_ENDED } state;
	bool is_seized;
	bool is_interrupted;
	bool is_at_call; /* stands where a call begins */
	bool reports;	 /* has a stop that nobody has asked for yet */
	enum trace_stop_kind kind;
};

extern struct fake_traced {
	struct fake_thread threads[FAKE_THREADS];
	bool has_page;
	unsigned char page[16384];
	uint64_t sequence; /* of each thread, where its restartable sequence is */
	unsigned int calls;
	uint64_t called[16]; /* numbers of the first ones */
	/* Of the calls: fail this one (from 1), by this error. */
	unsigned int fails_at;
	int error;
	/* The thread with this index ends when its call would begin; -1: none. */
	int ends;
	/* The whole process is ending: its memory is gone, and it is not yet. */
	bool has_no_memory;
	uint64_t tick_ns; /* from one look at the clock to the next */
} fake_traced;

void fake_traced_reset(void);
extern const struct trace_ops fake_trace_ops;

/* Whether each thread runs, traced by nobody, with registers and mask of its own. Fails the
 * test with words when not. */
void fake_traced_check(void);
/* How many threads have this policy. */
unsigned int fake_traced_count(int mode);

#endif
