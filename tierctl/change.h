/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A change of the kernel's switches as every command makes it: looked at, carried out
 * whole or not at all, and told. Knows no switch. */
#ifndef CHANGE_H
#define CHANGE_H

#include <stdbool.h>

#include "tier.h"

struct ctl;
struct json_object;
struct out;

/* By kind of step: the word in front of its line, to be done and done, and its name. */
struct step_words {
	enum tier_step_kind kind;
	const char *shall;
	const char *did;
	const char *name;
};

/* The row of this kind; the last one for kinds without a row. */
const struct step_words *step_words(const struct step_words *rows, size_t count,
				    enum tier_step_kind kind);

/* How the steps of a plan are told, where they are others than a switch's. */
struct change_words {
	void (*print)(struct out *out, const struct tier_step *step, bool is_done);
	/* What a program is told besides; NULL: nothing. */
	void (*json)(struct out *out, struct json_object *entry,
		     const struct tier_step *step);
};

struct change {
	struct ctl *ctl;
	const char *wish;		  /* as tier_switches_resolve() reads it */
	const char *asked;		  /* as a person typed it, for messages */
	bool is_dry;			  /* --dry-run: only looked at */
	const struct change_words *words; /* NULL: of switches */
	bool is_done;
	struct tier_plan *plan;
	bool holds;	      /* signals are held back */
	bool was_interrupted; /* one came in time to undo all */
};

/* What stands behind a change's wish, as the option that all these commands have. */
#define CHANGE_DRY_RUN_HELP "print what would be changed, and change nothing"

/* Refuse a machine that is not this one, but for --dry-run. 0 or an exit status, said. */
int change_check(const struct change *change);

/* Make the plan. 0 or an exit status, said. */
int change_resolve(struct change *change);

/* Hold SIGINT, SIGTERM and SIGHUP back until change_free(), for what must be done or
 * undone together with the switches. */
void change_hold(struct change *change);

/* Carry it out, unless it is dry: all or nothing, also at Ctrl-C. 0 or an exit status,
 * said. */
int change_apply(struct change *change);

/* What was or would be changed, and the remarks. */
void change_print(const struct change *change);
/* The same: "asked", "done", "changes", "remarks". */
void change_json(const struct change *change, struct json_object *document);

/* Let signals go again: one that all was undone for does now what it always does. One
 * that came too late for that finds a finished command, not a killed one that has said
 * nothing. */
void change_free(struct change *change);

#endif
