/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The threads of a process, as /proc shows them. A part of the seam. */
#ifndef PROCESS_H
#define PROCESS_H

#include "platform.h"

/* Its threads: their ids as text, each followed by a NUL. -ESRCH, -EACCES. */
int process_threads(struct root *root, int pid, struct strbuf *names) MUST_CHECK;

struct process_thread {
	int pid;
	int tid;
};

/* Of one thread: numa_maps, in which mappings without a policy of their own show that
 * of this thread; and its name, with a newline. -ESRCH, -EACCES. */
int process_thread_numa_maps(struct root *root, const struct process_thread *thread,
			     struct strbuf *out) MUST_CHECK;
int process_thread_name(struct root *root, const struct process_thread *thread,
			struct strbuf *out) MUST_CHECK;

/* Of one thread: status; stat; and syscall, the call that it sleeps in. -ESRCH, -EACCES. */
int process_thread_status(struct root *root, const struct process_thread *thread,
			  struct strbuf *out) MUST_CHECK;
int process_thread_stat(struct root *root, const struct process_thread *thread,
			struct strbuf *out) MUST_CHECK;
int process_thread_syscall(struct root *root, const struct process_thread *thread,
			   struct strbuf *out) MUST_CHECK;

/* The numbers of all processes, as text, each followed by a NUL; among them other names. */
int process_ids(struct root *root, struct strbuf *names) MUST_CHECK;
/* How many threads there are, and whose number was given away last: "... 1/THREADS PID". */
int process_births(struct root *root, struct strbuf *out) MUST_CHECK;
/* Any of the files of a process: "statm", "cmdline", "cgroup". -ESRCH, -EACCES. */
int process_file(struct root *root, int pid, const char *name,
		 struct strbuf *out) MUST_CHECK;

/* Our own status. */
int process_own_status(struct root *root, struct strbuf *out) MUST_CHECK;

/* kernel.yama.ptrace_scope; false: not there. */
bool kernel_yama_scope(struct root *root, uint64_t *scope);

#endif
