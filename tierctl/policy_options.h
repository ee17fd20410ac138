/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory policies that a command takes as options, which exclude each other. */
#ifndef POLICY_OPTIONS_H
#define POLICY_OPTIONS_H

#include <stddef.h>

#include "opt.h"

/* A part of a command's values: what was given, or NULL. */
struct policy_options {
	const char *prefer;
	const char *bind;
	const char *interleave;
	const char *weighted;
};

/* Rows of a table of options; `at` is where these values are among the command's. */
#define POLICY_OPTION(name, value, help, at, group)                               \
	{                                                                         \
#name, value, help, (at) + offsetof(struct policy_options, name), \
			OPT_WORDS_SELECTOR, group, 0                              \
	}
#define POLICY_OPTIONS(at, group)                                                      \
	POLICY_OPTION(bind, "SEL",                                                     \
		      "SEL and nothing else: when it is full, allocation fails", at,   \
		      group),                                                          \
		POLICY_OPTION(interleave, "SEL", "page by page over all nodes of SEL", \
			      at, group),                                              \
		POLICY_OPTION(weighted, "SEL=N,...",                                   \
			      "page by page in this ratio: dram=3,cxl=1 (Linux 6.9)",  \
			      at, group)

/* One that was given: as typed, its value, what the library calls it. */
struct policy_choice {
	const char *option;
	const char *selector; /* NULL: none was given */
	const char *mode;
};

struct policy_choice policy_choice(const struct policy_options *given);

#endif
