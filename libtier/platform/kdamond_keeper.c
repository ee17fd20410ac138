// SPDX-License-Identifier: LGPL-2.1-or-later
// The child that keeps a kdamond: it starts it, hands on orders that take their time, and ends it
// when the other end of its socket is gone.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "kdamond.h"

struct answer {
	int ret;
	char why[KDAMOND_WHY_BYTES];
};

/* ---- the child ------------------------------------------------------------------------ */

/* No key, no terminal that hangs up and no signal to a group may end it before the kdamond; and
 * who reads the caller's output must see its end. */
static void step_aside(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "tier-kdamond");
	for (int fd = 0; null >= 0 && fd < 3; fd++)
		dup2(null, fd);
}

static bool send_answer(int fd, const struct answer *answer)
{
	return send(fd, answer, sizeof(*answer), MSG_NOSIGNAL) ==
	       (ssize_t)sizeof(*answer);
}

/* Whether there is another one. */
static bool wait_for_order(int fd)
{
	char order;
	ssize_t got;

	while ((got = recv(fd, &order, 1, 0)) < 0 && errno == EINTR)
		;
	return got == 1;
}

/* Nothing of the caller's is touched: no exit handler runs. */
static void keep(struct root *root, int pid, int fd)
{
	struct answer answer = { 0 };

	step_aside();
	answer.ret = kdamond_set_up(root, pid, answer.why);
	if (answer.ret) {
		send_answer(fd, &answer);
		syscall(SYS_exit_group, 0);
	}
	while (send_answer(fd, &answer) && wait_for_order(fd)) {
		memset(&answer, 0, sizeof(answer));
		answer.ret = kdamond_write_down(root, answer.why);
	}
	kdamond_remove(root, pid);
	syscall(SYS_exit_group, 0);
}

/* ---- who asked for it ------------------------------------------------------------------- */

/* 1, 0: none yet with MSG_DONTWAIT, or -EPIPE: the child is gone. */
static int receive(int fd, int flags, struct answer *answer)
{
	ssize_t got;

	while ((got = recv(fd, answer, sizeof(*answer), flags)) < 0 && errno == EINTR)
		;
	if (got < 0 && errno == EAGAIN)
		return 0;
	answer->why[sizeof(answer->why) - 1] = '\0';
	return got == (ssize_t)sizeof(*answer) ? 1 : -EPIPE;
}

static void reap(const struct kdamond *kdamond)
{
	while (waitpid(kdamond->keeper, NULL, 0) < 0 && errno == EINTR)
		;
}

void kdamond_stop(struct kdamond *kdamond)
{
	close(kdamond->fd);
	reap(kdamond);
	*kdamond = (struct kdamond){ .fd = -1 };
}

static int make_keeper(struct root *root, int pid, struct kdamond *kdamond)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return -errno;
	kdamond->keeper = fork();
	if (!kdamond->keeper) {
		close(ends[0]);
		keep(root, pid, ends[1]);
	}
	close(ends[1]);
	kdamond->fd = ends[0];
	if (kdamond->keeper > 0)
		return 0;
	close(ends[0]);
	return -EAGAIN;
}

static const char *no_keeper = "the child that keeps the kdamond was ended";

int kdamond_start(struct root *root, int pid, struct kdamond *kdamond,
		  char why[KDAMOND_WHY_BYTES])
{
	struct answer answer = { 0 };
	int ret = make_keeper(root, pid, kdamond);

	if (ret) {
		memcpy(why, "no more processes", sizeof("no more processes"));
		return ret;
	}
	ret = receive(kdamond->fd, 0, &answer);
	if (ret > 0 && !answer.ret)
		return 0;
	snprintf(why, KDAMOND_WHY_BYTES, "%s", ret > 0 ? answer.why : no_keeper);
	kdamond_stop(kdamond);
	return ret > 0 ? answer.ret : ret;
}

int kdamond_order(const struct kdamond *kdamond)
{
	return send(kdamond->fd, "u", 1, MSG_NOSIGNAL) == 1 ? 0 : -EPIPE;
}

int kdamond_answer(const struct kdamond *kdamond, char why[KDAMOND_WHY_BYTES])
{
	struct answer answer = { 0 };
	int ret = receive(kdamond->fd, MSG_DONTWAIT, &answer);

	if (ret > 0 && answer.ret)
		ret = answer.ret;
	if (ret < 0)
		snprintf(why, KDAMOND_WHY_BYTES, "%s",
			 ret == -EPIPE ? no_keeper : answer.why);
	return ret;
}
