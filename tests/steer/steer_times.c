// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Steer a process many times, back and forth, and say how long its threads stood.
 *
 *   steer_times PID TIMES
 *
 * Prints "stops N median_ns N p90_ns N p99_ns N longest_ns N". Ends with 1 and a line on stderr at
 * the first time that fails.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "tier.h"

#define PAUSE_MOST_US 2000

struct times {
	uint64_t *ns;
	size_t count, room;
};

static void note(const struct tier_steered *what, void *data)
{
	struct times *times = data;

	if (times->count == times->room) {
		times->room = times->room * 2 + 1024;
		times->ns = realloc(times->ns, times->room * sizeof(*times->ns));
		if (!times->ns)
			exit(1);
	}
	times->ns[times->count++] = what->stopped_ns;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static unsigned long long part(const struct times *times, size_t percent)
{
	return times->ns[(times->count - 1) * percent / 100];
}

static int fail(const char *what, const char *why)
{
	fprintf(stderr, "steer_times: %s: %s\n", what, why);
	return 1;
}

/* Node 0 in any machine that has a node at all may be without memory: ask the library. */
static int make_plans(struct tier_ctx *ctx, struct tier_plan *plans[2])
{
	struct tier_topology *t = NULL;
	struct tier_policy *policy = NULL;
	struct tier_diag diag = { 0 };
	int ret = tier_topology_load(ctx, TIER_LOAD_CHEAP, &t, &diag);

	if (!ret)
		ret = tier_policy_parse("interleave:all", &policy, &diag);
	if (!ret)
		ret = tier_policy_resolve(policy, t, NULL, &plans[0], &diag);
	if (!ret)
		ret = tier_plan_decode("tier-plan 1 policy=default", &plans[1], &diag);
	tier_policy_free(policy);
	tier_topology_unref(t);
	return ret ? fail("plan", diag.message) : 0;
}

static int steer_all(struct tier_ctx *ctx, struct tier_plan *const plans[2], int pid,
		     long count)
{
	struct times times = { 0 };
	unsigned int random = 1;

	for (long i = 0; i < count; i++) {
		const struct tier_steering steering = {
			.pid = pid,
			.each = note,
			.each_size = sizeof(struct tier_steered),
			.data = &times,
			.plan = plans[i % 2],
		};
		struct timespec pause = { 0, (long)(rand_r(&random) % PAUSE_MOST_US) *
						     1000 };
		struct tier_steer_report report;

		if (tier_steer(ctx, &steering, sizeof(steering), &report, sizeof(report)))
			return fail("steer", report.message);
		nanosleep(&pause, NULL);
	}
	if (!times.count)
		return fail("steer", "no thread");
	qsort(times.ns, times.count, sizeof(*times.ns), compare);
	printf("stops %zu median_ns %llu p90_ns %llu p99_ns %llu longest_ns %llu\n",
	       times.count, part(&times, 50), part(&times, 90), part(&times, 99),
	       part(&times, 100));
	free(times.ns);
	return 0;
}

int main(int argc, char **argv)
{
	struct tier_plan *plans[2] = { NULL, NULL };
	struct tier_ctx *ctx = NULL;
	int status;

	if (argc != 3)
		return fail("usage", "steer_times PID TIMES");
	if (tier_ctx_new(&ctx, NULL, 0, NULL))
		return fail("open", "this machine");
	status = make_plans(ctx, plans);
	if (!status)
		status = steer_all(ctx, plans, (int)strtol(argv[1], NULL, 10),
				   strtol(argv[2], NULL, 10));
	tier_plan_free(plans[0]);
	tier_plan_free(plans[1]);
	tier_ctx_unref(ctx);
	return status;
}
