// SPDX-License-Identifier: GPL-2.0-or-later
// `run --report`: the parent that lets its child be as if it stood alone. It hands on
// signals, stops when the child stops, and ends as the child ends.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "cmd.h"
#include "run.h"
#include "run_peak.h"

/*
 * All of these are blocked in the parent and read one by one. A terminal sends to the
 * whole foreground group, so the child has had its own; what somebody sends to the
 * parent alone is meant for the command. Interrupt and quit are never handed on: those
 * who send them, send them to the group.
 */
static const struct {
	int signal;
	bool hand_on;
} handled[] = {
	{ SIGCHLD, false }, { SIGINT, false }, { SIGQUIT, false }, { SIGTTIN, false },
	{ SIGTTOU, false }, { SIGTERM, true }, { SIGHUP, true },   { SIGUSR1, true },
	{ SIGUSR2, true },  { SIGTSTP, true }, { SIGCONT, true },
};

struct watch {
	const struct run *run;
	pid_t child;
	sigset_t signals;	       /* those above */
	sigset_t mask;		       /* what we were started with */
	struct sigaction child_action; /* of SIGCHLD, ditto */
	struct tier_report applied;
	struct peak peak;
};

static int fail(const struct watch *watch, const char *what, int error)
{
	const struct fault fault = { STATUS_FAILED, "run", what };

	return ctl_fail_system(watch->run->ctl, &fault, error);
}

/* ---- before: signals, and the child --------------------------------------------- */

static void take_signals(struct watch *watch)
{
	/* Ignored SIGCHLD, which can be inherited, would take the status from us. */
	const struct sigaction normal = { .sa_handler = SIG_DFL };

	sigemptyset(&watch->signals);
	for (size_t i = 0; i < ARRAY_SIZE(handled); i++)
		sigaddset(&watch->signals, handled[i].signal);
	sigprocmask(SIG_BLOCK, &watch->signals, &watch->mask);
	sigaction(SIGCHLD, &normal, &watch->child_action);
}

static void give_signals_back(const struct watch *watch)
{
	sigaction(SIGCHLD, &watch->child_action, NULL);
	sigprocmask(SIG_SETMASK, &watch->mask, NULL);
}

/* The child's half. The pipe tells the parent what was applied, and closes on exec; a
 * further byte means that exec did not happen. */
static int be_child(const struct watch *watch, int tell)
{
	struct tier_report report;
	int status = run_apply(watch->run, &report);

	if (!status) {
		(void)!write(tell, &report, sizeof(report));
		give_signals_back(watch);
		status = run_exec(watch->run);
	}
	(void)!write(tell, "", 1);
	return status;
}

/* Whoever kills the parent for good means the command: it is to look like one. */
static void die_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		raise(SIGKILL);
}

/* Wait until the child has become the command. 1, or 0 when it has not. */
static int hear_of_exec(struct watch *watch, int from)
{
	char extra;
	size_t len = 0;
	ssize_t part;

	while (len < sizeof(watch->applied)) {
		part = read(from, (char *)&watch->applied + len,
			    sizeof(watch->applied) - len);
		if (part < 0 && errno == EINTR)
			continue;
		if (part <= 0)
			return 0;
		len += (size_t)part;
	}
	do
		part = read(from, &extra, 1);
	while (part < 0 && errno == EINTR);
	return part == 0;
}

/* 1: it runs. 0: it said why it does not and will end. Or a negative errno. */
static int start_child(struct watch *watch)
{
	SCOPED_FD int from = -1;
	pid_t self = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	from = ends[0];
	watch->child = fork();
	if (watch->child < 0) {
		int error = -errno;

		close(ends[1]);
		return error;
	}
	if (watch->child == 0) {
		die_with_parent(self);
		_exit(ctl_finish(watch->run->ctl, be_child(watch, ends[1])));
	}
	close(ends[1]);
	return hear_of_exec(watch, from);
}

/* ---- meanwhile ---------------------------------------------------------------------- */

static void hand_on(const struct watch *watch, const siginfo_t *info)
{
	/* SIGCONT always: nobody else may have woken the child. */
	if (info->si_code == SI_KERNEL && info->si_signo != SIGCONT)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(handled); i++)
		if (handled[i].signal == info->si_signo && handled[i].hand_on)
			kill(watch->child, info->si_signo);
}

/* The child was stopped: so is the command, and our shell must see it, and by what. A
 * SIGCONT that waits already would be lost on us, so then we stay awake and hand it on. */
static void stop_too(int signal)
{
	sigset_t pending, only;

	if (sigpending(&pending) || sigismember(&pending, SIGCONT))
		return;
	sigemptyset(&only);
	sigaddset(&only, signal);
	raise(signal);
	/* Here it takes effect, unless it is SIGSTOP, which cannot be blocked. */
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	sigprocmask(SIG_BLOCK, &only, NULL);
}

/* What became of the child, as far as it is known. True when it has ended. */
static bool has_ended(const struct watch *watch, siginfo_t *info)
{
	for (;;) {
		*info = (siginfo_t){ 0 };
		if (waitid(P_PID, (id_t)watch->child, info, WEXITED | WSTOPPED | WNOHANG))
			return true;
		if (info->si_pid == 0)
			return false;
		if (info->si_code != CLD_STOPPED)
			return true;
		stop_too(info->si_status);
	}
}

/* A signal, or the time of the next sample. True when the child has ended. */
static bool wait_once(struct watch *watch, siginfo_t *end)
{
	uint64_t now = now_ns();
	uint64_t pause = watch->peak.next_ns > now ? watch->peak.next_ns - now : 0;
	const struct timespec timeout = { (time_t)(pause / 1000000000),
					  (long)(pause % 1000000000) };
	siginfo_t info;
	int signal = sigtimedwait(&watch->signals, &info, &timeout);

	if (signal == SIGCHLD)
		return has_ended(watch, end);
	if (signal > 0)
		hand_on(watch, &info);
	else if (errno == EAGAIN)
		peak_sample(&watch->peak, watch->run, watch->child);
	return false;
}

/* ---- after ------------------------------------------------------------------------------ */

/* Die of the signal that the child died of, without a second core file. */
static int die_of(int signal)
{
	sigset_t only;

	prctl(PR_SET_DUMPABLE, 0);
	sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	sigemptyset(&only);
	sigaddset(&only, signal);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	raise(signal);
	return 128 + signal;
}

static int end_as(const siginfo_t *end)
{
	return end->si_code == CLD_EXITED ? end->si_status : die_of(end->si_status);
}

int run_watch(const struct run *run)
{
	struct watch watch = { .run = run };
	siginfo_t end = { 0 };
	int started;

	take_signals(&watch);
	started = start_child(&watch);
	if (started < 0)
		return fail(&watch, "fork", started);
	peak_begin(&watch.peak);
	if (!started)
		waitid(P_PID, (id_t)watch.child, &end, WEXITED);
	else
		while (!wait_once(&watch, &end))
			;
	peak_end(&watch.peak);
	if (started)
		peak_report(&watch.peak, run, &watch.applied);
	return end_as(&end);
}
