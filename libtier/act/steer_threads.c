// SPDX-License-Identifier: LGPL-2.1-or-later
// Every thread of a process, one after the other, each standing as short as can be. Threads are
// born meanwhile: of parents that have the policy, so that they have it too, or of others. Passes
// go on until nothing is new and nothing came or went; if they come too fast for that, all are
// held first, and what stands bears no child.
#include <errno.h>
#include <string.h>

#include "nodeset.h"
#include "parse.h"
#include "proc_text.h"
#include "process.h"
#include "steer.h"

/* Passes while the others run. Each new one means that threads came during the last. */
#define MOST_PASSES 8

/* For so long one tries to have all stand, while those that do already wait. By time and not by
 * tries: how many of these are needed goes by how the machine shares its CPUs among us and them;
 * with 1,000 of them, a tenth of a second here, one steering in some thousand was given up. */
#define STAND_STILL_NS 2000000000ULL

static size_t count_seen(const struct steer *steer)
{
	return steer->seen.len / sizeof(int);
}

static bool is_seen(const struct steer *steer, int tid)
{
	for (size_t i = count_seen(steer); i-- > 0;) {
		int seen;

		memcpy(&seen, steer->seen.text + i * sizeof(seen), sizeof(seen));
		if (seen == tid)
			return true;
	}
	return false;
}

static int see(struct steer *steer, int tid)
{
	return strbuf_add(&steer->seen, &tid, sizeof(tid));
}

/* ---- telling --------------------------------------------------------------------- */

/* The kernel's word and mask, as those who read numa_maps know it. */
static void set_before(struct tier_steered *what, const struct steer_before *before,
		       char *text, size_t size)
{
	static const struct {
		int mode;
		enum tier_mode ours;
		const char *word;
	} modes[] = {
		{ MEMPOLICY_DEFAULT, TIER_MODE_DEFAULT, "default" },
		{ MEMPOLICY_PREFERRED, TIER_MODE_PREFER, "prefer" },
		{ MEMPOLICY_BIND, TIER_MODE_BIND, "bind" },
		{ MEMPOLICY_INTERLEAVE, TIER_MODE_INTERLEAVE, "interleave" },
		{ MEMPOLICY_LOCAL, TIER_MODE_UNKNOWN, "local" },
		{ MEMPOLICY_PREFERRED_MANY, TIER_MODE_PREFER, "prefer (many)" },
		{ MEMPOLICY_WEIGHTED_INTERLEAVE, TIER_MODE_WEIGHTED,
		  "weighted interleave" },
	};
	int mode = before->mode & ~MEMPOLICY_MODE_FLAGS;
	int len = snprintf(text, size, "mode %d", mode);

	what->nodes = mempolicy_nodes(&before->mask);
	for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
		if (modes[i].mode == mode) {
			what->mode = modes[i].ours;
			len = snprintf(text, size, "%s", modes[i].word);
		}
	if (before->mode & MEMPOLICY_STATIC_NODES)
		len += snprintf(text + len, size - (size_t)len, "=static");
	else if (before->mode & MEMPOLICY_RELATIVE_NODES)
		len += snprintf(text + len, size - (size_t)len, "=relative");
	if (tier_nodeset_count(&what->nodes)) {
		text[len++] = ':';
		tier_nodeset_format(&what->nodes, text + len, size - (size_t)len);
	}
	what->policy = text;
	what->flags |= TIER_STEERED_KNOWS_POLICY;
}

/* `before` is NULL when nothing was done. */
static int tell(struct steer *steer, int tid, const struct steer_before *before,
		uint64_t stopped_ns)
{
	SCOPED_STRBUF struct strbuf name = { 0 }, call = { 0 };
	const struct process_thread thread = { steer->wish->pid, tid };
	struct tier_steered what = { .kind = TIER_STEERED_THREAD,
				     .tid = tid,
				     .stopped_ns = stopped_ns };
	char policy[NODESET_TEXT + 64];

	if (process_thread_name(steer->root, &thread, &name) == -ENOMEM ||
	    strbuf_printf(&call, "set_mempolicy(%s)", strbuf_text(&steer->call)))
		return -ENOMEM;
	strbuf_truncate(&name, strcspn(strbuf_text(&name), "\n"));
	what.name = strbuf_text(&name);
	what.call = strbuf_text(&call);
	if (before) {
		set_before(&what, before, policy, sizeof(policy));
		what.flags |= TIER_STEERED_DONE;
	}
	steer_tell(steer->tell, &what);
	return 0;
}

