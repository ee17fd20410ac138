/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three faces of `tierctl show`: tables, evidence, JSON. */
#ifndef SHOW_H
#define SHOW_H

struct ctl;

/* Tables; `all_distances` prints the matrix however large it is. */
void show_tables(struct ctl *ctl, bool all_distances);
/* Each fact of each node, with its source. */
void show_evidence(struct ctl *ctl);
void show_json(struct ctl *ctl);

/* One figure of a node, "-" when it is not known. */
static inline bool knows_figure(const struct tier_perf *perf, enum tier_figure figure)
{
	return perf->known & 1U << figure;
}

/* The same of one loss. */
static inline bool knows_loss(const struct tier_losses *losses, enum tier_loss loss)
{
	return losses->known & 1U << loss;
}

/* Whether anybody tells of the loss, be it less than all. */
static inline bool is_told(const struct tier_losses *losses, enum tier_loss loss)
{
	return *losses->why[loss].text;
}

#endif
