// SPDX-License-Identifier: LGPL-2.1-or-later
// What maps and numa_maps say together. A thread's policy is what its numa_maps gives for the
// [vdso]: nobody gives that a policy of its own, so the kernel writes the thread's there.
#include "steer_look.h"

#include <errno.h>
#include <string.h>

#include "fill.h"
#include "numa_maps.h"
#include "parse.h"
#include "policies.h"
#include "proc_text.h"
#include "process.h"

/* One reading of both. */
struct texts {
	struct strbuf maps;
	struct strbuf numa_maps; /* of the first thread */
	bool knows_vdso;
	uint64_t vdso;
};

static void free_texts(struct texts *texts)
{
	strbuf_free(&texts->maps);
	strbuf_free(&texts->numa_maps);
}

void steer_tell(const struct steer_look *look, const struct tier_steered *what)
{
	fill_struct(look->room, look->size, what, sizeof(*what));
	look->each(look->room, look->data);
}

/* ---- threads --------------------------------------------------------------------- */

static int find_vdso(struct texts *texts)
{
	const char *at = strbuf_text(&texts->maps);
	struct mapping mapping;
	int ret;

	while ((ret = maps_next(&at, &mapping)) > 0) {
		if (!span_is(mapping.name, mapping.name_len, "[vdso]"))
			continue;
		texts->knows_vdso = true;
		texts->vdso = mapping.start;
	}
	return ret;
}

/* The line that begins at `start`: 1, or 0 when there is none. */
static int find_line(const char *at, uint64_t start, struct policy_line *line)
{
	int ret;

	while ((ret = policy_lines_next(&at, line)) > 0)
		if (line->start == start)
			return 1;
	return ret;
}

static int set_policy(struct tier_steered *what, const struct policy_words *policy,
		      struct strbuf *copy)
{
	strbuf_reset(copy);
	what->policy = NULL;
	if (strbuf_add(copy, policy->text, policy->len))
		return -ENOMEM;
	what->flags |= TIER_STEERED_KNOWS_POLICY;
	if (policy->is_cut)
		what->flags |= TIER_STEERED_CUT;
	what->mode = policy->mode;
	what->nodes = policy->nodes;
	what->policy = strbuf_text(copy);
	return 0;
}

static int tell_thread(const struct steer_look *look, const struct texts *texts, int tid,
		       const char *numa_maps)
{
	SCOPED_STRBUF struct strbuf policy = { 0 }, name = { 0 };
	const struct process_thread thread = { look->pid, tid };
	struct tier_steered what = { .kind = TIER_STEERED_THREAD, .tid = tid };
	struct policy_line line;
	int ret = 0;

	if (texts->knows_vdso)
		ret = find_line(numa_maps, texts->vdso, &line);
	if (ret > 0)
		ret = set_policy(&what, &line.policy, &policy);
	if (!ret && process_thread_name(look->root, &thread, &name) == -ENOMEM)
		ret = -ENOMEM;
	if (ret)
		return ret;
	strbuf_truncate(&name, strcspn(strbuf_text(&name), "\n"));
	what.name = strbuf_text(&name);
	steer_tell(look, &what);
	return 0;
}

/* One that ended meanwhile is none. */
static int ask_thread(const struct steer_look *look, const struct texts *texts, int tid)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	const struct process_thread thread = { look->pid, tid };
	int ret = process_thread_numa_maps(look->root, &thread, &text);

	if (ret)
		return ret == -ESRCH ? 0 : ret;
	return text.len ? tell_thread(look, texts, tid, strbuf_text(&text)) : 0;
}

static int tell_threads(const struct steer_look *look, const struct texts *texts)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret = tell_thread(look, texts, look->pid, strbuf_text(&texts->numa_maps));

	if (ret || !look->each_thread)
		return ret;
	ret = process_threads(look->root, look->pid, &names);
	for (size_t at = 0; !ret && at < names.len; at += strlen(names.text + at) + 1) {
		int32_t tid;

		if (!parse_i32(names.text + at, &tid) && tid != look->pid)
			ret = ask_thread(look, texts, tid);
	}
	return ret;
}

/* ---- mappings -------------------------------------------------------------------- */

/* What the two texts say of one mapping, and what the first thread's policy is. */
struct pair {
	const struct mapping *mapping;
	const struct policy_line *line;
	const struct policy_words *thread; /* NULL: not known */
};

static bool differs(const struct policy_words *a, const struct policy_words *b)
{
	return a->len != b->len || memcmp(a->text, b->text, a->len) != 0;
}

static int tell_mapping(const struct steer_look *look, const struct pair *pair)
{
	SCOPED_STRBUF struct strbuf policy = { 0 }, name = { 0 };
	uint64_t bytes[TIER_MAX_NODES] = { 0 };
	const struct mapping *mapping = pair->mapping;
	struct tier_steered what = { .kind = TIER_STEERED_MAPPING,
				     .start = mapping->start,
				     .bytes = mapping->end - mapping->start,
				     .node_bytes = bytes };
	int ret = numa_maps_add_line(pair->line->line, pair->line->len, bytes,
				     TIER_MAX_NODES);

	if (ret < 0)
		return -EINVAL;
	what.n_nodes = (uint32_t)ret;
	if (pair->thread)
		what.flags |= TIER_STEERED_KNOWS_OWN;
	if (pair->thread && differs(&pair->line->policy, pair->thread))
		what.flags |= TIER_STEERED_OWN;
	if (set_policy(&what, &pair->line->policy, &policy) ||
	    strbuf_add(&name, mapping->name, mapping->name_len))
		return -ENOMEM;
	what.name = strbuf_text(&name);
	steer_tell(look, &what);
	return 0;
}

/* Both are in the order of addresses; what is in one only came or went in between. */
static int tell_mappings(const struct steer_look *look, const struct texts *texts,
			 const struct policy_words *thread)
{
	const char *at = strbuf_text(&texts->maps),
		   *with = strbuf_text(&texts->numa_maps);
	struct mapping mapping;
	struct policy_line line = { 0 };
	const struct pair pair = { &mapping, &line, thread };
	int more = policy_lines_next(&with, &line), ret = 0;

	while (more > 0 && maps_next(&at, &mapping) > 0) {
		while (more > 0 && line.start < mapping.start)
			more = policy_lines_next(&with, &line);
		if (more > 0 && line.start == mapping.start)
			ret = tell_mapping(look, &pair);
		if (ret)
			return ret;
	}
	return more < 0 ? more : 0;
}

static int read_texts(const struct steer_look *look, struct texts *texts)
{
	int ret = process_maps(look->root, look->pid, &texts->maps);

	if (!ret)
		ret = process_numa_maps(look->root, look->pid, &texts->numa_maps);
	if (ret)
		return ret;
	/* A thread of the kernel has none; nor has a process that has ended. */
	if (!texts->maps.len)
		return -ENODATA;
	if (strlen(strbuf_text(&texts->numa_maps)) != texts->numa_maps.len)
		return -EINVAL;
	return find_vdso(texts);
}

int steer_look(const struct steer_look *look)
{
	struct texts texts = { 0 };
	struct policy_line line;
	int ret = read_texts(look, &texts), knows = 0;

	if (!ret && texts.knows_vdso)
		knows = find_line(strbuf_text(&texts.numa_maps), texts.vdso, &line);
	if (knows < 0)
		ret = knows;
	if (!ret)
		ret = tell_threads(look, &texts);
	if (!ret)
		ret = tell_mappings(look, &texts, knows > 0 ? &line.policy : NULL);
	free_texts(&texts);
	return ret;
}
