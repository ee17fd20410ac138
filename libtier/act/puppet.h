/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One thread of another process, held: it makes system calls for us and is then given back
 * as it was, to the register, with signals that came meanwhile still to come. Knows no
 * policy.
 */
#ifndef PUPPET_H
#define PUPPET_H

#include "arch.h"
#include "cleanup.h"
#include "trace.h"

enum puppet_state {
	PUPPET_OWN = 0, /* its registers are its own */
	PUPPET_CALLED,	/* they are not, and it has made a call */
	PUPPET_LOST,	/* nor are these, and where it stands is not known */
};

struct puppet {
	const struct trace_ops *ops;
	const struct arch *arch;
	int pid;
	int tid;
	/* An instruction in it that makes a system call; and if there can be a net, with a
	 * return behind it, what a net leads to. */
	uint64_t gate, restorer;
	const struct arch_code *gate_code, *restorer_code;
	struct regs_asleep asleep;
	/* From when it is held: */
	struct regs regs; /* its own */
	uint64_t mask;	  /* signals that it blocks */
	uint64_t rseq;	  /* where its restartable sequence is noted; 0: nowhere */
	uint64_t sequence;
	uint64_t held_ns; /* since when it stands */
	enum puppet_state state;
	uint64_t net;	  /* where one is spread; 0: nowhere */
	uint64_t kept_at; /* where something was that must be put back; 0: nowhere */
	unsigned char kept[NET_BYTES];
};

/*
 * Stop it. -ETIMEDOUT: it does not, within limit_ns, and stays seized until the tracing
 * thread ends; -ESRCH: it has ended; -ENOEXEC: it runs 32-bit code; -ESTALE: there is no
 * gate any more, as it executes another program; -EPERM and others: ptrace(2) said so. It
 * is not held then.
 */
int puppet_hold(struct puppet *puppet, uint64_t limit_ns) MUST_CHECK;

/*
 * Spread a net in its memory, for the case that we are killed while its registers are not its
 * own: NET_BYTES from `at` on; what was there is put back when it is let go, if it `keeps`.
 * Without a net all goes well as long as nobody kills us, so failing is not told.
 */
void puppet_spread_net(struct puppet *puppet, uint64_t at, bool keeps);

/* Have it make a system call. -ESRCH: it has ended. */
int puppet_call(struct puppet *puppet, const struct regs_call *call,
		int64_t *result) MUST_CHECK;

/* Give it back. `signal_waits` as for settle() of struct arch. *stopped_ns: as long did it
 * stand. Whatever fails, all else is tried. */
int puppet_let_go(struct puppet *puppet, bool signal_waits, uint64_t *stopped_ns);

#endif
