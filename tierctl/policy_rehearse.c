// SPDX-License-Identifier: GPL-2.0-or-later
// The whole change, on a child that does nothing but sleep.
#include "policy_rehearse.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cleanup.h"
#include "cmd.h"
#include "policy.h"

#define TRIES 9

static void note(const struct tier_steered *what, void *data)
{
	*(uint64_t *)data = what->stopped_ns;
}

static uint64_t try_once(const struct policy_change *change, const struct tier_plan *plan,
			 pid_t child)
{
	uint64_t stopped_ns = 0;
	const struct tier_steering steering = {
		.flags = change->filtered ? TIER_STEER_FILTERED : 0,
		.pid = child,
		.each = note,
		.each_size = sizeof(struct tier_steered),
		.data = &stopped_ns,
		.plan = plan,
	};
	struct tier_steer_report report;

	if (tier_steer(change->ctl->ctx, &steering, sizeof(steering), &report,
		       sizeof(report)))
		return 0;
	return stopped_ns;
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/* It must not outlive us, whatever ends us. */
static void sleep_for_good(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (getppid() == parent)
		pause();
	_exit(0);
}

uint64_t policy_rehearse(const struct policy_change *change, const struct tier_plan *plan)
{
	uint64_t times[TRIES];
	pid_t self = getpid(), child = fork();

	if (child < 0)
		return 0;
	if (!child)
		sleep_for_good(self);
	for (int i = 0; i < TRIES; i++)
		times[i] = try_once(change, plan, child);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	qsort(times, TRIES, sizeof(times[0]), compare);
	return times[TRIES / 2];
}
