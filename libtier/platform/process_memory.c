// SPDX-License-Identifier: LGPL-2.1-or-later
// Reading another process's memory. Does not know what is there.
#include "process_memory.h"

#include <errno.h>
#include <sys/uio.h>

int process_memory(int pid, uint64_t address, void *buf, size_t size)
{
	/* An address of the other process. NOLINTNEXTLINE(performance-no-int-to-ptr) */
	struct iovec remote = { (void *)(uintptr_t)address, size };
	struct iovec local = { buf, size };
	ssize_t len = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	if (len < 0)
		return -errno;
	return (size_t)len == size ? 0 : -EIO;
}
