// SPDX-License-Identifier: LGPL-2.1-or-later
// ptrace(2) itself. Decides nothing.
#include <elf.h>
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cleanup.h"
#include "quiet_thread.h"
#include "trace.h"

/* Of the kernel's signal set, which has no more than 64. */
#define MASK_BYTES sizeof(uint64_t)

/* Debian 12's headers have them under other names, or not at all. */
#define REQUEST_GET_MASK 0x420a
#define REQUEST_SET_MASK 0x420b
#define REQUEST_GET_RSEQ 0x420f /* 5.13 */

/* System-call stops look like no signal. No option makes the target die with us. */
#define OPTIONS ((void *)PTRACE_O_TRACESYSGOOD)

static int result(long ret)
{
	return ret < 0 ? -errno : 0;
}

/* Requests that glibc's enum does not have pass through it as numbers. */
static long request(int what, int tid, uintptr_t address, void *data)
{
	return ptrace((enum __ptrace_request)what, tid, (void *)address, data);
}

static void linux_go_to(uint64_t cpu)
{
	cpu_set_t only;

	CPU_ZERO(&only);
	if (cpu >= CPU_SETSIZE)
		return;
	CPU_SET(cpu, &only);
	(void)sched_setaffinity(0, sizeof(only), &only);
}

static int linux_seize(int tid)
{
	return result(request(PTRACE_SEIZE, tid, 0, OPTIONS));
}

static int linux_interrupt(int tid)
{
	return result(request(PTRACE_INTERRUPT, tid, 0, NULL));
}

/* ---- waiting --------------------------------------------------------------------- */

static uint64_t linux_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* For so long a thread that runs or sleeps needs to stop; then we sleep between looks. */
#define SPIN_NS	 500000
#define SLEEP_NS 100000

/* And so long one to make a call. To sleep and be woken for that is dearer where CPUs idle: on two
 * shared ones a median of 200 to 250 us for a stop instead of 140 to 220. Waiting longer so was
 * not better, and on busy ones the longest stops were longer by it. */
#define CALL_NS 60000

/*
 * Nothing is taken away by looking (WNOWAIT): the end of a thread is its parent's to hear of,
 * and that may be somebody else in this process. What has stopped is resumed before one looks
 * again.
 */
static int look(int tid, int flags, siginfo_t *info)
{
	int ret;

	info->si_pid = 0;
	do
		ret = waitid(P_PID, (id_t)tid, info,
			     WEXITED | WSTOPPED | WNOWAIT | __WALL | __WNOTHREAD | flags);
	while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : info->si_pid != 0;
}

static int wait_for(int tid, uint64_t limit_ns, siginfo_t *info)
{
	uint64_t begin = linux_now_ns();

	for (;;) {
		int ret = look(tid, WNOHANG, info);
		uint64_t waited = linux_now_ns() - begin;

		if (ret)
			return ret;
		if (waited > limit_ns)
			return -ETIMEDOUT;
		if (waited < SPIN_NS)
			sched_yield();
		else
			nanosleep(&(struct timespec){ 0, SLEEP_NS }, NULL);
	}
}

/* The kernel gives the signal, and behind it the event. */
static struct trace_stop read_info(const siginfo_t *info)
{
	struct trace_stop stop = { 0 };

	if (info->si_code != CLD_TRAPPED && info->si_code != CLD_STOPPED)
		return stop;
	stop.signal = info->si_status & 0x7f;
	stop.kind = TRACE_SIGNAL;
	if (info->si_status >> 8 == PTRACE_EVENT_STOP)
		stop.kind = TRACE_EVENT;
	if (info->si_status == (SIGTRAP | 0x80))
		stop.kind = TRACE_CALL;
	return stop;
}

static int linux_wait(int tid, uint64_t limit_ns, struct trace_stop *stop)
{
	siginfo_t info;
	int ret = wait_for(tid, limit_ns ? limit_ns : CALL_NS, &info);

	if (ret == -ETIMEDOUT && !limit_ns)
		ret = look(tid, 0, &info);
	if (ret < 0)
		return ret == -ECHILD ? -ESRCH : ret;
	*stop = read_info(&info);
	return 0;
}