/* ---- one that is held ------------------------------------------------------------ */

static int make_calls(struct steer *steer, struct puppet *puppet,
		      struct steer_before *before)
{
	int ret = steer_map_scratch(steer, puppet);

	if (!ret)
		ret = steer_get_policy(steer, puppet, before);
	/* Noted first, and in any case: a call may have been made although we did not get to
	 * know its end. */
	if (!ret)
		ret = strbuf_add(&steer->before, before, sizeof(*before));
	return ret ? ret : steer_set_policy(steer, puppet);
}

/* 0 also when it ended; that is no failure of the others'. */
static int change_held(struct steer *steer, struct puppet *puppet)
{
	struct steer_before before;
	uint64_t stopped_ns;
	int ret = make_calls(steer, puppet, &before);
	int ret_go = steer_let_go(steer, puppet, &stopped_ns);

	if (ret == -ESRCH)
		return 0;
	if (!ret)
		steer->report->changed++;
	if (!ret)
		ret = tell(steer, puppet->tid, &before, stopped_ns);
	return ret ? ret : ret_go;
}

static int check_interrupted(struct steer *steer)
{
	int ret = steer->sys->interrupted();

	if (ret > 0)
		return steer_fail(steer, -EINTR, "interrupted");
	return ret ? steer_fail(steer, ret, "%s", tier_strerror(ret)) : 0;
}

static int change_one(struct steer *steer, int tid)
{
	struct puppet puppet;
	int ret = check_interrupted(steer);

	if (!ret)
		ret = steer_hold(steer, tid, &puppet);
	return ret > 0 ? change_held(steer, &puppet) : ret;
}

/* ---- all of them ----------------------------------------------------------------- */

static size_t count_names(const struct strbuf *names)
{
	size_t count = 0;

	for (size_t at = 0; at < names->len; at += strlen(names->text + at) + 1)
		count++;
	return count;
}

/* The kernel ends a list early when the thread that it has come to ends (fs/proc/base.c,
 * next_tid()); so what the process says of itself must agree. */
static int list(struct steer *steer, struct strbuf *names, bool *is_whole)
{
	SCOPED_STRBUF struct strbuf status = { 0 };
	int ret = process_threads(steer->root, steer->wish->pid, names);
	uint64_t count;

	if (!ret)
		ret = process_status(steer->root, steer->wish->pid, &status);
	*is_whole = !ret && status_number(strbuf_text(&status), "Threads", &count) &&
		    count == count_names(names);
	return ret;
}

/* How a list was: `fresh` of its threads were new, or it may not be all of them. */
struct listing {
	struct strbuf names;
	int fresh;
	bool is_whole;
};

/* Do something with each thread that is new. */
static int each_new(struct steer *steer, int (*act)(struct steer *steer, int tid),
		    struct listing *listing)
{
	struct strbuf *names = &listing->names;
	int ret;

	strbuf_reset(names);
	listing->fresh = 0;
	ret = list(steer, names, &listing->is_whole);
	for (size_t at = 0; !ret && at < names->len; at += strlen(names->text + at) + 1) {
		int32_t tid;

		if (parse_i32(names->text + at, &tid) || is_seen(steer, tid))
			continue;
		listing->fresh++;
		ret = see(steer, tid);
		if (!ret)
			ret = act(steer, tid);
	}
	return ret;
}

static int tell_only(struct steer *steer, int tid)
{
	int ret = steer_tell_helper(steer, STEER_ASKS, tid);

	return ret ? ret : tell(steer, tid, NULL, 0);
}

/* Those that stand, for when threads come too fast. */
static int hold_and_keep(struct steer *steer, int tid)
{
	struct puppet puppet;
	uint64_t stopped_ns;
	int ret = check_interrupted(steer);

	if (!ret)
		ret = steer_hold(steer, tid, &puppet);
	if (ret <= 0)
		return ret;
	ret = strbuf_add(&steer->held, &puppet, sizeof(puppet));
	if (ret)
		(void)steer_let_go(steer, &puppet, &stopped_ns);
	return ret;
}

