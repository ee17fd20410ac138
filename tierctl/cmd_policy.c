// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl policy: the memory policies of a running process, shown or changed.
#include <errno.h>
#include <stddef.h>

#include "cmd.h"
#include "cmds.h"
#include "policy.h"
#include "policy_options.h"
#include "strbuf.h"

static struct {
	bool threads;
	struct policy_options policy;
	bool reset;
	const char *mapping;
	bool move;
	bool filtered;
	bool dry_run;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

/* Options that exclude each other. */
enum { POLICY = 1 };

static const struct opt policy_opts[] = {
	{ .help = "Showing:" },
	{ "threads", NULL,
	  "each thread's policy; the kernel walks all pages of the process for every one",
	  HERE(threads), 0, POLICY, 0 },
	{ .help = "Changing (one of these):" },
	POLICY_OPTION(prefer, "SEL", "SEL first, then anywhere",
		      offsetof(typeof(options), policy), POLICY),
	POLICY_OPTIONS(offsetof(typeof(options), policy), POLICY),
	{ "default", NULL, "the kernel's default: near the CPU that asks", HERE(reset), 0,
	  POLICY, 0 },
	{ .help = "And how:" },
	{ "mapping", "WHICH",
	  "only in these mappings: [heap], a file's path, an address, an address range",
	  HERE(mapping), OPT_WORDS_MAPPING, 0, 0 },
	{ "move", NULL, "move pages that lie elsewhere, as tierctl migrate does",
	  HERE(move), 0, 0, 0 },
	{ "filtered", NULL,
	  "go on although a seccomp filter watches the process: it may kill it",
	  HERE(filtered), 0, 0, 0 },
	{ "dry-run", NULL, "print every call that would be made, and make none",
	  HERE(dry_run), 0, 0, 0 },
	{ 0 },
};

static struct policy_choice find_choice(void)
{
	return options.reset ? (struct policy_choice){ "--default", "", "default" } :
			       policy_choice(&options.policy);
}

static int policy_check(struct ctl *ctl, char **operands)
{
	const struct fault fault = { STATUS_USAGE, "policy", NULL };
	const struct policy_choice choice = find_choice();

	(void)operands;
	if (!choice.option &&
	    (options.mapping || options.move || options.filtered || options.dry_run))
		return err_say(ctl, &fault,
			       "change to what? give --prefer, --bind, --interleave, "
			       "--weighted or --default");
	if (options.reset && options.move)
		return err_say(ctl, &fault,
			       "--move: the default policy names no memory to move to");
	return STATUS_DONE;
}

static int refuse_elsewhere(struct ctl *ctl, bool has_preview)
{
	const struct fault fault = { STATUS_UNSUPPORTED, "policy", ctl->globals.root };

	return err_say(ctl, &fault,
		       has_preview ?
			       "not this machine, so nothing is changed; --dry-run "
			       "shows the call" :
			       "not this machine, and processes exist on this only");
}

static int policy_run(struct ctl *ctl, char **operands)
{
	SCOPED_STRBUF struct strbuf policy = { 0 };
	const struct policy_choice choice = find_choice();
	struct policy_show show = { .ctl = ctl,
				    .process = operands[0],
				    .threads = options.threads };
	struct policy_change change = { .ctl = ctl,
					.process = operands[0],
					.option = choice.option,
					.selector = choice.selector,
					.mapping = options.mapping,
					.move = options.move,
					.filtered = options.filtered,
					.dry_run = options.dry_run };
	const struct fault fault = { STATUS_FAILED, "policy", NULL };
	int status;

	if (!tier_ctx_is_live(ctl->ctx) && !options.dry_run)
		return refuse_elsewhere(ctl, choice.option != NULL);
	status = ctl_pid(ctl, operands[0], &show.pid);
	if (status)
		return status;
	if (!choice.option)
		return policy_show(&show);
	change.pid = show.pid;
	if (strbuf_printf(&policy, "%s%s%s", choice.mode, options.reset ? "" : ":",
			  choice.selector))
		return ctl_fail(ctl, &fault, -ENOMEM, NULL);
	change.policy = strbuf_text(&policy);
	return policy_change(&change);
}

const struct cmd cmd_policy = {
	.name = "policy",
	.summary = "show or change the memory policies of a running process",
	.usage = "PID [--threads] [--prefer|--bind|--interleave|--weighted SEL|--default] "
		 "[--mapping WHICH] [--move] [--filtered] [--dry-run] [--json] [--bytes]",
	.about = "Prints the policy that each thread allocates by, and the memory that lies in "
		 "mappings under each policy, by tier; the process is not stopped for that. With "
		 "a policy, changes it: each thread stands for a moment, makes the call itself, "
		 "and is given back as it was.",
	.operands = "PID",
	.completes = "_tierctl_pids",
	.opts = policy_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_JSON | CMD_BYTES,
	.operands_min = 1,
	.operands_max = 1,
	.check = policy_check,
	.run = policy_run,
	.examples = {
		{ "tierctl policy 4242", "What is in force, and what lies where by it." },
		{ "tierctl policy 4242 --bind pmem --dry-run", "What would be called?" },
		{ "tierctl policy 4242 --prefer dram --move",
		  "To DRAM, with what it has already." },
		{ "tierctl policy 4242 --mapping [heap] --interleave all",
		  "Only the heap, over all memory." },
	},
};
