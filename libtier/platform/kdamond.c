// SPDX-License-Identifier: LGPL-2.1-or-later
// The files of a kdamond that watches one process: set up where there is none, read, removed
// as long as it is ours. Knows nothing of who keeps it.
#include "kdamond.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "damon.h"
#include "damon_file.h"
#include "nodeset.h"
#include "parse.h"
#include "platform.h"

#define FIRST	DAMON_KDAMONDS "/0"
#define CONTEXT FIRST "/contexts/0"
#define ATTRS	CONTEXT "/monitoring_attrs"
#define TARGET	CONTEXT "/targets/0/pid_target"
#define SCHEME	CONTEXT "/schemes/0"
#define STATE	FIRST "/state"
#define TRIED	SCHEME "/tried_regions"

enum {
	MARK = 1 << 0, /* tells whose it is */
	NEW = 1 << 1,  /* 6.7 has it */
	ASK = 1 << 2,  /* first see whether DAMON offers it */
};

/* `value` NULL: the number of the process. */
static const struct setting {
	const char *file;
	const char *value;
	unsigned int flags;
} settings[] = {
	{ DAMON_COUNT, "1", MARK },
	{ FIRST "/contexts/nr_contexts", "1", MARK },
	{ CONTEXT "/operations", "vaddr", MARK | ASK },
	{ ATTRS "/intervals/sample_us", "5000", 0 },
	{ ATTRS "/intervals/aggr_us", "100000", 0 },
	{ ATTRS "/intervals/update_us", "1000000", 0 },
	{ ATTRS "/nr_regions/min", "20", 0 },
	{ ATTRS "/nr_regions/max", "200", 0 },
	{ CONTEXT "/targets/nr_targets", "1", MARK },
	{ TARGET, NULL, MARK },
	{ CONTEXT "/schemes/nr_schemes", "1", MARK },
	{ SCHEME "/action", "stat", MARK },
	{ SCHEME "/access_pattern/sz/max", "18446744073709551615", 0 },
	{ SCHEME "/access_pattern/nr_accesses/max", "4294967295", 0 },
	{ SCHEME "/access_pattern/age/max", "4294967295", 0 },
	{ SCHEME "/apply_interval_us", "20000", NEW },
};

static int read_line(struct root *root, const char *path, struct strbuf *line)
{
	int ret;

	strbuf_reset(line);
	ret = damon_file_read(root, path, line);
	if (!ret)
		strbuf_truncate(line, strcspn(strbuf_text(line), "\n"));
	return ret;
}

static bool reads(struct root *root, const char *path, const char *value)
{
	SCOPED_STRBUF struct strbuf line = { 0 };

	return !read_line(root, path, &line) && !strcmp(strbuf_text(&line), value);
}

static int say(int error, char why[KDAMOND_WHY_BYTES], const char *what)
{
	snprintf(why, KDAMOND_WHY_BYTES, "%s", what);
	return error;
}

/* ---- taken away -------------------------------------------------------------------- */

static const char *value_of(const struct setting *setting, const char *pid)
{
	return setting->value ? setting->value : pid;
}

/* As far as it was written: whoever came between has other marks. */
static bool is_ours(struct root *root, const char *pid, size_t written)
{
	for (size_t i = 0; i < written; i++)
		if (settings[i].flags & MARK &&
		    !reads(root, settings[i].file, value_of(&settings[i], pid)))
			return false;
	return written > 0;
}

/* One that runs is ended first; one whose process has ended refuses that. */
static void take_away(struct root *root, const char *pid, size_t written)
{
	if (!is_ours(root, pid, written))
		return;
	if (reads(root, STATE, "on"))
		(void)!damon_file_write(root, STATE, "off");
	/* Refused while it runs. */
	(void)!damon_file_write(root, DAMON_COUNT, "0");
}

void kdamond_remove(struct root *root, int pid)
{
	char number[16];

	snprintf(number, sizeof(number), "%d", pid);
	take_away(root, number, ARRAY_SIZE(settings));
}

/* ---- set up -------------------------------------------------------------------------- */

static int say_refused(int error, char why[KDAMOND_WHY_BYTES], const char *file,
		       const char *value)
{
	switch (error) {
	case -EACCES:
	case -EPERM:
		return say(error, why, "only root may start DAMON");
	case -EROFS:
		return say(
			error, why,
			"sysfs is mounted read-only, as in a container; watch from the "
			"host");
	case -EBUSY:
		return say(-EEXIST, why, "another program's kdamond runs meanwhile");
	default:
		snprintf(why, KDAMOND_WHY_BYTES, "%s: write '%.24s': %s", file, value,
			 tier_strerror(error));
		return error;
	}
}

