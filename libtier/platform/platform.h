/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * THE seam: everything that libtier asks of the outside. Only this floor names
 * a path below /sys or /proc, makes a system call, or includes hwloc or
 * libdaxctl. Tests replace the tables of operations; nothing else is faked.
 */
#ifndef PLATFORM_H
#define PLATFORM_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>

#include "cleanup.h"
#include "facts.h"
#include "strbuf.h"
#include "tier.h"

/* ---- the root: files of one machine ------------------------------------ */

/* Larger files are refused with -EFBIG: no file we read comes near it, but a
 * root may hold anything. */
#define ROOT_FILE_MAX (64UL << 20)

struct root;

/*
 * Paths are absolute ("/sys/..."), as seen inside the root; symbolic links are
 * followed inside it and never lead out. All return 0 or a negative errno:
 * -ENOENT, -EACCES, -EPERM, -EISDIR, -ENOTDIR, -ELOOP, -EFBIG, -EIO, -ENOMEM.
 * Results are appended to `out`, which holds what it held before on failure.
 */
struct root_ops {
	/* The whole content; bytes may be anything, NULs included. -EINVAL:
	 * neither a regular file nor a directory; such are never opened. */
	int (*read)(struct root *root, const char *path, struct strbuf *out);
	/* Names in a directory without "." and "..", sorted by bytes, each
	 * followed by a NUL. */
	int (*list)(struct root *root, const char *path, struct strbuf *out);
	/* The target of a link as it is written. -EINVAL: not a link. */
	int (*readlink)(struct root *root, const char *path, struct strbuf *out);
	/* The path with all links followed, absolute inside the root. */
	int (*realpath)(struct root *root, const char *path, struct strbuf *out);
	/* Give `text` to a file that is there, in one write; what that does is the
	 * file's own affair. -EROFS and whatever the kernel answers; -EOPNOTSUPP on a
	 * root that is not this machine. */
	int (*write)(struct root *root, const char *path, const char *text);
	/* The same, given up with -ETIMEDOUT after limit_ms, -EINTR when stop() says. */
	int (*write_for)(struct root *root, const char *path, const char *text,
			 uint64_t limit_ms, int (*stop)(void));
	/* A file of our own, with its folder: whole or not at all, whenever we die. With
	 * only_new -EEXIST when it is there. drop() removes it. */
	int (*keep)(struct root *root, const char *path, const char *text, bool only_new);
	int (*drop)(struct root *root, const char *path);
	void (*close)(struct root *root);
};

struct root {
	const struct root_ops *ops;
	bool is_live; /* this very machine, so changing it makes sense */
};

/*
 * NULL or "/" is this machine, a directory must hold sys/ and proc/, a file
 * must be a capture. -EINVAL with diag when it is neither; diag's words do not
 * repeat the path.
 */
int root_open(const char *path, struct root **out, struct tier_diag *diag) MUST_CHECK;
void root_close(struct root *root); /* NULL is accepted */

/* The two kinds of root that root_open() chooses from. */
int root_dir_open(const char *path, struct root **out, struct tier_diag *diag) MUST_CHECK;
int root_capture_parse(const char *text, size_t len, struct root **out,
		       struct tier_diag *diag) MUST_CHECK;

/* Write the allow-list of what discovery reads as a capture; `hwloc_xml` is
 * added when not NULL. Returns the number of entries. */
int capture_write(struct root *root, const char *hwloc_xml,
		  struct strbuf *out) MUST_CHECK;

/* ---- system calls ------------------------------------------------------- */

/* Calls that place memory, and that a container may forbid. */
enum policy_call {
	CALL_GET_MEMPOLICY = 0,
	CALL_SET_MEMPOLICY,
	CALL_MBIND,
	CALL_MOVE_PAGES,
	CALL_MIGRATE_PAGES,
	POLICY_CALLS,
};

/* Negative errno instead of the global one. `maxnode` as the kernel counts it:
 * it looks at maxnode - 1 bits. */
struct sys_ops {
	int (*set_mempolicy)(int mode, const unsigned long *mask, unsigned long maxnode);
	/* `mode` may be NULL; `flags` as get_mempolicy(2), never MPOL_F_ADDR. */
	int (*get_mempolicy)(int *mode, unsigned long *mask, unsigned long maxnode,
			     unsigned long flags);
	int (*setaffinity)(size_t size, const cpu_set_t *cpus);
	/* The node that the calling thread runs on. */
	int (*getnode)(unsigned int *node);
	/* 1: SIGINT, SIGTERM or SIGHUP waits, blocked by the caller; 0: none does. */
	int (*interrupted)(void);
	/* Whether the call would be let through: 0, or what forbids it gives (-EPERM,
	 * -ENOSYS). Asked so that it changes nothing. */
	int (*ask)(enum policy_call call);
	/* Its arguments end in NULL. -ENOENT: no such program; -ENODEV: failed, saying */
	int (*modprobe)(const char *const *args, struct strbuf *words);
};

