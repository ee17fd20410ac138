/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `tierctl weights`: who has which weight, the file of a benchmark, the unit
 * that sets them again at boot. */
#ifndef WEIGHTS_H
#define WEIGHTS_H

#include <stdbool.h>

#include "strbuf.h"
#include "tier.h"

struct ctl;
struct json_object;
struct out;

/* ---- who has which -------------------------------------------------------------- */

/* Weights of the nodes that have one, as they are or as a plan will leave them. */
struct weights {
	const struct tier_topology *topology;
	struct tier_nodeset nodes; /* that have a weight */
	struct tier_nodeset used;  /* and memory: they share what is interleaved */
	uint32_t now[TIER_MAX_NODES];
	uint32_t then[TIER_MAX_NODES];
	uint64_t sum; /* of `then` over the used ones */
	bool changes; /* `then` is not `now` */
	bool is_open; /* the kernel will decide, so `then` is not known */
};

/* `plan` may be NULL. */
void weights_read(struct weights *weights, const struct tier_topology *topology,
		  const struct tier_plan *plan);

/* Tables by node and by tier. */
void weights_print(struct out *out, const struct weights *weights);
/* "nodes" and "tiers" into `in`. */
void weights_json(struct out *out, struct json_object *in, const struct weights *weights);

/* "node:0-1=5,node:2=1": as `weights set` takes it. 0 or -ENOMEM. */
int weights_spec(const struct weights *weights, struct strbuf *spec) MUST_CHECK;

/* ---- the file of a benchmark ------------------------------------------------------- */

/* Read FILE, or standard input with NULL or "-", to a wish. `measured`: the nodes that
 * it has figures of. 0 or an exit status, said. */
int weights_from_file(struct ctl *ctl, const char *path, struct strbuf *wish,
		      struct tier_nodeset *measured);

/* Bytes that such a file may have; a thousand nodes need a tenth of it. */
#define WEIGHTS_FILE_MOST (1 << 20)

/* The same of its text, which ends in a NUL. 0 or -EINVAL, -ENOMEM with words. */
int weights_from_text(const char *text, size_t len, struct strbuf *wish,
		      struct tier_nodeset *measured, struct tier_diag *diag) MUST_CHECK;

/* ---- at boot ------------------------------------------------------------------------ */

struct unit {
	struct strbuf text;   /* what it is to hold; empty: it goes away */
	struct strbuf before; /* what it held */
	bool was_there;
	bool was_enabled;
	bool had_folder; /* of enabled units */
	bool is_written;
};

/* What the unit is to hold for these weights. 0 or -ENOMEM. */
int unit_text(struct unit *unit, const struct weights *weights) MUST_CHECK;

/* Write and enable it, or take it away. 0 or an exit status, said; nothing is left half
 * done. */
int unit_write(struct ctl *ctl, struct unit *unit);

/* Back to what was. */
void unit_undo(struct unit *unit);

void unit_print(struct out *out, const struct unit *unit);
void unit_json(struct out *out, struct json_object *in, const struct unit *unit);
void unit_free(struct unit *unit);

#endif
