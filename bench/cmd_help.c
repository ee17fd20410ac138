// SPDX-License-Identifier: GPL-2.0-or-later
// tierbench help: all commands, one command, or what bash completes with.
#include <stdio.h>
#include <string.h>

#include "cmds.h"
#include "help.h"
#include "opt.h"
#include "write_all.h"

static int print(int failed, struct strbuf *out)
{
	int ret = failed ? failed : write_all(STDOUT_FILENO, strbuf_text(out), out->len);

	strbuf_free(out);
	return ret ? say_error("standard output", "cannot be written", ret) : STATUS_DONE;
}

static int add_options(struct strbuf *out, uint32_t flags)
{
	int ret = strbuf_puts(out, "\nOptions:\n");

	for (const struct opt *opt = opts; !ret && opt->name; opt++) {
		char left[40];

		if (opt->needs && !(opt->needs & flags))
			continue;
		(void)snprintf(left, sizeof(left), "--%s%s%s", opt->name,
			       opt->value ? " " : "", opt->value ? opt->value : "");
		ret = strbuf_printf(out, "  %-18s %s\n", left, opt->help);
	}
	return ret;
}

int help_overview(void)
{
	struct strbuf out = { 0 };
	int ret = strbuf_puts(
		&out,
		"usage: tierbench COMMAND [OPTION]...\n\nMeasures memory tier by tier "
		"and proves where the memory was.\n\n");

	for (const struct cmd *const *cmd = commands; !ret && *cmd; cmd++)
		ret = strbuf_printf(&out, "  %-10s %s\n", (*cmd)->name, (*cmd)->summary);
	if (!ret)
		ret = strbuf_puts(&out, "\ntierbench help COMMAND tells more.\n");
	return print(ret, &out);
}

/* Words at most 80 columns wide. */
static int add_wrapped(struct strbuf *out, const char *text)
{
	size_t column = 0;
	int ret = 0;

	while (!ret && *text) {
		size_t len = strcspn(text, " ");

		if (column && column + 1 + len > 80) {
			ret = strbuf_puts(out, "\n");
			column = 0;
		}
		if (!ret)
			ret = strbuf_printf(out, "%s%.*s", column ? " " : "", (int)len,
					    text);
		column += len + (column > 0);
		text += len + (text[len] == ' ');
	}
	return ret ? ret : strbuf_puts(out, "\n");
}

int help_command(const struct cmd *cmd)
{
	struct strbuf out = { 0 };
	int ret = strbuf_printf(&out, "usage: tierbench %s %s\n\n", cmd->name,
				cmd->operands ? cmd->operands : "[OPTION]...");

	if (!ret)
		ret = add_wrapped(&out, cmd->about);
	if (!ret)
		ret = add_options(&out, cmd->flags);
	for (size_t i = 0; !ret && i < ARRAY_SIZE(cmd->examples); i++) {
		const struct example *example = &cmd->examples[i];

		if (example->line)
			ret = strbuf_printf(&out, "%s  %s\n      %s\n",
					    i ? "" : "\nExamples:\n", example->line,
					    example->what);
	}
	return print(ret, &out);
}

int help_version(void)
{
	struct strbuf out = { 0 };

	return print(strbuf_printf(&out, "tierbench %s\n", tier_version()), &out);
}

/* ---- completion -------------------------------------------------------------------------- */

static const char completion_head[] =
	"# bash completion for tierbench, made by `tierbench help completion`.\n"
	"_tierbench()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} last=${COMP_WORDS[COMP_CWORD-1]}\n"
	"\tlocal words=''\n"
	"\tcase $last in\n";

static const char completion_files[] =
	"\t--weights | --output)\n"
	"\t\tcompopt -o filenames\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"\t\treturn\n"
	"\t\t;;\n";

static const char completion_tail[] =
	"\t\tesac\n"
	"\t\t;;\n"
	"\tesac\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
	"}\n"
	"complete -F _tierbench tierbench\n";

static int add_values(struct strbuf *out)
{
	int ret = 0;

	for (const struct opt *opt = opts; !ret && opt->name; opt++)
		if (opt->words)
			ret = strbuf_printf(out, "\t--%s) words='%s' ;;\n", opt->name,
					    opt->words);
	return ret;
}

static int add_command(struct strbuf *out, const struct cmd *cmd)
{
	int ret = strbuf_printf(out, "\t\t%s) words='", cmd->name);

	for (const struct opt *opt = opts; !ret && opt->name; opt++)
		if (!opt->needs || opt->needs & cmd->flags)
			ret = strbuf_printf(out, "--%s ", opt->name);
	return ret ? ret : strbuf_puts(out, "' ;;\n");
}

static int completion(void)
{
	struct strbuf out = { 0 };
	int ret = strbuf_puts(&out, completion_head);

	if (!ret)
		ret = strbuf_puts(&out, completion_files);
	if (!ret)
		ret = add_values(&out);
	if (!ret)
		ret = strbuf_puts(&out, "\ttierbench | help) words='");
	for (const struct cmd *const *cmd = commands; !ret && *cmd; cmd++)
		ret = strbuf_printf(&out, "%s ", (*cmd)->name);
	if (!ret)
		ret = strbuf_puts(&out, "' ;;\n\t*)\n\t\tcase ${COMP_WORDS[1]} in\n");
	if (!ret)
		ret = strbuf_puts(&out, "\t\tdiff | report) compopt -o default ;;\n");
	for (const struct cmd *const *cmd = commands; !ret && *cmd; cmd++)
		if ((*cmd)->flags & (CMD_MEASURES | CMD_RUNS))
			ret = add_command(&out, *cmd);
	if (!ret)
		ret = strbuf_puts(&out, completion_tail);
	return print(ret, &out);
}

static int run(struct bench *bench, char **operands)
{
	(void)bench;
	if (!operands[0])
		return help_overview();
	if (!strcmp(operands[0], "completion"))
		return completion();
	for (const struct cmd *const *cmd = commands; *cmd; cmd++)
		if (!strcmp((*cmd)->name, operands[0]))
			return help_command(*cmd);
	return say(STATUS_USAGE, operands[0], "no such command");
}

const struct cmd cmd_help = {
	.name = "help",
	.summary = "print this, or more on one command",
	.operands = "[COMMAND | completion]",
	.operand_count = -1,
	.about = "Without a command lists all; 'completion' prints what bash completes with.",
	.run = run,
	.examples = {
		{ "tierbench help ratio", "What ratio does, and its options." },
	},
};
