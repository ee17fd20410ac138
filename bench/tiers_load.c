// SPDX-License-Identifier: GPL-2.0-or-later
// Two unequal memories on a machine that has one: a buffer in the last-level cache beside one
// in DRAM, or two buffers that are held back to a rate each. Both are emulations of tiers, and
// say nothing of such hardware. tierbench's advisor picks a ratio for them; all ratios are
// measured beside it.
//
// tiers_load cache|FAST:SLOW REPEATS       rates in MB/s
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "advise.h"
#include "chain.h"

#define PAGE	   4096
#define FAST_BYTES (8UL << 20)
#define SLOW_BYTES (256UL << 20)
#define HELD_BYTES (1UL << 20) /* both of those that are held back: in a cache */
#define SAMPLE_NS  30e6
#define SAMPLES	   5
#define LINES	   12 /* of one core in flight, as `tierbench ratio` supposes */

/* So many pages a memory may be late before its reader has to wait. */
#define QUEUE 16

struct memory {
	char *start;
	size_t bytes, at;
	double page_ns; /* 0: as fast as it is */
	double busy_until;
};

/* Of this thread's own time: what others take of the CPU is no property of a memory. */
static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Wait until the memory has room for one page more, and take it. */
static void hold_back(struct memory *memory)
{
	double now = now_ns();

	if (memory->busy_until < now)
		memory->busy_until = now;
	while (memory->busy_until - now > QUEUE * memory->page_ns)
		now = now_ns();
	memory->busy_until += memory->page_ns;
}

static uint64_t read_page(struct memory *memory)
{
	const uint64_t *words = (const uint64_t *)(memory->start + memory->at);
	uint64_t sum = 0;

	if (memory->page_ns > 0)
		hold_back(memory);
	for (size_t i = 0; i < PAGE / sizeof(*words); i++)
		sum += words[i];
	memory->at = (memory->at + PAGE) % memory->bytes;
	return sum;
}

/* Bytes per second of one sample: pages by turns, as interleaved ones lie. */
static double sample(struct memory memory[2], double share)
{
	double began = now_ns(), turn = 0;
	volatile uint64_t sum = 0;
	uint64_t pages = 0;

	while (now_ns() - began < SAMPLE_NS)
		for (int i = 0; i < 64; i++, pages++) {
			turn += share;
			sum += read_page(&memory[turn < 1]);
			turn -= turn >= 1;
		}
	return (double)(pages * PAGE) * 1e9 / (now_ns() - began);
}

static int by_value(const void *a, const void *b)
{
	const double *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

static double measure(struct memory memory[2], double fast)
{
	double found[SAMPLES];

	for (int i = 0; i < SAMPLES; i++)
		found[i] = sample(memory, isinf(fast) ? 1 : fast / (fast + 1));
	qsort(found, SAMPLES, sizeof(found[0]), by_value);
	return found[SAMPLES / 2];
}

/* From 1:4 to 60:1, each a twelfth above the last, and the fast one alone. */
#define RATIOS 70

static double nth_ratio(int n)
{
	return n == RATIOS ? INFINITY : 0.25 * pow(1.0 + 1.0 / 12, n);
}

static double exhaustive(struct memory memory[2])
{
	double best = 0, fast = INFINITY;

	for (int n = 0; n <= RATIOS; n++) {
		double rate = measure(memory, nth_ratio(n));

		if (rate > best) {
			best = rate;
			fast = nth_ratio(n);
		}
	}
	return fast;
}

static double latency_ns(const struct memory *memory)
{
	size_t lines = memory->bytes / CHAIN_LINE_BYTES,
	       steps = lines < 100000 ? lines : 100000;
	const void *at = memory->start;
	double began;

	if (chain_build(memory->start, lines, 4096, lines))
		return 0;
	at = chain_walk(at, lines);
	began = now_ns();
	at = chain_walk(at, steps);
	return (now_ns() - began) / (double)steps + (at == NULL);
}

/* What `tierbench ratio` does: each alone, a prediction, and at most six ratios. */
static double pick(struct memory memory[2], double lines)
{
	struct advise_trial trials[ADVISE_RATIOS];
	struct advise_tier tiers[2] = { 0 };
	struct advice advice;
	double predicted = INFINITY, next;
	size_t count = 0;

	for (int i = 0; i < 2; i++) {
		tiers[i].idle_ns = latency_ns(&memory[i]) +
				   memory[i].page_ns * CHAIN_LINE_BYTES / PAGE;
		tiers[i].peak_bytes_per_sec = measure(memory, i ? 0 : INFINITY);
		printf("alone %.0f %.1f\n", tiers[i].peak_bytes_per_sec,
		       tiers[i].idle_ns);
	}
	if (!advise(tiers, 2, lines, &advice) && advice.weight[1])
		predicted = (double)advice.weight[0] / advice.weight[1];
	while ((next = advise_next(trials, count, predicted)) != 0) {
		trials[count].fast = next;
		trials[count++].bytes_per_sec = measure(memory, next);
	}
	next = trials[advise_best(trials, count)].fast;
	printf("predicted %.2f\npicked %.2f\ntrials %zu\n", predicted, next, count);
	return next;
}

static int open_memory(struct memory *memory, size_t bytes, double mb_per_sec)
{
	memory->bytes = bytes;
	memory->page_ns = mb_per_sec > 0 ? PAGE * 1e3 / mb_per_sec : 0;
	memory->start = aligned_alloc(PAGE, bytes);
	if (memory->start)
		memset(memory->start, 1, bytes);
	return memory->start ? 0 : -1;
}

static int open_both(struct memory memory[2], const char *what)
{
	double fast, slow;

	if (!strcmp(what, "cache"))
		return open_memory(&memory[0], FAST_BYTES, 0) ||
		       open_memory(&memory[1], SLOW_BYTES, 0);
	if (sscanf(what, "%lf:%lf", &fast, &slow) != 2 || fast <= 0 || slow <= 0)
		return -1;
	return open_memory(&memory[0], HELD_BYTES, fast) ||
	       open_memory(&memory[1], HELD_BYTES, slow);
}

int main(int argc, char **argv)
{
	static struct memory memory[2];
	double picked, best;

	if (argc != 3 || open_both(memory, argv[1]))
		return 2;
	/* Who is held back has as many in flight as its queue has room for. */
	picked = pick(memory, memory[0].page_ns > 0 ?
				      2.0 * QUEUE * PAGE / CHAIN_LINE_BYTES :
				      LINES);
	best = exhaustive(memory);
	printf("best %.2f\n", best);
	/* Noise chose the best as well as merit did: both again, in blocks of four. */
	for (int i = atoi(argv[2]); i > 0; i--) {
		double ours = measure(memory, picked), theirs = measure(memory, best);

		theirs += measure(memory, best);
		ours += measure(memory, picked);
		printf("ratio %.5f\n", ours / theirs);
	}
	return 0;
}
