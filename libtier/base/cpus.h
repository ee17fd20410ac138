/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The kernel's list syntax for CPUs, of which there may be more than nodes. */
#ifndef CPUS_H
#define CPUS_H

#include <sched.h>

#include "strbuf.h"

/* CONFIG_NR_CPUS is at most 8192 on the machines that Linux runs on. */
#define CPUS_MAX 8192

struct cpus {
	cpu_set_t set[CPUS_MAX / CPU_SETSIZE];
};

/* "0-3,8"; lists may overlap. -EINVAL, -ERANGE. */
int cpus_parse(const char *text, struct cpus *cpus) MUST_CHECK;

/* The shortest list, appended. 0 or -ENOMEM. */
int cpus_format(const struct cpus *cpus, struct strbuf *out) MUST_CHECK;

#endif
