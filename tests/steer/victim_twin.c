// SPDX-License-Identifier: GPL-2.0-or-later
// A random program out of a seed: calls, signals, threads, children and computing, in an order that
// the seed alone decides. Every result goes into a digest, as does its memory, and what is in the
// registers after each long loop. Two runs of a seed say the same, steered or not.
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "victim.h"

#define STEPS	40
#define WORDS	4096
#define GENERAL 16
#define VECTORS 16

static uint64_t digest = 0xcbf29ce484222325ULL, seed;
static uint64_t memory[WORDS];

static uint64_t next(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return seed;
}

static void mix(uint64_t value)
{
	digest = (digest ^ value) * 0x100000001b3ULL;
}

static void mix_result(long ret)
{
	mix((uint64_t)ret);
	if (ret < 0)
		mix((uint64_t)errno);
}

/* ---- registers ------------------------------------------------------------------- */

#ifdef __x86_64__
/* Fill all general and vector registers, loop so often with them, and say what they are then, with
 * eight bytes of the red zone behind them. */
void spin_registers(const uint64_t *in, uint64_t *out, uint64_t count);

__asm__(".text\n"
	".globl spin_registers\n"
	".type spin_registers, @function\n"
	"spin_registers:\n"
	"	push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n"
	"	push %rsi; push %rdx\n"
	"	mov 8(%rdi), %rbx; mov 16(%rdi), %rcx; mov 24(%rdi), %rdx\n"
	"	mov 32(%rdi), %rsi; mov 48(%rdi), %rbp\n"
	"	mov 56(%rdi), %r8; mov 64(%rdi), %r9; mov 72(%rdi), %r10\n"
	"	mov 80(%rdi), %r11; mov 88(%rdi), %r12; mov 96(%rdi), %r13\n"
	"	mov 104(%rdi), %r14; mov 112(%rdi), %r15\n"
	"	mov 120(%rdi), %rax; mov %rax, -64(%rsp)\n"
	"	.set i, 0\n"
	"	.irp x, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
	"	movups 128+16*\\x(%rdi), %xmm\\x\n"
	"	.endr\n"
	"	mov (%rdi), %rax; mov 40(%rdi), %rdi\n"
	"1:	subq $1, (%rsp)\n"
	"	jnz 1b\n"
	"	xchg %rax, 8(%rsp)\n"
	"	mov %rbx, 8(%rax); mov %rcx, 16(%rax); mov %rdx, 24(%rax)\n"
	"	mov %rsi, 32(%rax); mov %rdi, 40(%rax); mov %rbp, 48(%rax)\n"
	"	mov %r8, 56(%rax); mov %r9, 64(%rax); mov %r10, 72(%rax)\n"
	"	mov %r11, 80(%rax); mov %r12, 88(%rax); mov %r13, 96(%rax)\n"
	"	mov %r14, 104(%rax); mov %r15, 112(%rax)\n"
	"	mov -64(%rsp), %rbx; mov %rbx, 120(%rax)\n"
	"	mov 8(%rsp), %rbx; mov %rbx, (%rax)\n"
	"	.irp x, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n"
	"	movups %xmm\\x, 128+16*\\x(%rax)\n"
	"	.endr\n"
	"	add $16, %rsp\n"
	"	pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"
	"	ret\n"
	".size spin_registers, . - spin_registers\n");

static void use_registers(void)
{
	uint64_t in[GENERAL + 2 * VECTORS], out[GENERAL + 2 * VECTORS] = { 0 };

	for (size_t i = 0; i < GENERAL + 2 * VECTORS; i++)
		in[i] = next();
	spin_registers(in, out, 200000 + next() % 800000);
	if (memcmp(in, out, sizeof(in)) != 0)
		victim_bad("registers", 0);
	mix(out[next() % GENERAL]);
}
#else
static void use_registers(void)
{
	mix(next());
}
#endif

/* ---- steps ----------------------------------------------------------------------- */

static void compute(void)
{
	uint64_t add = next();

	for (int round = 0; round < 20; round++)
		for (size_t i = 1; i < WORDS; i++)
			memory[i] =
				memory[i] * 6364136223846793005ULL + memory[i - 1] + add;
}

static void use_pipe(void)
{
	char bytes[256], back[256] = "";
	size_t count = 1 + next() % sizeof(bytes);
	int ends[2];

	memset(bytes, (int)next() & 0x7f, sizeof(bytes));
	if (pipe(ends))
		victim_bad("pipe", 0);
	mix_result(write(ends[1], bytes, count));
	mix_result(read(ends[0], back, sizeof(back)));
	mix((uint64_t)memcmp(bytes, back, count));
	close(ends[0]);
	close(ends[1]);
}

static void sleep_a_little(void)
{
	const struct timespec time = { 0, (long)(next() % 400000) };

	mix_result(syscall(SYS_nanosleep, &time, NULL));
}

static void wait_for_nothing(void)
{
	const struct timespec time = { 0, (long)(next() % 400000) };
	unsigned int never = 0;

	mix_result(syscall(SYS_futex, &never, FUTEX_WAIT, 0, &time, NULL, 0));
}

static void poll_nothing(void)
{
	struct epoll_event event;
	int fd = epoll_create1(0);

	mix_result(syscall(SYS_epoll_pwait, fd, &event, 1, 1, NULL, 0));
	close(fd);
}

static void handle(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	mix((uint64_t)info->si_value.sival_int);
	memory[(size_t)info->si_value.sival_int % WORDS]++;
}

static void send_signals(void)
{
	for (uint64_t i = 1 + next() % 8; i > 0; i--) {
		union sigval value = { .sival_int = (int)(next() & 0xffff) };

		mix_result(sigqueue(getpid(), SIGRTMIN, value));
	}
}

static void use_mapping(void)
{
	size_t bytes = (1 + next() % 64) * 4096;
	unsigned char *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED)
		victim_bad("mmap", 0);
	for (size_t i = 0; i < bytes; i++)
		mix(map[i]);
	memset(map, (int)next(), bytes);
	mix(map[next() % bytes]);
	mix_result(munmap(map, bytes));
}

static void bear_child(void)
{
	int code = (int)(next() & 0x7f), status = 0;
	pid_t child = fork();

	if (!child)
		_exit(code);
	if (waitpid(child, &status, 0) != child)
		victim_bad("waitpid", status);
	mix((uint64_t)status);
}

static void *square(void *arg)
{
	uint64_t *value = arg;

	*value *= *value;
	return NULL;
}

static void bear_thread(void)
{
	uint64_t value = next();

	pthread_join(victim_thread(square, &value), NULL);
	mix(value);
}

void victim_twin(uint64_t its_seed)
{
	static void (*const steps[])(void) = {
		use_registers,	  compute,	use_pipe,     sleep_a_little,
		wait_for_nothing, poll_nothing, send_signals, use_mapping,
		bear_child,	  bear_thread,
	};
	const struct sigaction action = { .sa_sigaction = handle,
					  .sa_flags = SA_SIGINFO };

	seed = its_seed * 0x9e3779b97f4a7c15ULL + 1;
	sigaction(SIGRTMIN, &action, NULL);
	for (int i = 0; i < STEPS; i++)
		steps[next() % (sizeof(steps) / sizeof(steps[0]))]();
	for (size_t i = 0; i < WORDS; i++)
		mix(memory[i]);
	printf("ok %llx\n", (unsigned long long)digest);
	fflush(stdout);
}
