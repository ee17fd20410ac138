/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's switch for demotion: turned because somebody asked for it, and put back. */
#ifndef DEMOTION_H
#define DEMOTION_H

#include "host.h"

/* Turn it on or off. 0 or an exit status, said. */
int demotion_turn(const struct host *machine, bool on) MUST_CHECK;

/* Pages that the kernel has demoted since boot; 0 where it does not tell. */
uint64_t demotion_count(const struct host *machine);

/* How the switch was found, kept by who outlives the turning. */
struct demotion {
	struct host machine;
	bool is_known, was_on;
};

/* 0 or an exit status, said. */
int demotion_remember(struct demotion *found) MUST_CHECK;
/* Does nothing where nothing was remembered. 0 or an exit status, said. */
int demotion_put_back(struct demotion *found) MUST_CHECK;

#endif
