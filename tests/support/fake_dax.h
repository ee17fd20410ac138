/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine with one dax device of two ranges, in memory: its drivers, its memory blocks
 * and the kernel's policy answer writes as Linux does, or refuse. There is one.
 */
#ifndef FAKE_DAX_H
#define FAKE_DAX_H

#include "platform.h"

/* Two blocks in each range, and somebody else's two in the hole between. */
#define FAKE_DAX_BLOCKS	     6
#define FAKE_DAX_FIRST_BLOCK 32

struct fake_dax {
	char driver[16]; /* that has the device; "" for none */
	bool is_gone;
	bool has_kmem; /* the module is loaded */
	bool has_modprobe;
	bool is_ours;	 /* and is tierkit's */
	char policy[24]; /* auto_online_blocks */
	char overwrite[32];
	char block[FAKE_DAX_BLOCKS][24]; /* "", "offline", "online_movable", ... */
	bool holds_data;		 /* our kmem refuses it without overwrite */
	/* A write to a path that has this in it gives that. */
	const char *refuses;
	int refusal;
	int refuses_after; /* so many such writes go well before */
	bool vanishes;	   /* with that refusal the device goes too */
	bool is_late;	   /* of a block: the write is done all the same */
	/* What somebody else makes of each block that comes up. */
	const char *others;
	int writes; /* that went through */
};

extern struct fake_dax fake_dax;
extern const struct sys_ops fake_dax_sys; /* for modprobe, and no signal */
extern int fake_dax_signal_at; /* how often it was looked before there is one; -1 */

/* A device in the hands of device_dax, kmem not loaded, policy "online". */
struct root *fake_dax_root(void);

/* All that a change must leave as it was: "device_dax - online - ......". */
const char *fake_dax_state(void);

#endif
