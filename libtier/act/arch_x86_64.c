// SPDX-License-Identifier: LGPL-2.1-or-later
// x86-64. Where a stop has interrupted a call, orig_rax is its number and rax the kernel's own
// code for how to go on, which it acts upon when it lets the thread go from that stop; without
// a call, orig_rax is -1 (arch/x86/kernel/signal.c, arch_do_signal_or_restart()).
#include <errno.h>

#include "arch.h"
#include "arch_net.h"
#include "cleanup.h"

/* Places in struct user_regs_struct. */
enum {
	R10 = 7,
	R9 = 8,
	R8 = 9,
	RAX = 10,
	RDX = 12,
	RSI = 13,
	RDI = 14,
	ORIG_RAX = 15,
	RIP = 16,
	CS = 17,
	REGS = 27,
};

#define CODE_64_BITS 0x33 /* __USER_CS, arch/x86/include/asm/segment.h */
#define NO_CALL	     UINT64_MAX

/* include/linux/errno.h: go on, unless a signal has a handler. That gives EINTR. */
#define RESTART_NO_HANDLER (-514)

/* Calls that give EINTR for a mere stop, having done nothing (signal(7), and those that
 * wait for io). Of sockets, if they have a timeout. */
static const unsigned short stopped_calls[] = {
	0,   /* read */
	1,   /* write */
	19,  /* readv */
	20,  /* writev */
	42,  /* connect */
	43,  /* accept */
	44,  /* sendto */
	45,  /* recvfrom */
	46,  /* sendmsg */
	47,  /* recvmsg */
	65,  /* semop */
	128, /* rt_sigtimedwait */
	208, /* io_getevents */
	220, /* semtimedop */
	232, /* epoll_wait */
	281, /* epoll_pwait */
	288, /* accept4 */
	299, /* recvmmsg */
	307, /* sendmmsg */
	333, /* io_pgetevents */
	426, /* io_uring_enter */
	441, /* epoll_pwait2 */
};

static bool is_stopped_call(uint64_t number)
{
	return arch_has_call(stopped_calls, ARRAY_SIZE(stopped_calls), number);
}

static bool is_native(const struct regs *regs)
{
	return regs->word[CS] == CODE_64_BITS;
}

static void aim(struct regs *regs, uint64_t gate, const struct regs_call *call)
{
	static const unsigned char places[] = { RDI, RSI, RDX, R10, R8, R9 };

	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		regs->word[places[i]] = call->args[i];
	regs->word[RAX] = call->number;
	regs->word[ORIG_RAX] = NO_CALL;
	regs->word[RIP] = gate;
}

static int64_t result(const struct regs *regs)
{
	return (int64_t)regs->word[RAX];
}

/* The kernel has all that it needs in the registers. EINTR becomes what gives EINTR if
 * there is a signal with a handler, and else restarts. */
static void settle(struct regs *regs, const struct regs_asleep *asleep, bool signal_waits)
{
	(void)asleep;
	(void)signal_waits;
	if (regs->word[RAX] == (uint64_t)-EINTR && is_stopped_call(regs->word[ORIG_RAX]))
		regs->word[RAX] = (uint64_t)RESTART_NO_HANDLER;
}

static const unsigned char instruction[] = { 0x0f, 0x05 }; /* syscall */

const struct arch arch_x86_64 = {
	.name = "x86-64",
	.regs_bytes = REGS * sizeof(uint64_t),
	.set_mempolicy = 238,
	.get_mempolicy = 239,
	.mbind = 237,
	.mmap = 9,
	.munmap = 11,
	.gate = { instruction, sizeof(instruction) },
	.alignment = 1,
	.is_native = is_native,
	.aim = aim,
	.result = result,
	.settle = settle,
	.net = &net_x86_64,
};
