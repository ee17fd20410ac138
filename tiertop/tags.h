/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A set of processes that somebody has marked. */
#ifndef TAGS_H
#define TAGS_H

#include "record.h"

/* A number alone may be another process's by now. */
struct tag {
	int pid;
	uint64_t started;
};

struct tags {
	struct tag *tag;
	size_t n;
};

void tags_free(struct tags *tags);
bool tags_has(const struct tags *tags, int pid);
/* No change if it is there, or without memory. */
void tags_add(struct tags *tags, const struct rec_process *process);
void tags_remove(struct tags *tags, int pid);
/* Those that have ended are none any more. */
void tags_drop_ended(struct tags *tags, const struct record *record);

#endif
