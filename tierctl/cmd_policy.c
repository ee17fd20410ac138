// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl policy: the memory policies of a running process.
#include <stddef.h>

#include "cmd.h"
#include "cmds.h"
#include "policy.h"

static struct {
	bool threads;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

static const struct opt policy_opts[] = {
	{ "threads", NULL,
	  "each thread's policy; the kernel walks all pages of the process for every one",
	  HERE(threads), 0, 0, 0 },
	{ 0 },
};

static int policy_run(struct ctl *ctl, char **operands)
{
	struct policy_show show = { .ctl = ctl,
				    .process = operands[0],
				    .threads = options.threads };
	int status = ctl_pid(ctl, operands[0], &show.pid);

	return status ? status : policy_show(&show);
}

const struct cmd cmd_policy = {
	.name = "policy",
	.summary = "show the memory policies of a running process",
	.usage = "PID [--threads] [--json] [--bytes]",
	.about = "Prints the policy that each thread allocates by, and the memory that lies in "
		 "mappings under each policy, by tier; mappings with a policy of their own are "
		 "listed. The process is not stopped.",
	.operands = "PID",
	.completes = "_tierctl_pids",
	.opts = policy_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_NEEDS_LIVE | CMD_JSON | CMD_BYTES,
	.operands_min = 1,
	.operands_max = 1,
	.run = policy_run,
	.examples = {
		{ "tierctl policy 4242", "What is in force, and what lies where by it." },
		{ "tierctl policy 4242 --threads", "Does every thread have it?" },
	},
};
