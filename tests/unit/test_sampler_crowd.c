// SPDX-License-Identifier: GPL-2.0-or-later
// A thousand processes and no time: how soon it shows that they are in another control group, how
// often that is asked for, and how often the clock.
#include <errno.h>

#include "platform.h"
#include "unit.h"
#include "watched.h"

enum {
	FIRST = 100,
	CROWD = 1000,
	REFRESHES = 60,
	MOST_READS = CROWD / REFRESHES + 1 + 2, /* and two whose names are read anew */
	MOST_CLOCKS = 20
};

static bool have_moved;
static int group_reads;

static const struct file {
	const char *name, *text;
} files[] = {
	{ "stat", STAT("100 (one) S 1", "100", "65536", "16") },
	{ "status", STATUS("0", "64") },
	{ "cmdline", "one of many" },
	{ "numa_maps", SMALL_MAPS },
};

static int crowd_read(struct root *its, const char *path, struct strbuf *out)
{
	const char *name = strrchr(path, '/');

	(void)its;
	if (!name || strncmp(path, "/proc/", 6))
		return -ENOENT;
	if (!strcmp(name + 1, "cgroup")) {
		group_reads++;
		return strbuf_puts(out, have_moved ? "0::/b\n" : "0::/a\n");
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (!strcmp(name + 1, files[i].name))
			return strbuf_puts(out, files[i].text);
	return -ENOENT;
}

static int crowd_list(struct root *its, const char *path, struct strbuf *out)
{
	char text[16];
	int ret = strcmp(path, "/proc") ? -ENOENT : 0;

	(void)its;
	for (int i = 0; !ret && i < CROWD; i++) {
		snprintf(text, sizeof(text), "%d", FIRST + i);
		ret = strbuf_add(out, text, strlen(text) + 1);
	}
	return ret;
}

static const struct root_ops crowd_ops = { .read = crowd_read, .list = crowd_list };
static struct root crowd = { .ops = &crowd_ops };

static size_t in_group(const char *path)
{
	size_t n = 0;

	for (size_t i = 0; i < sampler.n_subjects; i++)
		n += sampler.subjects[i].cgroup &&
		     !strcmp(sampler.subjects[i].cgroup, path);
	return n;
}

/* How many reads of control groups that was. */
static int refresh_later(void)
{
	group_reads = 0;
	now_ns += 1000000000;
	assert_int_equal(sampler_refresh(&sampler, &everybody), 0);
	return group_reads;
}

static void begin_crowd(void)
{
	sampler.looking.root = &crowd;
	sampler.descriptors = CROWD;
	cpu_step_ns = 10 * everybody.cpu_ns;
	have_moved = false;
	refresh_later();
	refresh_later();
	assert_int_equal(in_group("/a"), CROWD);
}

static void test_sampler__groups_within_sixty_refreshes(void **state)
{
	(void)state;
	begin_crowd();
	have_moved = true;

	for (int i = 0; i < REFRESHES; i++)
		assert_true(refresh_later() <= MOST_READS);

	assert_int_equal(in_group("/b"), CROWD);
}

/* Each time that is a call of the kernel. */
static void test_sampler__clock_is_not_read_for_who_waits(void **state)
{
	uint64_t began;

	(void)state;
	begin_crowd();
	began = cpu_ns;

	refresh_later();

	assert_true(sampler.sample.waiting > CROWD / 2);
	assert_true((cpu_ns - began) / cpu_step_ns <= MOST_CLOCKS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_set_up, watch_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sampler__groups_within_sixty_refreshes),
		TEST(test_sampler__clock_is_not_read_for_who_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
