// SPDX-License-Identifier: LGPL-2.1-or-later
// Gather pages, ask where they are, move them, ask again, count. Each batch holds the
// target's locks for its own length only; nothing is remembered of a page afterwards.
#include "mover.h"

#include <errno.h>
#include <string.h>

#include "nodeset.h"
#include "numa_maps.h"
#include "parse.h"
#include "process.h"

/* Windows of the page table that one batch looks through: in a sparse mapping most are
 * empty, and a step must come to an end. */
#define MOST_WINDOWS 256

/* Pages of the largest folio that may stop a call, as a power of two (64 KiB pages have
 * huge ones of 8192). */
#define MOST_ORDER 13

/* A mapping of hugetlbfs. */
struct huge {
	uint64_t start;
	uint64_t bytes; /* of a page */
};

void counts_add(struct counts *sum, const struct counts *more)
{
	sum->found += more->found;
	sum->there += more->there;
	sum->moved += more->moved;
	sum->spared += more->spared;
	sum->common += more->common;
	sum->gone += more->gone;
	for (int why = 0; why < TIER_LEFTS; why++)
		sum->left[why] += more->left[why];
}

uint64_t counts_left(const struct counts *counts)
{
	uint64_t sum = 0;

	for (int why = 0; why < TIER_LEFTS; why++)
		sum += counts->left[why];
	return sum;
}

/* ---- beginning and end ----------------------------------------------------------- */

static size_t extent_pages(const struct mover_job *job)
{
	return job->page_bytes / sizeof(uint64_t);
}

int mover_init(struct mover *mover, const struct mover_job *job)
{
	*mover = (struct mover){ .job = job, .map = -1 };
	mover->words = calloc(extent_pages(job), sizeof(*mover->words));
	if (!mover->words)
		return -ENOMEM;
	return batch_init(&mover->batch, job->batch_pages,
			  job->page_bytes * extent_pages(job));
}

void mover_end(struct mover *mover)
{
	if (mover->map >= 0)
		mover->job->ops->close(mover->map);
	mover->map = -1;
}

void mover_free(struct mover *mover)
{
	/* Never begun: it holds nothing, and its map would be descriptor 0. */
	if (!mover->job)
		return;
	mover_end(mover);
	batch_free(&mover->batch);
	strbuf_free(&mover->maps);
	strbuf_free(&mover->huge);
	free(mover->words);
	mover->words = NULL;
}

static int add_huge(struct strbuf *list, const char *numa_maps)
{
	struct huge huge;
	int ret;

	while ((ret = numa_maps_next_huge(&numa_maps, &huge.start, &huge.bytes)) > 0) {
		ret = strbuf_add(list, &huge, sizeof(huge));
		if (ret)
			return ret;
	}
	return ret;
}

/* Which mappings are of hugetlbfs. Only numa_maps tells on every kernel, and making that
 * walks all pages under the target's lock: it is asked only where there are such. */
static int find_huge(struct mover *mover, struct root *root, const char *status)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	uint64_t bytes;
	int ret;

	strbuf_reset(&mover->huge);
	if (!status_bytes(status, "HugetlbPages", &bytes) || !bytes)
		return 0;
	ret = process_numa_maps(root, mover->task, &text);
	if (ret)
		return ret;
	ret = add_huge(&mover->huge, strbuf_text(&text));
	return ret == -EINVAL ? -EIO : ret;
}

/* Its cpuset may forbid some targets: moving there would fail. */
static void close_forbidden(struct mover *mover, const char *status)
{
	struct tier_nodeset allowed;

	tier_nodeset_zero(&mover->closed);
	tier_nodeset_zero(&mover->closed_huge);
	mover->closed_why = TIER_LEFT_NO_MEMORY;
	if (!status_allowed_nodes(status, &allowed))
		return;
	mover->closed = nodeset_minus(&mover->job->to, &allowed);
	mover->closed_huge = mover->closed;
	if (nodeset_equal(&mover->closed, &mover->job->to))
		mover->closed_why = TIER_LEFT_NOT_ALLOWED;
}

/* May we at all? Asking for nothing checks it. */
static int check_permission(const struct mover *mover)
{
	const struct page_request nothing = {
		.pid = mover->task, .shared = mover->job->filter & BATCH_SHARED
	};

	return mover->job->ops->move(&nothing);
}

/* 1: this thread has not ended, and so has the memory of all; *status is its own. */
static int is_alive(const struct mover *mover, struct root *root, int tid,
		    struct strbuf *status)
{
	const struct process_thread thread = { mover->pid, tid };
	int ret;

