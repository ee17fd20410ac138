/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was measured, row by row, and its ways out: JSON and back, CSV, a table. Pure:
 * knows no clock and no file. */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "stats.h"
#include "strbuf.h"

struct tier_diag;

#define RESULT_SCHEMA  1
#define ROW_WORD_BYTES 64

/* Larger ones are refused: a run of a very large machine has a few MB. */
#define RESULT_MOST_BYTES (64 << 20)

#define LOOPS_BY_TRIAL "by trial"

enum figure_unit {
	UNIT_NONE = 0,
	UNIT_NS,
	UNIT_BYTES_PER_SEC,
	UNIT_PAGES_PER_SEC,
	UNIT_BLOCKS_PER_SEC, /* of an allocator, for a second of CPU time */
	UNITS,
};

extern const char *const unit_names[UNITS];

/* What is known against a row. */
enum row_flags {
	ROW_NOISY = 1 << 0,    /* something came between */
	ROW_IN_CACHE = 1 << 1, /* the buffer fits into the last-level cache */
	ROW_HIDDEN = 1 << 2,   /* emulated, so the figure is not told */
	ROW_WIDE = 1 << 3,     /* the interval stayed wider than is wanted */
	ROW_FLAGS_ALL = (1 << 4) - 1,
};

/* What came between, summed over all samples and threads. */
struct disturbance {
	double off_cpu; /* part of the time that a thread did not run, stolen or not */
	uint64_t preemptions; /* involuntary context switches */
	uint64_t migrations;  /* pages that the kernel moved meanwhile, anywhere */
	double speed_spread; /* of the processor's speed: (fastest - slowest) / fastest */
	/* Of the whole machine; NAN: not known, as of a kernel without it. */
	double stolen;	     /* part of the CPUs' time that a hypervisor kept, */
	double stolen_tick;  /* and what one tick is of it, the least that is counted */
	double cpu_stall;    /* part of the time that some task waited for a CPU */
	double memory_stall; /* part of the time that some task waited for memory */
	double others; /* CPUs that others had, from the first lap to the last; 1: one CPU */
	/* The kernel's word for the CPUs that measured, right after they did; NAN: not known,
	 * and why. Rated: the base frequency, else the most. */
	double mhz_low, mhz_high, mhz_rated;
	char mhz_unknown[ROW_WORD_BYTES];
};

/* Half of an interval, as a part of the median; above it the row is wide. */
#define ROW_GOOD_ERROR 0.02

/* Above these a row is noisy. */
#define DISTURB_OFF_CPU	     0.01
#define DISTURB_SPEED	     0.10 /* of the speed, or of the frequency */
#define DISTURB_STOLEN	     0.01
#define DISTURB_MEMORY_STALL 0.01
#define DISTURB_OTHERS	     0.25 /* of one CPU: what ticks may be wrong by (others.c) */
/* Above this it is noted: who waits may wait for a CPU that nobody measures on. */
#define DISTURB_CPU_STALL    0.10

/* Whether any of it is above what a figure may be trusted with. */
bool is_disturbed(const struct disturbance *found);

/* Texts are words: printable, and not long. */
struct row {
	char test[ROW_WORD_BYTES];    /* "latency" */
	char variant[ROW_WORD_BYTES]; /* "random" */
	char place[ROW_WORD_BYTES];   /* "node:0", "node:0=3,node:2=1" */
	char pages[ROW_WORD_BYTES];   /* "4k" */
	char kernels[ROW_WORD_BYTES]; /* the loops that made its traffic, "": none */
	uint32_t cpu_node;
	uint32_t threads;
	uint64_t bytes; /* of a buffer */
	enum figure_unit unit;
	double load_bytes_per_sec; /* offered beside it; 0: none */
	double bus_factor;     /* bytes on the bus for a byte that the program counts */
	uint64_t pages_proved; /* seen to lie where asked */
	uint64_t samples;      /* behind the values; 0: not known */
	uint64_t lines_proved; /* of a chain that was counted, or data that was checked */
	struct estimate estimate;
	double *values; /* of the estimate, sorted: samples or medians of laps; NULL when
			 * hidden */
	struct disturbance disturbance;
	uint32_t flags;
};

struct run {
	char date[ROW_WORD_BYTES]; /* 2026-11-28T14:00:00Z */
	char version[ROW_WORD_BYTES];
	char kernel[ROW_WORD_BYTES];
	char signature[ROW_WORD_BYTES];	 /* of the machine's nodes */
	char kernels[ROW_WORD_BYTES];	 /* the loops, or LOOPS_BY_TRIAL: see rows */
	char emulator[ROW_WORD_BYTES];	 /* "": none seen */
	char huge_pages[ROW_WORD_BYTES]; /* "always", "madvise", "never"; "": not known */
	char balancing[ROW_WORD_BYTES];	 /* of NUMA: "off", "on", ...; "": not known */
	char advice[ROW_WORD_BYTES];	 /* of `ratio`, for people; "": none */
	bool forced;			 /* figures of an emulator, on request */
	struct row *rows;
	size_t count;
};

/* A copy of *row, whose values become the run's, or are freed. 0 or -ENOMEM. */
int run_add(struct run *run, struct row *row) MUST_CHECK;
void run_free(struct run *run);

/* Same measurement of two runs: everything but what was found. */
bool row_is_same(const struct row *a, const struct row *b);

/* ROW_NOISY and ROW_WIDE, as what was found wants them. */
uint32_t row_doubts(const struct row *row);

int result_to_json(const struct run *run, struct strbuf *out) MUST_CHECK;
/* -EINVAL with diag; *run is empty then. */
int result_from_json(const char *text, size_t len, struct run *run,
		     struct tier_diag *diag) MUST_CHECK;
/* What libtier takes as measured figures of each node; nothing when there are none that
 * may be told. Of a node that was measured twice it is the first. */
int result_to_measured(const struct run *run, struct strbuf *out) MUST_CHECK;
int result_to_csv(const struct run *run, struct strbuf *out) MUST_CHECK;
int result_to_table(const struct run *run, struct strbuf *out) MUST_CHECK;

/* "17.2 GB/s", "83.1 ns"; "-" for a hidden row. Returns buf. */
#define FIGURE_BYTES 32
const char *figure_text(enum figure_unit unit, double value, char buf[FIGURE_BYTES]);

#endif
