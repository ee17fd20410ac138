/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The commands, each defined at the end of its own cmd_*.c. */
#ifndef CMDS_H
#define CMDS_H

struct cmd;

extern const struct cmd cmd_show;
extern const struct cmd cmd_run;
extern const struct cmd cmd_where;
extern const struct cmd cmd_heap;
extern const struct cmd cmd_policy;
extern const struct cmd cmd_migrate;
extern const struct cmd cmd_tiering;
extern const struct cmd cmd_auto;
extern const struct cmd cmd_weights;
extern const struct cmd cmd_reclaim;
extern const struct cmd cmd_dax;
extern const struct cmd cmd_capture;
extern const struct cmd cmd_check;
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_help;

#endif
