/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * DAMON's folder in sysfs as mm/damon/sysfs.c makes it, the switches of tiering, and the
 * file of our own: numbers make and remove folders, and none changes while a kdamond runs.
 * It lies in shared memory, so a child that dies half way leaves it as it was.
 */
#ifndef FAKE_DAMON_H
#define FAKE_DAMON_H

#include "platform.h"

#define FAKE_DAMON_FILES 800

struct fake_damon {
	/* What it is. */
	bool has_migrate; /* 6.11 */
	bool has_goals;	  /* 6.16 */
	bool lacks_vaddr; /* without CONFIG_DAMON_VADDR */
	const char *boot;
	/* Writes of any kind are counted from 0; at these ... */
	int dies_before; /* ... the process ends, */
	int dies_after;
	int refuses; /* ... or this error is given; -1: never */
	int error;
	int refuses_more; /* as many behind it */
	/* Reads of a kdamond's state are counted from 0; at this one another has the lock. */
	int busy_look;
	/* What is there. */
	int writes;
	int looks;
	size_t n_files;
	struct {
		char path[160];
		char text[64];
	} files[FAKE_DAMON_FILES];
	bool has_state;
	char state[65536];
};

extern struct fake_damon *fake_damon;

/* A new one of this age, nothing in it; its live root, which stays the test's own. */
struct root *fake_damon_new(bool has_migrate, bool has_goals);

/* A file's text, NULL when there is none. */
char *fake_damon_text(const char *path);

/* All files and our own as one text, to compare; freed by the caller. */
char *fake_damon_all(void);

/* Somebody else's write, which is not counted. */
void fake_damon_write(const char *path, const char *text);

#endif
