// SPDX-License-Identifier: GPL-2.0-or-later
// A thread beside that of the keys. It alone uses what a source reads from while it is busy; records
// go from one to the other whole.
#include "refresher.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/eventfd.h>

#define PATIENCE_MS 1000

/* Whether the counter was changed does not matter: who finds it full finds it readable, too, and who
 * finds it empty has not waited for it. */
static void tell(int fd)
{
	const uint64_t one = 1;
	ssize_t done = write(fd, &one, sizeof(one));

	(void)done;
}

static void hear(int fd)
{
	uint64_t count;
	ssize_t done = read(fd, &count, sizeof(count));

	(void)done;
}

/* Waits until something is asked for; false: it is over. */
static bool wait_for_wish(struct refresher *refresher, struct source_wish *wish)
{
	bool is_over;

	pthread_mutex_lock(&refresher->lock);
	while (!refresher->is_asked && !refresher->is_over)
		pthread_cond_wait(&refresher->told, &refresher->lock);
	is_over = refresher->is_over;
	refresher->is_asked = false;
	*wish = refresher->wish;
	pthread_mutex_unlock(&refresher->lock);
	return !is_over;
}

static void hand_over(struct refresher *refresher, int status,
		      const struct record *record)
{
	pthread_mutex_lock(&refresher->lock);
	refresher->status = status;
	refresher->record = *record;
	refresher->is_done = true;
	tell(refresher->done_fd);
	pthread_mutex_unlock(&refresher->lock);
}

/* Signature: pthread_create(3)'s. */
static void *work(void *data)
{
	struct refresher *refresher = data;
	struct source_wish wish;

	while (wait_for_wish(refresher, &wish)) {
		struct record record;
		int status = source_take(refresher->source, &wish, &record);

		hand_over(refresher, status, &record);
	}
	return NULL;
}

/* Signals that end us or tell of a new size wake the thread that waits for keys. Those of a crash stay
 * with who crashed: blocked, they would end us without a word to the terminal. */
static int begin(struct refresher *refresher)
{
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE,
				       SIGILL,	SIGSYS, SIGTRAP };
	sigset_t held, before;
	int ret;

	sigfillset(&held);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		sigdelset(&held, crashes[i]);
	pthread_sigmask(SIG_SETMASK, &held, &before);
	ret = pthread_create(&refresher->thread, NULL, work, refresher);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -ret;
}

int refresher_start(struct refresher *refresher, struct source *source)
{
	int ret;

	*refresher = (struct refresher){ .source = source,
					 .lock = PTHREAD_MUTEX_INITIALIZER,
					 .told = PTHREAD_COND_INITIALIZER };
	refresher->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (refresher->done_fd < 0)
		return -errno;
	ret = begin(refresher);
	if (ret)
		close(refresher->done_fd);
	return ret;
}

void refresher_ask(struct refresher *refresher, const struct source_wish *wish)
{
	pthread_mutex_lock(&refresher->lock);
	refresher->wish = *wish;
	refresher->is_asked = true;
	pthread_cond_signal(&refresher->told);
	pthread_mutex_unlock(&refresher->lock);
	refresher->is_busy = true;
}

bool refresher_receive(struct refresher *refresher, int *status)
{
	bool is_done;

	if (!refresher->is_busy)
		return false;
	pthread_mutex_lock(&refresher->lock);
	is_done = refresher->is_done;
	if (is_done)
		hear(refresher->done_fd);
	refresher->is_done = false;
	pthread_mutex_unlock(&refresher->lock);
	if (!is_done)
		return false;
	refresher->is_busy = false;
	*status = refresher->status;
	if (!*status)
		source_show(refresher->source, &refresher->record);
	return true;
}

static bool is_idle_soon(struct refresher *refresher)
{
	struct pollfd done = { .fd = refresher->done_fd, .events = POLLIN };

	return !refresher->is_busy || poll(&done, 1, PATIENCE_MS) > 0;
}

bool refresher_stop(struct refresher *refresher)
{
	if (!is_idle_soon(refresher))
		return false;
	pthread_mutex_lock(&refresher->lock);
	refresher->is_over = true;
	pthread_cond_signal(&refresher->told);
	pthread_mutex_unlock(&refresher->lock);
	pthread_join(refresher->thread, NULL);
	if (refresher->is_done && !refresher->status)
		record_free(&refresher->record);
	close(refresher->done_fd);
	return true;
}