static void linux_bury(int tid)
{
	siginfo_t info;

	(void)waitid(P_PID, (id_t)tid, &info, WEXITED | __WALL | __WNOTHREAD | WNOHANG);
}

/* ---- what a stopped thread is asked for ------------------------------------------ */

static int linux_resume(int tid, enum trace_how how, int signal)
{
	return result(request(how == TRACE_TO_CALL ? PTRACE_SYSCALL : PTRACE_CONT, tid, 0,
			      (void *)(uintptr_t)signal));
}

static int linux_detach(int tid)
{
	return result(request(PTRACE_DETACH, tid, 0, NULL));
}

static int linux_get_regs(int tid, void *regs, size_t bytes)
{
	struct iovec all = { regs, bytes };

	if (request(PTRACE_GETREGSET, tid, NT_PRSTATUS, &all) < 0)
		return -errno;
	return all.iov_len == bytes ? 0 : -ENOEXEC;
}

static int linux_set_regs(int tid, const void *regs, size_t bytes)
{
	struct iovec all = { (void *)(uintptr_t)regs, bytes };

	return result(request(PTRACE_SETREGSET, tid, NT_PRSTATUS, &all));
}

static int linux_get_fp(int tid, void *fp, size_t *bytes)
{
	struct iovec all = { fp, *bytes };
	int ret = result(request(PTRACE_GETREGSET, tid, NT_X86_XSTATE, &all));

	*bytes = all.iov_len;
	return ret;
}

static int linux_get_mask(int tid, uint64_t *mask)
{
	return result(request(REQUEST_GET_MASK, tid, MASK_BYTES, mask));
}

static int linux_set_mask(int tid, uint64_t mask)
{
	return result(request(REQUEST_SET_MASK, tid, MASK_BYTES, &mask));
}

static int linux_rseq(int tid, uint64_t *address)
{
	struct {
		uint64_t address;
		uint32_t size, signature, flags, pad;
	} rseq = { 0 };

	*address = 0;
	/* Before 5.13 nobody can say, and glibc does not use them. */
	if (request(REQUEST_GET_RSEQ, tid, sizeof(rseq), &rseq) < 0)
		return errno == EIO || errno == EINVAL ? 0 : -errno;
	*address = rseq.address;
	return 0;
}

static int linux_read(int pid, uint64_t address, void *bytes, size_t count)
{
	struct iovec local = { bytes, count }, remote = { (void *)address, count };
	ssize_t ret = process_vm_readv(pid, &local, 1, &remote, 1, 0);

	if (ret < 0)
		return -errno;
	return (size_t)ret == count ? 0 : -EFAULT;
}

static int linux_write(int pid, uint64_t address, const void *bytes, size_t count)
{
	struct iovec local = { (void *)(uintptr_t)bytes, count };
	struct iovec remote = { (void *)address, count };
	ssize_t ret = process_vm_writev(pid, &local, 1, &remote, 1, 0);

	if (ret < 0)
		return -errno;
	return (size_t)ret == count ? 0 : -EFAULT;
}

/* ---- a thread of its own --------------------------------------------------------- */

struct apart {
	void (*work)(void *);
	void *arg;
};

static void *begin_apart(void *arg)
{
	const struct apart *apart = arg;

	apart->work(apart->arg);
	return NULL;
}

static int linux_apart(void (*work)(void *), void *arg)
{
	struct apart apart = { work, arg };
	pthread_t thread;
	int ret = quiet_thread_begin(&thread, begin_apart, &apart);

	if (ret)
		return ret;
	pthread_join(thread, NULL);
	return 0;
}

const struct trace_ops trace_linux = {
	.go_to = linux_go_to,
	.seize = linux_seize,
	.interrupt = linux_interrupt,
	.wait = linux_wait,
	.bury = linux_bury,
	.resume = linux_resume,
	.detach = linux_detach,
	.get_regs = linux_get_regs,
	.set_regs = linux_set_regs,
	.get_fp = linux_get_fp,
	.get_mask = linux_get_mask,
	.set_mask = linux_set_mask,
	.rseq = linux_rseq,
	.read = linux_read,
	.write = linux_write,
	.now_ns = linux_now_ns,
	.apart = linux_apart,
};
