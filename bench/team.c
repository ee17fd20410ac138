// SPDX-License-Identifier: GPL-2.0-or-later
// Runs loops on several CPUs at once and checks what they left behind. Knows no node.
#include "team.h"

#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

/* What all buffers are filled with, the same in each PIECE_LINES. */
#define PATTERN	    UINT64_C(0x9e3779b97f4a7c15)
#define WRITTEN	    UINT64_C(0x0123456789abcdef)
#define PIECE_WORDS ((size_t)PIECE_LINES * KERNEL_LINE_WORDS)

struct lane {
	struct team *team;
	pthread_t thread;
	size_t first, steps; /* its part, in steps */
	uint64_t turns;	     /* steps done, all over again */
	uint64_t wrong;	     /* whose sum was not what lies there */
	uint64_t counted;    /* turns at the last team_begin() */
	struct moment from, to;
};

static void fill(uint64_t *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		words[i] = (i % PIECE_WORDS + 1) * PATTERN;
}

static uint64_t sum(const uint64_t *words, size_t count)
{
	uint64_t total = 0;

	for (size_t i = 0; i < count; i++)
		total += words[i];
	return total;
}

/* ---- what one step does -------------------------------------------------------------- */

static size_t step_words(const struct team *team)
{
	return team->ask.step_lines * KERNEL_LINE_WORDS;
}

static uint64_t run_step(const struct team *team, const struct kernel_set *set,
			 uint64_t *const *buffer, size_t step)
{
	size_t at = step * step_words(team);
	const struct kernel_args args = {
		.to = buffer[0] + at,
		.from = buffer[1] ? buffer[1] + at : NULL,
		.also = buffer[2] ? buffer[2] + at : NULL,
		.lines = team->ask.step_lines,
		.reads = team->ask.job->reads,
		.value = WRITTEN,
	};

	return set->body[team->ask.job->body](&args);
}

/* Do one step word by word, apart: what each must leave behind. */
static int learn(struct team *team)
{
	size_t words = step_words(team);
	uint64_t *apart = aligned_alloc(KERNEL_LINE_BYTES, 3 * words * sizeof(*apart));
	uint64_t *buffer[TEAM_BUFFERS];

	if (!apart)
		return -ENOMEM;
	for (size_t i = 0; i < TEAM_BUFFERS; i++) {
		buffer[i] = apart + i * words;
		fill(buffer[i], words);
	}
	team->before_sum = sum(buffer[0], words);
	team->read_sum = run_step(team, kernels_find("scalar"), buffer, 0);
	team->after_sum = sum(buffer[0], words);
	free(apart);
	return 0;
}

/* A mix in place adds each time; reading it gives another sum each time, too. */
static bool adds_up(const struct team *team)
{
	return team->ask.job->body == BODY_MIX;
}

uint64_t team_check(struct team *team, uint64_t *lines)
{
	uint64_t wrong = 0;
	size_t words = step_words(team);

	*lines = 0;
	for (size_t n = 0; n < team->ask.count; n++) {
		const struct lane *lane = &team->lanes[n];

		wrong += lane->wrong;
		for (size_t i = 0; i < lane->steps; i++) {
			uint64_t times = lane->turns / lane->steps +
					 (i < lane->turns % lane->steps);
			uint64_t rounds = adds_up(team) ? times : times > 0;
			uint64_t want = team->before_sum +
					rounds * (team->after_sum - team->before_sum);
			const uint64_t *at =
				team->ask.buffer[0] + (lane->first + i) * words;

			wrong += sum(at, words) != want;
			*lines += team->ask.step_lines;
		}
	}
	return wrong;
}

/* ---- threads ------------------------------------------------------------------------- */

static void idle(unsigned int rounds)
{
	for (unsigned int i = 0; i < rounds; i++)
		__asm__ volatile("" : : : "memory");
}

static void run_until(struct lane *lane)
{
	struct team *team = lane->team;
	const struct team_ask *ask = &team->ask;
	uint64_t until = atomic_load(&team->until_ns);

	lane->from = moment_now();
	do {
		uint64_t got = run_step(team, ask->set, ask->buffer,
					lane->first + lane->turns % lane->steps);

		lane->wrong += !adds_up(team) && got != team->read_sum;
		lane->turns++;
		idle(ask->pause);
	} while (!atomic_load_explicit(&team->over, memory_order_relaxed) &&
		 now_ns() < until);
	lane->to = moment_now();
}

