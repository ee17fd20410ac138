// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads what only a diagnosis asks for. Concludes nothing.
#include "symptoms.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

#include "fact_file.h"
#include "mempolicy.h"
#include "parse.h"

const char kernel_auto_online_path[] = "/sys/devices/system/memory/auto_online_blocks";

#define TABLES "/sys/firmware/acpi/tables"

struct reader {
	struct fact_reader file;
	const struct sys_ops *sys;
	struct symptoms *symptoms;
};

static int read_zone_reclaim(struct reader *reader)
{
	fact_path(&reader->file, "/proc/sys/vm/zone_reclaim_mode");
	return fact_number(&reader->file, &reader->symptoms->zone_reclaim);
}

/* Only root may read the tables, but everybody may see that they are there. */
static int has_table(struct reader *reader, const char *path, bool *has)
{
	struct root *root = reader->file.root;
	SCOPED_STRBUF struct strbuf bytes = { 0 };
	int ret = root->ops->read(root, path, &bytes);

	*has = !ret || ret == -EACCES || ret == -EPERM;
	return ret == -ENOMEM ? ret : 0;
}

/* Firmware that describes nodes has an SRAT. Where none is to be seen, neither would an
 * HMAT be. */
static int read_tables(struct reader *reader)
{
	struct figure *has_hmat = &reader->symptoms->has_hmat;
	bool has_srat, has;
	int ret = has_table(reader, TABLES "/SRAT", &has_srat);

	if (!ret)
		ret = has_table(reader, TABLES "/HMAT", &has);
	if (!ret && (has || has_srat))
		*has_hmat = (struct figure){ true, has };
	return ret;
}

/* The rest of the line that begins with `name`, NULL when there is none. */
static const char *line_value(const char *text, const char *name)
{
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len))
		if (len > strlen(name) && !strncmp(line, name, strlen(name)))
			return line + strlen(name);
	return NULL;
}

static int read_seccomp(struct reader *reader)
{
	const char *value;
	int ret;

	fact_path(&reader->file, "/proc/self/status");
	ret = fact_read(&reader->file);
	if (ret <= 0)
		return ret;
	value = line_value(strbuf_text(&reader->file.text), "Seccomp:");
	if (!value)
		return 0;
	value += strspn(value, " \t");
	reader->symptoms->seccomp.known =
		!parse_digits(&value, &reader->symptoms->seccomp.value);
	return 0;
}

static int ask_calls(struct reader *reader)
{
	struct symptoms *symptoms = reader->symptoms;

	if (!reader->sys)
		return 0;
	for (enum policy_call call = 0; call < POLICY_CALLS; call++)
		symptoms->refusal[call] = reader->sys->ask(call);
	symptoms->knows_calls = true;
	symptoms->has_many = mempolicy_has_mode(reader->sys, TIER_MODE_PREFER);
	symptoms->has_weighted = mempolicy_has_mode(reader->sys, TIER_MODE_WEIGHTED);
	return 0;
}

/* ---- mounts and control groups ----------------------------------------------------- */

/* What of /proc/self/mounts matters; the mount points lie in `points`. */
struct mounts {
	char *v1; /* where the hierarchy of cpusets is, or NULL */
	char *v2;
};

static bool has_option(const char *options, size_t len, const char *option)
{
	for (size_t at = 0; at < len;) {
		size_t one = 0;

		while (at + one < len && options[at + one] != ',')
			one++;
		if (span_is(options + at, one, option))
			return true;
		at += one + 1;
	}
	return false;
}

/* "DEVICE POINT TYPE OPTIONS 0 0" */
static int take_mount(struct reader *reader, const char *line, const char *end,
		      struct mounts *mounts)
{
	const char *word[4];
	char **point = NULL;
	size_t len[4];

	for (size_t i = 0; i < ARRAY_SIZE(word); i++)
		if (!next_word(&line, end, &word[i], &len[i]))
			return 0;
	/* A later mount hides the one before it. */
	if (span_is(word[2], len[2], "sysfs") && span_is(word[1], len[1], "/sys"))
		reader->symptoms->is_sysfs_read_only =
			(struct figure){ true, has_option(word[3], len[3], "ro") };
	if (span_is(word[2], len[2], "cgroup2"))
		point = &mounts->v2;
	if (span_is(word[2], len[2], "cgroup") && has_option(word[3], len[3], "cpuset"))
		point = &mounts->v1;
	if (!point)
		return 0;
	*point = arena_strndup(&reader->symptoms->facts.arena, word[1], len[1]);
	return *point ? 0 : -ENOMEM;
}

