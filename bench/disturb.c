// SPDX-License-Identifier: GPL-2.0-or-later
// Reads counters around measurements. Judges nothing.
#include "disturb.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

struct moment moment_now(void)
{
	struct moment moment = { .wall_ns = now_ns() };
	struct timespec cpu = { 0 };
	struct rusage usage = { 0 };

	(void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &cpu);
	(void)getrusage(RUSAGE_THREAD, &usage);
	moment.cpu_ns = (uint64_t)cpu.tv_sec * 1000000000 + (uint64_t)cpu.tv_nsec;
	moment.preemptions = (uint64_t)usage.ru_nivcsw;
	return moment;
}

/* What the machine counts; nothing is known of it where libtier cannot read. */
static struct tier_traffic traffic_now(struct bench *bench)
{
	struct tier_traffic traffic = { 0 };

	if (tier_traffic_read(bench->machine.ctx, -1, &traffic, sizeof(traffic)))
		return (struct tier_traffic){ 0 };
	return traffic;
}

void disturb_begin(struct disturb *disturb, struct bench *bench)
{
	disturb->began = traffic_now(bench);
	if (!disturb->first.wall_us && others_look("", &disturb->first))
		disturb->first = (struct spent){ 0 };
}

/* A thread's CPU time is without what a hypervisor stole, where it tells. */
void disturb_add(struct disturb *disturb, const struct moment *from,
		 const struct moment *to)
{
	disturb->wall_ns += to->wall_ns - from->wall_ns;
	disturb->cpu_ns += to->cpu_ns - from->cpu_ns;
	disturb->preemptions += to->preemptions - from->preemptions;
}

/*
 * Multiplications that wait for each other keep a processor's clock, whatever the memory does,
 * and need so little of it that a hyperthread beside them, which may be another guest's, takes
 * nothing of that. Of additions, one to each turn of a loop, it takes half and more, as both
 * fetch by turns: on a quiet guest with two CPUs of a Zen 3 the slowest in a row were 29 to
 * 68 % slower than the fastest, in every row, and of these 0.5 to 6 %.
 */
#define PRODUCTS      6400
#define TURN_PRODUCTS 16

static double time_products(void)
{
	const uint64_t began = now_ns(), factor = began | 1;
	uint64_t product = 1;

	for (unsigned int turn = 0; turn < PRODUCTS / TURN_PRODUCTS; turn++)
#pragma GCC unroll 16
		for (unsigned int i = 0; i < TURN_PRODUCTS; i++) {
			product *= factor;
			__asm__ volatile("" : "+r"(product));
		}
	return (double)(now_ns() - began);
}

void disturb_look(struct disturb *disturb)
{
	int ret = frequency_look("", disturb->cpus, disturb->cpu_count,
				 &disturb->frequency);

	if (ret)
		disturb->frequency_error = ret;
}

/* The best of three: an interrupt is no change of speed. */
void disturb_probe(struct disturb *disturb)
{
	double ns = time_products();

	ns = fmin(ns, time_products());
	ns = fmin(ns, time_products());
	if (disturb->fastest_ns == 0 || ns < disturb->fastest_ns)
		disturb->fastest_ns = ns;
	disturb->slowest_ns = fmax(disturb->slowest_ns, ns);
}

/* By how much a counter grew; NAN where that is not known. */
static double growth(const struct tier_traffic *from, const struct tier_traffic *to,
		     enum tier_counter counter)
{
	if (!(from->known & to->known & 1U << counter) ||
	    to->count[counter] < from->count[counter])
		return NAN;
	return (double)(to->count[counter] - from->count[counter]);
}

/* Which counters of the machine are watched. */
static const enum tier_counter watched[DISTURB_COUNTERS] = {
	[DISTURB_MOVED] = TIER_MIGRATED_PAGES,
	[DISTURB_STOLEN_US] = TIER_STOLEN_US,
	[DISTURB_CPU_US] = TIER_CPU_STALL_US,
	[DISTURB_MEMORY_US] = TIER_MEMORY_STALL_US,
};

void disturb_pause(struct disturb *disturb, struct bench *bench)
{
	const struct tier_traffic now = traffic_now(bench);

	disturb->took_us += (double)(now.time_ns - disturb->began.time_ns) / 1000;
	for (size_t i = 0; i < DISTURB_COUNTERS; i++)
		disturb->grew[i] += growth(&disturb->began, &now, watched[i]);
	if (others_look("", &disturb->last))
		disturb->last = (struct spent){ 0 };
}

/* What the machine counted meanwhile. Pages that anybody moved, balancing and DAMON
 * too; steal as a part of what all CPUs have. */
static void take_traffic(struct disturbance *found, const struct disturb *disturb)
{
	const double *grew = disturb->grew, us = disturb->took_us;
	double cpus = fmax(1, (double)sysconf(_SC_NPROCESSORS_ONLN));

	found->migrations = isnan(grew[DISTURB_MOVED]) ? 0 :
							 (uint64_t)grew[DISTURB_MOVED];
	found->stolen = grew[DISTURB_STOLEN_US] / us / cpus;
	found->stolen_tick = 1e6 / (double)sysconf(_SC_CLK_TCK) / us / cpus;
	found->cpu_stall = grew[DISTURB_CPU_US] / us;
	found->memory_stall = grew[DISTURB_MEMORY_US] / us;
	found->others = others_between(&disturb->first, &disturb->last);
}

static void take_frequency(struct disturbance *found, const struct disturb *disturb)
{
	const struct frequency *frequency = &disturb->frequency;
	const char *why = "";

	found->mhz_low = found->mhz_high = found->mhz_rated = NAN;
	if (!disturb->cpu_count)
		why = "not looked at";
	else if (!frequency->low_khz)
		why = disturb->frequency_error == -ENODATA ? "no cpufreq" :
							     "cpufreq cannot be read";
	(void)snprintf(found->mhz_unknown, sizeof(found->mhz_unknown), "%s", why);
	if (!frequency->low_khz)
		return;
	found->mhz_low = (double)frequency->low_khz / 1000;
	found->mhz_high = (double)frequency->high_khz / 1000;
	if (frequency->rated_khz)
		found->mhz_rated = (double)frequency->rated_khz / 1000;
}

struct disturbance disturb_end(const struct disturb *disturb)
{
	struct disturbance found = { .preemptions = disturb->preemptions };

	if (disturb->wall_ns > disturb->cpu_ns)
		found.off_cpu = (double)(disturb->wall_ns - disturb->cpu_ns) /
				(double)disturb->wall_ns;
	if (disturb->slowest_ns > 0)
		found.speed_spread = 1 - disturb->fastest_ns / disturb->slowest_ns;
	take_traffic(&found, disturb);
	take_frequency(&found, disturb);
	return found;
}
