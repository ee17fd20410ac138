/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Automatic placement as people and programs read it. Decides nothing. */
#ifndef AUTO_H
#define AUTO_H

struct change;
struct ctl;

/* The plan, or what was done of it. */
void auto_plan_print(const struct change *change);
void auto_plan_json(const struct change *change);

/* What runs and what it has moved. Returns the exit status. */
int auto_status(struct ctl *ctl);

#endif
