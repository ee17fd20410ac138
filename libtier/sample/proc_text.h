/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What /proc/PID/maps and /proc/PID/status say. Pure; opens nothing. */
#ifndef PROC_TEXT_H
#define PROC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"
#include "tier.h"

struct mapping {
	uint64_t start;
	uint64_t end;
	bool is_code;	  /* may be executed */
	bool is_closed;	  /* nobody may read, write or execute it */
	bool is_private;  /* what is written to it is this process's own */
	const char *name; /* not terminated; a path, "[heap]", or nothing */
	size_t name_len;
};

/* The next line of maps: 1, 0 at the end, -EINVAL when it is none. */
int maps_next(const char **cursor, struct mapping *mapping) MUST_CHECK;

/*
 * Whether a person's word for a mapping means this one: its whole name, an address in it,
 * or a range of addresses as maps prints it ("7f00-7f80") that it touches.
 */
bool mapping_is(const struct mapping *mapping, const char *word);

/* "VmRSS:  1024 kB" of status, in bytes; false when it has no such line. */
bool status_bytes(const char *text, const char *key, uint64_t *bytes);

/* Nodes that its cpuset allows; false when it does not say. */
bool status_allowed_nodes(const char *text, struct tier_nodeset *nodes);

/* "TracerPid:  0" of status, the first of several numbers. */
bool status_number(const char *text, const char *key, uint64_t *number);

/* "ShdPnd:  0000000000000200" of status: bit n - 1 for signal n. "CapEff:" has the same form. */
bool status_signals(const char *text, const char *key, uint64_t *signals);

/* The kernel's flags of a task (PF_* of include/linux/sched.h) out of stat. */
bool stat_flags(const char *text, uint64_t *flags);

/* The CPU that it ran on last, out of stat. */
bool stat_cpu(const char *text, uint64_t *cpu);

#define TASK_EXITING 0x00000004

/* Tasks that are threads of a process and run in the kernel only: they cannot be traced. */
#define TASK_IO_WORKER	   0x00000010 /* of io_uring, 5.12 */
#define TASK_USER_WORKER   0x00004000 /* of io_uring and vhost, 6.4 */
#define TASK_KERNEL_THREAD 0x00200000

/* Its parent, and its memory: mapped bytes and resident pages; false: not in stat. */
bool stat_parent(const char *text, uint64_t *pid);
bool stat_memory(const char *text, uint64_t *size_bytes, uint64_t *resident_pages);
/* Its name of at most 15 bytes, between the brackets of stat; false: there is none. */
bool stat_name(const char *text, const char **name, size_t *len);

/* Pages that statm counts as mapped and as resident; false: no statm. */
bool statm_pages(const char *text, uint64_t *mapped, uint64_t *resident);

/* Whether the process has ended and waits for its parent. */
bool status_is_zombie(const char *text);

/* Whether it has memory of its own: a thread of the kernel has none. */
bool status_has_memory(const char *text);

/* When it began, of stat, in clock ticks since boot: with its number that is who it is, as
 * numbers come again. 0: not known. */
uint64_t stat_started(const char *text);

#endif
