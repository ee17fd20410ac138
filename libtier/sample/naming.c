// SPDX-License-Identifier: LGPL-2.1-or-later
// Names, owners, command lines and control groups: read once of each process, and read again
// in turn, as execve(2), setuid(2) and a move to another group change them.
#include <errno.h>

#include "sampler.h"

/* That are read for the first time in one refresh, so that the first is not held up by ten
 * thousand of them. */
#define NAMES_AT_ONCE 512

/* Each is asked for its group once in so many refreshes, whatever time there is: a move to
 * another one cannot be seen from outside. */
#define GROUPS_EVERY 60

/* What was read a moment ago is not read again, however fast refreshes follow each other. */
#define NEW_NS 1000000000ULL

static int name_new(struct sampler *sampler)
{
	unsigned int named = 0;

	for (size_t i = 0; i < sampler->n_subjects && named < NAMES_AT_ONCE; i++) {
		struct subject *subject = &sampler->subjects[i];

		if (subject->cgroup || !subject->has_memory)
			continue;
		if (subject_name(subject, &sampler->looking))
			return -ENOMEM;
		named++;
	}
	return 0;
}

/* Another program seldom has as large an address space. */
static bool is_other(const struct subject *subject)
{
	return subject->mapped_pages != subject->named_for;
}

static bool is_any(const struct subject *subject)
{
	(void)subject;
	return true;
}

static size_t first_behind(const struct sampler *sampler, int pid)
{
	size_t at = 0;

	while (at < sampler->n_subjects && sampler->subjects[at].pid <= pid)
		at++;
	return at;
}

static bool is_due(const struct sampler *sampler, const struct subject *subject)
{
	return subject->cgroup && subject->has_memory &&
	       sampler->looking.watch->now_ns() >= subject->named_ns + NEW_NS;
}

/* Those whose turn it is, one behind the other, from where the last refresh stopped: at least
 * one. */
static int renew(struct sampler *sampler, int *last,
		 bool (*is_meant)(const struct subject *subject), uint64_t until_ns)
{
	size_t n = sampler->n_subjects, from = first_behind(sampler, *last);

	for (size_t i = 0; i < n; i++) {
		struct subject *subject = &sampler->subjects[(from + i) % n];

		if (!is_meant(subject) || !is_due(sampler, subject))
			continue;
		*last = subject->pid;
		/* One that has ended is found out with the next refresh. */
		if (subject_renew(subject, &sampler->looking) == -ENOMEM)
			return -ENOMEM;
		if (sampler->looking.watch->cpu_ns() >= until_ns)
			break;
	}
	return 0;
}

/* The next ones behind those of the last refresh, all of them in GROUPS_EVERY refreshes. */
static int renew_groups(struct sampler *sampler)
{
	size_t n = sampler->n_subjects, from = first_behind(sampler, sampler->regrouped);
	size_t some = (n + GROUPS_EVERY - 1) / GROUPS_EVERY;

	for (size_t i = 0; i < some; i++) {
		struct subject *subject = &sampler->subjects[(from + i) % n];

		sampler->regrouped = subject->pid;
		if (subject->cgroup && subject->has_memory &&
		    subject_group(subject, &sampler->looking))
			return -ENOMEM;
	}
	return 0;
}

/* Half of the time for those that look like another program, the rest for all in turn. */
int sampler_name(struct sampler *sampler, uint64_t renewing_ns)
{
	uint64_t began = sampler->looking.watch->cpu_ns();
	int ret = name_new(sampler);

	if (!ret)
		ret = renew_groups(sampler);
	if (!ret)
		ret = renew(sampler, &sampler->renewed_other, is_other,
			    began + renewing_ns / 2);
	return ret ? ret : renew(sampler, &sampler->renewed, is_any, began + renewing_ns);
}
