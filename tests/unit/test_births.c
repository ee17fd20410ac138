// SPDX-License-Identifier: GPL-2.0-or-later
// All processes are listed anew when one was born, when that cannot be known, and now and then.
#include "births.h"
#include "unit.h"
#include "watched.h"

/* ---- what the kernel says -------------------------------------------------------------------- */

static void test_births__read(void **state)
{
	static const struct {
		const char *text;
		bool is_known;
	} rows[] = {
		{ "0.39 1.81 2.54 1/173 4711\n", true },
		{ "0.00 0.00 0.00 2/2097152 4194304\n", true },
		{ "0.39 1.81 2.54 1/173\n", false },
		{ "0.39 1.81 2.54 1/173 \n", false },
		{ "0.39 1.81 2.54 1/x 4711\n", false },
		{ "0.39 1.81 2.54 1/173 4711 5\n", false },
		{ "0.39 1.81 2.54\n", false },
		{ "/", false },
		{ "", false },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct test_file files[] = { { "/proc/loadavg", rows[i].text, 0 },
						   { 0 } };
		struct root *one = files_root(files);
		struct births found = births_read(one);

		assert_int_equal(found.is_known, rows[i].is_known);
		root_close(one);
	}
}

static void test_births__none(void **state)
{
	const struct births known = { true, 4711, 173, 0 };
	const struct births unlike[] = {
		{ true, 4712, 173, 0 },
		{ true, 4711, 174, 0 },
		{ false, 4711, 173, 0 },
	};
	struct births last = known;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(unlike); i++) {
		assert_false(births_none(&last, &unlike[i]));
		last = unlike[i];
		assert_false(births_none(&last, &known));
		last = known;
	}
	assert_true(births_none(&last, &known));
}

/* ---- what a sampler makes of it -------------------------------------------------------------- */

static char loadavg[64];

static void say(const char *text)
{
	snprintf(loadavg, sizeof(loadavg), "0.00 0.00 0.00 %s\n", text);
}

#define MAPS "00400000-00404000 r-xp 00000000 08:01 7   /bin/small\n"

#define PROCESS(pid)                                                             \
	{ "/proc/" pid "/stat", STAT(pid " (one) S 1", "9", "65536", "16"), 0 }, \
		{ "/proc/" pid "/status", STATUS("0", "64"), 0 },                \
		{ "/proc/" pid "/numa_maps", SMALL_MAPS, 0 },                    \
	{                                                                        \
		"/proc/" pid "/maps", MAPS, 0                                    \
	}

/* Listed once, and then somebody is born. */
static void begin(const char *first, const char *then)
{
	static const struct test_file before[] = {
		{ "/proc/loadavg", loadavg, 0 },
		PROCESS("20"),
		{ 0 },
	};
	static const struct test_file after[] = {
		{ "/proc/loadavg", loadavg, 0 },
		PROCESS("20"),
		PROCESS("40"),
		{ 0 },
	};

	say(first);
	root_close(root);
	root = files_root(before);
	sampler.looking.root = root;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	assert_int_equal(sampler.sample.n_processes, 1);
	root_close(root);
	say(then);
	root = files_root(after);
	sampler.looking.root = root;
}

static size_t count_later(void)
{
	now_ns += 1000000000;
	assert_int_equal(refresh(&sampler, &everybody), 0);
	return sampler.sample.n_processes;
}

static void test_births__no_list_without(void **state)
{
	(void)state;
	begin("1/173 39", "1/173 39");

	assert_int_equal(count_later(), 1);
}

static void test_births__last_pid(void **state)
{
	(void)state;
	begin("1/173 39", "1/173 40");

	assert_int_equal(count_later(), 2);
	assert_int_equal(process(40)->how, TIER_PLACED_EXACT);
}

/* In another PID namespace. */
static void test_births__threads(void **state)
{
	(void)state;
	begin("1/173 39", "1/174 39");

	assert_int_equal(count_later(), 2);
}

static void test_births__not_told(void **state)
{
	(void)state;
	begin("", "");

	assert_int_equal(count_later(), 2);
}

/* Whatever the kernel says, for sixteen refreshes at most. */
static void test_births__now_and_then(void **state)
{
	int refreshes = 1;

	(void)state;
	begin("1/173 39", "1/173 39");
	while (refreshes < 40 && count_later() == 1)
		refreshes++;

	assert_int_equal(refreshes, 16);
	assert_int_equal(count_later(), 2);
}

/* The others are not known any more, once there was one only. */
static void test_births__after_one(void **state)
{
	const struct allowance one = { .pid = 20, .pages = 64 };

	(void)state;
	begin("1/173 39", "1/173 39");
	assert_int_equal(refresh(&sampler, &one), 0);

	assert_int_equal(count_later(), 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, watch_set_up, watch_tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_births__read), cmocka_unit_test(test_births__none),
		TEST(test_births__no_list_without),  TEST(test_births__last_pid),
		TEST(test_births__threads),	     TEST(test_births__not_told),
		TEST(test_births__now_and_then),     TEST(test_births__after_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
