// SPDX-License-Identifier: LGPL-2.1-or-later
// The system calls themselves, past libnuma and glibc's errno. Decides nothing.
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "platform.h"
#include "sys_wait.h"

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

/* What the kernel must refuse with EINVAL before it looks at anything else
 * (mm/mempolicy.c, mm/migrate.c). Another errno is that of somebody before it. */
static int linux_ask(enum policy_call call)
{
	static const unsigned long never_read;
	const unsigned long too_many = ~0UL;
	int mode, ret = 0;

	switch (call) {
	case CALL_GET_MEMPOLICY:
		ret = linux_get_mempolicy(&mode, NULL, 0, 0);
		break;
	case CALL_SET_MEMPOLICY:
		ret = linux_set_mempolicy(-1, NULL, 0);
		break;
	case CALL_MBIND:
		ret = result(syscall(SYS_mbind, NULL, 0UL, -1L, NULL, 0UL, 0U));
		break;
	case CALL_MOVE_PAGES:
		ret = result(syscall(SYS_move_pages, 0, 0UL, NULL, NULL, NULL, -1));
		break;
	case CALL_MIGRATE_PAGES:
		ret = result(syscall(SYS_migrate_pages, 0, too_many, &never_read,
				     &never_read));
		break;
	case POLICY_CALLS:
		break;
	}
	return ret == -EINVAL ? 0 : ret;
}

const struct sys_ops sys_linux = {
	.set_mempolicy = linux_set_mempolicy,
	.get_mempolicy = linux_get_mempolicy,
	.setaffinity = linux_setaffinity,
	.getnode = linux_getnode,
	.interrupted = linux_interrupted,
	.ask = linux_ask,
	.modprobe = wait_for_modprobe,
};