static int read_mounts(struct reader *reader, struct mounts *mounts)
{
	const char *at, *line;
	size_t len;
	int ret;

	fact_path(&reader->file, "/proc/self/mounts");
	ret = fact_read(&reader->file);
	if (ret <= 0)
		return ret;
	at = strbuf_text(&reader->file.text);
	for (ret = 0; !ret && next_line(&at, &line, &len);)
		ret = take_mount(reader, line, line + len, mounts);
	return ret;
}

/* "NUMBER:CONTROLLERS:PATH"; v2's line has no controllers. 1: it is the group that has
 * this task's cpuset. */
static int take_group(struct reader *reader, const char *line, size_t len,
		      const struct mounts *mounts)
{
	struct symptoms *symptoms = reader->symptoms;
	const char *names = memchr(line, ':', len);
	const char *path =
		names ? memchr(names + 1, ':', len - (size_t)(names + 1 - line)) : NULL;
	const char *mount;

	if (!path)
		return 0;
	symptoms->is_cpuset_v1 =
		has_option(names + 1, (size_t)(path - names - 1), "cpuset");
	mount = symptoms->is_cpuset_v1 ? mounts->v1 :
		names + 1 == path      ? mounts->v2 :
					 NULL;
	path++;
	len -= (size_t)(path - line);
	/* A group outside of what this namespace shows begins with "/..". */
	if (!mount || !len || (len >= 3 && !strncmp(path, "/..", 3)))
		return 0;
	if (len == 1)
		len = 0;
	symptoms->cpuset_file = arena_printf(&symptoms->facts.arena, "%s%.*s/cpuset.mems",
					     mount, (int)len, path);
	return symptoms->cpuset_file ? 1 : -ENOMEM;
}

/* A line of v1 comes before the one of v2, and is the one that counts. */
static int read_groups(struct reader *reader)
{
	struct mounts mounts = { 0 };
	const char *at, *line;
	size_t len;
	int ret = read_mounts(reader, &mounts);

	if (ret)
		return ret;
	fact_path(&reader->file, "/proc/self/cgroup");
	ret = fact_read(&reader->file);
	if (ret <= 0)
		return ret;
	at = strbuf_text(&reader->file.text);
	for (ret = 0; !ret && next_line(&at, &line, &len);)
		ret = take_group(reader, line, len, &mounts);
	return ret < 0 ? ret : 0;
}

/* ---- libdaxctl --------------------------------------------------------------------- */

/* It has no call that tells its version; 79 brought this one. */
static int look_for_daxctl(struct reader *reader)
{
	void *library;

	if (!reader->sys)
		return 0;
	library = dlopen("libdaxctl.so.1", RTLD_LAZY | RTLD_LOCAL);
	reader->symptoms->daxctl = DAXCTL_MISSING;
	if (!library)
		return 0;
	reader->symptoms->daxctl = dlsym(library, "daxctl_dev_is_system_ram_capable") ?
					   DAXCTL_79 :
					   DAXCTL_BEFORE_79;
	dlclose(library);
	return 0;
}

/* ---- who else has a hand in it ---------------------------------------------------- */

static int read_memory_helpers(struct reader *reader)
{
	struct symptoms *symptoms = reader->symptoms;
	int ret = hotplug_module(reader->file.root, &symptoms->kmem);

	return ret ? ret :
		     udev_rules_read(reader->file.root, &symptoms->facts.arena,
				     &symptoms->rules);
}

static int read_damon(struct reader *reader)
{
	struct root *root = reader->file.root;
	SCOPED_STRBUF struct strbuf state = { 0 };
	int ret = damon_read_owner(root, &reader->symptoms->damon);

	if (ret)
		return ret;
	ret = root->ops->read(root, AUTO_STATE_PATH, &state);
	reader->symptoms->has_auto = !ret;
	return ret == -ENOMEM ? ret : 0;
}

int symptoms_read(struct root *root, const struct sys_ops *sys, struct symptoms *symptoms)
{
	static int (*const parts[])(struct reader *) = {
		read_zone_reclaim, read_tables,	    read_seccomp,	 ask_calls,
		read_groups,	   look_for_daxctl, read_memory_helpers, read_damon,
	};
	struct reader reader = { .sys = sys, .symptoms = symptoms };
	int ret = 0;

	*symptoms = (struct symptoms){ 0 };
	reader.file.root = root;
	reader.file.facts = &symptoms->facts;
	for (size_t i = 0; !ret && i < ARRAY_SIZE(parts); i++)
		ret = parts[i](&reader);
	strbuf_free(&reader.file.text);
	if (ret)
		symptoms_free(symptoms);
	return ret;
}

void symptoms_free(struct symptoms *symptoms)
{
	facts_free(&symptoms->facts);
	damon_free(&symptoms->damon);
}