	strbuf_reset(status);
	ret = process_thread_status(root, &thread, status);
	if (ret)
		return ret == -ESRCH ? 0 : ret;
	return !status_is_zombie(strbuf_text(status));
}

/* Where the first thread has ended, a process lives on in the others: the kernel knows its
 * memory by them only. */
static int find_task(struct mover *mover, struct root *root, struct strbuf *status)
{
	SCOPED_STRBUF struct strbuf tids = { 0 };
	int ret = process_status(root, mover->pid, status);
	int32_t tid;

	mover->task = mover->pid;
	if (ret || !status_is_zombie(strbuf_text(status)))
		return ret;
	ret = process_threads(root, mover->pid, &tids);
	for (size_t at = 0; !ret && at < tids.len; at += strlen(tids.text + at) + 1) {
		if (parse_i32(tids.text + at, &tid) || tid == mover->pid)
			continue;
		ret = is_alive(mover, root, tid, status);
		if (ret > 0)
			mover->task = tid;
	}
	if (ret < 0)
		return ret;
	return ret ? 0 : -ESRCH;
}

static int read_process(struct mover *mover, struct root *root)
{
	SCOPED_STRBUF struct strbuf status = { 0 };
	int ret = find_task(mover, root, &status);

	if (ret)
		return ret;
	if (!status_has_memory(strbuf_text(&status)))
		return -EINVAL;
	ret = check_permission(mover);
	if (ret)
		return ret == -EINVAL ? -ESRCH : ret;
	close_forbidden(mover, strbuf_text(&status));
	strbuf_reset(&mover->maps);
	ret = process_maps(root, mover->task, &mover->maps);
	return ret ? ret : find_huge(mover, root, strbuf_text(&status));
}

int mover_begin(struct mover *mover, struct root *root, int pid)
{
	int ret;

	mover_end(mover);
	mover->pid = pid;
	mover->counts = (struct counts){ 0 };
	mover->examined = 0;
	mover->share = (struct share){ 0 };
	mover->likes_huge = true;
	mover->cannot_touch = false;
	ret = read_process(mover, root);
	if (ret)
		return ret;
	mover->cursor = strbuf_text(&mover->maps);
	mover->mapping = (struct mapping){ 0 };
	mover->next = 0;
	ret = mover->job->ops->open(mover->task);
	if (ret < 0)
		return ret;
	mover->map = ret;
	return 0;
}

/* ---- gathering ------------------------------------------------------------------- */

/* Addresses above are the kernel's: [vsyscall] of x86. */
static bool is_kernels(const struct mapping *mapping)
{
	return mapping->end > (uint64_t)INT64_MAX;
}

/* The mapping that has what comes next: 1, or 0 when there is none. */
static int find_mapping(struct mover *mover)
{
	const char *only = mover->job->mapping;
	int ret;

	while (mover->next >= mover->mapping.end) {
		ret = maps_next(&mover->cursor, &mover->mapping);
		if (ret <= 0)
			return ret ? -EIO : 0;
		mover->next = mover->mapping.start;
		if (is_kernels(&mover->mapping) ||
		    (only && !mapping_is(&mover->mapping, only)))
			mover->next = mover->mapping.end;
	}
	return 1;
}

/* Bytes of a page of the mapping. */
static uint64_t unit_of(const struct mover *mover)
{
	for (size_t at = 0; at < mover->huge.len; at += sizeof(struct huge)) {
		struct huge huge;

		memcpy(&huge, mover->huge.text + at, sizeof(huge));
		if (huge.start == mover->mapping.start &&
		    huge.bytes > mover->job->page_bytes)
			return huge.bytes;
	}
	return mover->job->page_bytes;
}

/* Read the words of the next pages, up to the end of an extent, of the mapping, or one
 * huge page. Returns how many. */
static int read_window(struct mover *mover)
{
	const struct mover_job *job = mover->job;
	uint64_t extent = mover->batch.extent_bytes;
	uint64_t end = mover->next / extent * extent + extent;
	size_t count;
	int ret;

	if (mover->batch.unit_bytes != job->page_bytes) {
		count = 1;
	} else {
		end = end < mover->mapping.end ? end : mover->mapping.end;
		count = (end - mover->next) / job->page_bytes;
	}
	ret = job->ops->read(mover->map, mover->next / job->page_bytes, mover->words,
			     count);
	if (!ret)
		return -ESRCH;
	return ret;
}

