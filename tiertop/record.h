/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the monitor knows of one moment. Screens, files and exporters are clients of it; where
 * it comes from, this machine or a file, makes no difference to them.
 */
#ifndef RECORD_H
#define RECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "strbuf.h"

#define RECORD_VERSION 1

/* More tiers than any machine has; what a record brings beyond is refused. */
#define RECORD_TIERS 64

/* A number that may not be known. */
struct known {
	bool is_known;
	double value;
};

/* An estimate and its interval; all three alike when it was counted. */
struct estimate {
	double value, lowest, highest;
};

struct rec_tier {
	const char *kind;  /* "dram"; "" when its nodes differ */
	const char *nodes; /* "0-1" */
	struct known total, free, file, anon, huge, lost; /* bytes */
	struct known weight;
	struct known promoted, demoted; /* bytes per second */
};

enum placed { PLACED_UNKNOWN = 0, PLACED_EXACT, PLACED_SAMPLED, PLACED_REFUSED };

struct rec_process {
	int pid, parent;
	const char *user;
	uint64_t started;
	uint64_t resident; /* bytes */
	enum placed how;
	const char *why;	/* it was refused; "" */
	double age;		/* seconds since it was looked at */
	struct estimate *tiers; /* bytes, n_tiers + 1; NULL: not known */
	bool knows_flows;
	struct estimate promoted, demoted; /* bytes per second */
	uint64_t found, excluded;	   /* pages of the sample */
	const char *name, *command, *cgroup, *policy;
	const char *heap; /* what was asked of libtiermalloc; "plain", "?"; "": none */
};

struct rec_group {
	const char *path;
	uint64_t processes;
	const char *why; /* its bytes are not known; "" */
	uint64_t *anon;	 /* by tier, n_tiers + 1 each; NULL: not known */
	uint64_t *file;
};

struct rec_mapping {
	uint64_t start, bytes;
	const char *name;
	const char *policy; /* "": not known */
	uint64_t *tiers;    /* bytes, n_tiers + 1; NULL: not known */
};

/* Of the CPUs below one last-level cache, or of memory behind a socket's controllers. */
struct rec_bandwidth {
	int domain;
	const char *nodes;			/* that they are on */
	const char *source;			/* who counts; "" in older recordings */
	const char *of;				/* one of bandwidth_words[]; the same */
	struct known total, local, read, write; /* bytes per second */
};

/* Addresses that are used alike. */
struct rec_region {
	uint64_t start, bytes;
	uint64_t accesses, most; /* looks that found them used, of so many */
	double age;		 /* seconds since that has been so */
	uint64_t *tiers;	 /* bytes, about, n_tiers + 1; NULL: not known */
};

struct record {
	struct arena arena;
	double time;	 /* seconds since 1970 */
	double interval; /* since the one before; 0: the first */
	/* What it cost: all that the process used since the one before, what is drawn included; and how long
	 * taking it took. */
	double cpu_ms, elapsed_ms;
	uint64_t asked, looks, walks, waiting, gone;
	struct known pressure_some, pressure_full; /* per cent of the last 10 s */
	const char *demotion;			   /* "on", "off", "n/a" */
	const char *balancing;	   /* "off", "balance", "promote", "n/a" */
	const char *bandwidth_why; /* nothing is known of it; "" in older recordings */
	size_t n_tiers, n_processes, n_groups, n_mappings, n_regions;
	struct rec_tier *tiers;
	struct rec_process *processes; /* ascending by pid */
	struct rec_group *groups;
	int mappings_of; /* pid; 0: nobody */
	struct rec_mapping *mappings;
	size_t n_bandwidths;
	struct rec_bandwidth *bandwidths;
	int heat_of;		    /* pid that DAMON watches, or was to; 0: nobody */
	const char *heat_why;	    /* it does not; "" */
	struct rec_region *regions; /* the hottest first */
};

void record_free(struct record *record);

/* One line of JSON with its newline, appended. 0 or -ENOMEM. */
int record_write(const struct record *record, struct strbuf *out) MUST_CHECK;

/* What record_write() wrote, of this or of a newer version with more in it. `why` says what is
 * wrong: -EINVAL; -ENOMEM. Free the record in any case. */
int record_read(const char *line, struct record *record, const char **why) MUST_CHECK;

/* A process by its number; NULL: not there. */
const struct rec_process *record_process(const struct record *record, int pid);

/* ---- fields, which writing and reading share ------------------------------------------ */

enum field_type {
	FIELD_TEXT,
	FIELD_INT,
	FIELD_U64,
	FIELD_DOUBLE,
	FIELD_KNOWN,
	FIELD_ESTIMATE
};

struct field {
	const char *key; /* NULL ends a table */
	enum field_type type;
	size_t offset;
};

extern const struct field record_fields[], tier_fields[], process_fields[],
	group_fields[], mapping_fields[], bandwidth_fields[], region_fields[];

/* Words for enum tier_bandwidth_of, in its order. */
extern const char *const bandwidth_words[4];

/* Words for `how`, in its order. */
extern const char *const placed_words[4];

#endif
