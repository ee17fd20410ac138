// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl help: the tables as text.
#include <stddef.h>
#include <string.h>

#include "cmd.h"
#include "cmds.h"
#include "help.h"

static struct {
	bool list;
	const char *completion;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

static const struct opt help_opts[] = {
	{ "list", NULL, "only the names of the commands, one on a line", HERE(list), 0, 1,
	  0 },
	{ "completion", "SHELL", "print completion for a shell; bash is the one there is",
	  HERE(completion), OPT_WORDS_SHELL, 1, 0 },
	{ 0 },
};

static int print_names(struct ctl *ctl)
{
	for (size_t i = 0; commands[i]; i++)
		out_text(&ctl->out, "%s\n", commands[i]->name);
	return STATUS_DONE;
}

static int print_completion(struct ctl *ctl)
{
	const struct fault fault = { STATUS_USAGE, "help", options.completion };

	if (strcmp(options.completion, "bash") != 0)
		return err_say(ctl, &fault,
			       "no completion for this shell; there is bash");
	return help_completion(ctl);
}

static int help_check(struct ctl *ctl, char **operands)
{
	const struct fault fault = { STATUS_USAGE, "help", operands[0] };

	if (operands[0] && (options.list || options.completion))
		return err_say(ctl, &fault, "either a command or an option, not both");
	return STATUS_DONE;
}

static int help_run(struct ctl *ctl, char **operands)
{
	const struct cmd *cmd;

	if (options.list)
		return print_names(ctl);
	if (options.completion)
		return print_completion(ctl);
	if (!operands[0])
		return help_overview(ctl);
	cmd = cmd_find(ctl, operands[0]);
	return cmd ? help_command(ctl, cmd) : STATUS_USAGE;
}

const struct cmd cmd_help = {
	.name = "help",
	.summary = "explain the commands, or complete them in a shell",
	.usage = "[COMMAND | --list | --completion bash]",
	.operands = "COMMAND",
	.completes = "_tierctl_commands",
	.opts = help_opts,
	.values = &options,
	.operands_max = 1,
	.check = help_check,
	.run = help_run,
	.examples = {
		{ "tierctl help run", "Options and examples of one command." },
		{ "tierctl help --list", "The names of all commands, for scripts." },
		{ "source <(tierctl help --completion bash)",
		  "Completion in the shell at hand; an installed tierctl has it already." },
	},
};
