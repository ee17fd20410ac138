// SPDX-License-Identifier: LGPL-2.1-or-later
// Where the files are that tell of this moment. Decides nothing.
#include "gauges.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>

#include "process_memory.h"

int node_file(struct root *root, unsigned int node, const char *name, struct strbuf *out)
{
	char path[96];

	snprintf(path, sizeof(path), "/sys/devices/system/node/node%u/%.32s", node, name);
	return root->ops->read(root, path, out);
}

int nodes_with_memory(struct root *root, struct strbuf *out)
{
	return root->ops->read(root, "/sys/devices/system/node/has_memory", out);
}

int cgroup_file(struct root *root, const char *path, const char *name, struct strbuf *out)
{
	SCOPED_STRBUF struct strbuf whole = { 0 };
	int ret = strbuf_printf(&whole, "/sys/fs/cgroup%s/%s", path, name);

	return ret ? ret : root->ops->read(root, whole.text, out);
}

const char kernel_memory_pressure_path[] = "/proc/pressure/memory";

int memory_pressure(struct root *root, struct strbuf *out)
{
	return root->ops->read(root, kernel_memory_pressure_path, out);
}

static int as_process_error(int error)
{
	return error == ENOENT || error == ENOTDIR ? -ESRCH : -error;
}

static int open_of(int pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%.32s", pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? as_process_error(errno) : fd;
}

static int linux_open(int pid)
{
	return open_of(pid, "statm");
}

static int linux_read(int fd, char *text, size_t size)
{
	ssize_t got;

	do
		got = pread(fd, text, size - 1, 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	text[got] = '\0';
	return got ? 0 : -ESRCH;
}

static void linux_close(int fd)
{
	close(fd);
}

static int linux_peek(int pid, const char *name, char *text, size_t size)
{
	SCOPED_FD int fd = open_of(pid, name);

	return fd < 0 ? fd : linux_read(fd, text, size);
}

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static uint64_t linux_now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

static uint64_t linux_cpu_ns(void)
{
	return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

const struct watch_ops watch_linux = {
	.open = linux_open,
	.read = linux_read,
	.close = linux_close,
	.peek = linux_peek,
	.memory = process_memory,
	.now_ns = linux_now_ns,
	.cpu_ns = linux_cpu_ns,
};
