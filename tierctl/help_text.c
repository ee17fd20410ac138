// SPDX-License-Identifier: GPL-2.0-or-later
// Help texts out of the tables. Knows no command by name.
#include "help.h"

#include "cmd.h"

#define LEAD_WIDTH 24

static void add_option(struct out *out, const struct opt *opt)
{
	char lead[64];
	int len = snprintf(lead, sizeof(lead), "  --%s%s%s", opt->name,
			   opt->value ? " " : "", opt->value ? opt->value : "");

	if (len >= LEAD_WIDTH) {
		out_text(out, "%s\n", lead);
		len = 0;
	}
	snprintf(lead + len, sizeof(lead) - (size_t)len, "%*s", LEAD_WIDTH - len, "");
	out_wrapped(out, lead, opt->help);
}

/* The rows of a table that a command with these flags takes, under their headings. */
static void add_options(struct out *out, const struct opt *opts, uint32_t flags)
{
	for (const struct opt *opt = opts; opt && (opt->name || opt->help); opt++) {
		if (!opt->name) {
			out_text(out, "\n");
			out_heading(out, opt->help);
		} else if (opt_fits(opt, flags)) {
			add_option(out, opt);
		}
	}
}

static void add_examples(struct out *out, const struct cmd *cmd)
{
	out_text(out, "\n");
	out_heading(out, "Examples:");
	for (size_t i = 0; i < ARRAY_SIZE(cmd->examples) && cmd->examples[i].line; i++) {
		out_text(out, "  %s\n", cmd->examples[i].line);
		out_wrapped(out, "      ", cmd->examples[i].what);
	}
}

int help_command(struct ctl *ctl, const struct cmd *cmd)
{
	struct out *out = &ctl->out;
	char lead[48];

	out_text(out, "tierctl %s - %s\n\n", cmd->name, cmd->summary);
	snprintf(lead, sizeof(lead), "Usage: tierctl %s ", cmd->name);
	out_wrapped(out, lead, cmd->usage);
	if (cmd->about) {
		out_text(out, "\n");
		out_wrapped(out, "", cmd->about);
	}
	if (cmd->opts && cmd->opts->name) {
		out_text(out, "\n");
		out_heading(out, "Options:");
	}
	add_options(out, cmd->opts, cmd->flags);
	out_text(out, "\n");
	out_heading(out, "Everywhere:");
	add_options(out, global_opts, cmd->flags);
	add_examples(out, cmd);
	out_text(out, "\nThe whole story: man tierctl-%s\n", cmd->name);
	return STATUS_DONE;
}

int help_overview(struct ctl *ctl)
{
	struct out *out = &ctl->out;

	out_text(out, "tierctl - see and use the memory tiers of a machine\n\n"
		      "Usage: tierctl [--root MACHINE] COMMAND [OPTIONS]\n\n");
	out_heading(out, "Commands:");
	for (size_t i = 0; commands[i]; i++)
		out_text(out, "  %-10s%s\n", commands[i]->name, commands[i]->summary);
	out_text(out, "\n");
	out_heading(out, "Everywhere:");
	add_options(out, global_opts, CMD_JSON | CMD_BYTES);
	out_text(out, "\n");
	out_heading(out, "Begin with:");
	out_text(out,
		 "  tierctl show                          this machine\n"
		 "  tierctl run --prefer-dram -- PROGRAM  DRAM first, spill when full\n"
		 "  tierctl help COMMAND                  options and examples\n");
	return STATUS_DONE;
}

int help_version(struct ctl *ctl)
{
	out_text(&ctl->out, "tierctl %s\n", tier_version());
	return STATUS_DONE;
}