static void *work(void *data)
{
	struct lane *lane = data;

	(void)pthread_mutex_lock(&lane->team->start);
	(void)pthread_mutex_unlock(&lane->team->start);
	if (atomic_load(&lane->team->none))
		return NULL;
	/* The end is only looked for behind the gate, where the main thread waits, too. */
	for (;;) {
		(void)pthread_barrier_wait(&lane->team->gate);
		if (atomic_load(&lane->team->ends))
			return NULL;
		run_until(lane);
		(void)pthread_barrier_wait(&lane->team->gate);
	}
}

static int start_lane(struct team *team, size_t n)
{
	struct lane *lane = &team->lanes[n];
	size_t all = team->ask.bytes / KERNEL_LINE_BYTES / team->ask.step_lines;
	struct cpus cpus = { 0 };
	pthread_attr_t attributes;
	int ret;

	lane->team = team;
	lane->first = all * n / team->ask.count;
	lane->steps = all * (n + 1) / team->ask.count - lane->first;
	if (!lane->steps)
		return -EINVAL;
	CPU_SET_S((size_t)team->ask.cpus[n], sizeof(cpus), (cpu_set_t *)&cpus);
	ret = pthread_attr_init(&attributes);
	if (ret)
		return -ret;
	ret = pthread_attr_setaffinity_np(&attributes, sizeof(cpus), (cpu_set_t *)&cpus);
	if (!ret)
		ret = pthread_create(&lane->thread, &attributes, work, lane);
	(void)pthread_attr_destroy(&attributes);
	return -ret;
}

/* All threads, or none: a gate that not all of them reach would hold the others forever. */
static int start_lanes(struct team *team)
{
	int ret = 0;

	(void)pthread_mutex_lock(&team->start);
	for (size_t n = 0; !ret && n < team->ask.count; n++) {
		ret = start_lane(team, n);
		team->started += !ret;
	}
	atomic_store(&team->none, ret != 0);
	(void)pthread_mutex_unlock(&team->start);
	for (size_t n = 0; ret && n < team->started; n++)
		(void)pthread_join(team->lanes[n].thread, NULL);
	return ret;
}

int team_start(struct team *team, const struct team_ask *ask)
{
	int ret;

	*team = (struct team){ .ask = *ask, .start = PTHREAD_MUTEX_INITIALIZER };
	if (ask->job->buffers < 3)
		team->ask.buffer[2] = NULL;
	if (ask->job->buffers < 2)
		team->ask.buffer[1] = NULL;
	for (size_t i = 0; i < ask->job->buffers; i++)
		fill(ask->buffer[i], ask->bytes / sizeof(uint64_t));
	ret = learn(team);
	if (ret)
		return ret;
	team->lanes = calloc(ask->count, sizeof(*team->lanes));
	if (!team->lanes)
		return -ENOMEM;
	ret = -pthread_barrier_init(&team->gate, NULL, (unsigned int)ask->count + 1);
	if (!ret)
		ret = start_lanes(team);
	if (ret)
		free(team->lanes);
	return ret;
}

void team_begin(struct team *team, uint64_t until_ns)
{
	for (size_t n = 0; n < team->ask.count; n++)
		team->lanes[n].counted = team->lanes[n].turns;
	atomic_store(&team->over, false);
	atomic_store(&team->until_ns, until_ns);
	(void)pthread_barrier_wait(&team->gate);
}

double team_end(struct team *team, struct disturb *disturb)
{
	double step_bytes = (double)team->ask.step_lines * KERNEL_LINE_BYTES *
			    team->ask.job->app_lines;
	double rate = 0;

	(void)pthread_barrier_wait(&team->gate);
	for (size_t n = 0; n < team->ask.count; n++) {
		const struct lane *lane = &team->lanes[n];
		double ns = (double)(lane->to.wall_ns - lane->from.wall_ns);

		rate += (double)(lane->turns - lane->counted) * step_bytes * 1e9 / ns;
		disturb_add(disturb, &lane->from, &lane->to);
	}
	return rate;
}

void team_stop(struct team *team)
{
	atomic_store(&team->ends, true);
	(void)pthread_barrier_wait(&team->gate);
	for (size_t n = 0; n < team->ask.count; n++)
		(void)pthread_join(team->lanes[n].thread, NULL);
	(void)pthread_barrier_destroy(&team->gate);
	free(team->lanes);
	*team = (struct team){ 0 };
}
