// SPDX-License-Identifier: LGPL-2.1-or-later
// The system calls on other processes' pages themselves. Decides nothing.
#include <errno.h>
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "cleanup.h"
#include "pages.h"
#include "quiet_thread.h"

/* ---- moving ---------------------------------------------------------------------- */

static int move_alone(const struct page_request *request)
{
	long ret = syscall(SYS_move_pages, request->pid, request->count, request->pages,
			   request->nodes, request->status,
			   request->shared ? MPOL_MF_MOVE_ALL : MPOL_MF_MOVE);

	return ret < 0 ? -errno : (int)ret;
}

struct half {
	struct page_request request;
	int ret;
};

static void *move_half(void *arg)
{
	struct half *half = arg;

	half->ret = move_alone(&half->request);
	return NULL;
}

/* The kernel moves pages together in runs of some hundred: of less there is little to share. */
#define WORTH_A_THREAD 512

static bool is_worth_two(const struct page_request *request)
{
	cpu_set_t cpus;

	return request->nodes && request->count >= WORTH_A_THREAD &&
	       !sched_getaffinity(0, sizeof(cpus), &cpus) && CPU_COUNT(&cpus) > 1;
}

/* The second half of the request goes to a thread, if there may be one. */
static int move_in_halves(const struct page_request *request)
{
	struct half first = { .request = *request }, second = first;
	pthread_t thread;

	first.request.count /= 2;
	second.request.count -= first.request.count;
	second.request.pages += first.request.count;
	second.request.nodes += first.request.count;
	second.request.status += first.request.count;
	if (quiet_thread_begin(&thread, move_half, &second))
		return move_alone(request);
	move_half(&first);
	pthread_join(thread, NULL);
	if (first.ret < 0 || second.ret < 0)
		return first.ret < 0 ? first.ret : second.ret;
	return first.ret + second.ret;
}

static int linux_move(const struct page_request *request)
{
	return is_worth_two(request) ? move_in_halves(request) : move_alone(request);
}

/* ---- all else -------------------------------------------------------------------- */

/*
 * NUMA balancing takes whoever touches a page that it has marked for its user, and moves the
 * page to that CPU's node; not, where a policy says on which node memory is to be. That is
 * the caller's policy where a mapping has none (mpol_misplaced() in mm/mempolicy.c).
 * `local` is what the default does, in so many words. True: the calling thread has it now.
 */
static bool keep_pages_in_place(void)
{
	int mode;

	return !syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0) &&
	       mode == MPOL_DEFAULT && !syscall(SYS_set_mempolicy, MPOL_LOCAL, NULL, 0);
}

static void let_pages_go(void)
{
	(void)syscall(SYS_set_mempolicy, MPOL_DEFAULT, NULL, 0);
}

/* As many as one call takes (UIO_MAXIOV). */
#define TOUCHED_AT_ONCE 1024

static int linux_touch(int pid, const uintptr_t *pages, size_t count)
{
	struct iovec remote[TOUCHED_AT_ONCE];
	char bytes[TOUCHED_AT_ONCE];
	struct iovec local = { bytes, sizeof(bytes) };
	bool keeps;
	ssize_t ret;
	int error;

	if (count > ARRAY_SIZE(remote))
		count = ARRAY_SIZE(remote);
	for (size_t i = 0; i < count; i++)
		remote[i] = (struct iovec){ (void *)pages[i], 1 };
	local.iov_len = count;
	keeps = keep_pages_in_place();
	ret = process_vm_readv(pid, &local, 1, remote, count, 0);
	error = errno;
	if (keeps)
		let_pages_go();
	explicit_bzero(bytes, sizeof(bytes));
	return ret < 0 ? -error : (int)ret;
}

static int linux_open(int pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	return errno == ENOENT ? -ESRCH : -errno;
}

static int linux_read(int map, uint64_t page, uint64_t *words, size_t count)
{
	ssize_t ret;

	do
		ret = pread(map, words, count * sizeof(*words),
			    (off_t)(page * sizeof(*words)));
	while (ret < 0 && errno == EINTR);
	return ret < 0 ? -errno : (int)((size_t)ret / sizeof(*words));
}

static void linux_close(int map)
{
	close(map);
}

const struct page_ops pages_linux = {
	.move = linux_move,
	.touch = linux_touch,
	.open = linux_open,
	.read = linux_read,
	.close = linux_close,
};

size_t page_bytes(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}
