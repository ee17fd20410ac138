/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What moves the bytes: loops over whole cache lines, each written once and compiled for
 * each width of registers. They know neither clocks nor nodes. All arithmetic is on 64-bit
 * words and wraps, so that every width gives the same result.
 */
#ifndef KERNELS_H
#define KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_LINE_BYTES 64
#define KERNEL_LINE_WORDS 8

struct kernel_args {
	uint64_t *to;	      /* aligned to a line, as are the others */
	const uint64_t *from; /* not overlapping `to`, but for in-place mixes: ignored */
	const uint64_t *also;
	size_t lines;
	unsigned int reads; /* of a mix: lines read for one that is written */
	uint64_t value;	    /* to write */
};

enum kernel_body {
	BODY_READ = 0, /* add up `to` */
	BODY_WRITE,    /* to = value */
	BODY_WRITE_NT,
	BODY_COPY, /* to = from */
	BODY_COPY_NT,
	BODY_TRIAD, /* to = from + 3 * also */
	BODY_TRIAD_NT,
	BODY_MIX,    /* add up `to`; add 1 to the words of each reads-th line of it */
	BODY_MIX_NT, /* add up `from`; each reads-th line + 1 goes to the next of `to` */
	BODIES,
};

/* Each width comes in so many forms: through its lines one by one, and with 2 and 4 parts of
 * them side by side. */
#define KERNEL_FORMS 3

/* One width in one form. A body returns the sum of the words that it read, or 0. */
struct kernel_set {
	const char *name;
	bool (*runs_here)(void);
	bool streams; /* has stores that pass by the caches; else _NT are ordinary */
	uint64_t (*body[BODIES])(const struct kernel_args *args);
};

/* The widest first, its plain form before the others; NULL ends them. All that were
 * compiled, also what cannot run here. */
extern const struct kernel_set *const kernel_sets[];

/* By name, or with NULL the widest that runs here; NULL: none is called that, or it does
 * not run here. */
const struct kernel_set *kernels_find(const char *name);

/* ---- what a benchmark asks for --------------------------------------------------- */

/* A row per kind of traffic. */
struct job {
	const char *name;
	enum kernel_body body;
	unsigned int buffers; /* that it needs: to, from, also */
	unsigned int reads;   /* as in kernel_args */
	/* Lines per line of `lines`, by the program's count, and on the bus, where an
	 * ordinary store to a line that is not cached reads it first. */
	double app_lines;
	double bus_lines;
	/* What part of that the program reads. */
	double read_part;
};

extern const struct job jobs[]; /* name NULL ends them */

const struct job *job_find(const char *name); /* NULL: none */

#endif
