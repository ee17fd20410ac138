// SPDX-License-Identifier: GPL-2.0-or-later
// Completion for bash out of the same tables that parse. Knows no command by name.
#include <string.h>

#include "cmd.h"
#include "help.h"

/* What bash is told to offer for each kind of value. */
static const char *const offers[] = {
	[OPT_WORDS_NONE] = ":",
	[OPT_WORDS_FILE] = "_tierctl_files",
	[OPT_WORDS_SELECTOR] = "_tierctl_selector",
	[OPT_WORDS_CPUS] = "_tierctl_selector near",
	[OPT_WORDS_SHELL] = "_tierctl_words bash",
	[OPT_WORDS_ZONE] = "_tierctl_words \"movable normal\"",
	[OPT_WORDS_PAGES] = "_tierctl_words \"anon file [heap] [stack]\"",
	[OPT_WORDS_MEANS] = "_tierctl_words \"damon kernel both\"",
	[OPT_WORDS_MAPPING] = "_tierctl_words \"[heap] [stack]\"",
};

/* The options of a table that have a value, each as a pattern of "COMMAND --OPTION". */
static void add_values_of(struct out *out, const char *pattern, const struct opt *opts)
{
	for (const struct opt *opt = opts; opt && (opt->name || opt->help); opt++)
		if (opt->name && opt->value)
			out_text(out, "\t%s' --%s') offer='%s' ;;\n", pattern, opt->name,
				 offers[opt->words]);
}

/* Whether an option takes a value, and what is offered for it. */
static void add_values(struct out *out)
{
	out_text(out, "_tierctl_value()\n{\n\tcase \"$1 $2\" in\n");
	for (size_t i = 0; commands[i]; i++)
		add_values_of(out, commands[i]->name, commands[i]->opts);
	add_values_of(out, "*", global_opts);
	out_text(out, "\t*) return 1 ;;\n\tesac\n}\n\n");
}

/* A function is called as it is. Words come with the options, but behind a word that
 * they belong to. */
static void add_operand(struct out *out, const struct cmd *cmd,
			const struct operand_words *row)
{
	bool is_open = !row->behind || !strcmp(row->behind, cmd->name);

	out_text(out, "\t%s) ", row->behind ? row->behind : "*");
	if (*row->words == '_')
		out_text(out, "%s%s ;;\n", row->words, is_open ? " \"$1\"" : "");
	else
		out_text(out, "_tierctl_words \"%s%s\" ;;\n", row->words,
			 is_open ? " $1" : "");
}

/* What is offered as an operand, by the word before it. */
static void add_operands(struct out *out)
{
	for (size_t i = 0; commands[i]; i++) {
		const struct operand_words *row = commands[i]->operand_words;
		bool has_rest = false;

		if (!row)
			continue;
		out_text(out, "_tierctl_behind_%s()\n{\n\tcase $prev in\n",
			 commands[i]->name);
		for (; row->words; row++) {
			add_operand(out, commands[i], row);
			has_rest |= !row->behind;
		}
		if (!has_rest)
			out_text(out, "\t*) _tierctl_words \"$1\" ;;\n");
		out_text(out, "\tesac\n}\n\n");
	}
}

static void add_names(struct out *out, const struct opt *opts, uint32_t flags)
{
	for (const struct opt *opt = opts; opt && (opt->name || opt->help); opt++)
		if (opt->name && opt_fits(opt, flags))
			out_text(out, " --%s", opt->name);
}

static void add_command_names(struct out *out)
{
	for (size_t i = 0; commands[i]; i++)
		out_text(out, " %s", commands[i]->name);
}

/* Which options stand behind which command, and the commands where there is none. */
static void add_commands(struct out *out)
{
	out_text(out, "_tierctl_options()\n{\n\tcase $1 in\n");
	for (size_t i = 0; commands[i]; i++) {
		const struct cmd *cmd = commands[i];

		out_text(out, "\t%s) set -- \"", cmd->name);
		add_names(out, cmd->opts, cmd->flags);
		add_names(out, global_opts, cmd->flags);
		if (cmd->operand_words)
			out_text(out, "\" _tierctl_behind_%s ;;\n", cmd->name);
		else
			out_text(out, "\" %s ;;\n", cmd->completes ? cmd->completes : "");
	}
	out_text(out, "\t'') set -- \"");
	add_names(out, global_opts, CMD_JSON | CMD_BYTES);
	out_text(out, "\" _tierctl_commands ;;\n\t*) return ;;\n\tesac\n"
		      "\tif [[ $cur == -* || ! ${2-} ]]; then\n"
		      "\t\t_tierctl_words \"$1\"\n"
		      "\telse\n"
		      "\t\t\"$2\" \"$1\"\n"
		      "\tfi\n"
		      "}\n\n");
	out_text(out, "_tierctl_commands()\n{\n\t_tierctl_words \"");
	add_command_names(out);
	out_text(out, "\"\n}\n\n");
}

/* The names of doctor's checks, which are the library's. */
static void add_checks(struct out *out)
{
	struct tier_check_info info;

	out_text(out, "_tierctl_checks()\n{\n\t_tierctl_words \"");
	for (unsigned int i = 0; !tier_check_get(i, &info, sizeof(info)); i++)
		out_text(out, "%s ", info.name);
	out_text(out, "$1\"\n}\n\n");
}

int help_completion(struct ctl *ctl)
{
	out_text(&ctl->out, "%s", completion_offering);
	add_values(&ctl->out);
	add_commands(&ctl->out);
	add_operands(&ctl->out);
	add_checks(&ctl->out);
	out_text(&ctl->out, "%s", completion_walking);
	return STATUS_DONE;
}
