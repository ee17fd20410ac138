/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine that a sampler watches: a large process (10) with the pages of fake_pages.h, a small
 * one (20), one that refuses (30), and a thread of the kernel (2); its clock and its descriptors.
 */
#ifndef WATCHED_H
#define WATCHED_H

#include "fake_pages.h"
#include "sampler.h"

#define STATUS(uid, kib)                                       \
	"Name:\tx\nUid:\t" uid "\t" uid "\t" uid "\t" uid "\n" \
	"VmSize:\t    " kib " kB\nHugetlbPages:\t       0 kB\n"

/* "pid (name) state parent ... starttime vsize rss": 52 words in all. */
#define STAT(head, began, size, rss)                                        \
	head " 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 " began " " size " " rss \
	     " 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n"

#define SMALL_MAPS                                             \
	"00400000 default file=/bin/small mapped=4 N0=3 N2=1 " \
	"kernelpagesize_kB=4\n"                                \
	"00600000 bind:2 heap anon=12 dirty=12 N2=12 kernelpagesize_kB=4\n"

extern uint64_t now_ns, cpu_step_ns, cpu_ns;
extern int open_fds;
extern const char *statm_of_10, *statm_of_20;
extern const struct allowance everybody;
extern struct root *root;
extern struct sampler sampler;

/* For cmocka, around each test. */
int watch_set_up(void **state);
int watch_tear_down(void **state);

/* Another sampler of that machine. */
int watch_begin(struct sampler *one, struct root *its);
/* All that a look is. */
int refresh(struct sampler *one, const struct allowance *allowance);
/* For fault_each(): another sampler looks twice at everybody, with these counters or none. */
int watch_twice(const struct perf_ops *perf);
/* One that is there. */
const struct tier_process_sample *process(int pid);

#endif
