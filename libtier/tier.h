/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tier.h - the whole public face of libtier.
 *
 * The story, top to bottom: a context says which machine is meant; a topology
 * is what that machine is, with the evidence for each fact; a policy is what
 * somebody wants; a plan is that policy resolved against one topology; applying
 * a plan changes the calling thread, or for a plan of switches the kernel's
 * settings; a migration moves pages of other processes. Nothing else in this file
 * changes anything.
 *
 * Results: an `int` is 0 or a count on success and a negative errno on failure.
 * Nothing here prints, exits, aborts, reads the environment or keeps global
 * state. Where a person wrote the input, an optional `struct tier_diag` gets
 * line, column and words; pass NULL to do without.
 *
 * Threads: a context belongs to one thread at a time; topologies, policies and
 * plans never change once made and may be shared freely; reference counts are
 * atomic.
 *
 * Lists: a call that takes an index has -ENOENT (or NULL) behind the last, which is
 * how a loop ends; where a count is wanted before, there is a call for it.
 *
 * Growing: a call that fills a struct takes its sizeof. An older caller gets
 * the fields it knows, a newer caller of an older library gets zeros behind; a
 * struct that a call reads may be longer too, as long as what the library does
 * not know is 0.
 * Every enum has an explicit unknown = 0.
 */
#ifndef TIER_H
#define TIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define TIER_MUST_CHECK __attribute__((warn_unused_result))
#pragma GCC visibility push(default)
#else
#define TIER_MUST_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Room for every node id that Linux can be built for (CONFIG_NODES_SHIFT is at
 * most 10 in include/linux/numa.h's users).
 */
#define TIER_MAX_NODES 1024

/* ---- version and words ------------------------------------------------- */

/*
 * Version of the library that is running, "MAJOR.MINOR.PATCH".
 * Returns a static string, never NULL. Errors: none. Threads: any.
 */
const char *tier_version(void);

/*
 * Words for a negative errno that this library returned; knows what an errno
 * means here (ENODATA: "not known"), where strerror(3) only knows its name.
 * Returns a static string, never NULL. Errors: none. Threads: any.
 */
const char *tier_strerror(int error);

/* The enums whose values have words. */
enum tier_words {
	TIER_WORDS_UNKNOWN = 0,
	TIER_WORDS_KIND,
	TIER_WORDS_SOURCE,
	TIER_WORDS_USABILITY,
	TIER_WORDS_DAX_MODE,
	TIER_WORDS_MODE,
};

/*
 * The stable lower-case word for a value of one of these enums ("dram", "access1",
 * "not-allowed"). C has a typed call for each, such as tier_kind_name(); this one is
 * for other languages, and so that an enum more takes no export more.
 * Returns a static string, "unknown" for what it does not know. Errors: none.
 * Threads: any.
 */
const char *tier_word(enum tier_words of, unsigned int value);

/* What was wrong with a text that a person wrote. Line and column count from 1;
 * 0 means that there is no such place. */
struct tier_diag {
	uint32_t line;
	uint32_t column;
	char message[248];
};

/* ---- sets of nodes ----------------------------------------------------- */

/* A set of node ids, 0 to TIER_MAX_NODES - 1. A value: copy it with `=`. */
struct tier_nodeset {
	uint64_t bits[TIER_MAX_NODES / 64];
};

/* Make the set empty. Errors: none. Threads: any. */
void tier_nodeset_zero(struct tier_nodeset *set);

/* Put one node in. Errors: -ERANGE when the id is TIER_MAX_NODES or more.
 * Threads: any. */
int tier_nodeset_add(struct tier_nodeset *set, unsigned int node);

/* Whether the node is in the set; false for ids out of range. Errors: none.
 * Threads: any. */
bool tier_nodeset_has(const struct tier_nodeset *set, unsigned int node);

/*
 * The smallest member greater than `after`; begin with -1.
 * Errors: -1 when there is none (the loop's end, not an errno). Threads: any.
 */
int tier_nodeset_next(const struct tier_nodeset *set, int after);

/* How many members, 0 to TIER_MAX_NODES. Errors: none. Threads: any. */
int tier_nodeset_count(const struct tier_nodeset *set);

/*
 * Read the kernel's list syntax ("0-2,8"); one final newline and an empty list
 * are accepted, as sysfs prints them. The set is changed only on success.
 * Errors: -EINVAL (not a list; diag says where), -ERANGE (an id too large).
 * Threads: any.
 */
TIER_MUST_CHECK
int tier_nodeset_parse(const char *text, struct tier_nodeset *set,
		       struct tier_diag *diag);

/*
 * Write the kernel's list syntax, NUL-terminated, as snprintf(3) does.
 * Returns the length that the whole text has, without its NUL. Errors: none.
 * Threads: any.
 */
int tier_nodeset_format(const struct tier_nodeset *set, char *buf, size_t size);

/* ---- context ----------------------------------------------------------- */

struct tier_ctx;

struct tier_ctx_config {
	/*
	 * Which machine: NULL or "/" is this one. A directory that holds sys/
	 * and proc/, or a capture file, is another one, on which every call
	 * that would change something is refused with -EOPNOTSUPP.
	 */
	const char *root;
	/*
	 * The user's word on nodes (the text of TIERKIT_NODES), or NULL. It
	 * wins over /etc/tierkit.conf below the root.
	 */
	const char *node_words;
	uint64_t flags; /* none yet: must be 0 */
};

/*
 * Open a machine to look at. `config` may be NULL (this machine). The text it
 * points to is copied.
 * Errors: -EINVAL (flags, or a root that is neither a machine's directory nor a
 * capture; diag says what is wrong and on which line), -E2BIG (a newer caller
 * uses a field that this library does not have), -ENOENT, -EACCES, -ENOMEM, and
 * what opening the root gave. Threads: any.
 */
TIER_MUST_CHECK
int tier_ctx_new(struct tier_ctx **out, const struct tier_ctx_config *config, size_t size,
		 struct tier_diag *diag);

/* One more reference; returns its argument. Errors: none. Threads: any. */
struct tier_ctx *tier_ctx_ref(struct tier_ctx *ctx);

/* One reference less, the last one frees; NULL is accepted. Errors: none.
 * Threads: any. */
void tier_ctx_unref(struct tier_ctx *ctx);

/* Whether the context looks at this machine (and so may change it). Errors:
 * none. Threads: any. */
bool tier_ctx_is_live(const struct tier_ctx *ctx);

/*
 * Write what discovery reads of this machine to `fd` as one text file, which
 * `root` of tier_ctx_config takes back anywhere. An allow-list: no host name,
 * serial number, or word of the kernel command line that libtier does not use.
 * Format: docs/capture-format.md.
 * Returns the number of entries. Errors: what writing gave, -ENOMEM.
 * Threads: one per context.
 */
TIER_MUST_CHECK
int tier_ctx_capture(struct tier_ctx *ctx, int fd);

/* ---- facts ------------------------------------------------------------- */

/* What a node's memory is. Never concluded from size, distance or the mere
 * absence of CPUs. */
enum tier_kind {
	TIER_KIND_UNKNOWN = 0,
	TIER_KIND_DRAM,
	TIER_KIND_HBM,
	TIER_KIND_CXL,
	TIER_KIND_PMEM,
	TIER_KIND_GPU,
};

/* Where a fact comes from. */
enum tier_source {
	TIER_SOURCE_NONE = 0,
	TIER_SOURCE_USER,	 /* TIERKIT_NODES or /etc/tierkit.conf */
	TIER_SOURCE_NVIDIA,	 /* /proc/driver/nvidia/gpus/.../numa_status */
	TIER_SOURCE_DAX_PATH,	 /* where the node's dax device hangs in sysfs */
	TIER_SOURCE_HWLOC,	 /* hwloc's subtype or attribute */
	TIER_SOURCE_MOVABLE,	 /* in has_memory, not in has_normal_memory */
	TIER_SOURCE_FIRMWARE,	 /* ordinary memory of the firmware's tables */
	TIER_SOURCE_PERFORMANCE, /* latency and bandwidth figures */
	TIER_SOURCE_ACCESS1,	 /* nodeN/access1: as CPUs see it (5.10) */
	TIER_SOURCE_ACCESS0,	 /* nodeN/access0: as any initiator sees it */
	TIER_SOURCE_KERNEL_TIER, /* memory_tiering/memory_tierN/nodelist (6.1) */
	TIER_SOURCE_KIND_ORDER,	 /* HBM, DRAM, CXL, pmem: the last resort */
	TIER_SOURCE_KERNEL,	 /* a plain file of /sys or /proc */
	TIER_SOURCE_MEASURED,	 /* /var/lib/tierkit/measured, of tierbench */
};

/* The text names the file and the value; it lives as long as the topology. */
struct tier_evidence {
	enum tier_source source;
	const char *text;
};

/* May this task allocate there? */
enum tier_usability {
	TIER_USABLE_UNKNOWN = 0,
	TIER_USABLE_YES,
	TIER_USABLE_NOT_ALLOWED, /* outside Mems_allowed_list */
	TIER_USABLE_NO_MEMORY,	 /* online, zero bytes */
	TIER_USABLE_OFFLINE,	 /* possible, or a dax device's target */
	TIER_USABLE_GPU,	 /* a GPU's own memory: only when named */
};

