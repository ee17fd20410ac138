// SPDX-License-Identifier: GPL-2.0-or-later
// Children and seccomp filters. The filter is written out by hand, as it is short.
#include "child.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

int in_child(int (*work)(void *arg), void *arg)
{
	pid_t pid;
	int status;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		abort();
	if (!pid)
		_exit(work(arg));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			abort();
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* The bits of set_mempolicy's mode that are no flags. */
#define MODE_MASK 0xfff

int refuse_call(long call, int error, int mode)
{
	const uint32_t number = offsetof(struct seccomp_data, nr);
	const uint32_t argument = offsetof(struct seccomp_data, args);
	const uint32_t refusal = SECCOMP_RET_ERRNO | ((uint32_t)error & SECCOMP_RET_DATA);
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 4),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mode < 0 ? 0 : MODE_MASK),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, mode < 0 ? 0 : (uint32_t)mode, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, refusal),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = sizeof(filter) / sizeof(filter[0]),
		.filter = filter,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}
