/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `tierctl run`: what was asked, the plan as text, the child watched. */
#ifndef RUN_H
#define RUN_H

#include "strbuf.h"
#include "tier.h"

struct ctl;

struct run {
	struct ctl *ctl;
	const char *asked;  /* the option as it was typed, for messages */
	const char *policy; /* its text, as tier_policy_parse() reads it */
	const char *cpus;   /* or NULL */
	struct strbuf heap; /* the line for its heap; empty: none was asked for */
	struct tier_plan *plan;
	bool best_effort;
	char **command; /* ends in NULL */
};

/* --heap: its nodes. 0 or an exit status, said. */
int run_resolve_heap(struct run *run, const char *text);

/* Into the environment of what is executed next. 0 or an exit status, said. */
int run_hand_down_heap(const struct run *run);

/* --dry-run: the plan, for people or as JSON. */
void run_print_plan(const struct run *run);

/* Set the policy of this thread. 0 or an exit status, said. */
int run_apply(const struct run *run, struct tier_report *report);

/* Become the command. Returns only on failure: the exit status, said. */
int run_exec(const struct run *run);

/*
 * --report: run the command as a child, watch where its memory goes, print that on
 * stderr. Returns the child's exit status, and dies as it did if a signal killed it.
 */
int run_watch(const struct run *run);

#endif
