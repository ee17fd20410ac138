// SPDX-License-Identifier: GPL-2.0-or-later
// Stepping a migration: at its pace, with progress on a terminal, until it ends or somebody
// interrupts. Does not know what is moved.
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "cmd.h"
#include "migration.h"
#include "run_peak.h"

/* How often the line of progress changes. */
#define PROGRESS_NS 250000000ULL

/* Back to the first column; and clear what follows. */
#define LINE_BEGIN "\r"
#define LINE_CLEAR "\033[K"

struct watch {
	struct migration *migration;
	sigset_t signals; /* that interrupt */
	bool is_terminal;
	uint64_t next_ns; /* of the line of progress */
};

/* Any of them is an orderly end: what moved stays, the counts are told. They are blocked
 * and asked for, so that none comes in the wrong moment; one that is ignored (nohup, a
 * shell's background) stays so. */
static void take_signals(struct watch *watch, sigset_t *before)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };

	sigemptyset(&watch->signals);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		struct sigaction action;

		if (!sigaction(signals[i], NULL, &action) && action.sa_handler != SIG_IGN)
			sigaddset(&watch->signals, signals[i]);
	}
	sigprocmask(SIG_BLOCK, &watch->signals, before);
}

/* Wait, or only look whether somebody interrupts. */
static bool is_interrupted(const struct watch *watch, uint64_t wait_ns)
{
	const struct timespec timeout = { (time_t)(wait_ns / 1000000000),
					  (long)(wait_ns % 1000000000) };

	return sigtimedwait(&watch->signals, NULL, &timeout) > 0;
}

static void show_progress(struct watch *watch, const struct tier_migration_stats *stats)
{
	const struct out *out = &watch->migration->ctl->out;
	char moved[FIGURE_BYTES], rate[FIGURE_BYTES], left[FIGURE_BYTES],
		share[FIGURE_BYTES], line[256];
	double seconds = (double)stats->elapsed_ns / 1e9;
	int len;

	figure_share(stats->examined_bytes,
		     stats->flags & TIER_MIGRATION_KNOWS_TOTAL ? stats->total_bytes : 0,
		     share);
	len = snprintf(
		line, sizeof(line), LINE_BEGIN "%s: %s, %s moved, %s, %s left" LINE_CLEAR,
		watch->migration->object, share,
		figure_size(out, true, stats->moved_bytes, moved),
		figure_rate(out, seconds > 0,
			    (uint64_t)((double)stats->moved_bytes / seconds), rate),
		figure_duration(stats->flags & TIER_MIGRATION_KNOWS_TIME,
				stats->time_left_ns, left));
	err_block(line, len < (int)sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

static void progress(struct watch *watch, const struct tier_migration_stats *stats,
		     uint64_t now)
{
	if (!watch->is_terminal || now < watch->next_ns)
		return;
	watch->next_ns = now + PROGRESS_NS;
	show_progress(watch, stats);
}

static int step_to_end(struct watch *watch)
{
	struct tier_migration *handle = watch->migration->handle;
	struct tier_migration_stats stats;

	for (;;) {
		uint64_t now = now_ns();
		int ret = tier_migration_step(handle, now);

		if (ret <= 0)
			return ret;
		tier_migration_get(handle, &stats, sizeof(stats));
		progress(watch, &stats, now);
		if (is_interrupted(watch, stats.wait_ns)) {
			watch->migration->interrupted = true;
			return 0;
		}
	}
}

int migration_run(struct migration *migration)
{
	const struct fault fault = { 0, migration->object, "migrate" };
	struct watch watch = { .migration = migration,
			       .is_terminal = isatty(STDERR_FILENO) };
	sigset_t before;
	int ret;

	/* Enough to see that it is slow, before there is anything to show. */
	watch.next_ns = now_ns() + PROGRESS_NS;
	take_signals(&watch, &before);
	ret = step_to_end(&watch);
	if (watch.is_terminal)
		err_block(LINE_BEGIN LINE_CLEAR, strlen(LINE_BEGIN LINE_CLEAR));
	/* A second signal, as `timeout` sends, must not cut the counts off. */
	if (!migration->interrupted)
		sigprocmask(SIG_SETMASK, &before, NULL);
	return ret ? ctl_fail(migration->ctl, &fault, ret, NULL) : STATUS_DONE;
}
