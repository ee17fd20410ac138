// SPDX-License-Identifier: GPL-2.0-or-later
// Errors: one line each, and the one table from errno to exit status. Knows no command.
#include "err.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>

#include "cmd.h"
#include "write_all.h"

/* Longer ones are cut: they hold what a person typed, which may be anything. */
#define WORDS_BYTES 1024
#define LINE_BYTES  2048

static const struct {
	int error;
	int status;
} status_of[] = {
	{ EINVAL, STATUS_USAGE },	    { ERANGE, STATUS_USAGE },
	{ EOPNOTSUPP, STATUS_UNSUPPORTED }, { ENOSYS, STATUS_UNSUPPORTED },
	{ EACCES, STATUS_NOT_PERMITTED },   { EPERM, STATUS_NOT_PERMITTED },
	{ EROFS, STATUS_NOT_PERMITTED },    { ENXIO, STATUS_NOT_FOUND },
	{ ENODATA, STATUS_NOT_FOUND },	    { ESRCH, STATUS_NOT_FOUND },
	{ ESTALE, STATUS_CONFLICT },	    { EEXIST, STATUS_CONFLICT },
	{ ENODEV, STATUS_NOT_FOUND },
};

int err_status(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_of); i++)
		if (status_of[i].error == -error)
			return status_of[i].status;
	return STATUS_FAILED;
}

/* Nobody may listen any more. That ends neither us nor a command that is about to run,
 * and it must find SIGPIPE as it was: the signal is blocked, and taken away if it came. */
void err_block(const char *text, size_t len)
{
	const struct timespec now = { 0 };
	sigset_t only, before;

	sigemptyset(&only);
	sigaddset(&only, SIGPIPE);
	sigprocmask(SIG_BLOCK, &only, &before);
	if (write_all(STDERR_FILENO, text, len) == -EPIPE)
		sigtimedwait(&only, NULL, &now);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* One line stays one line, whatever bytes somebody typed, and moves no cursor. */
static void disarm(char *line)
{
	for (; *line; line++)
		if ((unsigned char)*line < ' ' || *line == 0x7f)
			*line = '?';
}

/* One write, so that lines of several processes do not mix. Room for the '\n' is left. */
static void say_line(char line[LINE_BYTES])
{
	size_t len = strlen(line);

	disarm(line);
	line[len++] = '\n';
	err_block(line, len);
}

static char *copy_text(const char *text)
{
	return text ? strdup(text) : NULL;
}

/* Losing an entry for want of memory is bearable: the line has been said. */
static void remember(struct errors *errors, const struct fault *fault, const char *why)
{
	struct err_entry *list;

	list = reallocarray(errors->list, errors->count + 1, sizeof(*list));
	if (!list)
		return;
	errors->list = list;
	list[errors->count++] = (struct err_entry){
		.status = fault->status,
		.object = copy_text(fault->object),
		.what = copy_text(fault->what),
		.why = copy_text(why),
	};
}

int err_say(struct ctl *ctl, const struct fault *fault, const char *why, ...)
{
	struct fault said = *fault;
	char words[WORDS_BYTES], line[LINE_BYTES];
	va_list args;

	if (ctl->cmd && ctl->cmd->failure && said.status < STATUS_RUN_FAILED)
		said.status = ctl->cmd->failure;
	va_start(args, why);
	vsnprintf(words, sizeof(words), why, args);
	va_end(args);
	snprintf(line, sizeof(line), "tierctl: %.400s%s%.400s: %s", said.object,
		 said.what ? ": " : "", said.what ? said.what : "", words);
	say_line(line);
	remember(&ctl->errors, &said, words);
	return said.status;
}

void err_note(const char *object, const char *text, ...)
{
	char words[WORDS_BYTES], line[LINE_BYTES];
	va_list args;

	va_start(args, text);
	vsnprintf(words, sizeof(words), text, args);
	va_end(args);
	snprintf(line, sizeof(line), "tierctl: %s: note: %s", object, words);
	say_line(line);
}

void errors_free(struct errors *errors)
{
	for (size_t i = 0; i < errors->count; i++) {
		free(errors->list[i].object);
		free(errors->list[i].what);
		free(errors->list[i].why);
	}
	free(errors->list);
	*errors = (struct errors){ 0 };
}
