/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One run of tierbench: what was asked, the machine, the results so far, and what went
 * wrong. Each cmd_*.c ends in its own descriptor. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host.h"
#include "result.h"

/* What tierbench ends with; the same as tierctl's. */
enum status {
	STATUS_DONE = 0,
	STATUS_FAILED = 1,
	STATUS_USAGE = 2,
	STATUS_UNSUPPORTED = 3,
	STATUS_NOT_PERMITTED = 4,
	STATUS_NOT_FOUND = 5,
};

/* As typed; NULL or false: not given. */
struct options {
	const char *nodes, *cpus, *size, *threads, *pages, *kernels, *only, *seconds;
	const char *output, *weights, *in_flight, *format, *heap;
	bool json, csv, force_figures, any_size, no_store, help, version;
	bool turn_demotion;
};

/* What they mean. */
struct wishes {
	uint64_t bytes;	      /* of each buffer */
	unsigned int threads; /* 0: one on each CPU */
	enum page_size pages;
	double seconds; /* that one figure may take */
	bool hurries; /* no more than that, where a sample takes longer than it should */
	double in_flight;
};

/* Loops that won a trial. */
struct pick {
	const struct job *job;
	size_t step_lines;
	const struct kernel_set *set;
};

/* Kinds of traffic, and one of them beside a latency. */
#define PICKS 16

struct entry;

#define ENTRIES_MOST 64

/* Rows under way: see entry.h. */
struct entries {
	struct entry *entry[ENTRIES_MOST];
	size_t count;
	bool in_laps;
};

/* A chain that was walked through and counted, so that its like need not be. */
struct counted_chain {
	size_t lines, window_lines;
	uint64_t print;
};

struct bench {
	const struct cmd *cmd;
	struct options options;
	struct wishes wishes;
	struct host machine;
	struct run run;			  /* what was measured */
	const struct kernel_set *kernels; /* the widest, or those that were asked for */
	struct pick picks[PICKS];	  /* of where it measures now */
	size_t picked;
	struct entries entries;
	struct counted_chain counted[2]; /* of windows, and of all; no lines: none yet */
	uint64_t began_ns;
	unsigned int done, planned; /* figures, for the progress line */
};

/* Which options a command takes. */
enum cmd_flags {
	CMD_MEASURES = 1 << 0, /* opens the machine; takes what says where and how */
	CMD_ONLY = 1 << 1,
	CMD_WEIGHTS = 1 << 2,
	CMD_OUTPUT = 1 << 3,
	CMD_TIERS = 1 << 4, /* measures what libtier takes as figures of the nodes */
	CMD_FORMAT = 1 << 5,
	CMD_TURNS = 1 << 6,   /* may turn switches of the kernel, when asked to */
	CMD_HEAP = 1 << 7,    /* measures a heap on tiers */
	CMD_RUNS = 1 << 8,    /* opens the machine, but measures programs and no memory */
	CMD_TRAFFIC = 1 << 9, /* has loops make traffic, on as many CPUs as are wanted */
};

struct example {
	const char *line;
	const char *what;
};

struct cmd {
	const char *name;
	const char *summary;
	const char *operands; /* NULL: none */
	const char *about;
	int operand_count;
	uint32_t flags;
	int (*run)(struct bench *bench, char **operands); /* the exit status */
	/* The i-th that --only may name, NULL behind the last; no such function: run() looks. */
	const char *(*variant)(size_t i);
	/* What else to leave of a run whose figures are told already, or NULL. */
	int (*leave)(const struct bench *bench);
	struct example examples[3];
};

extern const struct cmd *const commands[]; /* NULL at the end */

/* ---- say.c: words for people, all on stderr ------------------------------------- */

/* `tierbench: OBJECT: why`; returns the status. */
int say(int status, const char *object, const char *why, ...)
	__attribute__((format(printf, 3, 4)));
/* Of a negative errno of libtier or of a system call. */
int say_error(const char *object, const char *what, int error);

/* What is being measured, with the time left, on a terminal only; NULL takes it away. */
void progress(struct bench *bench, const char *what);

/* For all signals by which people and programs end others; `flags` are sigaction's. */
void on_ending_signals(void (*handler)(int number), int flags);
/* Whether somebody pressed Ctrl-C; catch_signals() begins to look. */
bool interrupted(void);
void catch_signals(void);
/* Say that nothing was kept, and end as the signal would have. */
int die_interrupted(struct bench *bench);

uint64_t now_ns(void);

#endif
