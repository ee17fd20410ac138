// SPDX-License-Identifier: GPL-2.0-or-later
// DAMON's files in memory. Knows nothing of what is under test.
#include "fake_damon.h"

#include <sys/mman.h>

#include "damon.h"
#include "unit.h"

struct fake_damon *fake_damon;

/* What a folder holds, by the number that makes it: "NAME" or "NAME=TEXT". */
static const struct {
	const char *count;
	const char *files[32];
} templates[] = {
	{ "nr_kdamonds", { "state=off", "pid=-1", "contexts/nr_contexts=0" } },
	{ "nr_contexts",
	  { "operations=vaddr", "avail_operations=vaddr",
	    "monitoring_attrs/intervals/sample_us=5000",
	    "monitoring_attrs/intervals/aggr_us=100000",
	    "monitoring_attrs/intervals/update_us=60000000",
	    "monitoring_attrs/nr_regions/min=10", "monitoring_attrs/nr_regions/max=1000",
	    "targets/nr_targets=0", "schemes/nr_schemes=0" } },
	{ "nr_targets", { "pid_target=0", "regions/nr_regions=0" } },
	{ "nr_regions", { "start=0", "end=0" } },
	{ "nr_schemes",
	  { "action=stat",
	    "target_nid=-1",
	    "apply_interval_us=0",
	    "access_pattern/sz/min=0",
	    "access_pattern/sz/max=0",
	    "access_pattern/nr_accesses/min=0",
	    "access_pattern/nr_accesses/max=0",
	    "access_pattern/age/min=0",
	    "access_pattern/age/max=0",
	    "quotas/bytes=0",
	    "quotas/reset_interval_ms=0",
	    "quotas/weights/sz_permil=0",
	    "quotas/weights/nr_accesses_permil=0",
	    "quotas/weights/age_permil=0",
	    "quotas/goals/nr_goals=0",
	    "filters/nr_filters=0",
	    "stats/nr_tried=0",
	    "stats/sz_tried=0",
	    "stats/nr_applied=0",
	    "stats/sz_applied=0",
	    "stats/qt_exceeds=0" } },
	{ "nr_goals",
	  { "target_metric=user_input", "target_value=0", "current_value=0", "nid=0" } },
	{ "nr_filters", { "type=anon", "matching=N", "memcg_path=" } },
};

char *fake_damon_text(const char *path)
{
	for (size_t i = 0; i < fake_damon->n_files; i++)
		if (!strcmp(fake_damon->files[i].path, path))
			return fake_damon->files[i].text;
	return NULL;
}

static void add_file(const char *path, const char *text)
{
	const size_t at = fake_damon->n_files++;

	assert_true(at < FAKE_DAMON_FILES);
	snprintf(fake_damon->files[at].path, sizeof(fake_damon->files[at].path), "%s",
		 path);
	snprintf(fake_damon->files[at].text, sizeof(fake_damon->files[at].text), "%s",
		 text);
}

/* ---- folders that numbers make ------------------------------------------------------ */

static bool lacks(const char *name)
{
	return (!fake_damon->has_migrate && !strcmp(name, "target_nid=-1")) ||
	       (!fake_damon->has_goals && !strcmp(name, "nid=0"));
}

static void add_folder(const char *folder, const char *count, unsigned int number)
{
	char path[256];

	for (size_t i = 0; i < ARRAY_SIZE(templates); i++) {
		if (strcmp(templates[i].count, count) != 0)
			continue;
		for (size_t j = 0; templates[i].files[j]; j++) {
			const char *name = templates[i].files[j];
			const char *text = strchr(name, '=') + 1;

			if (lacks(name))
				continue;
			snprintf(path, sizeof(path), "%.120s%u/%.*s", folder, number,
				 (int)(text - name - 1), name);
			add_file(path, text);
		}
	}
}