/* The four figures that firmware (HMAT), a benchmark or a user may give for a node. */
enum tier_figure {
	TIER_READ_BANDWIDTH = 0, /* bytes per second */
	TIER_WRITE_BANDWIDTH,	 /* bytes per second */
	TIER_READ_LATENCY,	 /* nanoseconds */
	TIER_WRITE_LATENCY,	 /* nanoseconds */
	TIER_FIGURES,
};

/* Figures of one node seen from its nearest CPUs; bit 1 << figure of `known`
 * tells which exist. A 0 in the firmware's tables counts as unknown. */
struct tier_perf {
	uint32_t known;
	uint32_t reserved;
	uint64_t value[TIER_FIGURES];
	struct tier_evidence why;
};

enum tier_node_flags {
	TIER_NODE_ONLINE = 1 << 0,
	TIER_NODE_HAS_MEMORY = 1 << 1,
	TIER_NODE_HAS_CPUS = 1 << 2,
	TIER_NODE_MOVABLE_ONLY = 1 << 3,
	TIER_NODE_ALLOWED = 1 << 4,
	/* Which of the fields below are known: */
	TIER_NODE_KNOWS_TOTAL = 1 << 8,
	TIER_NODE_KNOWS_FREE = 1 << 9,
	TIER_NODE_KNOWS_RANK = 1 << 10,
	TIER_NODE_KNOWS_KERNEL_TIER = 1 << 11,
	TIER_NODE_KNOWS_WEIGHT = 1 << 12,
	TIER_NODE_KNOWS_NEAR_MEMORY = 1 << 13,
};

/* Ways in which a node has less memory than its dax devices. */
enum tier_loss {
	TIER_LOSS_ALIGNMENT = 0, /* bytes in no whole memory block */
	TIER_LOSS_BAD_BLOCKS,	 /* memory blocks left out for bad blocks in them */
	TIER_LOSS_FAILED,	 /* memory blocks that the kernel would not add */
	TIER_LOSS_POISON,	 /* pages known to be poisoned */
	TIER_LOSSES,
};

/*
 * What is lost of the devices that make up a node, all of them together; bit 1 << loss
 * of `known` tells that each of them said so. `why` names each device's part, also where
 * the whole is not known. Poisoned pages may lie in blocks that were left out for
 * them, so the four do not add up.
 */
struct tier_losses {
	uint32_t known;
	uint32_t reserved;
	uint64_t bytes[TIER_LOSSES];
	struct tier_evidence why[TIER_LOSSES];
};

/* One node. Four facts (kind, perf, rank, usability) that never stand in for
 * each other. Strings live as long as the topology and are never NULL. */
struct tier_node_info {
	uint32_t node;
	uint32_t flags;
	uint64_t total_bytes;
	uint64_t free_bytes;
	uint64_t side_cache_bytes; /* memory that caches this node; 0: none */
	const char *cpus;	   /* kernel list; "" when none */
	const char *dax;	   /* its dax devices, "dax0.0 dax0.1"; "" */
	enum tier_kind kind;
	struct tier_evidence kind_why;
	struct tier_perf perf;
	uint32_t rank; /* index of its tier, 0 is the fastest */
	uint32_t kernel_tier;
	struct tier_evidence rank_why;
	enum tier_usability usability;
	uint32_t weight; /* kernel's weighted-interleave weight, 1 to 255 */
	struct tier_evidence usability_why;
	/* Nodes whose CPUs are nearest, several when equally near; empty when
	 * not known. */
	struct tier_nodeset near_nodes;
	struct tier_losses losses;
	/* What tierbench measured on this machine, whether or not `perf` has it: that it
	 * does where the firmware tells nothing, or where the user's words ask for it. */
	struct tier_perf measured;
	/* The memory that is nearest to this node's CPUs and that this task may use: the
	 * node's own, else that of the node with the least read latency from these CPUs, else
	 * at the smallest distance; the lowest number of several that are equally near. */
	uint32_t near_memory;
	uint32_t reserved;
	struct tier_evidence near_memory_why;
};

/* Nodes of one rank. */
struct tier_info {
	uint32_t rank;
	enum tier_kind kind; /* unknown when its nodes differ */
	struct tier_nodeset nodes;
	uint64_t total_bytes;
	uint64_t free_bytes;
	/* TIER_NODE_KNOWS_TOTAL and _FREE: known for each of its nodes. */
	uint32_t flags;
	uint32_t reserved;
};

enum tier_dax_mode {
	TIER_DAX_UNKNOWN = 0,
	TIER_DAX_DISABLED,   /* no driver bound */
	TIER_DAX_DEVDAX,     /* device_dax: a character device */
	TIER_DAX_SYSTEM_RAM, /* kmem: ordinary memory of target_node */
};

enum tier_dax_flags {
	TIER_DAX_KNOWS_SIZE = 1 << 0,
	/* Below one memory block: kmem cannot make memory of it. */
	TIER_DAX_TOO_SMALL = 1 << 1,
	/* Bound to tierkit's kmem driver, which fills the fields behind `flags`; which
	 * of them are known: */
	TIER_DAX_HAS_COUNTS = 1 << 2,
	TIER_DAX_KNOWS_ADDED = 1 << 8,
	TIER_DAX_KNOWS_LOST_ALIGN = 1 << 9,
	TIER_DAX_KNOWS_LOST_BADBLOCK = 1 << 10,
	TIER_DAX_KNOWS_POISONED_PAGES = 1 << 11,
	TIER_DAX_KNOWS_SKIPPED_BLOCKS = 1 << 12,
	TIER_DAX_KNOWS_FAILED_RANGES = 1 << 13,
	TIER_DAX_KNOWS_POISONED_RANGES = 1 << 14,
};

struct tier_dax_info {
	const char *name;
	const char *path; /* resolved sysfs path, what `kind` is read from */
	enum tier_dax_mode mode;
	enum tier_kind kind;
	uint64_t size_bytes;
	int32_t target_node; /* -1: the firmware gave none, kmem refuses it */
	uint32_t flags;
	const char *state;	      /* "unplugged", "online_movable", ...; "" unknown */
	uint64_t added_bytes;	      /* that are memory now */
	uint64_t lost_align_bytes;    /* in no whole memory block */
	uint64_t lost_badblock_bytes; /* of skipped_blocks */
	uint64_t poisoned_pages;      /* known to be poisoned, 4 KiB each */
	/* Physical addresses as "0x108000000-0x10fffffff", both ends included, with
	 * blanks between; "" for none. Long lists end before everything is told. */
	const char *skipped_blocks;  /* left out for bad blocks in them */
	const char *failed_ranges;   /* the kernel would not add them */
	const char *poisoned_ranges; /* may cover more than poisoned_pages */
};

enum tier_kernel_flags {
	TIER_KERNEL_KNOWS_DEMOTION = 1 << 0,
	TIER_KERNEL_KNOWS_BALANCING = 1 << 1,
	TIER_KERNEL_KNOWS_AUTO_WEIGHTS = 1 << 2,
	TIER_KERNEL_KNOWS_BLOCK = 1 << 3,
	/* What they say: */
	TIER_KERNEL_DEMOTES = 1 << 8,
	TIER_KERNEL_SETS_WEIGHTS = 1 << 9,
};

/* Switches of the kernel that decide what it does with tiers by itself. */
struct tier_kernel_info {
	uint32_t flags;
	uint32_t numa_balancing; /* bit 0: balance, bit 1: promote (5.18) */
	uint64_t block_bytes;	 /* a memory block, the unit of hotplug */
	const char *auto_online; /* what becomes of added memory; "" unknown */
	/* Stands for the nodes with memory, their sizes and CPUs: what is measured on a
	 * machine with another one does not count here. Lives as long as the topology. */
	const char *signature;
};

/* Something a person should know about this machine. `id` is stable. */
struct tier_note {
	const char *id;
	const char *text;
	struct tier_nodeset nodes; /* may be empty */
};

/* Its word, see tier_word(). Errors: none. Threads: any. */
static inline const char *tier_kind_name(enum tier_kind kind)
{
	return tier_word(TIER_WORDS_KIND, (unsigned int)kind);
}

/* Its word. Errors: none. Threads: any. */
static inline const char *tier_source_name(enum tier_source source)
{
	return tier_word(TIER_WORDS_SOURCE, (unsigned int)source);
}

/* Its word. Errors: none. Threads: any. */
static inline const char *tier_usability_name(enum tier_usability usability)
{
	return tier_word(TIER_WORDS_USABILITY, (unsigned int)usability);
}

/* Its word. Errors: none. Threads: any. */
static inline const char *tier_dax_mode_name(enum tier_dax_mode mode)
{
	return tier_word(TIER_WORDS_DAX_MODE, (unsigned int)mode);
}

/* ---- topology ---------------------------------------------------------- */

struct tier_topology;

enum tier_load_flags {
	/* Kernel files only: neither hwloc nor libdaxctl is loaded. */
	TIER_LOAD_CHEAP = 1 << 0,
};

/*
 * Read the machine once; the result never changes. Files that are missing or
 * broken cost facts, not the call: they become unknown facts and notes.
 * Errors: -EINVAL (unknown flags; a node word that does not parse, diag says
 * where), -ENODATA (no node with memory can be found under this root),
 * -ENOMEM. Threads: one per context.
 * Source: /sys/devices/system/node, /sys/devices/virtual/memory_tiering,
 * /sys/bus/dax and what our kmem driver shows there, /proc/self/status, hwloc,
 * libdaxctl; docs/discovery.md.
 */
