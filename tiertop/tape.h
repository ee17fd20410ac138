/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records in a file, one a line: written as they come, read back in any order. */
#ifndef TAPE_H
#define TAPE_H

#include "record.h"

struct tape;

/* To read. */
int tape_open(const char *path, struct tape **out) MUST_CHECK;
void tape_close(struct tape *tape);
size_t tape_length(const struct tape *tape);
/* The n-th record; `why` as record_read(). Free the record in any case. */
int tape_read(struct tape *tape, size_t n, struct record *record,
	      const char **why) MUST_CHECK;

/* Add one to a file that is open to be written. */
int tape_add(int fd, const struct record *record) MUST_CHECK;

#endif
