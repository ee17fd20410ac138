/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Inside of carrying out a plan for dax devices: what doing and undoing share. */
#ifndef DAX_ACT_H
#define DAX_ACT_H

#include "arena.h"
#include "platform.h"

enum undo_kind {
	UNDO_SWITCH, /* write `has` to `what`; also when all went well */
	UNDO_BLOCK,  /* the same, of a memory block's state */
	UNDO_DRIVER, /* device `what` back to driver `has`, "" for none */
	UNDO_MODULE, /* unload `what` */
};

/* Noted down before it is done, so that memory cannot lack afterwards. */
struct undo {
	enum undo_kind kind;
	const char *what;
	const char *has;
	const char *put; /* of a switch: what was written to it */
	uint64_t limit_ms;
};

struct dax_act {
	struct root *root;
	const struct sys_ops *sys;
	const struct tier_plan *plan;
	struct tier_report *report;
	const struct tier_step *step; /* at hand, or NULL */
	struct arena arena;
	struct undo *undo;
	size_t n_undo;
};

/* Set the report's words, but for those that are there; returns `error`. */
int dax_fail(struct dax_act *act, int error, const char *format, ...) PRINTF_LIKE(3, 4);

/* "%s: ..." on a file that refused to be written. */
int dax_fail_write(struct dax_act *act, int error, const char *path, const char *text);

/* Note how something is undone; -ENOMEM. */
int dax_note_undo(struct dax_act *act, const struct undo *undo) MUST_CHECK;

/* Undo in reverse: all that was noted, or only the switches that were turned for the
 * time. What cannot be undone is counted and said; returns the first error. */
int dax_undo(struct dax_act *act, bool only_switches);

/* Write a memory block's state; limit_ms and stop as of write_for(). -ETIMEDOUT, -EINTR: it is
 * as it was; or what the kernel answered. Says nothing. */
int dax_write_block(struct dax_act *act, const char *path, const char *state,
		    uint64_t limit_ms, int (*stop)(void)) MUST_CHECK;

/* A device from the driver that has it to another, "" for none. -ENODEV: it is gone;
 * -EEXIST and whatever else the driver answered. Says nothing. */
int dax_rebind(struct dax_act *act, const char *name, const char *driver) MUST_CHECK;

#endif