TIER_MUST_CHECK
int tier_topology_load(struct tier_ctx *ctx, uint64_t flags, struct tier_topology **out,
		       struct tier_diag *diag);

/* One more reference; returns its argument. Errors: none. Threads: any. */
struct tier_topology *tier_topology_ref(struct tier_topology *t);

/* One reference less, the last one frees; NULL is accepted. Errors: none.
 * Threads: any. */
void tier_topology_unref(struct tier_topology *t);

/*
 * Verify the invariants (ranks without holes, each usable node in exactly one
 * tier or unranked, sizes that add up).
 * Returns how many are broken; diag describes the first. Errors: none.
 * Threads: any.
 */
TIER_MUST_CHECK
int tier_topology_check(const struct tier_topology *t, struct tier_diag *diag);

/*
 * Ids of all nodes that the machine shows or could show: online, possible with
 * a dax device that targets them, memory-less. Ask tier_node_get() which is
 * which. Errors: none. Threads: any.
 */
void tier_topology_nodes(const struct tier_topology *t, struct tier_nodeset *set);

/* Facts of one node. Errors: -ENOENT (no such node). Threads: any. */
TIER_MUST_CHECK
int tier_node_get(const struct tier_topology *t, unsigned int node,
		  struct tier_node_info *info, size_t size);

/*
 * SLIT distance between two nodes, 10 is local. Distance is locality; it says
 * nothing about which memory is faster.
 * Errors: -ENOENT (no such node), -ENODATA (the kernel gives none).
 * Threads: any. Source: /sys/devices/system/node/nodeN/distance.
 */
TIER_MUST_CHECK
int tier_node_distance(const struct tier_topology *t, unsigned int from, unsigned int to);

/* How many tiers. Errors: none. Threads: any. */
int tier_count(const struct tier_topology *t);

/* One tier, 0 is the fastest. Errors: -ENOENT. Threads: any. */
TIER_MUST_CHECK
int tier_get(const struct tier_topology *t, unsigned int rank, struct tier_info *info,
	     size_t size);

/* One dax device, in order of name. Errors: -ENOENT (behind the last). Threads: any. */
TIER_MUST_CHECK
int tier_dax_get(const struct tier_topology *t, unsigned int index,
		 struct tier_dax_info *info, size_t size);

/*
 * The kernel's own switches, as they were when the topology was loaded.
 * Errors: none. Threads: any.
 * Source: /sys/kernel/mm/numa/demotion_enabled, /proc/sys/kernel/numa_balancing,
 * .../weighted_interleave/auto, /sys/devices/system/memory.
 */
void tier_kernel_get(const struct tier_topology *t, struct tier_kernel_info *info,
		     size_t size);

/* One note. Errors: -ENOENT (behind the last). Threads: any. */
TIER_MUST_CHECK
int tier_note_get(const struct tier_topology *t, unsigned int index,
		  struct tier_note *note, size_t size);

/*
 * Bytes of a process's memory per node: node_bytes[i] for node i, as the kernel
 * counts pages in each mapping (pages shared with others count whole).
 * Returns the highest node seen + 1. Errors: -ESRCH (no such process), -EACCES
 * or -EPERM (not ours to read), -ERANGE (a node >= len), -ENOMEM, -EINVAL
 * (numa_maps that does not parse). Threads: one per context.
 * Source: /proc/PID/numa_maps.
 */
TIER_MUST_CHECK
int tier_process_bytes(struct tier_ctx *ctx, int pid, uint64_t *node_bytes, size_t len);

/*
 * The live descendants of a process, parents before children; `pids` may be
 * NULL when len is 0. A child born or gone meanwhile may be missed.
 * Returns how many there are, which may be more than len; each is there once.
 * Errors: -ESRCH (no such process), -EACCES (not ours to see), -EINVAL (children
 * that are no numbers), -ENOMEM. Threads: one per context.
 * Source: /proc/PID/task/TID/children.
 */
TIER_MUST_CHECK
int tier_process_children(struct tier_ctx *ctx, int pid, int *pids, size_t len);

/* Where the pages of a range lie. */
struct tier_page_counts {
	uint64_t page_bytes; /* of the pages that are counted, whatever the mapping's */
	uint64_t absent;     /* never touched, or swapped out */
	uint64_t unknown;    /* the kernel would not say */
	uint64_t node[TIER_MAX_NODES];
};

/*
 * Count the pages of a range of the calling process by node, each page of the
 * kernel's smallest size by itself: what a program needs to prove where its memory
 * is. `start` is rounded down to a page, the end up. On Linux 6.1 touch them before:
 * NUMA balancing hides pages until somebody does.
 * Returns 0. Errors: -EINVAL (no bytes), -EPERM, -ENOSYS (move_pages(2) is forbidden,
 * as in containers, or not in this kernel), -ENOMEM. Threads: any.
 * Source: move_pages(2) without targets.
 */
TIER_MUST_CHECK
int tier_pages_count(const void *start, size_t bytes, struct tier_page_counts *counts,
		     size_t size);

/* ---- policy and plan --------------------------------------------------- */

struct tier_policy;
struct tier_plan;

/* Kernel memory policies, see set_mempolicy(2). */
enum tier_mode {
	TIER_MODE_UNKNOWN = 0,
	TIER_MODE_DEFAULT,
	TIER_MODE_PREFER,     /* all of these first, spill anywhere */
	TIER_MODE_BIND,	      /* these and no others */
	TIER_MODE_INTERLEAVE, /* page by page over these */
	TIER_MODE_WEIGHTED,   /* by the kernel's system-wide weights (6.9) */
};

/* Its word ("prefer"). Errors: none. Threads: any. */
static inline const char *tier_mode_name(enum tier_mode mode)
{
	return tier_word(TIER_WORDS_MODE, (unsigned int)mode);
}

/*
 * Read a policy: "default", "prefer:SEL", "bind:SEL", "interleave:SEL",
 * "weighted:SEL=N,SEL=N"; selectors as in tierctl(1). Pure: no file is read.
 * Errors: -EINVAL (diag says where), -ENOMEM. Threads: any.
 */
TIER_MUST_CHECK
int tier_policy_parse(const char *text, struct tier_policy **out, struct tier_diag *diag);

/* Frees; NULL is accepted. Errors: none. Threads: any. */
void tier_policy_free(struct tier_policy *policy);

/*
 * Nodes that a selector means on this machine; only nodes that exist, whether
 * usable or not for `node:`, usable ones for all else. A kind means its nodes
 * without memory too: it may come.
 * Errors: -EINVAL (does not parse), -ENXIO (nothing matches; diag says why and
 * what would have), -ENODATA (asks for an order that is not known).
 * Threads: any.
 */
TIER_MUST_CHECK
int tier_select(const struct tier_topology *t, const char *selector,
		struct tier_nodeset *set, struct tier_diag *diag);

/*
 * Policy and topology to plan; pure, the same input gives the same plan.
 * `cpus` is NULL (leave affinity alone), "near" (CPUs nearest to the memory
 * chosen) or a selector.
 * Errors: as tier_select(). Threads: any.
 */
TIER_MUST_CHECK
int tier_policy_resolve(const struct tier_policy *policy, const struct tier_topology *t,
			const char *cpus, struct tier_plan **out, struct tier_diag *diag);

/* Frees; NULL is accepted. Errors: none. Threads: any. */
void tier_plan_free(struct tier_plan *plan);

enum tier_step_kind {
	TIER_STEP_UNKNOWN = 0,
	TIER_STEP_MEMPOLICY, /* set_mempolicy: mode, nodes */
	TIER_STEP_WEIGHT,    /* nodes' kernel weight must be `weight` */
	TIER_STEP_CPUS,	     /* sched_setaffinity: cpus */
	TIER_STEP_SWITCH,    /* write `wants` to `file`, which then reads so */
	TIER_STEP_ORDER,     /* the same to a file that does not keep it */
	/* Of tier_dax_resolve(): */
	/* stands in the way of `device`, so applying refuses; `wants` is "destroy"
	 * where a wish with TIER_DAX_DESTROY has no such obstacle */
	TIER_STEP_OBSTACLE,
	TIER_STEP_MODULE,    /* load the module `wants`, which is `file` */
	TIER_STEP_MEANWHILE, /* a switch that is put back when all is done */
	TIER_STEP_DRIVER,    /* `device` goes from driver `has` to `wants` */
	TIER_STEP_BLOCKS,    /* its memory blocks, `file`, become `wants` */
	/* Of tier_auto_resolve(): */
	TIER_STEP_KEEP,	      /* note in `file` what is changed, before it is */
	TIER_STEP_DAMON,      /* write `wants` to `file`, which is DAMON's */
	TIER_STEP_DAMON_GOAL, /* the same where this kernel has goals (6.16) */
	TIER_STEP_FORGET,     /* all in `file` is put back, and it is removed */
};

