// SPDX-License-Identifier: GPL-2.0-or-later
// Runs ourselves in a process of its own whose allocator is another, and reads what that
// prints. Knows nothing of what is asked there.
#include "heap_ask.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "files.h"
#include "heap_spec.h"

void add_word(struct words *words, const char *word)
{
	if (words->count + 1 < WORDS_MOST)
		words->word[words->count++] = word;
}

/* tierctl is beside us, wherever the two are installed together. */
static int find_programs(char self[PATH_MAX], char tierctl[PATH_MAX])
{
	/* What the kernel was given to execute. */
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	const char *given = (const char *)getauxval(AT_EXECFN);
	char *name;

	if (!given || !realpath(given, self))
		return given ? -errno : -ENOENT;
	memcpy(tierctl, self, PATH_MAX);
	name = strrchr(tierctl, '/');
	if (!name || (size_t)(name - tierctl) + sizeof("/tierctl") > PATH_MAX)
		return -ENAMETOOLONG;
	memcpy(name, "/tierctl", sizeof("/tierctl"));
	return 0;
}

/* What a process is made of. */
struct start {
	const struct heap_process *process;
	const char *program;
	struct words words;
};

static int execute(const struct start *start, int out)
{
	const struct heap_process *process = start->process;

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (process->is_quiet && !freopen("/dev/null", "w", stderr))
		return STATUS_FAILED;
	if (process->preload && setenv("LD_PRELOAD", process->preload, 1))
		return STATUS_FAILED;
	if (dup2(out, STDOUT_FILENO) < 0)
		return STATUS_FAILED;
	(void)execv(start->program, (char *const *)(uintptr_t)start->words.word);
	return say(STATUS_FAILED, start->program, "cannot be run: %s", strerror(errno));
}

/* What it prints, and how it ended: 0 or a status, said by itself. */
static int ask(const struct start *start, struct strbuf *text)
{
	int ends[2], status, ret;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return say_error("pipe", "cannot be made", -errno);
	pid = fork();
	if (!pid)
		_exit(execute(start, ends[1]));
	(void)close(ends[1]);
	ret = pid < 0 ? -errno : read_all(ends[0], text);
	(void)close(ends[0]);
	if (pid < 0)
		return say_error("process", "cannot be started", ret);
	if (ret)
		(void)kill(pid, SIGTERM);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return say_error("process", "is lost", -errno);
	if (interrupted())
		return STATUS_FAILED;
	if (WIFSIGNALED(status))
		return say(STATUS_FAILED, "heap", "ended by signal %d", WTERMSIG(status));
	if (ret)
		return say_error("heap", "its result cannot be read", ret);
	/* 125 and above: tierctl run itself failed, and said why. */
	return WEXITSTATUS(status) > STATUS_NOT_FOUND ? STATUS_FAILED :
							WEXITSTATUS(status);
}

int heap_check(const char *spec)
{
	struct tier_diag diag = { 0 };
	struct heap_spec ignored;

	return heap_spec_parse(spec, &ignored, &diag) ?
		       say(STATUS_USAGE, "--heap", "%s", diag.message) :
		       STATUS_DONE;
}

int heap_ask(const struct heap_process *process, const struct words *more,
	     struct strbuf *text)
{
	const char *const by_tierctl[] = { "tierctl", "run", "--heap", process->spec,
					   "--" };
	const char *const without[] = { "env", "TIER_HEAP=" };
	char self[PATH_MAX], tierctl[PATH_MAX];
	struct start start = { .process = process,
			       .program = process->spec ? tierctl : self };
	int ret = find_programs(self, tierctl);

	if (ret)
		return say_error("tierctl", "cannot be found", ret);
	for (size_t i = 0; process->spec && i < ARRAY_SIZE(by_tierctl); i++)
		add_word(&start.words, by_tierctl[i]);
	for (size_t i = 0; process->is_plain && i < ARRAY_SIZE(without); i++)
		add_word(&start.words, without[i]);
	add_word(&start.words, self);
	for (size_t i = 0; i < more->count; i++)
		add_word(&start.words, more->word[i]);
	return ask(&start, text);
}
