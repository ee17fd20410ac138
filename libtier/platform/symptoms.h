/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What only a diagnosis asks of the outside: read when it is wanted, as nobody else needs
 * it. No opinion in here.
 */
#ifndef SYMPTOMS_H
#define SYMPTOMS_H

#include "damon.h"
#include "hotplug.h"
#include "platform.h"

/* What is to be known of the libdaxctl that is installed. */
enum daxctl_age {
	DAXCTL_UNKNOWN = 0,
	DAXCTL_MISSING,
	DAXCTL_BEFORE_79,
	DAXCTL_79, /* or later */
};

struct symptoms {
	struct facts facts; /* owns the texts; of it only `problems` is filled */

	struct figure zone_reclaim; /* vm.zone_reclaim_mode */
	struct figure has_hmat;	    /* 1: the firmware has the table */
	struct figure seccomp;	    /* of this task: 0 off, 2 there is a filter */
	bool knows_calls;
	int refusal[POLICY_CALLS]; /* what each gives: 0, it is let through */
	struct figure is_sysfs_read_only;
	char *cpuset_file; /* that limits this task's nodes; NULL: not known */
	bool is_cpuset_v1;
	enum daxctl_age daxctl;
	int has_many;	  /* prefer-many: 1, 0, or why the kernel does not say */
	int has_weighted; /* weighted interleave, likewise */
	enum kmem_module kmem;
	struct udev_rules rules;
	struct damon damon; /* who has it, and no more */
	bool has_auto;	    /* `tierctl auto` was started, and not stopped */
};

/* What becomes of memory that is added, for messages. */
extern const char kernel_auto_online_path[];

/* `sys` is NULL for a machine that is not this one. Only -ENOMEM is an error: what cannot
 * be read stays unknown. */
int symptoms_read(struct root *root, const struct sys_ops *sys,
		  struct symptoms *symptoms) MUST_CHECK;
void symptoms_free(struct symptoms *symptoms);

#endif
