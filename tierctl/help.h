/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts made from the tables of commands and options. Each returns an exit status. */
#ifndef HELP_H
#define HELP_H

struct cmd;
struct ctl;

int help_overview(struct ctl *ctl);
int help_command(struct ctl *ctl, const struct cmd *cmd);
int help_version(struct ctl *ctl);

/* Completion for bash, to be sourced. */
int help_completion(struct ctl *ctl);

/* What of it is the same for all tables: before and behind what is made from them. */
extern const char *const completion_offering;
extern const char *const completion_walking;

#endif
