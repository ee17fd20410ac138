/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Threads of other processes, held and let go by ptrace(2). A part of the seam; knows no
 * policy and no processor.
 *
 * What one has to know (kernel/ptrace.c, kernel/signal.c):
 *  - a thread is seized without being stopped, and without the option that would kill it
 *    with its tracer; when the tracing thread ends, whatever it still holds runs on;
 *  - only a stopped thread can be let go in any other way;
 *  - an interrupted thread stops on its way out of the kernel, before its signals are
 *    looked at; a call that was interrupted is restarted, or not, when it goes on from
 *    there and not from another kind of stop;
 *  - a thread of a stopped process (SIGSTOP) stops once more when it is let go.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stddef.h>
#include <stdint.h>

enum trace_stop_kind {
	TRACE_GONE = 0, /* it has ended */
	TRACE_EVENT,	/* interrupted, or its process is stopped */
	TRACE_SIGNAL,	/* about to get `signal` */
	TRACE_CALL,	/* at the begin or end of a system call */
};

struct trace_stop {
	enum trace_stop_kind kind;
	int signal;
};

enum trace_how {
	TRACE_RUN = 0,
	TRACE_TO_CALL, /* until a system call begins or ends */
};

/* Each gives 0 or a negative errno; -ESRCH: the thread has ended, or runs. */
struct trace_ops {
	/* Run on this CPU from now on, if that may be: where the thread ran that is to be
	 * held, the two change places without waking another CPU each time. */
	void (*go_to)(uint64_t cpu);
	int (*seize)(int tid);
	int (*interrupt)(int tid);
	/* Its next stop. -ETIMEDOUT after limit_ns; 0 is no limit. */
	int (*wait)(int tid, uint64_t limit_ns, struct trace_stop *stop);
	/* Of a thread that has ended, and is not the first of its process: nobody else can
	 * take it away, and until then the process does not end. */
	void (*bury)(int tid);
	int (*resume)(int tid, enum trace_how how, int signal);
	int (*detach)(int tid);
	/* -ENOEXEC: its registers have another size. */
	int (*get_regs)(int tid, void *regs, size_t bytes);
	int (*set_regs)(int tid, const void *regs, size_t bytes);
	/* Vector registers as XSAVE has them, *bytes at most; *bytes is how many there are.
	 * -ENODEV: this processor has others. */
	int (*get_fp)(int tid, void *fp, size_t *bytes);
	/* Signals that are blocked, as the thread would see it. */
	int (*get_mask)(int tid, uint64_t *mask);
	int (*set_mask)(int tid, uint64_t mask);
	/* Where it has registered its restartable sequences (5.13), 0: nowhere. */
	int (*rseq)(int tid, uint64_t *address);
	/* Memory of a process, all of it or an error. */
	int (*read)(int pid, uint64_t address, void *bytes, size_t count);
	int (*write)(int pid, uint64_t address, const void *bytes, size_t count);
	uint64_t (*now_ns)(void);
	/* Do the work in a thread of its own, which has all signals blocked, and wait for
	 * its end. */
	int (*apart)(void (*work)(void *), void *arg);
};

extern const struct trace_ops trace_linux;

#endif
