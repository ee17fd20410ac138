/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing the policies of a running process, by calls that it makes itself. */
#ifndef STEER_H
#define STEER_H

#include "mempolicy.h"
#include "platform.h"
#include "puppet.h"
#include "steer_look.h"

/* A thread's policy as it was. */
struct steer_before {
	int tid;
	int mode; /* the kernel's word, flags included */
	struct mempolicy_mask mask;
};

/* One steering; begin with the fields up to `report`. */
struct steer {
	struct root *root;
	const struct sys_ops *sys;
	const struct trace_ops *ops;
	const struct arch *arch;
	const struct tier_steering *wish;
	const struct steer_look *tell;
	struct tier_steer_report *report;

	struct tier_step policy; /* of the plan */
	int mode;		 /* the kernel's word for it */
	struct strbuf call;	 /* as text */
	struct strbuf maps;
	uint64_t gate, restorer; /* see struct puppet */
	const struct arch_code *gate_code, *restorer_code;
	uint64_t scratch;     /* a page of ours in the process; 0: none yet */
	struct strbuf seen;   /* ints: threads that were dealt with */
	struct strbuf before; /* struct steer_before of those changed */
	struct strbuf held;   /* struct puppet, when all must stand first */
};

/* As tier_steer() with a plan. */
int steer(struct steer *steer) MUST_CHECK;

/* ---- its parts ------------------------------------------------------------------- */

/* Set error and words, unless there are some; returns `error`. */
int steer_fail(struct steer *steer, int error, const char *format, ...) PRINTF_LIKE(3, 4);

/* What is refused before anything is touched; fills what is known then. */
int steer_prepare(struct steer *steer) MUST_CHECK;
/* Find `gate`. */
int steer_find_gate(struct steer *steer) MUST_CHECK;
/* A filter on this thread's calls, or a mode of seccomp that allows none. */
int steer_check_seccomp(struct steer *steer, int tid) MUST_CHECK;
/* Words for why a thread could not be held. */
int steer_why_not(struct steer *steer, int tid, int error);
/* Ended, but not yet gone: the kernel does not let it be traced. */
bool steer_has_ended(struct steer *steer, int tid);
/* The thread runs in the kernel only (io_uring): it cannot be traced, and need not be. */
bool steer_is_worker(struct steer *steer, int tid);

/* Hold a thread. 1: held; 0: there is nothing to hold, as it ended or is a worker. */
int steer_hold(struct steer *steer, int tid, struct puppet *puppet) MUST_CHECK;
/* And let it go, counting the time. */
int steer_let_go(struct steer *steer, struct puppet *puppet, uint64_t *stopped_ns);
/* Hold any thread that can be held. */
int steer_hold_any(struct steer *steer, struct puppet *puppet) MUST_CHECK;

/* What a held thread is made to do. */
int steer_map_scratch(struct steer *steer, struct puppet *puppet) MUST_CHECK;
int steer_unmap_scratch(struct steer *steer, struct puppet *puppet) MUST_CHECK;
int steer_get_policy(struct steer *steer, struct puppet *puppet,
		     struct steer_before *before) MUST_CHECK;
int steer_set_policy(struct steer *steer, struct puppet *puppet) MUST_CHECK;
int steer_put_policy_back(struct steer *steer, struct puppet *puppet,
			  const struct steer_before *before) MUST_CHECK;
int steer_set_range(struct steer *steer, struct puppet *puppet, uint64_t start,
		    uint64_t bytes) MUST_CHECK;

/* Of a preview: what is called besides; tid as in struct tier_steered. */
enum steer_helper { STEER_MAPS, STEER_ASKS, STEER_UNMAPS };
int steer_tell_helper(struct steer *steer, enum steer_helper helper, int tid) MUST_CHECK;

/* Every thread, also those that are born meanwhile. */
int steer_threads(struct steer *steer) MUST_CHECK;
/* Every mapping that matches. */
int steer_mappings(struct steer *steer) MUST_CHECK;

#endif