struct tier_step {
	enum tier_step_kind kind;
	enum tier_mode mode;
	struct tier_nodeset nodes;
	uint32_t weight;
	uint32_t reserved;
	const char *cpus; /* kernel list, lives as long as the plan; or NULL */
	/* Of a switch or an order, else NULL; they live as long as the plan. `has`
	 * is what the file read when the plan was made, NULL when it cannot be
	 * read. A weight is in `weight` too, and its node in `nodes`. */
	const char *file;
	const char *has;
	const char *wants;
	const char *why;
	const char *device; /* dax device that it is about, or NULL */
	uint64_t limit_ms;  /* of TIER_STEP_BLOCKS: as long may one block take */
};

/* How many steps, in the order of applying. Errors: none. Threads: any. */
int tier_plan_step_count(const struct tier_plan *plan);

/* One step. Errors: -ENOENT. Threads: any. */
TIER_MUST_CHECK
int tier_plan_step(const struct tier_plan *plan, unsigned int index,
		   struct tier_step *step, size_t size);

/* One remark: what a person should know before applying (nodes left out,
 * movable-only memory under a strict bind). NULL behind the last. Errors: none.
 * Threads: any. */
const char *tier_plan_remark(const struct tier_plan *plan, unsigned int index);

/*
 * The plan as one line of text, NUL-terminated as snprintf(3) does; what
 * --dry-run prints and what a child may be handed. Grammar: docs/policy.md.
 * Switches are not in it: no text makes a program write files.
 * Returns the length of the whole line. Errors: none. Threads: any.
 */
int tier_plan_encode(const struct tier_plan *plan, char *buf, size_t size);

/* Read such a line back. Errors: -EINVAL (diag says where), -ENOMEM.
 * Threads: any. */
TIER_MUST_CHECK
int tier_plan_decode(const char *line, struct tier_plan **out, struct tier_diag *diag);

enum tier_apply_flags {
	/* Go on when the kernel refuses; the report says what was not done. */
	TIER_APPLY_BEST_EFFORT = 1 << 0,
};

enum tier_report_flags {
	TIER_REPORT_POLICY_SET = 1 << 0,
	TIER_REPORT_CPUS_SET = 1 << 1,
	/* No prefer-many (before 5.15): one node of the set is preferred, the
	 * one that the thread runs on or the first that can be used. */
	TIER_REPORT_ONE_NODE_ONLY = 1 << 2,
	/* The mask was read back and is in `nodes`. */
	TIER_REPORT_KNOWS_NODES = 1 << 3,
};

/* What applying did. Valid after success and after failure. */
struct tier_report {
	uint32_t flags;
	uint32_t problems;	     /* steps that failed */
	struct tier_nodeset nodes;   /* effective mask, as the kernel has it */
	struct tier_nodeset dropped; /* asked for, silently left out by it */
	int32_t error;		     /* of the first failed step, or 0 */
	enum tier_step_kind failed;  /* which kind of step that was */
	char message[480];	     /* one sentence on it: what, why, way out */
	uint32_t turned;	     /* switches and orders that are in force */
	uint32_t stuck;		     /* switches that could not be put back */
};

/*
 * Carry a plan out in the calling thread; what it execs and the threads it
 * starts later inherit it, threads that run already do not. Nodes are static
 * (MPOL_F_STATIC_NODES): a later cpuset change never remaps them.
 * Switches are the whole system's. All of a plan are turned, or none: each is
 * read before (it must still read `has`) and after, and when one fails those
 * before it are put back, unless somebody else has turned them meanwhile. Block
 * SIGINT, SIGTERM and SIGHUP around the call: when one of them waits, the rest is
 * left undone and the start put back.
 * Errors: -EOPNOTSUPP (the context is not this machine: nothing was done),
 * -EPERM (blocked: seccomp or capability), -ENOSYS (kernel without NUMA
 * policy), -EINVAL (unknown flags; kernel too old for the mode, or all nodes
 * gone), -EAGAIN (kernel weights differ from those asked), -EACCES (weights that
 * may not be read), -EIO, -ENOMEM; of switches -ESTALE (somebody else turned
 * one since the plan was made), -EACCES, -EPERM, -EROFS (which file, or which
 * capability), -EAGAIN (less could be reclaimed), -EINTR (a signal waits), -EINVAL
 * (a value that this kernel does not take) and what writing gave. The report has
 * the words.
 * Threads: one per context; acts on the calling thread only.
 */
TIER_MUST_CHECK
int tier_plan_apply(struct tier_ctx *ctx, const struct tier_plan *plan, uint64_t flags,
		    struct tier_report *report, size_t size);

/* ---- heaps on tiers ------------------------------------------------------ */

#define TIER_HEAP_TIERS 4

/* What a process with libtiermalloc.so has made of its heap. */
enum tier_heap_state {
	TIER_HEAP_UNKNOWN = 0,
	TIER_HEAP_PLAIN,  /* nothing was asked for, or it could not be done */
	TIER_HEAP_PLACED, /* one heap, whose pages are placed */
	TIER_HEAP_PARTED, /* over tiers: a heap for each, or one that is spread */
};

struct tier_heap_tier {
	struct tier_nodeset nodes;
	uint64_t used_bytes;	 /* in hand, free blocks that are kept among it */
	uint64_t resident_bytes; /* of all the heap's ranges, on these nodes */
	uint64_t limit_bytes;	 /* 0: none */
	uint64_t spilled_count;	 /* objects that had to go elsewhere */
	uint32_t weight;	 /* of a ratio, else 0 */
};

struct tier_heap {
	enum tier_heap_state state;
	uint32_t n_tiers;
	struct tier_heap_tier tiers[TIER_HEAP_TIERS];
	uint64_t rest_bytes;	 /* in hand beyond all tiers */
	uint64_t refused_count;	 /* calls of mbind(2) that the kernel refused */
	uint64_t boundary_bytes; /* of auto-threshold, where it is now; else 0 */
	char text[1024];	 /* what was asked for, or why the heap is plain */
};

/*
 * Look at the heap of a process. Its counters are read while it runs: each is whole,
 * but two of them may be of different moments.
 * Errors: -ESRCH (no such process), -ENODATA (it has no such heap), -EACCES, -EPERM
 * (reading another's memory is for its owner, or takes CAP_SYS_PTRACE), -EPROTO (its
 * library is of another version), -EOPNOTSUPP (the root is not this machine), -EINVAL
 * (the kernel's files do not parse), -ENOMEM.
 * Threads: one per context.
 * Source: /proc/PID/maps, /proc/PID/numa_maps, process_vm_readv(2).
 */
TIER_MUST_CHECK
int tier_heap_read(struct tier_ctx *ctx, int pid, struct tier_heap *heap, size_t size);

/* ---- the kernel's switches ----------------------------------------------- */

/*
 * What it takes to turn switches of the kernel, as a plan: each file with what it
 * reads now, what it must read and why. The wish is one or more of these words,
 * blanks between them, selectors as in tierctl(1):
 *   demotion:on|off         cold pages of a full tier go to a slower one
 *   promotion:on|off        hot pages go to a faster tier; bit 1 of
 *                           numa_balancing, whose bit 0 stays as it is
 *   promotion-rate:N        at most N MiB/s to each node
 *   weights:SEL=N,SEL=N     each node's weight in weighted interleave, 1 to 255
 *   weights:auto            weights in the ratio of the known bandwidths
 *   weights:reset           the kernel's own weights
 *   shares:NODE=N,NODE=N    weights in the ratio of these numbers of any size
 *   reclaim:SEL=BYTES       demote (or drop) as much of these nodes, in all
 * A switch that is as wished is no step, so a plan may have none. Nothing is
 * changed; tier_plan_apply() does that.
 * Errors: -EINVAL (the wish; diag says why), -EOPNOTSUPP (this kernel lacks the
 * file; diag names it), -ENXIO and -ENODATA as tier_select(), -ENODATA (bandwidths
 * that are not known) and what reading a switch gave, -ENOMEM.
 * Threads: one per context.
 * Source: /sys/kernel/mm/numa/demotion_enabled, /proc/sys/kernel/numa_balancing and
 * .../numa_balancing_promote_rate_limit_MBps, /sys/kernel/mm/mempolicy/
 * weighted_interleave, /sys/devices/system/node/nodeN/reclaim.
 */
TIER_MUST_CHECK
int tier_switches_resolve(struct tier_ctx *ctx, const struct tier_topology *t,
			  const char *wish, struct tier_plan **out,
			  struct tier_diag *diag);

/* What the kernel counts of pages on their way between nodes, and of what kept programs
 * waiting, since boot. */
enum tier_counter {
	TIER_DEMOTED_PAGES = 0,	 /* to a slower tier */
	TIER_PROMOTED_PAGES,	 /* to a faster tier */
	TIER_PROMOTE_CANDIDATES, /* hot enough for it (6.1) */
	TIER_HINT_FAULTS,	 /* of NUMA balancing, which finds hot pages by them */
	TIER_BALANCED_PAGES,	 /* moved by NUMA balancing, promoted ones included */
	TIER_MIGRATED_PAGES,	 /* moved for any reason, demoted ones included */
	TIER_MIGRATE_FAILURES,	 /* pages that could not be moved */
	TIER_SWAPPED_OUT_PAGES,
	TIER_RECLAIMED_PAGES, /* demoted, dropped or swapped out */
	/* Of the whole machine only, and no pages but microseconds: */
	TIER_STOLEN_US,	      /* that a hypervisor kept from its CPUs, where it tells */
	TIER_CPU_STALL_US,    /* in which some task waited for a CPU (4.20) */
	TIER_MEMORY_STALL_US, /* in which some task waited for memory (4.20) */
	TIER_COUNTERS,
};

