// SPDX-License-Identifier: LGPL-2.1-or-later
// Processes and passes. A pass that left busy pages is followed by another, as they may be
// free by then; a group is looked at again until no new process has come.
#include "migrate.h"

#include <errno.h>
#include <string.h>

#include "diag.h"
#include "fill.h"
#include "migrate_check.h"
#include "mover.h"
#include "nodeset.h"
#include "pace.h"
#include "parse.h"

/* Passes over a process, and looks at a group. More would mean that something holds its
 * pages for good, or forks faster than we move. */
#define MOST_PASSES 3
#define MOST_LOOKS  16

/* 8 MiB of 4 KiB pages: enough for the cost of a call (it drains the lists of all CPUs)
 * not to count, and soon over: what was found out of them is still true, and in caches. */
#define BATCH_PAGES 2048

#define PERCENT_ALL 100

/* A number may be another process's by the time that its turn comes. */
struct process {
	int pid;
	uint64_t started; /* stat_started() */
};

struct tier_migration {
	struct root *root;
	struct mover_job job;
	struct mover mover;
	struct pace pace;
	char *cgroup;
	char *mapping;
	unsigned int percent;

	struct strbuf found; /* array of struct process: all that there are */
	size_t next;	     /* which of them comes next */
	unsigned int looks;  /* at the group */
	bool is_inside;	     /* a pass over number next - 1 */
	unsigned int passes; /* of that process */
	struct counts own;   /* of its earlier passes: what stays true */

	struct counts sum; /* of processes that are done */
	uint64_t examined;
	uint64_t total;
	bool knows_total;
	uint32_t ended, kernel_threads, failed;
	int failed_pid, failed_error;
	uint64_t began_ns, last_ns;
	bool has_begun;
};

/* ---- processes ------------------------------------------------------------------- */

static size_t process_count(const struct tier_migration *m)
{
	return m->found.len / sizeof(struct process);
}

static struct process nth_process(const struct tier_migration *m, size_t n)
{
	struct process process;

	memcpy(&process, m->found.text + n * sizeof(process), sizeof(process));
	return process;
}

static bool is_known(const struct tier_migration *m, const struct process *process)
{
	for (size_t i = 0; i < process_count(m); i++) {
		struct process known = nth_process(m, i);

		if (known.pid == process->pid && known.started == process->started)
			return true;
	}
	return false;
}

/* Where it cannot be read, it stays 0: not known. */
static int find_started(const struct tier_migration *m, struct process *process)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = process_stat(m->root, process->pid, &text);

	if (!ret)
		process->started = stat_started(strbuf_text(&text));
	return ret == -ENOMEM ? ret : 0;
}

/* The number is the same; is the process? */
static int check_started(const struct tier_migration *m, const struct process *process)
{
	struct process now = { .pid = process->pid };
	int ret = find_started(m, &now);

	if (ret)
		return ret;
	return now.started && process->started && now.started != process->started ?
		       -ESRCH :
		       0;
}

/* What it has in memory, of the kinds that were asked for: about what a pass will see. */
static void add_total(struct tier_migration *m, int pid)
{
	static const struct {
		const char *key;
		unsigned int filter;
	} kinds[] = {
		{ "RssAnon", BATCH_ANON },
		{ "RssFile", BATCH_FILE },
		{ "RssShmem", BATCH_FILE },
		{ "HugetlbPages", BATCH_ANON | BATCH_FILE },
	};
	SCOPED_STRBUF struct strbuf text = { 0 };
	uint64_t bytes;

	if (m->mapping || process_status(m->root, pid, &text))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (m->job.filter & kinds[i].filter &&
		    status_bytes(strbuf_text(&text), kinds[i].key, &bytes)) {
			m->total += bytes;
			m->knows_total = true;
		}
}

static int add_pid(struct tier_migration *m, int pid)
{
	struct process process = { .pid = pid };
	int ret;

	if (pid <= 0 || (m->cgroup && pid == getpid()))
		return 0;
	ret = find_started(m, &process);
	if (ret || is_known(m, &process))
		return ret;
	ret = strbuf_add(&m->found, &process, sizeof(process));
	if (!ret)
		add_total(m, pid);
	return ret;
}