static int let_all_go(struct steer *steer, int ret)
{
	for (size_t at = 0; at < steer->held.len; at += sizeof(struct puppet)) {
		struct puppet puppet;
		uint64_t stopped_ns;
		int ret_one;

		memcpy(&puppet, steer->held.text + at, sizeof(puppet));
		ret_one = ret ? steer_let_go(steer, &puppet, &stopped_ns) :
				change_held(steer, &puppet);
		if (!ret)
			ret = ret_one;
	}
	strbuf_reset(&steer->held);
	return ret;
}

/* Who stands neither bears nor ends, so a whole list without a new one is the last. */
static int stand_still(struct steer *steer, struct listing *listing)
{
	uint64_t begin = steer->ops->now_ns();
	int ret = 0;

	while (!ret) {
		ret = each_new(steer, hold_and_keep, listing);
		if (ret || (listing->is_whole && !listing->fresh))
			break;
		ret = check_interrupted(steer);
		if (!ret && steer->ops->now_ns() - begin > STAND_STILL_NS)
			ret = steer_fail(
				steer, -EBUSY,
				"its threads come faster than they can be stopped");
	}
	return let_all_go(steer, ret);
}

/* While they run, a list is believed when another one after it is the same. */
static int change_running(struct steer *steer, struct listing *now)
{
	struct listing before = { 0 };
	bool is_same = false;
	int ret = 0;

	for (int pass = 0; !ret && !is_same && pass < MOST_PASSES; pass++) {
		struct listing other = before;

		before = *now;
		*now = other;
		ret = each_new(steer, change_one, now);
		is_same = !ret && pass && now->is_whole && before.is_whole &&
			  !now->fresh && now->names.len == before.names.len &&
			  !memcmp(now->names.text, before.names.text, now->names.len);
	}
	strbuf_free(&before.names);
	return ret ? ret : is_same;
}

static int change_all(struct steer *steer)
{
	struct listing listing = { 0 };
	int ret = change_running(steer, &listing);

	if (!ret)
		ret = stand_still(steer, &listing);
	strbuf_free(&listing.names);
	return ret < 0 ? ret : 0;
}

static int tell_all(struct steer *steer)
{
	struct listing listing = { 0 };
	int ret = steer_tell_helper(steer, STEER_MAPS, 0);

	if (!ret)
		ret = each_new(steer, tell_only, &listing);
	strbuf_free(&listing.names);
	return ret ? ret : steer_tell_helper(steer, STEER_UNMAPS, 0);
}

/* ---- undoing --------------------------------------------------------------------- */

static void undo_one(struct steer *steer, const struct steer_before *before)
{
	struct puppet puppet;
	uint64_t stopped_ns;
	int ret = steer_hold(steer, before->tid, &puppet);

	if (ret <= 0)
		return;
	if (!steer_map_scratch(steer, &puppet) &&
	    !steer_put_policy_back(steer, &puppet, before))
		steer->report->undone++;
	(void)steer_let_go(steer, &puppet, &stopped_ns);
}

static struct steer_before nth_before(const struct steer *steer, size_t n)
{
	struct steer_before before;

	memcpy(&before, steer->before.text + n * sizeof(before), sizeof(before));
	return before;
}

/* What was as we wanted it before we came was born of a thread that we had changed. */
static bool is_ours(const struct steer *steer, const struct steer_before *before)
{
	struct tier_nodeset nodes = mempolicy_nodes(&before->mask);

	return before->mode == steer->mode && nodeset_equal(&nodes, &steer->policy.nodes);
}

static void undo_all(struct steer *steer)
{
	for (size_t n = steer->before.len / sizeof(struct steer_before); n-- > 0;) {
		struct steer_before before = nth_before(steer, n);

		if (is_ours(steer, &before)) {
			int tid = before.tid;

			before = nth_before(steer, 0);
			before.tid = tid;
		}
		undo_one(steer, &before);
	}
}

int steer_threads(struct steer *steer)
{
	int ret;

	if (steer->wish->flags & TIER_STEER_DRY)
		return tell_all(steer);
	ret = change_all(steer);
	if (ret && ret != -ESRCH)
		undo_all(steer);
	/* A process whose threads all ended while we were at it is none any more. */
	if (!ret && !steer->report->changed)
		return -ESRCH;
	return ret;
}
