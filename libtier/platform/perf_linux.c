// SPDX-License-Identifier: LGPL-2.1-or-later
// perf_event_open(2) itself. Decides nothing.
#include <errno.h>
#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "perf.h"

static int linux_open(uint32_t type, const struct pmu_config *config, unsigned int cpu)
{
	struct perf_event_attr attr = {
		.type = type,
		.size = sizeof(attr),
		.config = config->word[0],
		.config1 = config->word[1],
		.config2 = config->word[2],
		.read_format = PERF_FORMAT_TOTAL_TIME_ENABLED |
			       PERF_FORMAT_TOTAL_TIME_RUNNING,
	};
	long fd = syscall(SYS_perf_event_open, &attr, -1, (int)cpu, -1,
			  PERF_FLAG_FD_CLOEXEC);

	return fd < 0 ? -errno : (int)fd;
}

static int linux_read(int fd, struct perf_count *count)
{
	ssize_t got;

	do
		got = read(fd, count, sizeof(*count));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return got == (ssize_t)sizeof(*count) ? 0 : -EIO;
}

static void linux_close(int fd)
{
	close(fd);
}

const struct perf_ops perf_linux = {
	.open = linux_open,
	.read = linux_read,
	.close = linux_close,
};