/* Words of DAMON's reader are about the same files. */
static int check_nobody(struct root *root, char why[KDAMOND_WHY_BYTES])
{
	const struct tier_nodeset none = { 0 };
	struct damon damon;
	int ret = damon_read(root, &none, &damon);

	if (ret)
		return say(ret, why, "out of memory");
	ret = damon.error;
	if (ret == -ENOENT)
		say(ret, why, "this kernel has no DAMON in sysfs (CONFIG_DAMON_SYSFS)");
	else if (ret)
		say_refused(ret, why, DAMON_COUNT, "1");
	else if (damon.who)
		ret = say(-EEXIST, why, damon.who);
	damon_free(&damon);
	return ret;
}

/* 6.1 and later list what they have. */
static int check_vaddr(struct root *root, char why[KDAMOND_WHY_BYTES])
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = root->ops->read(root, CONTEXT "/avail_operations", &text);

	if (ret == -ENOMEM)
		return say(ret, why, "out of memory");
	if (ret || !strncmp(strbuf_text(&text), "vaddr", 5) ||
	    strstr(strbuf_text(&text), "\nvaddr"))
		return 0;
	return say(-EOPNOTSUPP, why,
		   "DAMON of this kernel cannot watch a process (CONFIG_DAMON_VADDR)");
}

static int write_setting(struct root *root, const struct setting *setting,
			 const char *value, char why[KDAMOND_WHY_BYTES])
{
	int ret = setting->flags & ASK ? check_vaddr(root, why) : 0;

	if (ret)
		return ret;
	ret = damon_file_write(root, setting->file, value);
	if (!ret || (setting->flags & NEW && ret == -ENOENT))
		return 0;
	if (!setting->value && ret == -EINVAL)
		return say(-ESRCH, why, "it has ended");
	return say_refused(ret, why, setting->file, value);
}

static int write_settings(struct root *root, const char *pid, size_t *written,
			  char why[KDAMOND_WHY_BYTES])
{
	for (; *written < ARRAY_SIZE(settings); ++*written) {
		const struct setting *setting = &settings[*written];
		int ret = write_setting(root, setting, value_of(setting, pid), why);

		if (ret)
			return ret;
	}
	return 0;
}

int kdamond_set_up(struct root *root, int pid, char why[KDAMOND_WHY_BYTES])
{
	char number[16];
	size_t written = 0;
	int ret = check_nobody(root, why);

	if (ret)
		return ret;
	snprintf(number, sizeof(number), "%d", pid);
	ret = write_settings(root, number, &written, why);
	if (!ret && !is_ours(root, number, written))
		return say(-EEXIST, why, "another program has set up DAMON meanwhile");
	if (!ret) {
		ret = damon_file_write(root, STATE, "on");
		if (ret)
			ret = say_refused(ret, why, STATE, "on");
	}
	if (ret)
		take_away(root, number, written);
	return ret;
}

/* ---- read ------------------------------------------------------------------------------ */

int kdamond_write_down(struct root *root, char why[KDAMOND_WHY_BYTES])
{
	static const char order[] = "update_schemes_tried_regions";
	int ret = damon_file_write(root, STATE, order);

	if (!ret)
		return 0;
	if (!reads(root, STATE, "on"))
		return say(-ESRCH, why, "it has ended, or somebody has stopped DAMON");
	if (ret == -EINVAL)
		return say(
			-EOPNOTSUPP, why,
			"DAMON of this kernel does not tell what it found (Linux 6.2)");
	return say_refused(ret, why, STATE, order);
}

/* A region whose folder goes while it is read is left out. */
static bool read_number(struct root *root, const char *region, const char *name,
			uint64_t *value)
{
	SCOPED_STRBUF struct strbuf line = { 0 };
	char path[256];

	snprintf(path, sizeof(path), TRIED "/%.20s/%s", region, name);
	return !read_line(root, path, &line) && !parse_u64(strbuf_text(&line), value);
}

static bool read_region(struct root *root, const char *name,
			struct kdamond_region *region)
{
	uint64_t accesses, age;

	if (!read_number(root, name, "start", &region->start) ||
	    !read_number(root, name, "end", &region->end) ||
	    !read_number(root, name, "nr_accesses", &accesses) ||
	    !read_number(root, name, "age", &age) || region->end <= region->start)
		return false;
	region->accesses = accesses < KDAMOND_LOOKS ? (uint32_t)accesses : KDAMOND_LOOKS;
	region->age_ns = age < UINT32_MAX ? age * KDAMOND_COUNTS_NS : 0;
	return true;
}

static int compare_start(const void *a, const void *b)
{
	const struct kdamond_region *one = a, *other = b;

	return (one->start > other->start) - (one->start < other->start);
}

int kdamond_read(struct root *root, struct kdamond_region *regions)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret = root->ops->list(root, TRIED, &names), n = 0;

	if (ret)
		return ret == -ENOMEM ? ret : 0;
	for (size_t at = 0; at < names.len && n < KDAMOND_REGIONS;
	     at += strlen(names.text + at) + 1)
		n += read_region(root, names.text + at, &regions[n]);
	qsort(regions, (size_t)n, sizeof(*regions), compare_start);
	return n;
}
