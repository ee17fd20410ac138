/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records of this machine, as libtier sees it. */
#ifndef LIVE_H
#define LIVE_H

#include "record.h"
#include "tier.h"

struct live;

/* What a record shall have besides tiers and processes. */
struct live_wish {
	int mappings_of; /* pid, or 0 */
	int heat_of;	 /* pid, or 0; it is watched until another look says otherwise */
	bool groups;
	double cpu_ms;	/* what looking may cost; 0: 3 */
	uint32_t pages; /* to ask about; 0: 20000 */
};

/* `diag` has the words. */
int live_open(const char *root, struct live **out, struct tier_diag *diag) MUST_CHECK;
void live_close(struct live *live);

/* Free the record in any case. */
int live_take(struct live *live, const struct live_wish *wish,
	      struct record *record) MUST_CHECK;

/* For what is done to processes. */
struct tier_ctx *live_ctx(const struct live *live);
const struct tier_topology *live_topology(const struct live *live);

#endif
