// SPDX-License-Identifier: GPL-2.0-or-later
// Reads counters around measurements. Judges nothing.
#include "disturb.h"

#include <math.h>
#include <sys/resource.h>
#include <time.h>

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

/* Pages that anybody moved on this machine; balancing and DAMON count too. */
static uint64_t migrated(struct bench *bench)
{
	struct tier_traffic traffic;

	if (tier_traffic_read(bench->machine.ctx, -1, &traffic, sizeof(traffic)) ||
	    !(traffic.known & 1U << TIER_MIGRATED_PAGES))
		return 0;
	return traffic.count[TIER_MIGRATED_PAGES];
}

void disturb_begin(struct disturb *disturb, struct bench *bench)
{
	*disturb = (struct disturb){ .migrated = migrated(bench) };
}

/* A thread's CPU time is without what a hypervisor stole, where it tells. */
void disturb_add(struct disturb *disturb, const struct moment *from,
		 const struct moment *to)
{
	disturb->wall_ns += to->wall_ns - from->wall_ns;
	disturb->cpu_ns += to->cpu_ns - from->cpu_ns;
	disturb->preemptions += to->preemptions - from->preemptions;
}

/* Additions that wait for each other take one cycle each, whatever the memory does. */
#define ADDITIONS 20000

static double time_additions(void)
{
	uint64_t began = now_ns();

	for (uint64_t i = 0, sum = 0; i < ADDITIONS; i++) {
		sum += i;
		__asm__ volatile("" : "+r"(sum));
	}
	return (double)(now_ns() - began);
}

/* The best of three: an interrupt is no change of speed. */
void disturb_probe(struct disturb *disturb)
{
	double ns = time_additions();

	ns = fmin(ns, time_additions());
	ns = fmin(ns, time_additions());
	if (disturb->fastest_ns == 0 || ns < disturb->fastest_ns)
		disturb->fastest_ns = ns;
	disturb->slowest_ns = fmax(disturb->slowest_ns, ns);
}

struct disturbance disturb_end(const struct disturb *disturb, struct bench *bench)
{
	struct disturbance found = { .preemptions = disturb->preemptions };
	uint64_t now = migrated(bench);

	if (disturb->wall_ns > disturb->cpu_ns)
		found.off_cpu = (double)(disturb->wall_ns - disturb->cpu_ns) /
				(double)disturb->wall_ns;
	if (disturb->slowest_ns > 0)
		found.speed_spread = 1 - disturb->fastest_ns / disturb->slowest_ns;
	found.migrations = now > disturb->migrated ? now - disturb->migrated : 0;
	return found;
}
