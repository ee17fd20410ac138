/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ourselves under another allocator, as `tierctl run --heap` starts programs. */
#ifndef HEAP_ASK_H
#define HEAP_ASK_H

#include "bench.h"
#include "strbuf.h"

#define WORDS_MOST 40

/* Of a command line; NULL ends them. */
struct words {
	const char *word[WORDS_MOST];
	size_t count;
};

void add_word(struct words *words, const char *word);

/* Whether it is a spec at all. 0 or an exit status, said. */
int heap_check(const char *spec) MUST_CHECK;

/* Whose malloc a process has: the C library's when nothing is said. */
struct heap_process {
	const char *spec;    /* a heap on tiers, by tierctl run */
	bool is_plain;	     /* its library, but without the spec */
	const char *preload; /* another's library */
	bool is_quiet;	     /* who fails says nothing */
};

/* What tierbench prints with these words in such a process. 0 or an exit status, said
 * there or here. */
int heap_ask(const struct heap_process *process, const struct words *more,
	     struct strbuf *text) MUST_CHECK;

#endif