/* Those of the group that are new. */
static int look_at_group(struct tier_migration *m)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const char *at, *line;
	int ret = cgroup_processes(m->root, m->cgroup, &text);
	uint64_t pid;
	size_t len;

	m->looks++;
	at = strbuf_text(&text);
	while (!ret && next_line(&at, &line, &len))
		/* 0 is a process of a namespace that cannot be seen from here. */
		if (!parse_digits(&line, &pid) && pid <= INT32_MAX)
			ret = add_pid(m, (int)pid);
	return ret;
}

/* ---- passes ---------------------------------------------------------------------- */

/* Keep what stays true of a pass; what was left may still move in the next. */
static void end_pass(struct tier_migration *m, bool is_last)
{
	struct counts now = m->mover.counts;

	if (m->job.only_looks || !m->mover.looks)
		m->examined += m->mover.examined;
	m->mover.examined = 0;
	m->own.moved += now.moved;
	m->own.gone += now.gone;
	if (m->passes == 1)
		m->own.there = now.there;
	if (m->passes == 1 && m->job.only_looks)
		m->own.found = now.found;
	if (is_last) {
		memcpy(m->own.left, now.left, sizeof(now.left));
		m->own.spared = now.spared;
		m->own.common = now.common;
	}
	m->mover.counts = (struct counts){ 0 };
}

static void end_process(struct tier_migration *m)
{
	counts_add(&m->sum, &m->own);
	m->own = (struct counts){ 0 };
	mover_end(&m->mover);
	m->is_inside = false;
}

static void note_failure(struct tier_migration *m, int error)
{
	if (error == -ESRCH) {
		m->ended++;
		return;
	}
	if (error == -EINVAL) {
		m->kernel_threads++;
		return;
	}
	if (!m->failed++) {
		m->failed_pid = m->mover.pid;
		m->failed_error = error;
	}
}

/* Begin a pass over the process that is inside. */
static int begin_pass(struct tier_migration *m, bool looks)
{
	struct process process = nth_process(m, m->next - 1);
	int ret = mover_begin(&m->mover, m->root, process.pid);

	/* Asked behind the beginning, which holds on to its memory. */
	if (!ret)
		ret = check_started(m, &process);
	if (ret)
		return ret;
	m->mover.looks = looks;
	m->mover.is_first = !m->passes++;
	return 0;
}

/* How much must move for the part that was asked for. 0: nothing. */
static uint64_t bytes_needed(const struct tier_migration *m, const struct counts *counts)
{
	uint64_t whole = counts->found + counts->there;
	uint64_t goal = (uint64_t)((long double)whole * m->percent / PERCENT_ALL + 0.5L);

	return goal > counts->there ? goal - counts->there : 0;
}

/* What of the found could move at all. */
static uint64_t bytes_movable(const struct counts *counts)
{
	return counts->found - counts_left(counts) - counts->common - counts->gone;
}

/* The pass that only looked is over: go over it again and move the part. */
static int begin_part(struct tier_migration *m)
{
	struct counts seen = m->mover.counts;
	struct share share = { .need = bytes_needed(m, &seen),
			       .whole = bytes_movable(&seen) };
	int ret;

	end_pass(m, true);
	if (!share.need || !share.whole) {
		/* The part is there: what cannot move need not. */
		m->own.spared = share.whole + counts_left(&seen);
		memset(m->own.left, 0, sizeof(m->own.left));
		end_process(m);
		return 0;
	}
	if (share.need > share.whole)
		share.need = share.whole;
	ret = begin_pass(m, false);
	m->mover.share = share;
	/* A few pages of an extent show what it is; the whole of it may be too much. */
	m->mover.likes_huge = false;
	return ret;
}

/* Of what kind may another pass find something that can move now? */
static bool is_worth_another(const struct tier_migration *m)
{
	const uint64_t *left = m->mover.counts.left;

	return m->passes < MOST_PASSES && !m->job.only_looks &&
	       left[TIER_LEFT_BUSY] + left[TIER_LEFT_HIDDEN] > 0;
}

