// SPDX-License-Identifier: LGPL-2.1-or-later
// The system calls themselves, past libnuma and glibc's errno. Decides nothing.
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform.h"

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

static int linux_set_mempolicy(int mode, const unsigned long *mask, unsigned long maxnode)
{
	return result(syscall(SYS_set_mempolicy, mode, mask, maxnode));
}

static int linux_get_mempolicy(int *mode, unsigned long *mask, unsigned long maxnode,
			       unsigned long flags)
{
	return result(syscall(SYS_get_mempolicy, mode, mask, maxnode, NULL, flags));
}

static int linux_setaffinity(size_t size, const cpu_set_t *cpus)
{
	return result(syscall(SYS_sched_setaffinity, 0, size, cpus));
}

static int linux_getnode(unsigned int *node)
{
	return result(syscall(SYS_getcpu, NULL, node, NULL));
}

/* A signal that is not blocked has been delivered already. */
static int linux_interrupted(void)
{
	sigset_t waiting;

	if (sigpending(&waiting))
		return -errno;
	return sigismember(&waiting, SIGINT) || sigismember(&waiting, SIGTERM) ||
	       sigismember(&waiting, SIGHUP);
}

const struct sys_ops sys_linux = {
	.set_mempolicy = linux_set_mempolicy,
	.get_mempolicy = linux_get_mempolicy,
	.setaffinity = linux_setaffinity,
	.getnode = linux_getnode,
	.interrupted = linux_interrupted,
};