enum tier_traffic_flags {
	TIER_TRAFFIC_KNOWS_LIMIT = 1 << 0,
	TIER_TRAFFIC_KNOWS_HUGE = 1 << 1, /* of the whole machine only, as are these: */
	TIER_TRAFFIC_KNOWS_BALANCING = 1 << 2,
	/* What they say: transparent huge pages for all, or for who asks. */
	TIER_TRAFFIC_HUGE_ALWAYS = 1 << 8,
	TIER_TRAFFIC_HUGE_ADVISED = 1 << 9,
	TIER_TRAFFIC_BALANCES = 1 << 10, /* NUMA balancing moves pages */
	TIER_TRAFFIC_PROMOTES = 1 << 11, /* to a faster tier, too */
};

/* The counters at one moment; bit 1 << counter of `known` tells which exist. */
struct tier_traffic {
	uint64_t time_ns; /* CLOCK_MONOTONIC */
	uint32_t flags;
	uint32_t known;
	uint64_t promote_limit_bytes_per_sec; /* of the system, to each node */
	uint32_t page_bytes;
	uint32_t reserved;
	uint64_t count[TIER_COUNTERS];
};

/* Between two moments; bit 1 << counter of `known` as above. */
struct tier_rates {
	double seconds;
	uint32_t known;
	uint32_t reserved;
	double per_sec[TIER_COUNTERS];
};

/*
 * Read the counters of one node, or with -1 of the whole machine. Those that this
 * kernel does not have are not known, as are all on a machine that is not this one.
 * Errors: -EACCES, -EIO, -ENOMEM. Threads: one per context.
 * Source: /proc/vmstat, /sys/devices/system/node/nodeN/vmstat; of the whole machine also
 * /proc/stat, /proc/pressure, numa_balancing, transparent_hugepage/enabled.
 */
TIER_MUST_CHECK
int tier_traffic_read(struct tier_ctx *ctx, int node, struct tier_traffic *traffic,
		      size_t size);

/*
 * What went on per second between two moments, both of `size`; pure. Not known is
 * what is not known of both, or went back (a node that went and came).
 * Errors: none. Threads: any.
 */
void tier_traffic_rate(const struct tier_traffic *before,
		       const struct tier_traffic *after, size_t size,
		       struct tier_rates *rate, size_t rate_size);

/* ---- migration: the pages of running processes ------------------------- */

struct tier_migration;

enum tier_migration_flags {
	/* Count what would move, and move nothing; allowed on any context. */
	TIER_MIGRATION_LOOK = 1 << 0,
	/* Pages that several processes map too; needs CAP_SYS_NICE. Without it
	 * they stay and are counted. */
	TIER_MIGRATION_SHARED = 1 << 1,
	/* Only private memory; only pages of files and of shared memory. */
	TIER_MIGRATION_ONLY_ANON = 1 << 2,
	TIER_MIGRATION_ONLY_FILE = 1 << 3,
};

/* What is to move. `pid` or `cgroup` is set; texts are copied. */
struct tier_migration_config {
	uint64_t flags;
	int32_t pid; /* of any thread: its address space is that of all */
	/* Until so many of a hundred bytes of what is asked about are on `to`,
	 * spread evenly; 0 is all. What is there already counts. */
	uint32_t percent;
	/* The processes of a control group and of those below it, as seen in
	 * its file system or from its top; but never the calling one. */
	const char *cgroup;
	/* Only one mapping: its name as maps has it, or "START-END" in hex. */
	const char *mapping;
	/* For distances, so that each node's pages go to the nearest target;
	 * needed until the migration is freed. NULL: by node number. */
	const struct tier_topology *topology;
	struct tier_nodeset from;    /* members of `to` are left out */
	struct tier_nodeset to;	     /* nodes with memory */
	uint64_t rate_bytes_per_sec; /* 0: no limit */
	/* Pages of one call, rounded up to what a huge page has; 0 is 2048. The
	 * target never waits for longer than one such batch. */
	uint64_t batch_pages;
};

/* Why pages stayed. */
enum tier_left {
	TIER_LEFT_UNKNOWN = 0,
	TIER_LEFT_BUSY,	       /* pinned or in use at each attempt */
	TIER_LEFT_NO_MEMORY,   /* every target is full */
	TIER_LEFT_SHARED,      /* by a fork or as shared memory, with others */
	TIER_LEFT_NOT_ALLOWED, /* the process's cpuset forbids the targets */
	TIER_LEFT_HIDDEN,      /* behind a mark of NUMA balancing (6.1) */
	TIER_LEFTS,
};

/* Where one node's pages go. This struct never grows. */
struct tier_migration_route {
	uint32_t from;
	uint32_t n_to;
	const uint32_t *to; /* in the order in which they are tried */
	uint64_t found_bytes;
	uint64_t moved_bytes;
};

enum tier_migration_stats_flags {
	TIER_MIGRATION_KNOWS_TOTAL = 1 << 0,
	TIER_MIGRATION_KNOWS_TIME = 1 << 1, /* time_left_ns */
};

/* How far it is. Bytes are counted page by page, a huge page as a whole. */
struct tier_migration_stats {
	uint32_t flags;
	uint32_t processes;	 /* looked at so far */
	uint32_t ended;		 /* that ended meanwhile */
	uint32_t kernel_threads; /* passed over in a group: they have no memory */
	uint32_t failed;	 /* processes that could not be dealt with */
	int32_t failed_pid;	 /* the first of these, */
	int32_t failed_error;	 /* and why */
	uint32_t reserved;
	uint64_t total_bytes;	 /* about what there is to look at */
	uint64_t examined_bytes; /* and of that looked at */
	uint64_t found_bytes;	 /* on `from` */
	uint64_t there_bytes;	 /* on `to` before */
	uint64_t moved_bytes;
	uint64_t spared_bytes; /* stay because of `percent` */
	/* Pages of programs and libraries that other processes map too: nobody's
	 * own, so they stay without SHARED and are not among what is left. */
	uint64_t common_bytes;
	uint64_t gone_bytes; /* freed, or ended with their process, meanwhile */
	uint64_t left_bytes[TIER_LEFTS];
	uint64_t calls;	       /* of move_pages(2), to move */
	uint64_t elapsed_ns;   /* from the first step to the last */
	uint64_t wait_ns;      /* until the rate allows the next step */
	uint64_t time_left_ns; /* at the speed so far */
	/* One for each node of `from`; as long as the migration. */
	const struct tier_migration_route *routes;
	uint64_t n_routes;
};

/*
 * Prepare to move pages of running processes between nodes; nothing is moved yet.
 * move_pages(2) acts on an address space: on all threads of a process. Memory that it
 * allocates meanwhile goes where its own policy says.
 * Errors: -EINVAL (unknown flags, neither pid nor cgroup or both, no such per cent),
 * -E2BIG (a newer caller uses a field that this library does not have), -EOPNOTSUPP
 * (the context is not this machine; a thread of the kernel, which has no memory; a
 * threaded cgroup), -ENXIO (no node to move to, or none to move from), -ESRCH (no such
 * process), -ENOENT (no such cgroup), -EPERM, -EACCES (not ours to look at: needs the
 * same user or CAP_SYS_PTRACE, for SHARED CAP_SYS_NICE), -ENOMEM; diag has the words.
 * Threads: one per context and migration.
 * Source: move_pages(2), /proc/PID/maps, pagemap and status.
 */
TIER_MUST_CHECK
int tier_migration_new(struct tier_ctx *ctx, const struct tier_migration_config *config,
		       size_t size, struct tier_migration **out, struct tier_diag *diag);

/*
 * One batch. `now_ns` is a clock that only goes forward, such as CLOCK_MONOTONIC; when
 * the rate does not allow a batch yet, nothing is done (see wait_ns). Stopping between
 * two steps is always safe, and a new migration goes on where this one was left.
 * Returns 1 while there is more to do, 0 at the end. What cannot move is counted and no
 * error. A large batch is moved by two threads where the caller may use two CPUs; the
 * second is gone when this returns. Errors: -ENOMEM; what a later call can still mend.
 * Threads: one per migration.
 */
TIER_MUST_CHECK
int tier_migration_step(struct tier_migration *migration, uint64_t now_ns);

/* How far it is. Errors: none. Threads: one per migration. */
void tier_migration_get(const struct tier_migration *migration,
			struct tier_migration_stats *stats, size_t size);

/* Frees; what was moved stays where it is. NULL is accepted. Errors: none. Threads: one
 * per migration. */
void tier_migration_free(struct tier_migration *migration);

/* ---- where the memory of processes lies ----------------------------------------- */

struct tier_sampler;

enum tier_sample_flags {
	/* Command lines, control groups, policies and heaps of processes, too. */
	TIER_SAMPLE_NAMES = 1 << 0,
	/* Control groups; of those that processes were found in, so with NAMES. */
	TIER_SAMPLE_GROUPS = 1 << 1,
	/* The mappings of the one process that is asked about. */
	TIER_SAMPLE_MAPPINGS = 1 << 2,
	/* Have the kernel count all pages, whatever that costs the process: its memory map
	 * is locked meanwhile, seconds for hundreds of GiB. */
	TIER_SAMPLE_WALK = 1 << 3,
	/* How often the one process uses which of its memory. Needs root and a DAMON that
	 * nobody else uses, and starts a thread of the kernel (a kdamond), which reads and
	 * clears the process's accessed bits. It ends with the first look without this flag,
	 * with the sampler, with the process, and with the caller, however that dies: a
	 * child is made that sees to it. */
	TIER_SAMPLE_HEAT = 1 << 4,
};

