// SPDX-License-Identifier: LGPL-2.1-or-later
// Who is there, how large each is, and whose turn it is to be looked at.
#include "sampler.h"

#include <errno.h>
#include <string.h>

#include "parse.h"
#include "process.h"
#include "split.h"

/* Kept open, unless the caller says how many. */
#define DESCRIPTORS 256

/* What part of the time goes to names that may be old. */
#define NAMES_SHARE 6

/* Threads of the kernel are met again after one to two of these. */
#define MEET_AGAIN_S 30

/* The turn of a process to be looked at. */
struct turn {
	double worth;
	size_t subject;
};

/* ---- life ---------------------------------------------------------------------------- */

/* The last set has what is in no tier. */
static void take_tiers(struct sampler *sampler, const struct tier_nodeset *tiers,
		       size_t n)
{
	struct tier_nodeset *rest = &sampler->tiers[n];

	memset(rest, 0xff, sizeof(*rest));
	memset(sampler->rank, 0xff, TIER_MAX_NODES * sizeof(*sampler->rank));
	for (size_t tier = 0; tier < n; tier++) {
		sampler->tiers[tier] = tiers[tier];
		for (int node = tier_nodeset_next(&tiers[tier], -1); node >= 0;
		     node = tier_nodeset_next(&tiers[tier], node))
			sampler->rank[node] = (uint32_t)tier;
		for (size_t i = 0; i < ARRAY_SIZE(rest->bits); i++)
			rest->bits[i] &= ~tiers[tier].bits[i];
	}
}

int sampler_init(struct sampler *sampler, struct root *root,
		 const struct tier_nodeset *tiers, size_t n_tiers)
{
	struct looking *looking = &sampler->looking;

	*sampler = (struct sampler){ .descriptors = DESCRIPTORS };
	sampler->tiers = calloc(n_tiers + 1, sizeof(*sampler->tiers));
	sampler->rank = calloc(TIER_MAX_NODES, sizeof(*sampler->rank));
	looking->root = root;
	looking->pages = root->is_live ? &pages_linux : NULL;
	looking->perf = root->is_live ? &perf_linux : NULL;
	looking->watch = &watch_linux;
	looking->page_bytes = page_bytes();
	looking->tiers = sampler->tiers;
	looking->n_tiers = n_tiers;
	looking->ranks = (struct ranks){ sampler->rank, TIER_MAX_NODES };
	/* Any number but 0 will do. */
	looking->seed = watch_linux.now_ns() | 1;
	if (looking_init(looking) || !sampler->tiers || !sampler->rank)
		return -ENOMEM;
	take_tiers(sampler, tiers, n_tiers);
	return 0;
}

void sampler_free(struct sampler *sampler)
{
	for (size_t i = 0; i < sampler->n_subjects; i++)
		subject_free(&sampler->subjects[i], &sampler->looking);
	free(sampler->subjects);
	sampler_free_groups(sampler);
	sampler_free_spans(sampler);
	heat_stop(&sampler->heat, &sampler->looking);
	for (size_t i = 0; i < ARRAY_SIZE(sampler->published); i++)
		strbuf_free(&sampler->published[i]);
	sampler_free_bandwidth(sampler);
	strbuf_free(&sampler->names);
	strbuf_free(&sampler->order);
	looking_free(&sampler->looking);
	free(sampler->tiers);
	free(sampler->rank);
	free(sampler->with_memory);
}

/* ---- who is there -------------------------------------------------------------------- */

static int compare_pids(const void *a, const void *b)
{
	int first = *(const int *)a, second = *(const int *)b;

	return (first > second) - (first < second);
}

/* Names of /proc that are numbers, ascending, in `order`. */
static int list_pids(struct sampler *sampler, size_t *n)
{
	const struct strbuf *names = &sampler->names;
	int ret, pid;

	strbuf_reset(&sampler->names);
	strbuf_reset(&sampler->order);
	*n = 0;
	ret = process_ids(sampler->looking.root, &sampler->names);
	for (size_t at = 0; !ret && at < names->len; at += strlen(names->text + at) + 1) {
		if (parse_i32(names->text + at, &pid) || pid <= 0)
			continue;
		ret = strbuf_add(&sampler->order, &pid, sizeof(pid));
		*n += ret ? 0 : 1;
	}
	if (!ret && *n)
		qsort(sampler->order.text, *n, sizeof(pid), compare_pids);
	return ret;
}

