/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* perf_event_open(2) for counters of the machine, not of a program. A part of the seam: tests
 * replace the table. */
#ifndef PERF_H
#define PERF_H

#include <stdint.h>

#include "pmu_text.h"

/* What it has counted since it was opened. One that had to share its register was running
 * for a part of the time only. */
struct perf_count {
	uint64_t value;
	uint64_t enabled_ns;
	uint64_t running_ns;
};

struct perf_ops {
	/* A descriptor of a counter that counts from now on, on the part of the machine that
	 * this CPU belongs to. -EACCES, -EPERM: kernel.perf_event_paranoid, or a seccomp
	 * filter; -ENOENT, -ENODEV, -EINVAL: the driver has no such counter; -ENOSYS; -EMFILE. */
	int (*open)(uint32_t type, const struct pmu_config *config, unsigned int cpu);
	/* -EIO: it has stopped for good, or the kernel gave less than all of it. */
	int (*read)(int fd, struct perf_count *count);
	void (*close)(int fd);
};

extern const struct perf_ops perf_linux;

#endif
