// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl where: on which tiers and nodes a process's pages lie.
#include <errno.h>

#include "cmd.h"
#include "cmds.h"
#include "json.h"
#include "placement.h"

static int say_failure(struct ctl *ctl, const char *pid, int error)
{
	char object[48];
	struct fault fault = { err_status(error), object, "where" };

	snprintf(object, sizeof(object), "process %s", pid);
	if (error == -ESRCH)
		return err_say(ctl, &fault, "no such process");
	if (error == -EACCES || error == -EPERM)
		return err_say(
			ctl, &fault,
			"its memory map is not yours to read; be its owner, or have "
			"CAP_SYS_PTRACE");
	/* Nobody's wrong usage, which -EINVAL is elsewhere. */
	fault.status = STATUS_FAILED;
	if (error == -EINVAL)
		return err_say(ctl, &fault, "the kernel's numa_maps does not parse");
	return ctl_fail(ctl, &fault, error, NULL);
}

static void print_json(struct ctl *ctl, int pid, const struct placement *placement)
{
	struct out *out = &ctl->out;
	struct json_object *document = js_document(out);

	js_number(out, document, "pid", (uint64_t)pid);
	placement_json(out, document, ctl->topology, placement);
	js_finish(out, document, &ctl->errors);
}

static void print_text(struct ctl *ctl, int pid, const struct placement *placement)
{
	struct out *out = &ctl->out;
	char total[FIGURE_BYTES];

	out_text(out, "Process %d: %s%s\n\n", pid,
		 figure_size(out, true, placement->total_bytes, total),
		 out->bytes ? " bytes" : "");
	placement_print(out, ctl->topology, placement);
	out_text(out, "\n");
	out_wrapped(out, "", "Pages shared with other processes count whole.");
}

static int where_run(struct ctl *ctl, char **operands)
{
	struct placement placement = { 0 };
	int pid = 0, ret;
	int status = ctl_pid(ctl, operands[0], &pid);

	if (status)
		return status;
	ret = placement_add_process(&placement, ctl->ctx, pid);
	if (ret)
		return say_failure(ctl, operands[0], ret);
	placement_sum(&placement, ctl->topology);
	if (ctl->globals.json)
		print_json(ctl, pid, &placement);
	else
		print_text(ctl, pid, &placement);
	return STATUS_DONE;
}

const struct cmd cmd_where = {
	.name = "where",
	.summary = "show on which tiers a process's memory lies",
	.usage = "[--json] [--bytes] PID",
	.about = "Counts the pages of each mapping, as the kernel reports them per node. Pages "
		 "that several processes share count whole for each. Another user's process "
		 "needs CAP_SYS_PTRACE.",
	.operands = "PID",
	.completes = "_tierctl_pids",
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_NEEDS_LIVE | CMD_JSON | CMD_BYTES,
	.operands_min = 1,
	.operands_max = 1,
	.run = where_run,
	.examples = {
		{ "tierctl where 4242", "One process, by tier and by node." },
		{ "tierctl where --json $(pidof -s postgres)", "The same for a program." },
		{ "watch tierctl where 4242", "See it spill." },
	},
};
