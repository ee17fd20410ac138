/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Files of this moment: of a node, of a control group, and the pressure on memory. And what
 * is asked again and again: descriptors that stay open, and the clocks. A part of the seam. */
#ifndef GAUGES_H
#define GAUGES_H

#include "platform.h"

/* "meminfo" of a node. -ENOENT: no such node any more. */
int node_file(struct root *root, unsigned int node, const char *name,
	      struct strbuf *out) MUST_CHECK;
/* The nodes that have memory, as text: changes when some comes to a node, or all of it goes. */
int nodes_with_memory(struct root *root, struct strbuf *out) MUST_CHECK;
/* A file of a control group (version 2), whose path begins at the top of the hierarchy. */
int cgroup_file(struct root *root, const char *path, const char *name,
		struct strbuf *out) MUST_CHECK;
/* How long tasks wait for memory (PSI, 4.20). -ENOENT, and -EOPNOTSUPP when it is switched
 * off. */
extern const char kernel_memory_pressure_path[];
int memory_pressure(struct root *root, struct strbuf *out) MUST_CHECK;

/* What is asked of this machine only. Tests replace the table. */
struct watch_ops {
	/* statm of a process, to be read again and again: a seventh of what opening it anew
	 * costs. -ESRCH, -EMFILE. */
	int (*open)(int pid);
	/* Its text with a NUL. -ESRCH: it has ended, whoever has its number now. */
	int (*read)(int fd, char *text, size_t size);
	void (*close)(int fd);
	/* Only the beginning of a file of a process, which is all that the kernel makes. */
	int (*peek)(int pid, const char *name, char *text, size_t size);
	/* What is in its memory. Fewer bytes than asked for is -EIO. -ESRCH, -EPERM, -EFAULT. */
	int (*memory)(int pid, uint64_t address, void *buf, size_t size);
	/* A clock that only goes forward, and the CPU time of the calling thread. */
	uint64_t (*now_ns)(void);
	uint64_t (*cpu_ns)(void);
};

extern const struct watch_ops watch_linux;

#endif
