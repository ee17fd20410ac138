/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What one has to know of a processor to have a stopped thread make a system call, and to
 * give its registers back so that a call which the stop interrupted goes on. Pure, and the
 * same on every machine: both are tested on either.
 */
#ifndef ARCH_H
#define ARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Registers as PTRACE_GETREGSET gives them for NT_PRSTATUS: struct user_regs_struct of
 * x86-64, struct user_pt_regs of arm64. */
#define REGS_MOST 34
struct regs {
	uint64_t word[REGS_MOST];
};

/* A system call that a thread shall make. */
struct regs_call {
	uint64_t number;
	uint64_t args[6];
};

/* What /proc/PID/task/TID/syscall said before the thread was stopped: the call that it
 * slept in. Only arm64 needs it, whose registers no longer tell. */
struct regs_asleep {
	bool is_known;
	uint64_t number;
	uint64_t args[6];
	uint64_t sp;
	uint64_t pc;
};

/* Instructions to look for. */
struct arch_code {
	const unsigned char *bytes; /* NULL ends a list */
	size_t count;
};

/* What a net is made of. */
struct net_input {
	const struct regs *regs; /* settled */
	uint64_t mask;		 /* signals that the thread blocks */
	uint64_t at;		 /* where the net will lie */
	uint64_t restorer;
	const unsigned char *fp; /* NT_X86_XSTATE */
	size_t fp_bytes;
};

#define NET_BYTES    3328
#define NET_FP_BYTES 2752 /* up to where AMX begins, which comes by itself if asked for */

/*
 * A thread in a net gives itself back should nobody be there to do it any more: its call is
 * followed by a return, which leads to a frame such as the kernel makes for a signal, and to
 * the code that restores all from there (rt_sigreturn).
 */
struct arch_net {
	struct arch_code gate;		   /* a system call, and a return */
	const struct arch_code *restorers; /* any of them */
	/* Fill `out`, NET_BYTES of it. False: that cannot be. */
	bool (*weave)(const struct net_input *input, unsigned char *out);
	/* Of a thread that is aimed at the gate. */
	void (*spread)(struct regs *regs, uint64_t at);
	uint64_t (*stack)(const struct regs *regs);
};

struct arch {
	const char *name;
	size_t regs_bytes; /* any other size is that of a 32-bit thread */
	uint64_t set_mempolicy, get_mempolicy, mbind, mmap, munmap; /* numbers */
	struct arch_code gate; /* an instruction that makes a system call */
	size_t alignment;
	bool asks_asleep; /* settle() wants to know what the thread slept in */
	/* Whether the thread runs code of this kind (x86-64 can change to 32 bits). */
	bool (*is_native)(const struct regs *regs);
	/* Have it make the call by the instruction at `gate`, and restart no other. */
	void (*aim)(struct regs *regs, uint64_t gate, const struct regs_call *call);
	int64_t (*result)(const struct regs *regs);
	/*
	 * Registers as they were at the first stop, to what they must be at the last, so
	 * that the kernel goes on with a call that only the stop interrupted. Some calls say
	 * EINTR then, as if there had been a signal (signal(7)). `signal_waits`: one does.
	 */
	void (*settle)(struct regs *regs, const struct regs_asleep *asleep,
		       bool signal_waits);
	const struct arch_net *net; /* NULL: none for this one */
};

extern const struct arch arch_x86_64, arch_arm64;

/* That of this machine; NULL: one that we do not know. */
const struct arch *arch_here(void);

/* Where in `bytes` the code is, or -1. `start` is the address of the first. */
ptrdiff_t arch_find(const struct arch *arch, const struct arch_code *code,
		    const unsigned char *bytes, size_t count, uint64_t start);

/* Whether `number` is among the calls. */
bool arch_has_call(const unsigned short *calls, size_t count, uint64_t number);

/* "35 0x1 0x2 ... SP PC", "running" or "-1 SP PC": what /proc/PID/task/TID/syscall has. */
struct regs_asleep arch_asleep(const char *text);

#endif
