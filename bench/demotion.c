// SPDX-License-Identifier: GPL-2.0-or-later
// Turns the kernel's switch for demotion through libtier. Measures nothing.
#include "demotion.h"

#include <errno.h>

#include "bench.h"

#define OBJECT "demotion"

/* A signal that comes while a switch is turned leaves it as it was. */
#define TRIES 8

/* What there is to do: a plan without steps when it is so already. */
static int make_plan(const struct host *machine, bool on, struct tier_plan **plan)
{
	struct tier_diag diag = { 0 };
	int ret = tier_switches_resolve(machine->ctx, machine->topology,
					on ? "demotion:on" : "demotion:off", plan, &diag);

	if (!ret)
		return STATUS_DONE;
	if (!diag.message[0])
		return say_error(OBJECT, "cannot be read", ret);
	return say(ret == -EOPNOTSUPP ? STATUS_UNSUPPORTED : STATUS_FAILED, OBJECT, "%s",
		   diag.message);
}

static int say_refused(int error, const struct tier_report *report)
{
	bool forbidden = error == -EPERM || error == -EACCES || error == -EROFS;

	if (!report->message[0])
		return say_error(OBJECT, "cannot be turned", error);
	return say(forbidden ? STATUS_NOT_PERMITTED : STATUS_FAILED, OBJECT, "%s",
		   report->message);
}

int demotion_turn(const struct host *machine, bool on)
{
	struct tier_report report = { 0 };
	struct tier_plan *plan = NULL;
	int status = make_plan(machine, on, &plan), ret = -EINTR;

	if (status)
		return status;
	for (int i = 0; i < TRIES && ret == -EINTR; i++)
		ret = tier_plan_apply(machine->ctx, plan, 0, &report, sizeof(report));
	tier_plan_free(plan);
	return ret ? say_refused(ret, &report) : STATUS_DONE;
}

uint64_t demotion_count(const struct host *machine)
{
	struct tier_traffic traffic;

	if (tier_traffic_read(machine->ctx, -1, &traffic, sizeof(traffic)) ||
	    !(traffic.known & 1U << TIER_DEMOTED_PAGES))
		return 0;
	return traffic.count[TIER_DEMOTED_PAGES];
}

int demotion_remember(struct demotion *found)
{
	struct tier_plan *plan = NULL;
	struct tier_step step;
	int status = host_open(&found->machine);

	if (!status)
		status = make_plan(&found->machine, true, &plan);
	if (status) {
		host_close(&found->machine);
		return status;
	}
	found->was_on = tier_plan_step(plan, 0, &step, sizeof(step)) == -ENOENT;
	found->is_known = true;
	tier_plan_free(plan);
	return STATUS_DONE;
}

int demotion_put_back(struct demotion *found)
{
	int status = STATUS_DONE;

	if (!found->is_known)
		return status;
	status = demotion_turn(&found->machine, found->was_on);
	host_close(&found->machine);
	found->is_known = false;
	return status;
}
