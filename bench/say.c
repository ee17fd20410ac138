// SPDX-License-Identifier: GPL-2.0-or-later
// Errors, progress and signals: what a person at the terminal notices. Knows no benchmark.
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"
#include "tier.h"
#include "write_all.h"

static volatile sig_atomic_t caught;

static void note_signal(int number)
{
	caught = number;
}

void on_ending_signals(void (*handler)(int number), int flags)
{
	static const int numbers[] = { SIGINT,	SIGTERM, SIGHUP, SIGQUIT,
				       SIGUSR1, SIGUSR2, SIGALRM };
	const struct sigaction action = { .sa_handler = handler, .sa_flags = flags };
	struct sigaction before;

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		/* nohup(1). A shell without job control ignores Ctrl-C of what is behind &,
		 * which is no such wish. */
		if (numbers[i] == SIGHUP && !sigaction(SIGHUP, NULL, &before) &&
		    before.sa_handler == SIG_IGN)
			continue;
		(void)sigaction(numbers[i], &action, NULL);
	}
}

void catch_signals(void)
{
	on_ending_signals(note_signal, 0);
}

bool interrupted(void)
{
	return caught != 0;
}

/* One write a line; what was typed moves no cursor. */
int say(int status, const char *object, const char *why, ...)
{
	char line[1024];
	va_list args;
	size_t len;

	(void)snprintf(line, sizeof(line), "tierbench: %.200s: ", object);
	len = strlen(line);
	va_start(args, why);
	(void)vsnprintf(line + len, sizeof(line) - len - 1, why, args);
	va_end(args);
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = '?';
	len = strlen(line);
	line[len++] = '\n';
	/* Nobody may listen; there is nowhere else to say it. */
	(void)!write_all(STDERR_FILENO, line, len);
	return status;
}

static int status_of(int error)
{
	static const struct {
		int error;
		int status;
	} rows[] = {
		{ EINVAL, STATUS_USAGE },	    { ERANGE, STATUS_USAGE },
		{ EOPNOTSUPP, STATUS_UNSUPPORTED }, { ENOSYS, STATUS_UNSUPPORTED },
		{ EACCES, STATUS_NOT_PERMITTED },   { EPERM, STATUS_NOT_PERMITTED },
		{ ENXIO, STATUS_NOT_FOUND },	    { ENODATA, STATUS_NOT_FOUND },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].error == -error)
			return rows[i].status;
	return STATUS_FAILED;
}

int say_error(const char *object, const char *what, int error)
{
	return say(status_of(error), object, "%s: %s", what, tier_strerror(error));
}

int die_interrupted(struct bench *bench)
{
	int number = caught;

	progress(bench, NULL);
	(void)say(STATUS_FAILED, bench->cmd->name, "interrupted; no result was kept");
	(void)signal(number, SIG_DFL);
	(void)raise(number);
	return STATUS_FAILED;
}

/* ---- progress ---------------------------------------------------------------------- */

uint64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* What fits into a line of the terminal: of one that goes on in the next, only the end could be
 * taken away again. */
static size_t columns(void)
{
	struct winsize window;

	return ioctl(STDERR_FILENO, TIOCGWINSZ, &window) || window.ws_col < 2 ?
		       80 - 1 :
		       window.ws_col - 1U;
}

void progress(struct bench *bench, const char *what)
{
	double spent = (double)(now_ns() - bench->began_ns) / 1e9;
	char text[160] = "", line[200], left[40] = "";

	if (!isatty(STDERR_FILENO))
		return;
	if (what && bench->done && bench->planned > bench->done)
		(void)snprintf(left, sizeof(left), ", %.0f s left",
			       spent / bench->done * (bench->planned - bench->done));
	if (what)
		(void)snprintf(text, sizeof(text), "%u/%u %.100s%s", bench->done + 1,
			       bench->planned, what, left);
	(void)snprintf(line, sizeof(line), "\r\033[K%.*s", (int)columns(), text);
	(void)!write_all(STDERR_FILENO, line, strlen(line));
}
