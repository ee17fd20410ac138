/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of `tierctl dax` share. */
#ifndef DAX_H
#define DAX_H

#include <stdbool.h>

#include "tier.h"

struct change_words;
struct ctl;
struct json_object;

/* The devices as a table or as JSON, with the kernel's policy and driver. Returns the
 * exit status. */
int dax_list(struct ctl *ctl, char **names);

/* One device's facts: what JSON says of it, in the list and in previews. */
void dax_device_json(struct ctl *ctl, struct json_object *in, const char *name);

/* The steps of a plan for dax devices, what stands in the way among them. */
extern const struct change_words dax_words;

/* How many obstacles the plan has; *destroys: all of them are data that may be lost. */
int dax_obstacles(const struct tier_plan *plan, bool *destroys);

/* What --persist writes, and where. */
struct dax_persist {
	struct ctl *ctl;
	char *const *devices;
	bool is_ram;
	bool online;
	bool movable;
	bool is_done; /* written, and not only looked at */
};

/* Whether it can be kept for the next boot at all, before anything is changed; and doing
 * it. 0 or an exit status, said. */
int dax_persist_check(const struct dax_persist *persist);
int dax_persist_print(const struct dax_persist *persist);
int dax_persist_write(const struct dax_persist *persist);

#endif
