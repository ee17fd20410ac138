/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What went wrong, said once: a line on stderr, an entry of the `errors` array, and an
 * exit status. The only place that writes to stderr. */
#ifndef ERR_H
#define ERR_H

#include <stddef.h>

#include "cleanup.h"

struct ctl;

/* What tierctl ends with; tierctl(1) tells people. */
enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,	  /* failed, or only partly done */
	STATUS_USAGE = 2,	  /* the command line, or a text it names, is wrong */
	STATUS_UNSUPPORTED = 3,	  /* this kernel or machine cannot */
	STATUS_NOT_PERMITTED = 4, /* says which capability or file */
	STATUS_NOT_FOUND = 5,	  /* no such tier, node, device or process */
	STATUS_CONFLICT = 6,	  /* a preview would not work, or somebody interferes */
	/* Only of `run`, whose other statuses are its command's: */
	STATUS_RUN_FAILED = 125,
	STATUS_RUN_NOT_EXECUTABLE = 126,
	STATUS_RUN_NOT_FOUND = 127,
};

/* Where something went wrong: `tierctl: OBJECT: WHAT: why`. WHAT may be NULL. */
struct fault {
	int status;
	const char *object;
	const char *what;
};

/* What was said, for the `errors` array. */
struct err_entry {
	int status;
	char *object;
	char *what; /* NULL: none */
	char *why;
};

struct errors {
	struct err_entry *list;
	size_t count;
};

/* Say it. Returns the status to end with: the fault's, or the one that the command
 * uses for every failure of its own. */
int err_say(struct ctl *ctl, const struct fault *fault, const char *why, ...)
	PRINTF_LIKE(3, 4);

/* Something to know that is not a failure: `tierctl: OBJECT: note: ...`. */
void err_note(const char *object, const char *text, ...) PRINTF_LIKE(2, 3);

/* Lines as they are, on stderr: the report of `run --report`. */
void err_block(const char *text, size_t len);

/* The exit status for a negative errno of libtier. */
int err_status(int error);

void errors_free(struct errors *errors);

#endif