/* What is looked at, and what a look may cost. */
struct tier_sampling {
	uint64_t flags;
	const struct tier_topology
		*topology;    /* its tiers; needed for the first call only */
	int32_t pid;	      /* only this process; 0: all */
	uint32_t pages;	      /* to ask about; 0: 20000 */
	uint64_t cpu_ns;      /* of all looks, after which no new one begins; 0: 3 ms */
	uint64_t hold_ns;     /* walk what takes the kernel no longer; 0: 100 us */
	uint32_t descriptors; /* to keep open; 0: 256. For the first call only */
	uint32_t reserved;
};

/* How it is known where the memory of a process lies. */
enum tier_placed {
	TIER_PLACED_UNKNOWN = 0, /* its turn has not come */
	TIER_PLACED_EXACT,	 /* the kernel counted */
	TIER_PLACED_SAMPLED,	 /* from pages drawn at random */
	TIER_PLACED_REFUSED,	 /* `error` says why */
};

/* Bytes, and an interval that holds the truth in 95 of 100 looks. None of the structs
 * from here on that stand in arrays ever grows. */
struct tier_place {
	uint64_t bytes;
	uint64_t lowest_bytes;
	uint64_t highest_bytes;
};

/* Bytes per second, likewise. */
struct tier_flow {
	double per_sec;
	double lowest;
	double highest;
};

enum tier_process_flags {
	TIER_PROCESS_KNOWS_UID = 1 << 0,
	TIER_PROCESS_KNOWS_FLOWS = 1 << 1, /* promoted, demoted */
};

/* Texts are never NULL. */
struct tier_process_sample {
	int32_t pid;
	int32_t parent;
	uint32_t uid;
	uint32_t flags;
	uint64_t started_ticks;	 /* since boot: with pid that is who it is */
	uint64_t resident_bytes; /* huge_bytes included */
	uint64_t huge_bytes;	 /* of hugetlbfs */
	enum tier_placed how;
	int32_t error;
	uint64_t age_ns;		/* since it was looked at */
	const struct tier_place *tiers; /* n_tiers, and one of nodes in no tier; NULL: not
					 * known */
	/* Of the last sample, pages by what became of them: */
	uint64_t found;
	uint64_t absent;  /* not in memory; on 6.1 also: marked by NUMA balancing */
	uint64_t outside; /* unmapped meanwhile, or the page of zeros */
	uint64_t refused;
	uint64_t closed_bytes; /* mapped without any right: none was drawn there */
	/* Pages that were asked about before, and lie in another tier now, whoever moved
	 * them. */
	struct tier_flow promoted;
	struct tier_flow demoted;
	const char *name;
	const char *command;
	const char *cgroup; /* version 2 */
	const char *policy; /* of its first thread, in the kernel's words */
};

/* The heap of a process under libtiermalloc.so, as tier_heap_read() tells it. */
struct tier_heap_sample {
	enum tier_heap_state state;
	int32_t error;	  /* it has one, which could not be read */
	const char *text; /* NULL: not known, or no such heap */
};

/* One mapping. */
struct tier_mapping_sample {
	uint64_t start;
	uint64_t bytes; /* of addresses */
	const char *name;
	const char *policy;	    /* NULL: not known, as the process was not walked */
	uint64_t found;		    /* pages of the sample that fell into it */
	const uint64_t *tier_bytes; /* n_tiers + 1 */
};

/* Addresses that were used alike, of 100 ms in which so often was looked. */
struct tier_heat_sample {
	uint64_t start;
	uint64_t bytes;		    /* of addresses */
	uint32_t accesses;	    /* looks that found it used, */
	uint32_t accesses_most;	    /* of so many */
	uint64_t age_ns;	    /* since that has been so */
	uint64_t asked;		    /* pages that were asked about, */
	uint64_t found;		    /* of these in memory */
	const uint64_t *tier_bytes; /* n_tiers + 1, as these few pages say */
};

enum tier_gauge {
	TIER_GAUGE_TOTAL = 0, /* bytes */
	TIER_GAUGE_FREE,
	TIER_GAUGE_FILE,
	TIER_GAUGE_ANON,
	TIER_GAUGE_SHARED, /* tmpfs and shared memory, also among the file's */
	TIER_GAUGE_SLAB,
	TIER_GAUGE_HUGE, /* pages of the default size of hugetlbfs */
	TIER_GAUGE_HUGE_FREE,
	TIER_GAUGES,
};

/* One node; bit 1 << gauge of `known` tells which there are. */
struct tier_node_sample {
	uint32_t node;
	uint32_t rank; /* UINT32_MAX: in no tier */
	int32_t error; /* why nothing is known */
	uint32_t known;
	uint64_t gauge[TIER_GAUGES];
};

/* One control group, those below it included. */
struct tier_group_sample {
	const char *path;
	uint32_t processes;	    /* in itself */
	int32_t error;		    /* why its bytes are not known */
	const uint64_t *anon_bytes; /* n_tiers + 1 */
	const uint64_t *file_bytes;
};

enum tier_bandwidth_flags {
	TIER_BANDWIDTH_KNOWS_TOTAL = 1 << 0,
	TIER_BANDWIDTH_KNOWS_LOCAL = 1 << 1,
	TIER_BANDWIDTH_KNOWS_READ = 1 << 2,
	TIER_BANDWIDTH_KNOWS_WRITE = 1 << 3,
};

/* Whose traffic was counted. */
enum tier_bandwidth_of {
	/* The CPUs' below one last-level cache, with memory on whichever node: a socket's figure
	 * or a part of it, not a tier's. */
	TIER_BANDWIDTH_OF_CPUS = 0,
	/* All of one node's memory, whoever asked: no other memory is behind its socket's
	 * controllers, as far as the kernel says. */
	TIER_BANDWIDTH_OF_NODE,
	/* All memory behind one socket's controllers, which is that of some of these nodes
	 * together: nobody counts it by node. */
	TIER_BANDWIDTH_OF_PACKAGE,
	/* Only the persistent memory of one socket: some of these nodes together, and what is in
	 * no node. */
	TIER_BANDWIDTH_OF_PMEM,
};

struct tier_bandwidth_sample {
	struct tier_nodeset nodes; /* that the CPUs are on, or the memory */
	uint32_t domain;	   /* the number of the cache or of the socket */
	uint32_t known;		   /* enum tier_bandwidth_flags; a rate takes two looks */
	double total_per_sec;	   /* bytes */
	double local_per_sec;	   /* of these, with memory of the CPUs' own socket */
	double read_per_sec;
	double write_per_sec;
	const char *source; /* "resctrl", or the driver whose devices count: "uncore_imc" */
	uint32_t of;	    /* enum tier_bandwidth_of */
	uint32_t reserved;
};

/* It and all that it points to last until the next call with its sampler. May grow at its
 * end. */
struct tier_sample {
	uint64_t time_ns; /* CLOCK_MONOTONIC, when it was begun */
	uint64_t elapsed_ns;
	uint64_t cpu_ns; /* that it cost */
	uint64_t asked_pages;
	uint32_t looks;	  /* processes that were looked at, */
	uint32_t walks;	  /* of these by having the kernel count, */
	uint32_t waiting; /* and those whose turn did not come */
	uint32_t gone;	  /* ended meanwhile, or not ours to see */
	uint32_t n_tiers;
	uint32_t n_processes;
	uint32_t n_nodes;
	uint32_t n_groups;
	uint32_t n_mappings;
	int32_t pressure_error; /* why the next two are not known */
	uint32_t pressure_some; /* thousandths of a per cent of the last 10 s */
	uint32_t pressure_full;
	const struct tier_process_sample *processes; /* ascending by pid */
	const struct tier_node_sample *nodes;
	const struct tier_group_sample *groups; /* by path */
	const struct tier_mapping_sample *mappings;
	const struct tier_place *node_places; /* of the one process: TIER_MAX_NODES */
	const struct tier_heap_sample *heaps; /* of each process; with NAMES */
	/* 0, or why something is not said of bandwidth: -ENOENT (the kernel has no counter of it),
	 * -ENODATA (one process was looked at), and of this counter: -EOPNOTSUPP (sysfs names no
	 * event of it), -EBADMSG (the event is not as the kernel documents it), -ENXIO (another
	 * machine's), -EACCES, -EPERM, -EMFILE and what else perf_event_open(2) or a file gave. */
	const char *bandwidth_counter;
	int32_t bandwidth_error;
	/* 1: since the look before, memory came to a node that had none, or the last of a
	 * node's went: the topology is to be loaded anew. */
	uint32_t nodes_changed;
	const struct tier_bandwidth_sample *bandwidths;
	uint32_t n_bandwidths;
	uint32_t n_regions;
	const struct tier_heat_sample *regions; /* with HEAT, from the second look on */
	const char *regions_why;		/* why there are none; "" */
	int32_t regions_error; /* -ENOENT: no DAMON, -EEXIST: another's */
	uint32_t reserved;
};

