// SPDX-License-Identifier: GPL-2.0-or-later
// The two steps of `tierctl run` in the process that becomes the command.
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "run.h"

static void say_remarks(const struct tier_plan *plan)
{
	const char *remark;

	for (unsigned int i = 0; (remark = tier_plan_remark(plan, i)); i++)
		err_note("run", "%s", remark);
}

/* What the kernel made of it, where that is less than was asked. */
static void say_differences(const struct tier_report *report)
{
	char nodes[64];

	if (report->message[0])
		err_note("run", "%s", report->message);
	if (tier_nodeset_count(&report->dropped))
		err_note("run", "node %s: left out by the kernel",
			 nodes_text(&report->dropped, nodes, sizeof(nodes)));
}

int run_apply(const struct run *run, struct tier_report *report)
{
	uint64_t flags = run->best_effort ? TIER_APPLY_BEST_EFFORT : 0;
	const struct fault fault = { STATUS_FAILED, "run", run->asked };
	int ret =
		tier_plan_apply(run->ctl->ctx, run->plan, flags, report, sizeof(*report));
	const char *words = report->message[0] ? report->message : tier_strerror(ret);

	if (!ret) {
		say_remarks(run->plan);
		say_differences(report);
		return STATUS_DONE;
	}
	if (ret == -EPERM || ret == -ENOSYS)
		return err_say(run->ctl, &fault, "%s; --best-effort runs it anyway",
			       words);
	return err_say(run->ctl, &fault, "%s", words);
}

static const char *why_not(const char *command, int error)
{
	bool is_path = strchr(command, '/') != NULL;

	if (error == ENOENT && is_path && !access(command, F_OK))
		return "the interpreter that its first line names does not exist";
	if (error == ENOENT)
		return is_path ? "no such file" : "no such command on the PATH";
	if (error == EACCES)
		return "not permitted to execute it";
	return strerror(error);
}

int run_exec(const struct run *run)
{
	struct fault fault = { STATUS_RUN_NOT_EXECUTABLE, "run", run->command[0] };
	int error;

	execvp(run->command[0], run->command);
	error = errno;
	if (error == ENOENT)
		fault.status = STATUS_RUN_NOT_FOUND;
	return err_say(run->ctl, &fault, "%s", why_not(run->command[0], error));
}
