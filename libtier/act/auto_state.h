/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What a start has changed or was about to, as a file: what stop goes by, whoever died
 * between. Written before anything else is.
 */
#ifndef AUTO_STATE_H
#define AUTO_STATE_H

#include "arena.h"
#include "platform.h"

/* A file that is written, in the order of writing. */
struct auto_line {
	bool is_switch; /* else of DAMON */
	int node;	/* whose memory DAMON's file is about, -1: none */
	const char *file;
	const char *has; /* a switch's text before; else NULL */
	const char *wants;
};

struct auto_state {
	struct arena arena;
	const char *boot; /* which boot it is of; "" not known */
	struct auto_line *lines;
	size_t n_lines;
};

/* -ENOMEM; the texts are not copied. */
int auto_state_add(struct auto_state *state, const struct auto_line *line) MUST_CHECK;

int auto_state_print(const struct auto_state *state, struct strbuf *out) MUST_CHECK;

/* -EINVAL: no such text, or one that names other files than these. */
int auto_state_parse(const char *text, struct auto_state *state) MUST_CHECK;

/* The one that is kept. -ENOENT: none is, or one of an earlier boot; -EIO: it is no
 * state; -ENOMEM and what reading gave. */
int auto_state_load(struct root *root, struct auto_state *state) MUST_CHECK;

/* Words for a file there that is no state, behind its path. */
#define AUTO_STATE_UNREADABLE "is not what a start writes; look at it, and remove it"

/* Keep it; `only_new`: -EEXIST when there is one. */
int auto_state_keep(struct root *root, const struct auto_state *state,
		    bool only_new) MUST_CHECK;

void auto_state_free(struct auto_state *state);

#endif
