/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A root of a few files that can be written, as the kernel's switches are: one may
 * refuse, or be turned by somebody else. There is one, as a test has one kernel.
 */
#ifndef FAKE_SWITCHES_H
#define FAKE_SWITCHES_H

#include "platform.h"

struct fake_switch {
	const char *path; /* NULL ends a list */
	char text[32];	  /* what it reads */
	int refusal;	  /* what writing gives, negative; or 0 */
	/* Somebody else's value: comes after so many writes of ours to any file. */
	const char *others;
	int others_after;
	const char *keeps; /* what it reads whatever was written to it; or NULL */
};

extern int fake_switch_writes; /* that were tried since the root was made */

/* A live root of these files, which stay the test's own; closing it frees nothing. */
struct root *fake_switches(struct fake_switch *files);

#endif