/* FOLDER/N/... go. */
static void remove_folders(const char *folder)
{
	const size_t len = strlen(folder);
	size_t kept = 0;

	for (size_t i = 0; i < fake_damon->n_files; i++) {
		const char *path = fake_damon->files[i].path;

		if (strncmp(path, folder, len) || path[len] < '0' || path[len] > '9')
			fake_damon->files[kept++] = fake_damon->files[i];
	}
	fake_damon->n_files = kept;
}

static bool runs(void)
{
	for (size_t i = 0; i < fake_damon->n_files; i++)
		if (!strcmp(fake_damon->files[i].text, "on"))
			return true;
	return false;
}

static int write_count(const char *path, char *text, const char *wants)
{
	const char *count = strrchr(path, '/') + 1;
	const unsigned int number = (unsigned int)strtoul(wants, NULL, 10);
	char folder[160];

	if (!strcmp(count, "nr_kdamonds") && runs())
		return -EBUSY;
	snprintf(text, sizeof(fake_damon->files[0].text), "%s", wants);
	snprintf(folder, sizeof(folder), "%.*s", (int)(count - path), path);
	remove_folders(folder);
	for (unsigned int i = 0; i < number; i++)
		add_folder(folder, count, i);
	return 0;
}

/* ---- what a file takes ----------------------------------------------------------------- */

/* What there is to tell of whoever is watched, from 0x7f0000000000 on; in the order of directories. */
static const struct {
	const char *folder;
	const char *texts[4]; /* start, end, nr_accesses, age */
} regions[] = {
	{ "0", { "139637976727552", "139637976731648", "20", "3" } },
	{ "1", { "139637977776128", "139637978824704", "0", "100" } },
	{ "10", { "139637976727552", "139637976727552", "1", "1" } }, /* empty */
	{ "2", { "139637976731648", "139637976739840", "7", "1" } },
};

#define TRIED DAMON_KDAMONDS "/0/contexts/0/schemes/0/tried_regions/"

static void write_down(void)
{
	static const char *const names[] = { "start", "end", "nr_accesses", "age" };
	char path[160];

	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		for (size_t j = 0; j < ARRAY_SIZE(names); j++) {
			snprintf(path, sizeof(path), TRIED "%s/%s", regions[i].folder,
				 names[j]);
			if (!fake_damon_text(path))
				add_file(path, regions[i].texts[j]);
		}
}

static int write_state(char *text, const char *wants)
{
	const bool is_on = !strcmp(text, "on");

	if (is_on && !strcmp(wants, "update_schemes_tried_regions")) {
		write_down();
		return 0;
	}
	if (strcmp(wants, "on") && strcmp(wants, "off") &&
	    strcmp(wants, "update_schemes_stats"))
		return -EINVAL;

	if (!strcmp(wants, "update_schemes_stats"))
		return is_on ? 0 : -EINVAL;
	if (!strcmp(wants, "on") == is_on)
		return is_on ? -EBUSY : -EPERM;
	strcpy(text, wants);
	return 0;
}

static bool takes(const char *name, const char *wants)
{
	if (!strcmp(name, "action"))
		return fake_damon->has_migrate || strncmp(wants, "migrate", 7) != 0;
	if (!strcmp(name, "target_metric"))
		return fake_damon->has_goals || strncmp(wants, "node_mem", 8) != 0;
	return true;
}

static int put(const char *path, const char *wants)
{
	const char *name = strrchr(path, '/') + 1;
	char *text = fake_damon_text(path);

	if (!text)
		return -ENOENT;
	if (!strncmp(name, "nr_", 3))
		return write_count(path, text, wants);
	if (!strcmp(name, "state"))
		return write_state(text, wants);
	if (!takes(name, wants))
		return -EINVAL;
	snprintf(text, sizeof(fake_damon->files[0].text), "%s", wants);
	return 0;
}

void fake_damon_write(const char *path, const char *text)
{
	assert_int_equal(put(path, text), 0);
}

/* ---- the root ------------------------------------------------------------------------------ */

