/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `tierctl migrate`: what was asked, the run with its progress, the preview
 * and the report. */
#ifndef MIGRATION_H
#define MIGRATION_H

#include "tier.h"

struct ctl;
struct json_object;

struct migration {
	struct ctl *ctl;
	const char *object;  /* "process 4242", for people */
	const char *process; /* as typed; or NULL */
	const char *only;    /* as typed; or NULL */
	struct tier_migration_config config;
	struct tier_migration *handle;
	bool interrupted;
};

/* Step to the end, or until somebody interrupts; progress goes to a terminal. 0 or an
 * exit status, said. */
int migration_run(struct migration *migration);

/* --dry-run: where the pages would go. Returns the exit status. */
int migration_preview(struct migration *migration);

/* What was done, and what was not. Returns the exit status. */
int migration_report(struct migration *migration);

/* For both: a row for each thing that became of pages (`moved` is its word for the
 * first), and the same as JSON. */
void migration_print_rows(struct migration *migration, const char *moved,
			  const struct tier_migration_stats *stats);
void migration_print_json(struct migration *migration,
			  const struct tier_migration_stats *stats);

/* What could move in a preview, what did in a report. */
uint64_t migration_moving(const struct migration *migration,
			  const struct tier_migration_stats *stats);
uint64_t migration_left(const struct tier_migration_stats *stats);

#endif