/* The pass is over. */
static int after_pass(struct tier_migration *m)
{
	bool again = is_worth_another(m);

	if (m->job.only_looks && m->percent < PERCENT_ALL) {
		uint64_t need = bytes_needed(m, &m->mover.counts);
		uint64_t movable = bytes_movable(&m->mover.counts);

		m->mover.counts.spared = movable > need ? movable - need : 0;
	}
	if (m->mover.looks && !m->job.only_looks)
		return begin_part(m);
	end_pass(m, !again);
	if (again)
		return begin_pass(m, m->percent < PERCENT_ALL);
	end_process(m);
	return 0;
}

/* The next process, or another look at the group: 1, or 0 when all is done. */
static int next_process(struct tier_migration *m)
{
	int ret = 0;

	if (m->next == process_count(m)) {
		if (!m->cgroup || m->looks >= MOST_LOOKS)
			return 0;
		ret = look_at_group(m);
		if (ret)
			/* The group went away, and with it all that was in it. */
			return ret == -ENOMEM ? ret : 0;
		if (m->next == process_count(m))
			return 0;
	}
	m->next++;
	m->passes = 0;
	m->is_inside = true;
	ret = begin_pass(m, m->job.only_looks || m->percent < PERCENT_ALL);
	return ret ? ret : 1;
}

/* ---- the public face's work ------------------------------------------------------ */

static int step_inside(struct tier_migration *m)
{
	uint64_t extent = m->mover.batch.extent_bytes;
	uint64_t bytes =
		pace_batch(&m->pace, m->job.batch_pages * m->job.page_bytes, extent);
	uint64_t before = m->mover.counts.moved;
	int ret = mover_step(&m->mover, bytes);

	pace_spend(&m->pace, m->last_ns, m->mover.counts.moved - before);
	return ret ? ret : after_pass(m);
}

int tier_migration_step(struct tier_migration *m, uint64_t now_ns)
{
	bool was_inside = m->is_inside;
	int ret;

	if (!m->has_begun)
		m->began_ns = now_ns;
	m->has_begun = true;
	m->last_ns = now_ns;
	if (pace_wait(&m->pace, now_ns))
		return 1;
	ret = was_inside ? step_inside(m) : next_process(m);
	if (ret < 0 && !m->is_inside)
		return ret;
	if (ret < 0) {
		end_pass(m, true);
		note_failure(m, ret);
		end_process(m);
	}
	return was_inside || ret;
}

static void tell_time(const struct tier_migration *m, struct tier_migration_stats *stats)
{
	stats->elapsed_ns = m->last_ns - m->began_ns;
	stats->wait_ns = pace_wait(&m->pace, m->last_ns);
	if (!m->knows_total)
		return;
	stats->flags |= TIER_MIGRATION_KNOWS_TOTAL;
	/* It grows and shrinks while it is looked at. */
	stats->total_bytes = m->total > stats->examined_bytes ? m->total :
								stats->examined_bytes;
	if (pace_left(stats->examined_bytes, stats->total_bytes, stats->elapsed_ns,
		      &stats->time_left_ns))
		stats->flags |= TIER_MIGRATION_KNOWS_TIME;
}

void tier_migration_get(const struct tier_migration *m,
			struct tier_migration_stats *stats, size_t size)
{
	struct counts sum = m->sum;
	struct tier_migration_stats ours = {
		.processes = (uint32_t)m->next,
		.ended = m->ended,
		.kernel_threads = m->kernel_threads,
		.failed = m->failed,
		.failed_pid = m->failed_pid,
		.failed_error = m->failed_error,
		.examined_bytes = m->examined,
		.calls = m->mover.calls,
		.routes = m->job.routes.list,
		.n_routes = m->job.routes.count,
	};

