/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reading one small file into one fact, the same way everywhere: a file that is
 * missing leaves the fact unknown, one that cannot be read or does not parse
 * becomes a problem, and only -ENOMEM is an error.
 */
#ifndef FACT_FILE_H
#define FACT_FILE_H

#include "platform.h"

struct fact_reader {
	struct root *root;
	struct facts *facts;
	struct strbuf text; /* content of the last file */
	char path[512];	    /* and its path; a longer one counts as missing */
};

/* Set the path. */
void fact_path(struct fact_reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);

/* Read reader->path. 1: it is in reader->text; 0: missing or a problem. */
int fact_read(struct fact_reader *reader) MUST_CHECK;

/* List the directory reader->path; results as fact_read(). */
int fact_list(struct fact_reader *reader, struct strbuf *names) MUST_CHECK;

/* The names that a list holds, one at a time; begin with NULL. */
const char *fact_next_name(const struct strbuf *names, const char *before);

/* The number behind `prefix`, as in "node12"; -1 for any other name. */
int fact_numbered(const char *name, const char *prefix);

/* Read reader->path as a number, a set, or a copied text without its newline. */
int fact_number(struct fact_reader *reader, struct figure *figure) MUST_CHECK;
int fact_hex(struct fact_reader *reader, struct figure *figure) MUST_CHECK;
/* "true" or "false", 1 or 0. */
int fact_bool(struct fact_reader *reader, struct figure *figure) MUST_CHECK;
int fact_set(struct fact_reader *reader, struct set_fact *set) MUST_CHECK;
int fact_text(struct fact_reader *reader, char **text) MUST_CHECK;
/* One "0x108000000-0x10fffffff" a line, ascending; here a file of no bytes is no
 * problem, but none of them. */
int fact_ranges(struct fact_reader *reader, struct ranges_fact *ranges) MUST_CHECK;

/* reader->path is broken. */
int fact_problem(struct fact_reader *reader, const char *words) MUST_CHECK;

#endif