/*
 * Look where the memory of processes lies, at a stated cost: what is small is counted by the
 * kernel, what is large is estimated from pages drawn at random, so that no process's memory
 * map is locked for long. The first call, with *sampler NULL, makes a sampler; with the same
 * one, later calls know more: which parts of an address space are in use, and which pages have
 * moved. How, and how well: docs/tiertop.md.
 * Errors: -EINVAL (unknown flags; mappings or heat of no process), -E2BIG (a newer caller uses a field
 * that this library does not have), -ESRCH (no such process), -EOPNOTSUPP (a thread of the
 * kernel: it has no memory), -ENOMEM; what reading the list of processes gave. Threads: one
 * per context and sampler.
 * Source: /proc/PID/statm, stat, status, maps, numa_maps, cgroup and cmdline, move_pages(2),
 * process_vm_readv(2); meminfo of nodes, memory.numa_stat, /proc/pressure/memory; DAMON's folder
 * below /sys/kernel/mm; /sys/fs/resctrl, /sys/bus/event_source/devices, perf_event_open(2).
 */
TIER_MUST_CHECK
int tier_sampler_look(struct tier_ctx *ctx, struct tier_sampler **sampler,
		      const struct tier_sampling *sampling, size_t size,
		      const struct tier_sample **out);

/* Frees; NULL is accepted. Errors: none. Threads: any, when nobody else uses it. */
void tier_sampler_free(struct tier_sampler *sampler);

/* ---- the policies of a running process ------------------------------------- */

enum tier_steer_flags {
	/* Of looking: each thread's policy and not only the first's. The kernel walks
	 * all pages of the process for every one. */
	TIER_STEER_THREADS = 1 << 0,
	/* Of changing: tell which calls would be made, and make none. */
	TIER_STEER_DRY = 1 << 1,
	/* Go on although a seccomp filter watches the process's calls: it may kill it. */
	TIER_STEER_FILTERED = 1 << 2,
};

enum tier_steered_kind {
	TIER_STEERED_UNKNOWN = 0,
	TIER_STEERED_THREAD,
	TIER_STEERED_MAPPING,
	/* With TIER_STEER_DRY: a call that the others need, in its turn. */
	TIER_STEERED_HELPER,
};

enum tier_steered_flags {
	TIER_STEERED_KNOWS_POLICY = 1 << 0,
	/* The kernel's text has not all of its nodes. */
	TIER_STEERED_CUT = 1 << 1,
	/* Of a mapping: whether it has a policy of its own is known; it has. */
	TIER_STEERED_KNOWS_OWN = 1 << 2,
	TIER_STEERED_OWN = 1 << 3,
	/* Of changing: `call` was made, and stopped_ns is known. */
	TIER_STEERED_DONE = 1 << 4,
};

/* A thread or a mapping, and the policy that is in force there; or when changing, the
 * policy that was in force before. */
struct tier_steered {
	enum tier_steered_kind kind;
	uint32_t flags;
	int32_t tid;	     /* of a thread; of a helper, 0: of any, -1: of each */
	enum tier_mode mode; /* unknown: one without a word here, such as "local" */
	struct tier_nodeset nodes;
	const char *policy; /* in the kernel's words, "bind=static:0-1"; NULL: not known */
	const char *name;   /* the thread's; or as maps has it, "" for none */
	uint64_t start;	    /* a mapping's range */
	uint64_t bytes;
	const uint64_t *node_bytes; /* what of it is on each node, n_nodes of them */
	uint32_t n_nodes;
	uint32_t reserved;
	const char *call;    /* of changing: made, or to be made there; else NULL */
	uint64_t stopped_ns; /* as long did the thread stand, which made the call */
};

/* Gets threads, then mappings; with TIER_STEER_DRY calls, in their order. Each and its texts
 * last until the function returns. */
typedef void tier_steered_fn(const struct tier_steered *what, void *data);

struct tier_steering {
	uint64_t flags;
	int32_t pid;
	uint32_t each_size; /* sizeof(struct tier_steered) */
	tier_steered_fn *each;
	void *data;
	/* What shall be in force, of tier_policy_resolve(); NULL: only look. */
	const struct tier_plan *plan;
	/* In these mappings, and not in the threads: a name as maps has it, an address, or
	 * "START-END", in hex. */
	const char *mapping;
	uint64_t patience_ms; /* to wait for a thread to stop; 0: 1000 */
};

/* Valid after success and after failure. */
struct tier_steer_report {
	uint32_t threads;  /* told of */
	uint32_t mappings; /* told of */
	uint32_t changed;  /* threads or mappings that have it now */
	uint32_t undone;   /* threads that were put back, as another failed */
	uint32_t workers;  /* threads that run in the kernel only, and were left alone */
	uint32_t stops;	   /* of threads, and how long they were: */
	uint64_t stopped_ns; /* in all */
	uint64_t longest_ns; /* the longest */
	int32_t error;
	uint32_t reserved;
	struct tier_nodeset dropped; /* asked for, and forbidden by its cpuset */
	char message[480];	     /* what went wrong, and the way out */
};

/*
 * Look at the policies of a running process: the task policy of its first thread (or of
 * each), and what is in force in each of its mappings. Nothing is asked of the process itself.
 *
 * With a plan, change them. No system call does that for another process, so each of its
 * threads is stopped for a moment by ptrace(2), makes set_mempolicy(2) itself, and is given
 * back as it was, to the register: calls that it sleeps in go on, signals come after. All
 * threads get the policy, or none: one that fails has the others put back. With `mapping` one
 * thread makes mbind(2) for each of the mappings that match; those before one that fails keep
 * it. New memory goes by the new policy; what is there stays (see tier_migration_new()). How
 * and with what limits: docs/steering.md. A signal ends it as tier_plan_apply().
 * Errors: -EINVAL (unknown flags, no `each`; a plan without a policy; nodes that its cpuset
 * forbids; a mode that this kernel does not have), -E2BIG (a newer caller uses a field that
 * this library does not have), -ESRCH (no such process, or it ended meanwhile), -ENOENT (no
 * such mapping), -EOPNOTSUPP (a thread of the kernel, or a process that has ended: no memory; a
 * processor that we do not know; the context is not this machine), -EACCES, -EPERM (not ours
 * to look at or to trace: another user, Yama; its seccomp filter), -EBUSY (somebody traces it), -ENOEXEC
 * (a thread that runs 32-bit code), -ETIMEDOUT (a thread that does not stop), -ESTALE (it
 * executed another program meanwhile), -EAGAIN (weights, as tier_plan_apply()), -EINTR (a
 * signal waits), -EIO (what the kernel says does not parse), -ENOMEM. The report has the
 * words. Threads: one per context; while it runs, no other thread of the caller may wait(2)
 * for any child.
 * Source: /proc/PID/numa_maps, maps, status, task; ptrace(2).
 */
TIER_MUST_CHECK
int tier_steer(struct tier_ctx *ctx, const struct tier_steering *steering, size_t size,
	       struct tier_steer_report *report, size_t report_size);

/* ---- what is wrong with a machine ------------------------------------------ */

/* One thing that is looked at. Strings are static; names never change. */
struct tier_check_info {
	const char *name;  /* "demotion" */
	const char *title; /* what is looked at, in a few words */
	const char *see;   /* a section of docs/doctor.md */
};

/* One of the checks, in the order in which they are done. Errors: -ENOENT.
 * Threads: any. */
TIER_MUST_CHECK
int tier_check_get(unsigned int index, struct tier_check_info *info, size_t size);

enum tier_health {
	TIER_HEALTH_UNKNOWN = 0, /* cannot be told here; the evidence says why */
	TIER_HEALTH_OK,
	TIER_HEALTH_PROBLEM,
	TIER_HEALTH_NOTE,	    /* nothing is wrong, but one should know it */
	TIER_HEALTH_NOT_APPLICABLE, /* this machine has nothing of the kind */
};

/* What a check found. Texts are never NULL, "" where there is nothing to say. */
struct tier_finding {
	const char *check; /* name, title and see: as of the check */
	const char *title;
	const char *see;
	enum tier_health health;
	uint32_t reserved;
	const char *evidence;	   /* what was read */
	const char *consequence;   /* what comes of it */
	const char *mend;	   /* the command that mends it, for root's shell */
	const char *advice;	   /* what else helps, or why no command does */
	struct tier_nodeset nodes; /* may be empty */
};

/* Gets each finding; it and its texts last until the function returns. */
typedef void tier_finding_fn(const struct tier_finding *finding, void *data);

/*
 * Do all checks: on the topology, on switches as they are now, and on what this process
 * may do. `each` is called for every finding, a check's one after the other, at least one
 * for each; `size` is the caller's of a finding. Nothing is changed.
 * Returns how many are problems. Errors: -ENOMEM, before any call. Threads: one per
 * context. Source: docs/doctor.md.
 */
TIER_MUST_CHECK
int tier_diagnose(struct tier_ctx *ctx, const struct tier_topology *t,
		  tier_finding_fn *each, void *data, size_t size);

/* ---- dax devices as memory ------------------------------------------------- */

