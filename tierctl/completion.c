// SPDX-License-Identifier: GPL-2.0-or-later
// Completion for bash out of the same tables that parse. Knows no command by name.
#include "cmd.h"
#include "help.h"

#define SELECTORS "dram pmem cxl hbm gpu fastest slowest fast slow all tier: node:"

/* What bash is told to offer for each kind of value. */
static const char *const offers[] = {
	[OPT_WORDS_NONE] = ":",
	[OPT_WORDS_FILE] = "_tierctl_files",
	[OPT_WORDS_SELECTOR] = "_tierctl_words \"" SELECTORS "\"",
	[OPT_WORDS_CPUS] = "_tierctl_words \"near " SELECTORS "\"",
	[OPT_WORDS_SHELL] = "_tierctl_words bash",
	[OPT_WORDS_ZONE] = "_tierctl_words \"movable normal\"",
};

static const char *const opening =
	"# bash completion for tierctl, made by `tierctl help --completion bash`.\n"
	"_tierctl_words()\n"
	"{\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$cur\")\n"
	"\t[[ ${COMPREPLY[0]} == *: ]] && compopt -o nospace\n"
	"}\n"
	"\n"
	"_tierctl_files()\n"
	"{\n"
	"\tcompopt -o filenames\n"
	"\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	"}\n"
	"\n"
	"# The command line of another program begins at word $1.\n"
	"_tierctl_program()\n"
	"{\n"
	"\tif ((COMP_CWORD == $1)); then\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
	"\telif declare -F _command_offset >/dev/null; then\n"
	"\t\t_command_offset \"$1\"\n"
	"\telse\n"
	"\t\t_tierctl_files\n"
	"\tfi\n"
	"}\n"
	"\n"
	"# Where a program may begin: with nothing typed, our options are more use.\n"
	"_tierctl_begin()\n"
	"{\n"
	"\tif [[ $cur ]]; then\n"
	"\t\t_tierctl_program \"$COMP_CWORD\"\n"
	"\telse\n"
	"\t\t_tierctl_words \"$1\"\n"
	"\tfi\n"
	"}\n"
	"\n";

static const char *const walking =
	"_tierctl()\n"
	"{\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	"\tlocal i cmd=\"\" waits=\"\" word\n"
	"\tCOMPREPLY=()\n"
	"\t[[ $cur == = ]] && cur=\n"
	"\t[[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tif [[ $word == : ]]; then\n"
	"\t\t\t((i++))\n"
	"\t\telif [[ $waits ]]; then\n"
	"\t\t\t[[ $word == = ]] || waits=\n"
	"\t\telif [[ $cmd == run && ($word == -- || $word != -*) ]]; then\n"
	"\t\t\t[[ $word == -- ]] && ((i++))\n"
	"\t\t\t_tierctl_program \"$i\"\n"
	"\t\t\treturn\n"
	"\t\telif _tierctl_takes_value \"$word\"; then\n"
	"\t\t\twaits=1\n"
	"\t\telif [[ ! $cmd && $word != -* ]]; then\n"
	"\t\t\tcmd=$word\n"
	"\t\tfi\n"
	"\tdone\n"
	"\tif [[ $waits ]]; then\n"
	"\t\t_tierctl_value \"$prev\"\n"
	"\t\treturn\n"
	"\tfi\n"
	"\t_tierctl_options \"$cmd\"\n"
	"}\n"
	"complete -F _tierctl tierctl\n";

/* Call `each` for every option of every table; a name can come more than once. */
static void for_each_opt(struct out *out,
			 void (*each)(struct out *out, const struct opt *opt))
{
	const struct opt *opt;

	for (opt = global_opts; opt->name || opt->help; opt++)
		each(out, opt);
	for (size_t i = 0; commands[i]; i++)
		for (opt = commands[i]->opts; opt && (opt->name || opt->help); opt++)
			each(out, opt);
}

static void add_if_valued(struct out *out, const struct opt *opt)
{
	if (opt->name && opt->value)
		out_text(out, "%s--%s", "|", opt->name);
}

static void add_offer(struct out *out, const struct opt *opt)
{
	if (opt->name && opt->value)
		out_text(out, "\t--%s) %s ;;\n", opt->name, offers[opt->words]);
}

static void add_values(struct out *out)
{
	out_text(out, "_tierctl_takes_value()\n{\n\t[[ \"|");
	for_each_opt(out, add_if_valued);
	out_text(out, "|\" == *\"|$1|\"* ]]\n}\n\n");
	out_text(out, "_tierctl_value()\n{\n\tcase $1 in\n");
	for_each_opt(out, add_offer);
	out_text(out, "\tesac\n}\n\n");
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
		out_text(out, "\" %s ;;\n", cmd->completes ? cmd->completes : "");
	}
	out_text(out, "\t'') set -- \"");
	add_names(out, global_opts, CMD_JSON | CMD_BYTES);
	out_text(out, "\" _tierctl_commands ;;\n\t*) return ;;\n\tesac\n"
		      "\tif [[ $cur == -* || ! $2 ]]; then\n"
		      "\t\t_tierctl_words \"$1\"\n"
		      "\telse\n"
		      "\t\t\"$2\" \"$1\"\n"
		      "\tfi\n"
		      "}\n\n");
	out_text(out, "_tierctl_commands()\n{\n\t_tierctl_words \"");
	add_command_names(out);
	out_text(out,
		 "\"\n}\n\n"
		 "_tierctl_pids()\n{\n"
		 "\t_tierctl_words \"$(ps -e -o pid= 2>/dev/null)\"\n}\n\n"
		 "_tierctl_tiering()\n{\n"
		 "\tcase $prev in\n"
		 "\tdemotion | promotion) _tierctl_words \"on off\" ;;\n"
		 "\t*) _tierctl_words \"demotion promotion $1\" ;;\n"
		 "\tesac\n}\n\n"
		 "_tierctl_weights()\n{\n"
		 "\tcase $prev in\n"
		 "\tset | ,) _tierctl_words \"" SELECTORS "\" ;;\n"
		 "\tfrom-bench) _tierctl_files ;;\n"
		 "\tweights) _tierctl_words \"show set auto from-bench reset $1\" ;;\n"
		 "\t*) _tierctl_words \"$1\" ;;\n"
		 "\tesac\n}\n\n"
		 "_tierctl_dax()\n{\n"
		 "\tif [[ $prev == dax ]]; then\n"
		 "\t\t_tierctl_words \"list online offline use-as-ram use-as-device\"\n"
		 "\telse\n"
		 "\t\t_tierctl_words \"$(tierctl dax list 2>/dev/null |\n"
		 "\t\t\tsed -n 's/^\\(dax[^ ]*\\) .*/\\1/p') $1\"\n"
		 "\tfi\n}\n\n");
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
	out_text(&ctl->out, "%s", opening);
	add_values(&ctl->out);
	add_commands(&ctl->out);
	add_checks(&ctl->out);
	out_text(&ctl->out, "%s", walking);
	return STATUS_DONE;
}