static unsigned int filter_of(const struct mover *mover)
{
	return mover->job->filter | (mover->mapping.is_private ? BATCH_PRIVATE : 0U);
}

/* Fill the batch up to `room` items: 1, or 0 when there is nothing more to look at. */
static int gather(struct mover *mover, uint64_t bytes)
{
	struct batch *batch = &mover->batch;
	size_t room = 0;

	for (int windows = 0; windows < MOST_WINDOWS; windows++) {
		int ret = find_mapping(mover);
		uint64_t unit = unit_of(mover);

		if (ret <= 0)
			return ret < 0 || !windows ? ret : 1;
		if (!windows || !batch->count) {
			batch_reset(batch, unit);
			room = bytes / unit > 1 ? bytes / unit : 1;
			room = room < batch->room ? room : batch->room;
		}
		if (unit != batch->unit_bytes ||
		    (batch->count && batch->count + batch->extent_bytes / unit > room))
			break;
		ret = read_window(mover);
		if (ret < 0)
			return ret;
		batch_add(batch, mover->next, mover->words, (size_t)ret,
			  filter_of(mover));
		mover->next += (uint64_t)ret * unit;
	}
	return 1;
}

/* ---- asking ---------------------------------------------------------------------- */

static int send(struct mover *mover, bool moves)
{
	struct batch *batch = &mover->batch;
	const struct page_request request = {
		.pid = mover->task,
		.shared = mover->job->filter & BATCH_SHARED,
		.count = batch->asked,
		.pages = batch->pages,
		.nodes = moves ? batch->nodes : NULL,
		.status = batch->status,
	};

	mover->calls += moves;
	return batch->asked ? mover->job->ops->move(&request) : 0;
}

/* Take the marks of NUMA balancing away from the pages of the request. */
static void touch(struct mover *mover)
{
	struct batch *batch = &mover->batch;
	size_t at = 0;

	while (at < batch->asked && !mover->cannot_touch) {
		int ret = mover->job->ops->touch(mover->task, batch->pages + at,
						 batch->asked - at);

		if (ret > 0)
			at += (size_t)ret;
		else if (ret == -EFAULT)
			at++;
		else
			mover->cannot_touch = true;
	}
}

static int place(struct mover *mover, enum item_state state)
{
	const struct mover_job *job = mover->job;
	int ret;

	batch_request(&mover->batch, state, -1);
	ret = send(mover, false);
	if (ret < 0)
		return ret;
	batch_place(&mover->batch, &job->routes, &job->to, job->filter);
	return 0;
}

/* Where do they lie? */
static int ask(struct mover *mover)
{
	int ret = place(mover, ITEM_NEW);

	if (ret || mover->job->only_looks || !batch_bytes(&mover->batch, ITEM_HIDDEN))
		return ret;
	batch_request(&mover->batch, ITEM_HIDDEN, -1);
	touch(mover);
	return place(mover, ITEM_HIDDEN);
}

/* ---- moving ---------------------------------------------------------------------- */

static struct tier_nodeset *closed_nodes(struct mover *mover)
{
	return mover->batch.unit_bytes > mover->job->page_bytes ? &mover->closed_huge :
								  &mover->closed;
}

static void close_target(struct mover *mover, int target, enum tier_left why)
{
	(void)tier_nodeset_add(closed_nodes(mover), (unsigned int)target);
	mover->closed_why = why;
}

/* What a call as a whole said: 0 to go on, or a negative errno. */
static int judge(struct mover *mover, int ret, int target)
{
	switch (ret) {
	case -ENOMEM:
	case -ENODEV:
		close_target(mover, target, TIER_LEFT_NO_MEMORY);
		return 0;
	case -EACCES:
		close_target(mover, target, TIER_LEFT_NOT_ALLOWED);
		return 0;
	case -EINTR:
	case -EAGAIN:
	case -EBUSY:
		return 0;
	case -EINVAL: /* it has no memory any more */
		return -ESRCH;
	default:
		return ret < 0 ? ret : 0;
	}
}

/* Find out what a call did beyond what it said. Returns how many more had moved, or a
 * negative errno. */
