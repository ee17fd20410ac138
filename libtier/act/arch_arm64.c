// SPDX-License-Identifier: LGPL-2.1-or-later
// arm64. The kernel has put pc and x0 back to the start of an interrupted call before a
// debugger sees them, and keeps to itself how it would go on (arch/arm64/kernel/signal.c,
// do_signal()). That is lost when the thread makes another call; so it is worked out here,
// from the call that the thread was seen asleep in.
#include <errno.h>

#include "arch.h"
#include "cleanup.h"

/* Places in struct user_pt_regs. */
enum {
	X0 = 0,
	X8 = 8,
	SP = 31,
	PC = 32,
	REGS = 34,
};

#define INSTRUCTION_BYTES 4

enum {
	CALL_FUTEX = 98,
	CALL_NANOSLEEP = 101,
	CALL_CLOCK_NANOSLEEP = 115,
	CALL_RESTART = 128,
};

/* include/uapi/linux/futex.h, time.h */
#define FUTEX_OPERATION	  0x7f
#define FUTEX_WAIT	  0
#define FUTEX_WAIT_BITSET 9
#define TIMER_ABSOLUTE	  1

/* As on x86-64: calls that give EINTR for a mere stop, having done nothing. */
static const unsigned short stopped_calls[] = {
	4,   /* io_getevents */
	22,  /* epoll_pwait */
	63,  /* read */
	64,  /* write */
	65,  /* readv */
	66,  /* writev */
	137, /* rt_sigtimedwait */
	192, /* semtimedop */
	193, /* semop */
	202, /* accept */
	203, /* connect */
	206, /* sendto */
	207, /* recvfrom */
	211, /* sendmsg */
	212, /* recvmsg */
	242, /* accept4 */
	243, /* recvmmsg */
	269, /* sendmmsg */
	292, /* io_pgetevents */
	426, /* io_uring_enter */
	441, /* epoll_pwait2 */
};

static bool is_stopped_call(uint64_t number)
{
	return arch_has_call(stopped_calls, ARRAY_SIZE(stopped_calls), number);
}

/* A thread of 32 bits has a smaller set of registers. */
static bool is_native(const struct regs *regs)
{
	(void)regs;
	return true;
}

static void aim(struct regs *regs, uint64_t gate, const struct regs_call *call)
{
	for (size_t i = 0; i < ARRAY_SIZE(call->args); i++)
		regs->word[X0 + i] = call->args[i];
	regs->word[X8] = call->number;
	regs->word[PC] = gate;
}

static int64_t result(const struct regs *regs)
{
	return (int64_t)regs->word[X0];
}

/* Calls with a time to wait, of which the kernel has noted how much is left. */
static bool has_noted_time(const struct regs_asleep *asleep)
{
	uint64_t operation = asleep->args[1] & FUTEX_OPERATION;

	switch (asleep->number) {
	case CALL_NANOSLEEP:
		return true;
	case CALL_CLOCK_NANOSLEEP:
		return !(asleep->args[1] & TIMER_ABSOLUTE);
	case CALL_FUTEX:
		return asleep->args[3] &&
		       (operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET);
	default:
		return false;
	}
}

static void settle(struct regs *regs, const struct regs_asleep *asleep, bool signal_waits)
{
	if (!asleep->is_known || regs->word[SP] != asleep->sp ||
	    regs->word[X8] != asleep->number)
		return;
	if (regs->word[PC] + INSTRUCTION_BYTES == asleep->pc &&
	    regs->word[X0] == asleep->args[0] && has_noted_time(asleep))
		regs->word[X8] = CALL_RESTART;
	/* With a signal, EINTR is right: its handler may have set what is looked at. */
	if (regs->word[PC] != asleep->pc || regs->word[X0] != (uint64_t)-EINTR ||
	    signal_waits || !is_stopped_call(asleep->number))
		return;
	regs->word[PC] -= INSTRUCTION_BYTES;
	regs->word[X0] = asleep->args[0];
}

static const unsigned char instruction[] = { 0x01, 0x00, 0x00, 0xd4 }; /* svc #0 */

const struct arch arch_arm64 = {
	.name = "arm64",
	.regs_bytes = REGS * sizeof(uint64_t),
	.set_mempolicy = 237,
	.get_mempolicy = 236,
	.mbind = 235,
	.mmap = 222,
	.munmap = 215,
	.gate = { instruction, sizeof(instruction) },
	.alignment = INSTRUCTION_BYTES,
	.asks_asleep = true,
	.is_native = is_native,
	.aim = aim,
	.result = result,
	.settle = settle,
};
