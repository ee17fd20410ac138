// SPDX-License-Identifier: LGPL-2.1-or-later
// What /proc says of one process, as text. Does not know what it means.
#include <errno.h>
#include <string.h>

#include "parse.h"
#include "process.h"

/* Each process has these files until it is gone. */
static int as_process_error(int error)
{
	return error == -ENOENT || error == -ENOTDIR ? -ESRCH : error;
}

static int read_file(struct root *root, int pid, const char *name, struct strbuf *out)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	return as_process_error(root->ops->read(root, path, out));
}

int process_numa_maps(struct root *root, int pid, struct strbuf *out)
{
	return read_file(root, pid, "numa_maps", out);
}

int process_maps(struct root *root, int pid, struct strbuf *out)
{
	return read_file(root, pid, "maps", out);
}

int process_status(struct root *root, int pid, struct strbuf *out)
{
	return read_file(root, pid, "status", out);
}

int process_stat(struct root *root, int pid, struct strbuf *out)
{
	return read_file(root, pid, "stat", out);
}

static int read_thread_file(struct root *root, const struct process_thread *thread,
			    const char *name, struct strbuf *out)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", thread->pid, thread->tid,
		 name);
	return as_process_error(root->ops->read(root, path, out));
}

int process_thread_numa_maps(struct root *root, const struct process_thread *thread,
			     struct strbuf *out)
{
	return read_thread_file(root, thread, "numa_maps", out);
}

int process_thread_name(struct root *root, const struct process_thread *thread,
			struct strbuf *out)
{
	return read_thread_file(root, thread, "comm", out);
}

int process_thread_status(struct root *root, const struct process_thread *thread,
			  struct strbuf *out)
{
	return read_thread_file(root, thread, "status", out);
}

int process_thread_stat(struct root *root, const struct process_thread *thread,
			struct strbuf *out)
{
	return read_thread_file(root, thread, "stat", out);
}

int process_thread_syscall(struct root *root, const struct process_thread *thread,
			   struct strbuf *out)
{
	return read_thread_file(root, thread, "syscall", out);
}

int process_ids(struct root *root, struct strbuf *names)
{
	return root->ops->list(root, "/proc", names);
}

int process_births(struct root *root, struct strbuf *out)
{
	return root->ops->read(root, "/proc/loadavg", out);
}

int process_file(struct root *root, int pid, const char *name, struct strbuf *out)
{
	return read_file(root, pid, name, out);
}

int process_own_status(struct root *root, struct strbuf *out)
{
	return root->ops->read(root, "/proc/self/status", out);
}

/* Yama is built in where the file is. */
bool kernel_yama_scope(struct root *root, uint64_t *scope)
{
	SCOPED_STRBUF struct strbuf text = { 0 };

	return !root->ops->read(root, "/proc/sys/kernel/yama/ptrace_scope", &text) &&
	       !parse_u64(strbuf_text(&text), scope);
}

int process_threads(struct root *root, int pid, struct strbuf *names)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	return as_process_error(root->ops->list(root, path, names));
}

/* Threads come and go meanwhile: one that cannot be asked has no children. */
static int add_children_of_thread(struct root *root, int pid, const char *thread,
				  struct strbuf *text)
{
	char path[96];
	int ret;

	snprintf(path, sizeof(path), "/proc/%d/task/%.20s/children", pid, thread);
	ret = root->ops->read(root, path, text);
	return ret == -ENOMEM ? ret : 0;
}

int process_children(struct root *root, int pid, struct strbuf *text)
{
	SCOPED_STRBUF struct strbuf threads = { 0 };
	int ret = process_threads(root, pid, &threads);

	if (ret)
		return ret;
	for (size_t at = 0; at < threads.len; at += strlen(threads.text + at) + 1) {
		ret = add_children_of_thread(root, pid, threads.text + at, text);
		if (ret)
			return ret;
	}
	return 0;
}
