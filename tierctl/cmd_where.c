// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl where: on which tiers and nodes a process's pages lie.
#include <errno.h>
#include <stddef.h>

#include "cmd.h"
#include "cmds.h"
#include "json.h"
#include "opt.h"
#include "placement.h"

static struct {
	bool exact;
} options;

/* Counted for us alone and once, so more than a monitor's 100 us may be spent on it. */
#define HOLD_NS 2000000

static const struct opt where_opts[] = {
	{ "exact", NULL, "count every page, however long that locks its memory map",
	  offsetof(typeof(options), exact), 0, 0, 0 },
	{ 0 },
};

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
	if (error == -EOPNOTSUPP)
		return err_say(ctl, &fault, "a thread of the kernel has no memory");
	if (error == -ENODATA)
		return err_say(ctl, &fault,
			       "none of its pages was found; --exact counts");
	/* Nobody's wrong usage, which -EINVAL is elsewhere. */
	fault.status = STATUS_FAILED;
	if (error == -EINVAL)
		return err_say(ctl, &fault, "the kernel's numa_maps does not parse");
	return ctl_fail(ctl, &fault, error, NULL);
}

static void print_json(struct ctl *ctl, const struct tier_process_sample *process,
		       const struct placement *placement)
{
	struct out *out = &ctl->out;
	struct json_object *document = js_document(out);
	bool is_sampled = process->how == TIER_PLACED_SAMPLED;

	js_number(out, document, "pid", (uint64_t)process->pid);
	js_bool(out, document, "exact", !is_sampled);
	js_known(out, document, "found_pages", is_sampled ? &process->found : NULL);
	js_known(out, document, "absent_pages", is_sampled ? &process->absent : NULL);
	js_known(out, document, "outside_pages", is_sampled ? &process->outside : NULL);
	js_known(out, document, "refused_pages", is_sampled ? &process->refused : NULL);
	placement_json(out, document, ctl->topology, placement);
	js_finish(out, document, &ctl->errors);
}

static void print_text(struct ctl *ctl, const struct tier_process_sample *process,
		       const struct placement *placement)
{
	struct out *out = &ctl->out;
	char total[FIGURE_BYTES];

	out_text(out, "Process %d: %s%s\n\n", process->pid,
		 figure_size(out, true, placement->total_bytes, total),
		 out->bytes ? " bytes" : "");
	placement_print(out, ctl->topology, placement);
	out_text(out, "\n");
	if (process->how == TIER_PLACED_SAMPLED)
		out_text(out, "Estimated from %llu of its pages; --exact counts all.\n",
			 (unsigned long long)process->found);
	out_wrapped(out, "", "Pages shared with other processes count whole.");
}

static int print(struct ctl *ctl, const char *pid, const struct tier_sample *sample)
{
	const struct tier_process_sample *process = &sample->processes[0];
	struct placement placement = { 0 };

	if (!sample->n_processes)
		return say_failure(ctl, pid, -ESRCH);
	if (process->how == TIER_PLACED_REFUSED)
		return say_failure(ctl, pid, process->error);
	placement_take(&placement, sample);
	if (ctl->globals.json)
		print_json(ctl, process, &placement);
	else
		print_text(ctl, process, &placement);
	return STATUS_DONE;
}

static int where_run(struct ctl *ctl, char **operands)
{
	struct tier_sampling sampling = { .topology = ctl->topology, .hold_ns = HOLD_NS };
	const struct tier_sample *sample = NULL;
	struct tier_sampler *sampler = NULL;
	int status = ctl_pid(ctl, operands[0], &sampling.pid), ret;

	if (status)
		return status;
	sampling.flags = options.exact ? TIER_SAMPLE_WALK : 0;
	ret = tier_sampler_look(ctl->ctx, &sampler, &sampling, sizeof(sampling), &sample);
	status = ret ? say_failure(ctl, operands[0], ret) :
		       print(ctl, operands[0], sample);
	tier_sampler_free(sampler);
	return status;
}

const struct cmd cmd_where = {
	.name = "where",
	.summary = "show on which tiers a process's memory lies",
	.usage = "[--json] [--bytes] [--exact] PID",
	.about = "Has the kernel count the pages of a small process, and estimates those of a "
		 "large one from a random sample, as counting them all would lock its memory "
		 "map for long. Pages that several processes share count whole for each. "
		 "Another user's process needs CAP_SYS_PTRACE.",
	.operands = "PID",
	.completes = "_tierctl_pids",
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_NEEDS_LIVE | CMD_JSON | CMD_BYTES,
	.operands_min = 1,
	.operands_max = 1,
	.opts = where_opts,
	.values = &options,
	.run = where_run,
	.examples = {
		{ "tierctl where 4242", "One process, by tier and by node." },
		{ "tierctl where --json $(pidof -s postgres)", "The same for a program." },
		{ "watch tierctl where 4242", "See it spill." },
		{ "tierctl where --exact 4242", "Every page, although that takes a while." },
	},
};