static int find_out(struct mover *mover, int target, bool heads)
{
	struct batch *batch = &mover->batch;
	size_t before = batch->riders, whole;
	int ret = 0;

	if (heads) {
		batch_tails(batch);
		ret = send(mover, false);
		if (ret >= 0)
			batch_find_whole(batch, target);
	}
	if (ret >= 0) {
		batch_doubts(batch);
		ret = send(mover, false);
	}
	if (ret < 0)
		return ret == -EINVAL ? -ESRCH : ret;
	whole = batch->riders - before;
	return (int)(whole + batch_find(batch, &mover->job->to));
}

/* One call that moves. */
static int move_once(struct mover *mover, int target, bool heads, bool *progress)
{
	struct batch *batch = &mover->batch;
	int ret, more;
	size_t moved;

	batch_split(batch);
	ret = send(mover, true);
	batch_join(batch);
	moved = batch_take(batch, target);
	more = find_out(mover, target, heads);
	ret = judge(mover, ret, target);
	*progress = moved || more > 0 ||
		    tier_nodeset_has(closed_nodes(mover), (unsigned int)target);
	return ret || more >= 0 ? ret : more;
}

/* One address for each huge page first, where there seem to be such; then all the rest,
 * as long as that moves something. */
static int move_pending(struct mover *mover)
{
	struct batch *batch = &mover->batch;
	unsigned int order = 0;
	bool progress;
	int target, ret;

	for (;;) {
		size_t riders = batch->riders;
		bool heads;

		target = batch_next_target(batch, &mover->job->routes,
					   closed_nodes(mover), mover->closed_why);
		if (target < 0)
			return 0;
		heads = mover->likes_huge && batch_heads(batch);
		ret = move_once(mover, target, heads, &progress);
		if (ret)
			return ret;
		if (heads || batch->riders > riders)
			mover->likes_huge = batch->riders > riders;
		if (progress || heads) {
			order = 0;
			continue;
		}
		if (!batch_give_up_first(batch, order))
			batch_give_up(batch, TIER_LEFT_BUSY);
		order += order < MOST_ORDER;
	}
}

/* ---- counting -------------------------------------------------------------------- */

/* A page that the kernel calls absent: gone, or hidden by NUMA balancing. */
static void resolve_hidden(struct mover *mover, struct item *item)
{
	uint64_t word = 0;
	int ret = mover->job->ops->read(mover->map,
					item->address / mover->job->page_bytes, &word, 1);

	item->state = ITEM_GONE;
	if (ret < 0 || word & PAGEMAP_PRESENT) {
		item->state = ITEM_LEFT;
		item->why = TIER_LEFT_HIDDEN;
	}
}

static void count_item(struct mover *mover, const struct item *item)
{
	struct tier_migration_route *route = routes_find(&mover->job->routes, item->node);
	struct counts *counts = &mover->counts;
	uint64_t bytes = mover->batch.unit_bytes;

	switch (item->state) {
	case ITEM_THERE:
		counts->there += bytes;
		return;
	case ITEM_MOVED:
		counts->moved += bytes;
		if (route)
			route->moved_bytes += bytes;
		break;
	case ITEM_SPARED:
		counts->spared += bytes;
		break;
	case ITEM_COMMON:
		counts->common += bytes;
		break;
	case ITEM_GONE:
		counts->gone += bytes;
		break;
	case ITEM_LEFT:
		counts->left[item->why] += bytes;
		break;
	case ITEM_PENDING: /* nothing is moved when one only looks */
		break;
	default: /* neither found nor asked about */
		return;
	}
	counts->found += bytes;
	if (route && mover->is_first)
		route->found_bytes += bytes;
}

static void count(struct mover *mover)
{
	struct batch *batch = &mover->batch;

	for (size_t i = 0; i < batch->count; i++) {
		if (batch->items[i].state == ITEM_HIDDEN)
			resolve_hidden(mover, &batch->items[i]);
		count_item(mover, &batch->items[i]);
	}
	mover->examined += batch->count * batch->unit_bytes;
	mover->share.moved += batch_bytes(batch, ITEM_MOVED);
}

int mover_step(struct mover *mover, uint64_t bytes)
{
	struct batch *batch = &mover->batch;
	int ret = gather(mover, bytes);

	if (ret <= 0)
		return ret;
	ret = ask(mover);
	if (!ret && mover->share.whole)
		batch_spare(batch, &mover->share, mover->likes_huge);
	if (!ret && !mover->looks)
		ret = move_pending(mover);
	/* The call says that it has no memory: it has ended. */
	if (ret == -EINVAL)
		ret = -ESRCH;
	if (ret == -ESRCH)
		batch_gone(batch);
	count(mover);
	return ret ? ret : 1;
}