/* Which kmem driver makes memory of dax devices here. */
enum tier_kmem {
	TIER_KMEM_UNKNOWN = 0,
	TIER_KMEM_MISSING,	 /* the kernel has none */
	TIER_KMEM_LOADED,	 /* the kernel's own */
	TIER_KMEM_LOADED_OURS,	 /* tierkit's */
	TIER_KMEM_LOADABLE,	 /* modprobe would load the kernel's own */
	TIER_KMEM_LOADABLE_OURS, /* modprobe would load one installed beside it */
};

enum tier_dax_memory_flags {
	/* Which of the fields are known (ranges are only root's to read): */
	TIER_DAX_MEMORY_KNOWS_RANGES = 1 << 0, /* up to page_struct_bytes */
	TIER_DAX_MEMORY_KNOWS_BLOCKS = 1 << 1, /* from blocks on */
};

/* A dax device and the memory blocks in its ranges, at this moment. */
struct tier_dax_memory {
	uint32_t flags;
	enum tier_kmem kmem;
	uint32_t ranges;	    /* that the device consists of */
	uint32_t blocks;	    /* that exist in them */
	uint64_t whole_bytes;	    /* in whole memory blocks: what can be memory */
	uint64_t lost_align_bytes;  /* the rest of the device */
	uint64_t page_struct_bytes; /* what the kernel takes to manage it */
	uint32_t online_blocks;
	uint32_t movable_blocks; /* of those online: in ZONE_MOVABLE */
	uint32_t normal_blocks;	 /* of those online: in another zone */
	uint32_t fixed_blocks;	 /* of which the kernel says that they cannot leave */
	uint64_t online_bytes;
	char uuid[40]; /* of the NVDIMM namespace that it is; "" */
};

/*
 * A dax device's ranges and memory blocks as they are now; a topology does not
 * follow what changes. Errors: -ENODEV (no such device), -ENOMEM.
 * Threads: one per context.
 * Source: /sys/bus/dax/devices/NAME/mappingN, /sys/devices/system/memory/memoryN,
 * /lib/modules/RELEASE/modules.dep.
 */
TIER_MUST_CHECK
int tier_dax_memory_get(struct tier_ctx *ctx, const char *name,
			struct tier_dax_memory *info, size_t size);

enum tier_dax_action {
	TIER_DAX_NO_ACTION = 0,
	TIER_DAX_USE_AS_RAM,	/* bind to kmem, and bring its blocks online */
	TIER_DAX_USE_AS_DEVICE, /* take its blocks offline, and bind to device_dax */
	TIER_DAX_ONLINE,	/* the blocks of one that is bound to kmem */
	TIER_DAX_OFFLINE,
};

enum tier_dax_wish_flags {
	TIER_DAX_ZONE_NORMAL = 1 << 0, /* online for the kernel too, not movable */
	TIER_DAX_NO_ONLINE = 1 << 1,   /* use as RAM, and leave the blocks offline */
	TIER_DAX_DESTROY = 1 << 2,     /* what lies on the device may be lost */
};

struct tier_dax_wish {
	uint32_t size; /* sizeof(struct tier_dax_wish) */
	enum tier_dax_action action;
	uint32_t flags;
	uint32_t limit_seconds; /* for one block to go offline; 0: 30 */
	uint32_t n_devices;
	uint32_t reserved;
	const char *const *devices; /* names, "dax0.0" */
};

/*
 * What it takes to use dax devices otherwise, as a plan with remarks on what it costs.
 * What stands in the way is a step TIER_STEP_OBSTACLE. Nothing is changed by this;
 * tier_plan_apply() carries the plan out: all of it, or each step that was done is
 * undone in reverse. What was turned meanwhile is put back in any case.
 * Errors: -EINVAL (no action, unknown flags, a device named twice), -ENODEV (no such
 * device; diag names those there are), -EOPNOTSUPP (this kernel has no kmem driver),
 * -E2BIG (a newer caller uses a field that this library does not have), -ENOMEM; of
 * applying also -EBUSY (an obstacle; a block whose pages do not leave), -EEXIST (data on
 * the device, and no TIER_DAX_DESTROY), -ETIMEDOUT (a block that took too long),
 * -EINTR (a signal waits), -ENODEV (a device that vanished; no modprobe), -EACCES,
 * -EPERM, -EROFS. Threads: one per context.
 */
TIER_MUST_CHECK
int tier_dax_resolve(struct tier_ctx *ctx, const struct tier_topology *t,
		     const struct tier_dax_wish *wish, struct tier_plan **out,
		     struct tier_diag *diag);

/* ---- automatic placement ---------------------------------------------------- */

enum tier_auto_action {
	TIER_AUTO_NO_ACTION = 0,
	TIER_AUTO_START,
	TIER_AUTO_STOP,
};

/* What moves the pages; several go together. */
enum tier_auto_means {
	TIER_AUTO_DAMON = 1 << 0,  /* migrate_hot and migrate_cold (6.11) */
	TIER_AUTO_KERNEL = 1 << 1, /* demotion, and promotion by NUMA balancing */
};

struct tier_auto_wish {
	uint32_t size; /* sizeof(struct tier_auto_wish) */
	enum tier_auto_action action;
	uint32_t means;	 /* of tier_auto_means; 0: both, as far as the kernel has them */
	uint32_t cold_s; /* not accessed for so long is cold; 0: 30 */
	/* Selectors, both or neither. NULL: from the slowest tier that has CPUs on
	 * downwards, each tier with the next. */
	const char *fast;
	const char *slow;
	uint64_t rate_bytes_per_sec; /* at most, of each scheme; 0: 200 MiB/s */
	uint32_t interval_ms;	     /* over which accesses are counted; 0: 100 */
	uint32_t reserved;
};

/*
 * What it takes to have hot pages promoted and cold ones demoted, or to put back all that
 * a start changed, as a plan; nothing is changed by this. Of a start, TIER_STEP_DAMON_GOAL
 * are left out by tier_plan_apply() where the kernel has no such goals. What was there is
 * kept in a file below /run before anything is changed; when the caller dies half way, a
 * stop puts it back, and when a step fails, applying does so itself. Kdamonds of others
 * are never touched.
 * Errors: -EINVAL (no action; unknown means; selectors; a figure out of range),
 * -EOPNOTSUPP (this kernel lacks what is asked for; diag says what), -ENXIO (no two tiers
 * to move between), -ENODATA (tiers, or a node's addresses, are not known), -EEXIST
 * (started already, or somebody else has kdamonds; diag says who), -ENOENT (stop: nothing
 * was started), -E2BIG (a newer caller uses a field that this library does not have),
 * -ENOMEM; of applying also what tier_plan_apply() names for switches. Threads: one per
 * context.
 * Source: /sys/kernel/mm/damon/admin, /sys/devices/system/node/nodeN/memoryN.
 */
TIER_MUST_CHECK
int tier_auto_resolve(struct tier_ctx *ctx, const struct tier_topology *t,
		      const struct tier_auto_wish *wish, struct tier_plan **out,
		      struct tier_diag *diag);

enum tier_auto_phase {
	TIER_AUTO_UNKNOWN = 0,
	TIER_AUTO_OFF,	  /* nothing was started, or not since this boot */
	TIER_AUTO_RUNS,	  /* all that was started is as it was written */
	TIER_AUTO_BROKEN, /* not whole: cut short, or a part of it has ended */
	TIER_AUTO_LOST,	  /* somebody else has changed it since */
};

struct tier_auto_info {
	enum tier_auto_phase phase;
	uint32_t means;	   /* of tier_auto_means: what was started */
	uint32_t kdamonds; /* that were started, */
	uint32_t running;  /* and that run */
	char message[248]; /* what is missing or who interferes; "" */
};

/*
 * What became of a start. Errors: -EACCES (only root may read DAMON's files), -EIO (a file
 * that is no state), -ENOMEM. Threads: one per context.
 * Source: /run/tierkit/auto, /sys/kernel/mm/damon/admin.
 */
TIER_MUST_CHECK
int tier_auto_get(struct tier_ctx *ctx, struct tier_auto_info *info, size_t size);

enum tier_auto_scheme_flags {
	TIER_AUTO_IS_PROMOTION = 1 << 0, /* else a demotion */
	TIER_AUTO_SCHEME_RUNS = 1 << 1,
	/* The counters are known; they are of the kdamond's life. */
	TIER_AUTO_KNOWS_COUNTS = 1 << 2,
};

/* One scheme of those that were started. Bytes are of whole regions: `tried` had the
 * access pattern, of `applied` the kernel says that they were moved. */
struct tier_auto_scheme {
	uint32_t flags;
	uint32_t kdamond;
	uint32_t scheme;
	uint32_t from;
	uint32_t to;
	uint32_t reserved;
	uint64_t tried_bytes;
	uint64_t applied_bytes;
	uint64_t tried_regions;
	uint64_t applied_regions;
	uint64_t quota_reached; /* how often the rate held it back */
};

/*
 * One scheme, in the order of the plan; asks its kdamond to bring its counters up to
 * date. Errors: -ENOENT (behind the last, or nothing was started), -EACCES (only root
 * may), -EIO, -ENOMEM. Threads: one per context.
 * Source: /sys/kernel/mm/damon/admin/kdamonds/N/contexts/0/schemes/N/stats.
 */
TIER_MUST_CHECK
int tier_auto_scheme_get(struct tier_ctx *ctx, unsigned int index,
			 struct tier_auto_scheme *scheme, size_t size);

#ifdef __cplusplus
}
#endif

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
