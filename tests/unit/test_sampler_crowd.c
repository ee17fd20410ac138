// SPDX-License-Identifier: GPL-2.0-or-later
// A thousand processes and no time: how soon it shows that they are in another control group, how
// often that is asked for, and how often the clock.
#include <errno.h>
#include <malloc.h>

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

/* Whatever is done takes longer than there is. */
#define NO_TIME (10 * everybody.cpu_ns)

static bool have_moved;
static int group_reads;

/* As of a program with some libraries. */
#define MAP(at)	   "7f00" at "000000-7f00" at "010000 rw-p 00000000 00:00 0 \n"
#define MAPS_4(at) MAP(at "0") MAP(at "4") MAP(at "8") MAP(at "c")
#define MAPS_8(at) MAPS_4(at "0") MAPS_4(at "1")

static const struct file {
	const char *name, *text;
} files[] = {
	{ "stat", STAT("100 (one) S 1", "100", "65536", "16") },
	{ "status", STATUS("0", "64") },
	{ "cmdline", "one of many" },
	{ "numa_maps", SMALL_MAPS },
	{ "maps", MAPS_8("0") MAPS_8("1") MAPS_8("2") },
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

static void begin_crowd(uint64_t step_ns)
{
	sampler.looking.root = &crowd;
	sampler.descriptors = CROWD;
	cpu_step_ns = step_ns;
	have_moved = false;
	refresh_later();
	refresh_later();
	assert_int_equal(in_group("/a"), CROWD);
}

static void test_sampler__groups_within_sixty_refreshes(void **state)
{
	(void)state;
	begin_crowd(NO_TIME);
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
	begin_crowd(NO_TIME);
	began = cpu_ns;

	refresh_later();

	assert_true(sampler.sample.waiting > CROWD / 2);
	assert_true((cpu_ns - began) / cpu_step_ns <= MOST_CLOCKS);
}

static size_t heap_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static size_t followed(void)
{
	size_t n = 0;

	for (size_t i = 0; i < sampler.n_subjects; i++)
		n += sampler.subjects[i].areas.n > 0;
	return n;
}

/* What is kept of a small process that was looked at often, and of one that is followed. */
static void test_sampler__small_ones_take_little(void **state)
{
	static const struct {
		size_t most, bytes;
	} rows[] = { { 0, 1200 }, { CROWD / 10, 1500 }, { CROWD, 3600 } };
	size_t bytes = heap_bytes();

	(void)state;
	sampler.looking.follows_most = 0;
	begin_crowd(0);
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		size_t each;

		sampler.looking.follows_most = rows[row].most;
		for (int i = 0; i < 30; i++)
			refresh_later();

		each = (heap_bytes() - bytes) / CROWD;
		print_message("%zu followed: %zu bytes each\n", followed(), each);
		assert_int_equal(sampler.subjects[CROWD - 1].how, TIER_PLACED_EXACT);
		assert_int_equal(followed(), rows[row].most);
		assert_true(each <= rows[row].bytes);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_set_up, watch_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_sampler__groups_within_sixty_refreshes),
		TEST(test_sampler__clock_is_not_read_for_who_waits),
		TEST(test_sampler__small_ones_take_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