/* The end of the process, or the error that comes instead of this write. */
static int begin_write(void)
{
	if (fake_damon->writes == fake_damon->dies_before)
		_exit(0);
	if (fake_damon->refuses < 0 || fake_damon->writes < fake_damon->refuses ||
	    fake_damon->writes > fake_damon->refuses + fake_damon->refuses_more)
		return 0;
	return fake_damon->error;
}

static int end_write(int ret)
{
	if (fake_damon->writes++ == fake_damon->dies_after)
		_exit(0);
	return ret;
}

static int fake_read(struct root *root, const char *path, struct strbuf *out)
{
	const char *text = fake_damon_text(path);

	(void)root;
	if (!strcmp(path, AUTO_STATE_PATH))
		return fake_damon->has_state ? strbuf_puts(out, fake_damon->state) :
					       -ENOENT;
	if (strstr(path, "boot_id"))
		return strbuf_printf(out, "%s\n", fake_damon->boot);
	if (strstr(path, "/state") && fake_damon->looks++ == fake_damon->busy_look)
		return -EBUSY;
	if (text && fake_damon->lacks_vaddr && strstr(path, "/avail_operations"))
		text = "fvaddr\npaddr";
	return text ? strbuf_printf(out, "%s\n", text) : -ENOENT;
}

static int fake_list(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	if (!strstr(path, "/tried_regions") || !fake_damon_text(TRIED "0/start"))
		return -ENOENT;
	for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
		if (strbuf_add(out, regions[i].folder, strlen(regions[i].folder) + 1))
			return -ENOMEM;
	return strbuf_add(out, "total_bytes", sizeof("total_bytes"));
}

static int fake_write(struct root *root, const char *path, const char *text)
{
	int ret = begin_write();

	(void)root;
	return end_write(ret ? ret : put(path, text));
}

static int fake_keep(struct root *root, const char *path, const char *text, bool only_new)
{
	int ret = begin_write();

	(void)root;
	assert_string_equal(path, AUTO_STATE_PATH);
	assert_true(strlen(text) < sizeof(fake_damon->state));
	if (!ret && only_new && fake_damon->has_state)
		ret = -EEXIST;
	if (!ret) {
		strcpy(fake_damon->state, text);
		fake_damon->has_state = true;
	}
	return end_write(ret);
}

static int fake_drop(struct root *root, const char *path)
{
	int ret = begin_write();

	(void)root;
	(void)path;
	if (!ret && !fake_damon->has_state)
		ret = -ENOENT;
	if (!ret)
		fake_damon->has_state = false;
	return end_write(ret);
}

static void fake_close(struct root *root)
{
	(void)root;
}

struct root *fake_damon_new(bool has_migrate, bool has_goals)
{
	static const struct root_ops ops = {
		.read = fake_read,
		.list = fake_list,
		.write = fake_write,
		.keep = fake_keep,
		.drop = fake_drop,
		.close = fake_close,
	};
	static struct root root = { .ops = &ops, .is_live = true };

	if (!fake_damon)
		fake_damon = mmap(NULL, sizeof(*fake_damon), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(fake_damon, MAP_FAILED);
	memset(fake_damon, 0, sizeof(*fake_damon));
	fake_damon->has_migrate = has_migrate;
	fake_damon->has_goals = has_goals;
	fake_damon->boot = "this-boot";
	fake_damon->dies_before = fake_damon->dies_after = fake_damon->refuses = -1;
	fake_damon->busy_look = -1;
	add_file(DAMON_COUNT, "0");
	add_file(kernel_demotion_path, "false");
	add_file(kernel_balancing_path, "1");
	return &root;
}

char *fake_damon_all(void)
{
	struct strbuf all = { 0 };
	int ret = 0;

	for (size_t i = 0; i < fake_damon->n_files; i++)
		ret |= strbuf_printf(&all, "%s: %s\n", fake_damon->files[i].path,
				     fake_damon->files[i].text);
	ret |= strbuf_printf(&all, "state: %s\n",
			     fake_damon->has_state ? fake_damon->state : "none");
	assert_int_equal(ret, 0);
	return all.text;
}