extern const struct sys_ops sys_linux;

/* ---- discovery's optional witnesses ------------------------------------- */

/*
 * Fill nodes (and for dax: devices) of an empty `facts`; nothing is concluded.
 * -ENOENT: the witness has nothing to say about this root.
 */
struct witness_ops {
	/* WITNESS_LAYOUT as the module was built with; checked when it is opened. */
	uint64_t layout;
	const char *name;
	int (*load)(struct root *root, struct facts *facts);
	/* The machine in the witness's own format, or NULL when it has none. */
	int (*export_xml)(struct root *root, struct strbuf *out);
};

/* Stands for the structs that pass between libtier and a module, which may come
 * from different builds. */
#define WITNESS_LAYOUT                              \
	((uint64_t)sizeof(struct facts) << 48 |     \
	 (uint64_t)sizeof(struct node_fact) << 32 | \
	 (uint64_t)sizeof(struct dax_fact) << 16 | sizeof(struct root_ops))

/* Names of the modules and of the one symbol that each exports. */
#define WITNESS_HWLOC_MODULE  "libtier-hwloc.so.0"
#define WITNESS_DAXCTL_MODULE "libtier-daxctl.so.0"
#define WITNESS_SYMBOL	      "tier_witness"

/* A witness from its module, NULL when it is not installed or does not fit this
 * libtier; stays loaded. */
const struct witness_ops *witness_open(const char *module);

/* ---- what is read -------------------------------------------------------- */

/* Each fills its part of `facts` from files below the root. A file that is
 * missing leaves its facts unknown; one that does not parse adds a problem.
 * Only -ENOMEM and an unreadable node directory (-ENODATA) are errors. */
int facts_read_nodes(struct root *root, struct facts *facts) MUST_CHECK;  /* sysfs */
int facts_read_kernel(struct root *root, struct facts *facts) MUST_CHECK; /* the rest */
int facts_read_dax(struct root *root, struct facts *facts) MUST_CHECK;	  /* sysfs */
/* What kmem tells of the dax devices that are there by now. */
int facts_read_kmem(struct root *root, struct facts *facts) MUST_CHECK;

/* Texts below the root, nothing when there is none: the user's own, what was measured. */
int facts_read_text(struct root *root, struct facts *facts, enum user_text which,
		    struct strbuf *out) MUST_CHECK;

/* ---- processes ------------------------------------------------------------ */

/* Children of all threads, as numbers each followed by a blank. -ESRCH. */
int process_children(struct root *root, int pid, struct strbuf *text) MUST_CHECK;

/* Text of /proc/PID/numa_maps, maps, status and stat. -ESRCH, -EACCES. */
int process_numa_maps(struct root *root, int pid, struct strbuf *out) MUST_CHECK;
int process_maps(struct root *root, int pid, struct strbuf *out) MUST_CHECK;
int process_status(struct root *root, int pid, struct strbuf *out) MUST_CHECK;
int process_stat(struct root *root, int pid, struct strbuf *out) MUST_CHECK;

/* Processes of a control group and of those below it, a line each. `path` is as seen in
 * the file system, or from the top of the hierarchy. -ENOENT: no such group;
 * -EOPNOTSUPP: its processes belong to the group above (a threaded one). */
int cgroup_processes(struct root *root, const char *path, struct strbuf *pids) MUST_CHECK;

/* ---- switches that a plan may ask for ------------------------------------- */

/* Weighted interleave's folder (6.9): nodeN, and auto since 6.16. */
extern const char kernel_weights_dir[];

#define KERNEL_WEIGHT_MAX 255 /* mm/mempolicy.c has it in a u8 */

/* The kernel's weight of one node in weighted interleave (6.9), 1 to 255; -ENOENT: it
 * has none, -EIO: no weight is in its file. */
int kernel_weight(struct root *root, unsigned int node, uint64_t *weight) MUST_CHECK;

/* Where that weight is; where the kernel takes an order to reclaim from one node (6.17);
 * the counters of one node, or of the whole machine with -1. Each returns buf. */
const char *kernel_weight_path(unsigned int node, char *buf, size_t size);
const char *kernel_reclaim_path(unsigned int node, char *buf, size_t size);
const char *kernel_vmstat_path(int node, char *buf, size_t size);

extern const char kernel_stat_path[], kernel_cpu_pressure_path[], kernel_huge_path[];
extern const char kernel_balancing_path[];    /* bit 0: balance, bit 1: promote (5.18) */
extern const char kernel_promote_rate_path[]; /* MB/s to each node (6.1) */

/* Names of the file that says whether the kernel sets them itself; NULL at the end. */
extern const char *const kernel_auto_weights_paths[];

#endif
