// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl: find the command, set up what it needs, run it, see that its output arrived.
#include <stddef.h>
#include <string.h>

#include "cmd.h"
#include "cmds.h"
#include "help.h"
#include "standard_streams.h"

const struct cmd *const commands[] = {
	&cmd_show,    &cmd_run,	   &cmd_where,	 &cmd_heap,    &cmd_policy, &cmd_migrate,
	&cmd_tiering, &cmd_auto,   &cmd_weights, &cmd_reclaim, &cmd_dax,    &cmd_capture,
	&cmd_check,   &cmd_doctor, &cmd_help,	 NULL,
};

#define GLOBAL(field) .offset = offsetof(struct globals, field)

const struct opt global_opts[] = {
	{ "root", "MACHINE",
	  "look at a capture file, or at a directory with sys/ and proc/, "
	  "instead of this machine",
	  GLOBAL(root), OPT_WORDS_FILE, 0, 0 },
	{ "json", NULL, "print JSON, bytes as integers, null for unknown", GLOBAL(json),
	  0, 0, CMD_JSON },
	{ "bytes", NULL, "print plain integers: bytes, bytes per second, nanoseconds",
	  GLOBAL(bytes), 0, 0, CMD_BYTES },
	{ "help", NULL, "print this help", GLOBAL(help), 0, 0, 0 },
	{ "version", NULL, "print the version", GLOBAL(version), 0, 0, 0 },
	{ 0 },
};

static int check_operands(struct ctl *ctl, char **operands)
{
	const struct cmd *cmd = ctl->cmd;
	int count = 0;

	while (operands[count])
		count++;
	if (count < cmd->operands_min) {
		const struct fault fault = { STATUS_USAGE, cmd->name, cmd->operands };

		return err_say(ctl, &fault, "missing; usage: tierctl %s %s", cmd->name,
			       cmd->usage);
	}
	if (cmd->operands_max >= 0 && count > cmd->operands_max) {
		const struct fault fault = { STATUS_USAGE, cmd->name,
					     operands[cmd->operands_max] };

		return err_say(ctl, &fault, "unexpected; usage: tierctl %s %s", cmd->name,
			       cmd->usage);
	}
	return STATUS_DONE;
}

static int run_command(struct ctl *ctl, char **operands)
{
	const struct cmd *cmd = ctl->cmd;
	int status = check_operands(ctl, operands);

	if (!status && cmd->check)
		status = cmd->check(ctl, operands);
	if (!status)
		status = ctl_open(ctl);
	return status ? status : cmd->run(ctl, operands);
}

/* An error can come before --json is reached: the wish still counts. */
static void look_for_json(struct ctl *ctl, char **argv)
{
	for (; *argv && strcmp(*argv, "--") != 0; argv++)
		if (!strcmp(*argv, "--json"))
			ctl->globals.json = true;
}

/* Options and operands behind the command's name. */
static int dispatch(struct ctl *ctl, char **argv)
{
	const struct opt_set sets[] = {
		{ ctl->cmd->opts, ctl->cmd->values, ctl->cmd->flags },
		{ global_opts, &ctl->globals, ctl->cmd->flags },
	};
	int ret = opt_parse(ctl, argv, sets, ARRAY_SIZE(sets));

	if (ret) {
		if (ctl->cmd->flags & CMD_JSON)
			look_for_json(ctl, argv);
		return -ret;
	}
	ctl->out.bytes = ctl->globals.bytes;
	if (ctl->globals.help)
		return help_command(ctl, ctl->cmd);
	if (ctl->globals.version)
		return help_version(ctl);
	return run_command(ctl, argv);
}

/* Options before the command, and the command. */
static int start(struct ctl *ctl, char **argv)
{
	const struct opt_set set = { global_opts, &ctl->globals,
				     CMD_JSON | CMD_BYTES | CMD_STOPS };
	const struct fault fault = { STATUS_USAGE, "command line", NULL };
	int ret = opt_parse(ctl, argv, &set, 1);

	if (ret)
		return -ret;
	if (ctl->globals.version)
		return help_version(ctl);
	if (ctl->globals.help)
		return help_overview(ctl);
	if (!argv[0])
		return err_say(ctl, &fault,
			       "no command; 'tierctl help' lists them, "
			       "'tierctl show' shows this machine");
	ctl->cmd = cmd_find(ctl, argv[0]);
	return ctl->cmd ? dispatch(ctl, argv + 1) : STATUS_USAGE;
}

int main(int argc, char **argv)
{
	struct ctl ctl = { 0 };

	hold_standard_streams();
	out_init(&ctl.out);
	return ctl_finish(&ctl, start(&ctl, argv + (argc > 0)));
}
