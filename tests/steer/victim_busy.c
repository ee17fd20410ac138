// SPDX-License-Identifier: GPL-2.0-or-later
// Modes of the victim that compute: each knows what must come out.
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "victim.h"

/* ---- registers of every kind ----------------------------------------------------- */

#define LANES 8

/* Integers, doubles and vectors, all alive at once. */
uint64_t victim_compute(void)
{
	uint64_t a = 88172645463325252ULL, b = 0x9e3779b97f4a7c15ULL, c = 1, d = 2;
	double x = 1.5, y = 0.25, lanes[LANES] = { 1, 2, 3, 4, 5, 6, 7, 8 }, sum = 0;
	uint64_t bits;

	for (int i = 0; i < 20000; i++) {
		a ^= a << 13;
		a ^= a >> 7;
		a ^= a << 17;
		b += a * 3;
		c = c * 6364136223846793005ULL + b;
		d ^= c >> 11;
		x = x * 1.0000001 + y;
		y = x / (1.0 + (double)(a & 7));
		for (int k = 0; k < LANES; k++)
			lanes[k] = lanes[k] * 1.00001 + (double)(k + 1);
	}
	for (int k = 0; k < LANES; k++)
		sum += lanes[k];
	sum += x + y;
	memcpy(&bits, &sum, sizeof(bits));
	return a ^ b ^ c ^ d ^ bits;
}

static void *compute_all(void *arg)
{
	uint64_t expected = *(const uint64_t *)arg;

	while (!victim_stop) {
		uint64_t found = victim_compute();

		if (found != expected)
			victim_bad("the result is another", (long)found);
		victim_round();
		/* Others want to compute, too. */
		usleep(100);
	}
	return NULL;
}

void victim_spin(void)
{
	static uint64_t expected;

	expected = victim_compute();
	compute_all(&expected);
}

/* ---- threads that bear threads --------------------------------------------------- */

#define CHAINS 4

static atomic_int alive;

/* Bears the next one and ends, so that the process never keeps a thread. */
static void *bear(void *arg)
{
	pthread_attr_t attr;
	pthread_t next;

	victim_round();
	if (!victim_stop) {
		pthread_attr_init(&attr);
		pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
		atomic_fetch_add(&alive, 1);
		if (pthread_create(&next, &attr, bear, arg))
			victim_bad("pthread_create", 0);
		pthread_attr_destroy(&attr);
	}
	atomic_fetch_sub(&alive, 1);
	return NULL;
}

void victim_storm(void)
{
	for (int i = 0; i < CHAINS; i++) {
		atomic_fetch_add(&alive, 1);
		pthread_detach(victim_thread(bear, NULL));
	}
	while (!victim_stop || alive > 0)
		usleep(1000);
}

/* ---- restartable sequences ------------------------------------------------------- */

/*
 * Two numbers of each CPU that only a restartable sequence keeps equal: it reads both, waits a
 * little, and writes one more into each; the last write ends it. A sequence that goes on after
 * another thread came in between makes the sum fall behind.
 */
#if defined(__x86_64__) && defined(__has_include) && __has_include(<sys/rseq.h>)
#include <sys/rseq.h>

#define MOST_CPUS 1024
#define WORKERS	  2

struct slot {
	uint64_t count;
	char pad[56];
};

static struct slot slots[MOST_CPUS];

/* 1: counted, 0: aborted. */
static int count_here(struct rseq *rseq)
{
	uint32_t cpu = *(volatile uint32_t *)&rseq->cpu_id_start;
	uint64_t *count = &slots[cpu].count;

	__asm__ goto(".pushsection __rseq_cs, \"aw\"\n"
		     ".balign 32\n"
		     "3: .long 0, 0\n"
		     ".quad 1f, (2f - 1f), 4f\n"
		     ".popsection\n"
		     "leaq 3b(%%rip), %%rax\n"
		     "movq %%rax, 8(%[rseq])\n"
		     "1:\n"
		     "cmpl %[cpu], 4(%[rseq])\n"
		     "jnz 4f\n"
		     "movq (%[count]), %%rcx\n"
		     "movl $300, %%edx\n"
		     "5: decl %%edx\n"
		     "jnz 5b\n"
		     "addq $1, %%rcx\n"
		     "movq %%rcx, (%[count])\n"
		     "2:\n"
		     ".pushsection __rseq_failure, \"ax\"\n"
		     ".byte 0x0f, 0xb9, 0x3d\n"
		     ".long 0x53053053\n"
		     "4: jmp %l[aborted]\n"
		     ".popsection\n"
		     :
		     : [rseq] "r"(rseq), [cpu] "r"(cpu), [count] "r"(count)
		     : "memory", "cc", "rax", "rcx", "rdx"
		     : aborted);
	return 1;
aborted:
	return 0;
}

static void *count_all(void *arg)
{
	struct rseq *rseq =
		(struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
	unsigned long counted = 0;

	for (unsigned int turn = 0; !victim_stop; turn++) {
		counted += (unsigned long)count_here(rseq);
		if (turn % 256 == 0)
			usleep(100);
	}
	*(unsigned long *)arg = counted;
	return NULL;
}

void victim_rseq(void)
{
	unsigned long counted[WORKERS] = { 0 }, all = 0;
	pthread_t workers[WORKERS];
	uint64_t sum = 0;

	if (!__rseq_size) {
		while (!victim_stop)
			usleep(1000);
		return;
	}
	for (int i = 0; i < WORKERS; i++)
		workers[i] = victim_thread(count_all, &counted[i]);
	for (int i = 0; i < WORKERS; i++) {
		pthread_join(workers[i], NULL);
		all += counted[i];
	}
	for (int cpu = 0; cpu < MOST_CPUS; cpu++)
		sum += slots[cpu].count;
	if (sum != all)
		victim_bad("counts were lost", (long)(all - sum));
	victim_round();
}
#else
void victim_rseq(void)
{
	while (!victim_stop)
		usleep(1000);
}
#endif
