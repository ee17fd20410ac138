// SPDX-License-Identifier: LGPL-2.1-or-later
// Who a process is, and how large. What is read of it once is read when it is met; its size
// each time, through a descriptor that stays open.
#include "subject.h"

#include <errno.h>
#include <string.h>

#include "heap_look.h"
#include "parse.h"
#include "policies.h"
#include "proc_text.h"
#include "process.h"

/* Of ten thousand small processes not each can be followed within 20 MiB. */
#define FOLLOWS_MOST 1000

int looking_init(struct looking *looking)
{
	looking->follows_most = FOLLOWS_MOST;
	looking->weight = calloc(TIER_MAX_NODES, sizeof(*looking->weight));
	looking->bytes = calloc(TIER_MAX_NODES, sizeof(*looking->bytes));
	looking->tally = (struct tally){ .weight = looking->weight };
	return looking->weight && looking->bytes ? 0 : -ENOMEM;
}

void looking_free(struct looking *looking)
{
	strbuf_free(&looking->text);
	points_free(&looking->points);
	free(looking->weight);
	free(looking->bytes);
	looking->weight = NULL;
	looking->bytes = NULL;
}

/* ---- who it is --------------------------------------------------------------------- */

static int read_text(const struct subject *subject, struct looking *looking,
		     const char *name)
{
	strbuf_reset(&looking->text);
	return process_file(looking->root, subject->pid, name, &looking->text);
}

static int take_name(struct subject *subject, const char *stat)
{
	const char *name;
	size_t len;

	free(subject->name);
	subject->name = stat_name(stat, &name, &len) ? strndup(name, len) : strdup("");
	return subject->name ? 0 : -ENOMEM;
}

static int take_stat(struct subject *subject, struct looking *looking)
{
	const char *stat = strbuf_text(&looking->text);
	uint64_t bytes = 0;

	subject->started = stat_started(stat);
	if (!stat_parent(stat, &subject->parent))
		subject->parent = 0;
	if (!stat_memory(stat, &bytes, &subject->resident_pages))
		return -ESRCH;
	subject->mapped_pages = bytes / looking->page_bytes;
	return take_name(subject, stat);
}

/* The task's own policy stands at the first mapping, its program: a look at so few bytes
 * has the kernel walk that one only. */
static void peek_policy(struct subject *subject, struct looking *looking)
{
	char text[128];
	const char *at = text;
	struct policy_line line;

	subject->policy[0] = '\0';
	if (!looking->pages ||
	    looking->watch->peek(subject->pid, "numa_maps", text, sizeof(text)))
		return;
	if (policy_lines_next(&at, &line) > 0)
		snprintf(subject->policy, sizeof(subject->policy), "%.*s",
			 (int)line.policy.len, line.policy.text);
}

static void take_status(struct subject *subject, const char *status)
{
	subject->knows_uid = status_number(status, "Uid", &subject->uid);
	if (!status_bytes(status, "HugetlbPages", &subject->huge_bytes))
		subject->huge_bytes = 0;
	subject->has_memory = status_has_memory(status);
}

int subject_meet(struct subject *subject, struct looking *looking)
{
	int ret = read_text(subject, looking, "stat");

	if (!ret)
		ret = take_stat(subject, looking);
	if (!ret)
		ret = read_text(subject, looking, "status");
	if (ret)
		return ret;
	take_status(subject, strbuf_text(&looking->text));
	return 0;
}

int subject_measure(struct subject *subject, struct looking *looking)
{
	char text[128];
	uint64_t began = subject->started;
	int ret;

	if (subject->statm >= 0) {
		ret = looking->watch->read(subject->statm, text, sizeof(text));
		if (ret)
			return ret;
		return statm_pages(text, &subject->mapped_pages,
				   &subject->resident_pages) ?
			       0 :
			       -ESRCH;
	}
	/* Without a descriptor its number may have gone to somebody else. */
	ret = read_text(subject, looking, "stat");
	if (!ret)
		ret = take_stat(subject, looking);
	return ret || subject->started == began ? ret : -ESRCH;
}

/* Arguments end in NULs; as one line, in which control characters do no harm. */
static char *as_line(const struct strbuf *text)
{
	size_t len = text->len;
	char *copy = malloc(len + 1);

	if (!copy)
		return NULL;
	for (size_t i = 0; i < len; i++)
		copy[i] = (unsigned char)text->text[i] < ' ' || text->text[i] == 127 ?
				  ' ' :
				  text->text[i];
	while (len && copy[len - 1] == ' ')
		len--;
	copy[len] = '\0';
	return copy;
}

/* The line of the one hierarchy (version 2) is "0::/path". */
static char *group_of(const char *text)
{
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len))
		if (len > 3 && !strncmp(line, "0::", 3))
			return strndup(line + 3, len - 3);
	return strdup("");
}

static int take_group(struct subject *subject, const struct looking *looking)
{
	free(subject->cgroup);
	subject->cgroup = group_of(strbuf_text(&looking->text));
	return subject->cgroup ? 0 : -ENOMEM;
}

int subject_name(struct subject *subject, struct looking *looking)
{
	int ret = read_text(subject, looking, "cmdline");

	if (ret == -ENOMEM)
		return ret;
	subject->named_ns = looking->watch->now_ns();
	subject->named_for = subject->mapped_pages;
	free(subject->command);
	subject->command = as_line(&looking->text);
	ret = read_text(subject, looking, "cgroup");
	if (ret == -ENOMEM || !subject->command)
		return -ENOMEM;
	ret = take_group(subject, looking);
	peek_policy(subject, looking);
	return ret;
}

int subject_group(struct subject *subject, struct looking *looking)
{
	int ret = read_text(subject, looking, "cgroup");

	/* Of one that has ended it is what it was. */
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	return take_group(subject, looking);
}

int subject_renew(struct subject *subject, struct looking *looking)
{
	uint64_t began = subject->started;
	int ret = subject_meet(subject, looking);

	if (!ret && subject->started != began)
		ret = -ESRCH;
	/* Who has its number now is met when its size is asked for. */
	subject->started = began;
	return ret ? ret : subject_name(subject, looking);
}

static int take_heap(struct subject *subject, struct looking *looking,
		     const struct heap_page *page)
{
	int ret;

	strbuf_reset(&looking->text);
	ret = strbuf_add(&looking->text, page->text,
			 strnlen(page->text, sizeof(page->text)));
	if (ret)
		return ret;
	subject->heap_state = heap_page_state(page);
	subject->heap = as_line(&looking->text);
	return subject->heap ? 0 : -ENOMEM;
}

int subject_heap(struct subject *subject, struct looking *looking)
{
	struct heap_page page;
	int ret;

	free(subject->heap);
	subject->heap = NULL;
	subject->heap_error = 0;
	if (!looking->pages || !subject->names_heap ||
	    subject->no_heap_for == subject->mapped_pages)
		return 0;
	ret = heap_page_find(looking->root, looking->watch, subject->pid,
			     &subject->heap_at, &page);
	subject->no_heap_for = ret == -ENODATA ? subject->mapped_pages : 0;
	if (ret == -ENODATA || ret == -ENOMEM)
		return ret == -ENOMEM ? ret : 0;
	subject->heap_error = ret;
	return ret ? 0 : take_heap(subject, looking, &page);
}

void subject_free(struct subject *subject, const struct looking *looking)
{
	if (subject->statm >= 0)
		looking->watch->close(subject->statm);
	free(subject->name);
	free(subject->command);
	free(subject->cgroup);
	free(subject->heap);
	free(subject->shares);
	areas_free(&subject->areas);
	points_free(&subject->panel);
}
