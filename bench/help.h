/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Help texts, out of the tables. Each returns an exit status. */
#ifndef HELP_H
#define HELP_H

struct cmd;

int help_overview(void);
int help_command(const struct cmd *cmd);
int help_version(void);

#endif
