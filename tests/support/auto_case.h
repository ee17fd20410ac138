/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Automatic placement on a machine of two sockets with DRAM and pmem: its plan, DAMON's files as
 * they were before, and starts and stops that may die half way.
 */
#ifndef AUTO_CASE_H
#define AUTO_CASE_H

#include "auto.h"
#include "fake_damon.h"

struct auto_case {
	struct root *root;
	struct tier_plan *plan;
	char *before; /* all that DAMON's files read */
};

extern struct auto_case auto_case;

/* For cmocka, around the group and before each test. */
int auto_case_open(void **state);
int auto_case_close(void **state);
int auto_case_reset(void **state);

/* A fresh DAMON, and a plan for it by both means. */
void auto_case_begin(bool has_migrate, bool has_goals);
struct tier_plan *auto_case_plan(uint32_t means);

int auto_case_start(struct tier_report *report);
int auto_case_stop(struct tier_report *report);

/* In a child, which the fake ends at the write that it was told. */
void run_and_die(int (*work)(struct tier_report *report));
/* The writes that this takes when nothing fails. */
int count_writes(int (*work)(struct tier_report *report));

void assert_damon(const char *wanted);

#endif