static int listed_pid(const struct sampler *sampler, size_t n)
{
	int pid;

	memcpy(&pid, sampler->order.text + n * sizeof(pid), sizeof(pid));
	return pid;
}

static int make_room(struct sampler *sampler, size_t n)
{
	struct subject *grown;

	if (n <= sampler->room)
		return 0;
	grown = realloc(sampler->subjects, 2 * n * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	sampler->subjects = grown;
	sampler->room = 2 * n;
	return 0;
}

static void forget(struct sampler *sampler, struct subject *subject)
{
	sampler->descriptors += subject->statm >= 0;
	subject_free(subject, &sampler->looking);
}

/* Keep those that are listed, in place, and add the others behind them. */
static void keep_listed(struct sampler *sampler, size_t n)
{
	size_t kept = 0, at = 0;

	for (size_t i = 0; i < sampler->n_subjects; i++) {
		struct subject *subject = &sampler->subjects[i];

		while (at < n && listed_pid(sampler, at) < subject->pid)
			at++;
		if (at < n && listed_pid(sampler, at) == subject->pid)
			sampler->subjects[kept++] = *subject;
		else
			forget(sampler, subject);
	}
	sampler->n_subjects = kept;
}

static struct subject new_subject(int pid)
{
	return (struct subject){ .pid = pid, .statm = -1 };
}

static int compare_subjects(const void *a, const void *b)
{
	const struct subject *first = a, *second = b;

	return (first->pid > second->pid) - (first->pid < second->pid);
}

static void add_new(struct sampler *sampler, size_t n)
{
	size_t known = sampler->n_subjects, at = 0;

	for (size_t i = 0; i < n; i++) {
		int pid = listed_pid(sampler, i);

		while (at < known && sampler->subjects[at].pid < pid)
			at++;
		if (at == known || sampler->subjects[at].pid != pid)
			sampler->subjects[sampler->n_subjects++] = new_subject(pid);
	}
	if (sampler->n_subjects > known)
		qsort(sampler->subjects, sampler->n_subjects, sizeof(*sampler->subjects),
		      compare_subjects);
}

static int list_all(struct sampler *sampler)
{
	struct births now = births_read(sampler->looking.root);
	size_t n;
	int ret;

	if (births_none(&sampler->births, &now))
		return 0;
	sampler->births = (struct births){ 0 };
	ret = list_pids(sampler, &n);
	if (!ret)
		ret = make_room(sampler, sampler->n_subjects + n);
	if (ret)
		return ret;
	keep_listed(sampler, n);
	add_new(sampler, n);
	sampler->births = now;
	return 0;
}

/* Counters of the machine come first, as processes would take every descriptor. */
static int look_for_all(struct sampler *sampler)
{
	int ret = controllers_open(sampler);

	return ret ? ret : list_all(sampler);
}

static int list_one(struct sampler *sampler, int pid)
{
	int ret = make_room(sampler, 1);

	if (ret)
		return ret;
	sampler->births = (struct births){ 0 };
	if (sampler->n_subjects == 1 && sampler->subjects[0].pid == pid)
		return 0;
	for (size_t i = 0; i < sampler->n_subjects; i++)
		forget(sampler, &sampler->subjects[i]);
	sampler->subjects[0] = new_subject(pid);
	sampler->n_subjects = 1;
	return 0;
}

/* ---- how large each is --------------------------------------------------------------- */

static void keep_open(struct sampler *sampler, struct subject *subject)
{
	const struct looking *looking = &sampler->looking;

	if (!looking->pages || !sampler->descriptors || !subject->has_memory)
		return;
	subject->statm = looking->watch->open(subject->pid);
	if (subject->statm >= 0)
		sampler->descriptors--;
	else
		subject->statm = -1;
}

static int meet(struct sampler *sampler, struct subject *subject)
{
	int ret = subject_meet(subject, &sampler->looking);

	if (ret)
		return ret;
	subject->met_ns = sampler->looking.watch->now_ns();
	keep_open(sampler, subject);
	return 0;
}

/* One that ended, with somebody new under its number. */
static int meet_again(struct sampler *sampler, struct subject *subject)
{
	int pid = subject->pid;

	forget(sampler, subject);
	*subject = new_subject(pid);
	return meet(sampler, subject);
}

/* Not all of them in the same refresh. */
static bool is_due(const struct sampler *sampler, const struct subject *subject)
{
	uint64_t after_s = MEET_AGAIN_S + (uint64_t)subject->pid % MEET_AGAIN_S;

	return sampler->looking.watch->now_ns() > subject->met_ns + after_s * 1000000000;
}

static int measure(struct sampler *sampler, struct subject *subject)
{
	int ret;

	if (!subject->name)
		return meet(sampler, subject);
	/* A thread of the kernel stays one, but another may get its number between two
	 * looks. */
	if (!subject->has_memory && sampler->looking.pages)
		return is_due(sampler, subject) ? meet_again(sampler, subject) : 0;
	ret = subject_measure(subject, &sampler->looking);
	return ret == -ESRCH ? meet_again(sampler, subject) : ret;
}

/* Those that cannot be met are gone, or not ours to see. */
static int measure_all(struct sampler *sampler)
{
	size_t kept = 0;
	int ret = 0;

	for (size_t i = 0; i < sampler->n_subjects; i++) {
		struct subject *subject = &sampler->subjects[i];
		int error = ret ? 0 : measure(sampler, subject);

		if (error == -ENOMEM)
			ret = error;
		if (error && error != -ENOMEM) {
			sampler->sample.gone++;
			forget(sampler, subject);
			continue;
		}
		sampler->subjects[kept++] = *subject;
	}
	sampler->n_subjects = kept;
	return ret;
}

/* ---- whose turn it is ---------------------------------------------------------------- */

static int compare_turns(const void *a, const void *b)
{
	const struct turn *first = a, *second = b;

	return (first->worth < second->worth) - (first->worth > second->worth);
}

static int make_order(struct sampler *sampler, size_t *n)
{
	uint64_t now_ns = sampler->looking.watch->now_ns();

	strbuf_reset(&sampler->order);
	*n = 0;
	for (size_t i = 0; i < sampler->n_subjects; i++) {
		struct turn turn = { .subject = i };

		if (!sampler->subjects[i].has_memory)
			continue;
		turn.worth =
			subject_worth(&sampler->subjects[i], &sampler->looking, now_ns);
		if (strbuf_add(&sampler->order, &turn, sizeof(turn)))
			return -ENOMEM;
		++*n;
	}
	if (*n)
		qsort(sampler->order.text, *n, sizeof(struct turn), compare_turns);
	return 0;
}

static struct turn nth_turn(const struct sampler *sampler, size_t n)
{
	struct turn turn;

	memcpy(&turn, sampler->order.text + n * sizeof(turn), sizeof(turn));
	return turn;
}

static struct claim *make_claims(const struct sampler *sampler, size_t n, uint32_t pages)
{
	struct claim *claims = calloc(n + 1, sizeof(*claims));

	for (size_t i = 0; claims && i < n; i++) {
		struct turn turn = nth_turn(sampler, i);

		/* What is walked asks for no page. */
		if (!subject_is_walked(&sampler->subjects[turn.subject],
				       &sampler->looking))
			claims[i].worth = turn.worth;
	}
	if (claims)
		split(claims, n, pages);
	return claims;
}

/* 1: looked at; 0: passed over, or it ended. */
static int take_turn(struct sampler *sampler, size_t index, uint32_t pages)
{
	struct subject *subject = &sampler->subjects[index];
	bool is_walked = subject_is_walked(subject, &sampler->looking);
	int ret;

	if (!is_walked && !pages)
		return 0;
	ret = subject_look(subject, &sampler->looking, pages);
	if (ret == -ENOMEM)
		return ret;
	return ret ? 0 : 1;
}

/* One of those that are counted, and was never looked at. */
static bool is_new_and_small(const struct sampler *sampler, size_t index)
{
	const struct subject *subject = &sampler->subjects[index];

	return subject->how == TIER_PLACED_UNKNOWN &&
	       subject_is_walked(subject, &sampler->looking);
}

static bool was_looked_at(const struct sampler *sampler, size_t index)
{
	return sampler->subjects[index].how != TIER_PLACED_UNKNOWN &&
	       sampler->subjects[index].looked_ns >= sampler->sample.time_ns;
}

/* Those that large ones would keep waiting for ever: a third of the time is theirs, and always
 * time for one. */
static int look_at_new(struct sampler *sampler, size_t n, uint64_t until_ns)
{
	bool is_first = true;
	int ret = 0;

	for (size_t i = 0; i < n && ret >= 0; i++) {
		size_t index = nth_turn(sampler, i).subject;

		if (!is_new_and_small(sampler, index))
			continue;
		if (!is_first && sampler->looking.watch->cpu_ns() > until_ns)
			break;
		is_first = false;
		ret = take_turn(sampler, index, 0);
		sampler->sample.looks += ret > 0;
	}
	return ret < 0 ? ret : 0;
}

/* From the worthiest down, until the time is used up: at least one. The clock is a call of the
 * kernel, so it is not read for each of those that wait then. */
static int look_by_worth(struct sampler *sampler, const struct claim *claims, size_t n,
			 uint64_t until_ns)
{
	bool has_time = true;
	int ret = 0;

	for (size_t i = 0; i < n && ret >= 0; i++) {
		size_t index = nth_turn(sampler, i).subject;

		if (was_looked_at(sampler, index))
			continue;
		if (i && has_time)
			has_time = sampler->looking.watch->cpu_ns() <= until_ns;
		if (!has_time) {
			sampler->sample.waiting++;
			continue;
		}
		ret = take_turn(sampler, index, claims[i].pages);
		if (ret >= 0)
			*(ret ? &sampler->sample.looks : &sampler->sample.waiting) += 1;
	}
	return ret < 0 ? ret : 0;
}

static int look_at_all(struct sampler *sampler, uint32_t pages, uint64_t for_ns)
{
	uint64_t began = sampler->looking.watch->cpu_ns();
	struct claim *claims;
	size_t n;
	int ret = make_order(sampler, &n);

	if (ret)
		return ret;
	claims = make_claims(sampler, n, pages);
	if (!claims)
		return -ENOMEM;
	ret = look_at_new(sampler, n, began + for_ns / 3);
	if (!ret)
		ret = look_by_worth(sampler, claims, n, began + for_ns);
	free(claims);
	return ret;
}

static int look_at_one(struct sampler *sampler, const struct allowance *allowance)
{
	uint32_t pages = allowance->pages < SPLIT_MOST ? allowance->pages : SPLIT_MOST;

	if (!sampler->n_subjects)
		return -ESRCH;
	if (!sampler->subjects[0].has_memory)
		return -EOPNOTSUPP;
	sampler->sample.looks = 1;
	return subject_look(&sampler->subjects[0], &sampler->looking, pages);
}

/* Small ones whose pages are asked about again and again. */
static size_t count_followed(const struct sampler *sampler)
{
	size_t n = 0;

	for (size_t i = 0; i < sampler->n_subjects; i++)
		n += sampler->subjects[i].areas.n &&
		     sampler->subjects[i].how == TIER_PLACED_EXACT;
	return n;
}

int sampler_refresh(struct sampler *sampler, const struct allowance *allowance)
{
	const struct watch_ops *watch = sampler->looking.watch;
	const uint64_t naming_ns = allowance->names ? allowance->cpu_ns / NAMES_SHARE : 0;
	uint64_t cpu = watch->cpu_ns();
	int ret;

	sampler->sample = (struct tier_sample){ .time_ns = watch->now_ns() };
	sampler->looking.asked = 0;
	sampler->looking.walked = 0;
	sampler->looking.asks_heaps = allowance->names;
	ret = allowance->pid ? list_one(sampler, allowance->pid) : look_for_all(sampler);
	if (!ret)
		ret = measure_all(sampler);
	sampler->looking.followed = count_followed(sampler);
	if (!ret && allowance->names)
		ret = sampler_name(sampler, naming_ns);
	if (!ret)
		ret = allowance->pid ? look_at_one(sampler, allowance) :
				       look_at_all(sampler, allowance->pages,
						   allowance->cpu_ns - naming_ns);
	sampler->sample.asked_pages = sampler->looking.asked;
	sampler->sample.walks = (uint32_t)sampler->looking.walked;
	sampler->sample.cpu_ns = watch->cpu_ns() - cpu;
	sampler->sample.elapsed_ns = watch->now_ns() - sampler->sample.time_ns;
	return ret;
}
