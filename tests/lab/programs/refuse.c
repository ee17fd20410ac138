// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run a command for which the memory policy calls and move_pages fail, as a container's seccomp
 * filter or an old kernel does it. Must not know libtier.
 *
 *   refuse [-m MODE] EPERM|EINVAL|ENOSYS COMMAND...
 *
 * Without -m, get_mempolicy, set_mempolicy, mbind, set_mempolicy_home_node and move_pages fail,
 * which is what container engines withhold; with it, set_mempolicy of that mode only.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define USAGE	  "usage: refuse [-m MODE] EPERM|EINVAL|ENOSYS COMMAND...\n"
#define MODE_BITS 0xff /* above them are flags such as MPOL_F_STATIC_NODES */

#ifndef SYS_set_mempolicy_home_node
#define SYS_set_mempolicy_home_node 450
#endif

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define IF_EQUAL(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define RETURN(value)		 BPF_STMT(BPF_RET | BPF_K, value)
#define FAIL_WITH(err)		 RETURN(SECCOMP_RET_ERRNO | (unsigned int)(err))

static int parse_errno(const char *name)
{
	static const struct {
		const char *name;
		int err;
	} known[] = {
		{ "EPERM", EPERM },
		{ "EINVAL", EINVAL },
		{ "ENOSYS", ENOSYS },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++) {
		if (!strcmp(name, known[i].name))
			return known[i].err;
	}
	return 0;
}

static int install(struct sock_filter *filter, size_t count)
{
	struct sock_fprog program = { .len = (unsigned short)count, .filter = filter };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -errno;
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return -errno;
	return 0;
}

static int refuse_calls(int err)
{
	struct sock_filter filter[] = {
		LOAD(nr),
		IF_EQUAL(SYS_get_mempolicy, 5, 0),
		IF_EQUAL(SYS_set_mempolicy, 4, 0),
		IF_EQUAL(SYS_mbind, 3, 0),
		IF_EQUAL(SYS_move_pages, 2, 0),
		IF_EQUAL(SYS_set_mempolicy_home_node, 1, 0),
		RETURN(SECCOMP_RET_ALLOW),
		FAIL_WITH(err),
	};

	return install(filter, sizeof(filter) / sizeof(*filter));
}

static int refuse_mode(int err, unsigned int mode)
{
	struct sock_filter filter[] = {
		LOAD(nr),
		IF_EQUAL(SYS_set_mempolicy, 0, 4),
		LOAD(args[0]), /* its lower half, on a little-endian machine */
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, MODE_BITS),
		IF_EQUAL(mode, 0, 1),
		FAIL_WITH(err),
		RETURN(SECCOMP_RET_ALLOW),
	};

	return install(filter, sizeof(filter) / sizeof(*filter));
}

int main(int argc, char **argv)
{
	int option, err, ret, mode = -1;

	while ((option = getopt(argc, argv, "+m:")) != -1) {
		if (option != 'm')
			return fputs(USAGE, stderr), 2;
		mode = (int)strtol(optarg, NULL, 10);
	}
	err = optind + 1 < argc ? parse_errno(argv[optind]) : 0;
	if (!err)
		return fputs(USAGE, stderr), 2;
	ret = mode < 0 ? refuse_calls(err) : refuse_mode(err, (unsigned int)mode);
	if (ret)
		return fprintf(stderr, "refuse: seccomp: %s\n", strerror(-ret)), 1;
	execvp(argv[optind + 1], argv + optind + 1);
	perror(argv[optind + 1]);
	return 127;
}