	counts_add(&sum, &m->own);
	if (m->is_inside && (m->job.only_looks || !m->mover.looks)) {
		counts_add(&sum, &m->mover.counts);
		ours.examined_bytes += m->mover.examined;
	}
	ours.there_bytes = sum.there;
	ours.moved_bytes = sum.moved;
	ours.spared_bytes = sum.spared;
	ours.common_bytes = sum.common;
	ours.gone_bytes = sum.gone;
	memcpy(ours.left_bytes, sum.left, sizeof(sum.left));
	ours.found_bytes = m->job.only_looks ? sum.found :
					       sum.moved + sum.spared + sum.common +
						       sum.gone + counts_left(&sum);
	tell_time(m, &ours);
	fill_struct(stats, size, &ours, sizeof(ours));
}

void tier_migration_free(struct tier_migration *m)
{
	if (!m)
		return;
	mover_free(&m->mover);
	routes_free(&m->job.routes);
	strbuf_free(&m->found);
	free(m->cgroup);
	free(m->mapping);
	free(m);
}

/* ---- beginning ------------------------------------------------------------------- */

static int copy_text(char **to, const char *text)
{
	if (!text)
		return 0;
	*to = strdup(text);
	return *to ? 0 : -ENOMEM;
}

static unsigned int filter_of(uint64_t flags)
{
	unsigned int filter = BATCH_ANON | BATCH_FILE;

	if (flags & TIER_MIGRATION_ONLY_ANON)
		filter = BATCH_ANON;
	if (flags & TIER_MIGRATION_ONLY_FILE)
		filter = BATCH_FILE;
	if (flags & TIER_MIGRATION_SHARED)
		filter |= BATCH_SHARED;
	return filter;
}

/* Whole extents: a huge page is moved by one address, and counted in one batch. */
static size_t batch_pages(uint64_t asked, uint64_t bytes_of_page)
{
	uint64_t extent = bytes_of_page / sizeof(uint64_t);

	if (!asked)
		asked = BATCH_PAGES;
	return (asked + extent - 1) / extent * extent;
}

static int prepare(struct tier_migration *m, const struct tier_migration_config *config)
{
	int ret;

	m->job.from = nodeset_minus(&config->from, &config->to);
	m->job.to = config->to;
	m->job.filter = filter_of(config->flags);
	m->job.page_bytes = page_bytes();
	m->job.batch_pages = batch_pages(config->batch_pages, m->job.page_bytes);
	m->job.only_looks = config->flags & TIER_MIGRATION_LOOK;
	m->percent = config->percent ? config->percent : PERCENT_ALL;
	m->pace.bytes_per_sec = config->rate_bytes_per_sec;
	ret = copy_text(&m->cgroup, config->cgroup);
	if (!ret)
		ret = copy_text(&m->mapping, config->mapping);
	m->job.mapping = m->mapping;
	if (!ret)
		ret = routes_make(&m->job.routes, config->topology, &m->job.from,
				  &m->job.to);
	return ret ? ret : mover_init(&m->mover, &m->job);
}

/* What can be known before the first step, so that it is said before anything moves. */
static int find_first(struct tier_migration *m, int pid, struct tier_diag *diag)
{
	bool is_shared = m->job.filter & BATCH_SHARED;
	int ret;

	if (m->cgroup)
		return migrate_no_group(diag, look_at_group(m));
	ret = mover_begin(&m->mover, m->root, pid);
	mover_end(&m->mover);
	if (!ret)
		ret = add_pid(m, pid);
	return migrate_no_process(diag, ret, is_shared);
}

int migration_new(struct root *root, const struct page_ops *ops,
		  const struct tier_migration_config *config, struct tier_migration **out,
		  struct tier_diag *diag)
{
	struct tier_migration *m;
	int ret = migrate_check(config, root->is_live, diag);

	if (ret)
		return ret;
	m = calloc(1, sizeof(*m));
	if (!m)
		return diag_set(diag, -ENOMEM, "out of memory");
	m->root = root;
	m->job.ops = ops;
	ret = prepare(m, config);
	if (ret)
		diag_set(diag, ret, "out of memory");
	else if (root->is_live)
		ret = find_first(m, config->pid, diag);
	if (ret) {
		tier_migration_free(m);
		return ret;
	}
	*out = m;
	return 0;
}
