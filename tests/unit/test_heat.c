// SPDX-License-Identifier: GPL-2.0-or-later
// Regions with where they lie, of a process that is watched, and no longer.
#include "heat.h"

#include "damon.h"
#include "fake_damon.h"
#include "fake_pages.h"
#include "unit.h"

#define STATE DAMON_KDAMONDS "/0/state"

/* Nodes 0 and 1 are the fast tier, 2 the slow one. */
static const struct tier_nodeset tiers[] = { { .bits = { 3 } },
					     { .bits = { 4 } },
					     { .bits = { 8 } } };

static struct looking looking;
static struct heat heat;

static int set_up(void **state)
{
	(void)state;
	heat = (struct heat){ 0 };
	looking = (struct looking){ .pages = &fake_page_ops,
				    .page_bytes = 4096,
				    .seed = 7,
				    .tiers = tiers,
				    .n_tiers = 2 };
	looking.root = fake_damon_new(true, true);
	fake_pages_reset();
	fake_pages_fill(0, 1, 0);
	fake_pages_fill(2, 1, 2); /* the second page is not in memory */
	fake_pages_fill(256, 64, 1);
	fake_pages_fill(320, 192, 2);
	return looking_init(&looking);
}

static int tear_down(void **state)
{
	(void)state;
	heat_stop(&heat, &looking);
	looking_free(&looking);
	return 0;
}

/* The child needs a moment. */
static void look_until_there(void)
{
	while (!heat.n && !heat.error) {
		assert_int_equal(heat_look(&heat, &looking, FAKE_PID), 0);
		usleep(1000);
	}
}

static void test_heat__regions_and_tiers(void **state)
{
	(void)state;
	assert_int_equal(heat_look(&heat, &looking, FAKE_PID), 0);
	assert_int_equal(heat.n, 0);

	look_until_there();

	assert_int_equal(heat.n, 3);
	assert_int_equal(heat.samples[0].accesses, 20);
	assert_int_equal(heat.samples[0].accesses_most, KDAMOND_LOOKS);
	assert_int_equal(heat.samples[0].tier_bytes[0], 4096);
	assert_int_equal(heat.samples[0].tier_bytes[1], 0);
	assert_int_equal(heat.samples[1].asked, 2);
	assert_int_equal(heat.samples[1].found, 1);
	assert_int_equal(heat.samples[1].tier_bytes[0], 0);
	assert_int_equal(heat.samples[1].tier_bytes[1], 4096);
	/* A page out of each eight: a quarter lies in the fast tier. */
	assert_int_equal(heat.samples[2].asked, 32);
	assert_int_equal(heat.samples[2].found, 32);
	assert_int_equal(heat.samples[2].tier_bytes[0], 1 << 18);
	assert_int_equal(heat.samples[2].tier_bytes[1], 3 << 18);
	assert_int_equal(heat.samples[2].tier_bytes[2], 0);
}

static void test_heat__nobody_is_watched_behind_it(void **state)
{
	(void)state;
	look_until_there();

	heat_stop(&heat, &looking);

	assert_string_equal(fake_damon_text(DAMON_COUNT), "0");
	assert_int_equal(heat.n, 0);
}

/* Its kdamond ends with it. Nobody who gets its number is watched in its place. */
static void test_heat__process_that_ends(void **state)
{
	(void)state;
	look_until_there();
	fake_damon_write(STATE, "off");
	fake_pages.is_dead = true;

	while (!heat.error)
		assert_int_equal(heat_look(&heat, &looking, FAKE_PID), 0);

	assert_int_equal(heat.error, -ESRCH);
	assert_int_equal(heat.n, 0);
	assert_string_equal(fake_damon_text(DAMON_COUNT), "0");
	assert_int_equal(heat_look(&heat, &looking, FAKE_PID), 0);
	assert_string_equal(fake_damon_text(DAMON_COUNT), "0");
}

static void test_heat__somebody_elses(void **state)
{
	(void)state;
	fake_damon_write(DAMON_COUNT, "1");

	for (int i = 0; i < 3; i++)
		assert_int_equal(heat_look(&heat, &looking, FAKE_PID), 0);

	assert_int_equal(heat.error, -EEXIST);
	assert_says(heat.why, "another program");
	assert_string_equal(fake_damon_text(DAMON_COUNT), "1");
}

static void test_heat__other_machine(void **state)
{
	(void)state;
	looking.pages = NULL;

	assert_int_equal(heat_look(&heat, &looking, FAKE_PID), 0);

	assert_int_equal(heat.error, -EOPNOTSUPP);
	assert_int_equal(fake_damon->writes, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_heat__regions_and_tiers),
		TEST(test_heat__nobody_is_watched_behind_it),
		TEST(test_heat__process_that_ends),
		TEST(test_heat__somebody_elses),
		TEST(test_heat__other_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
