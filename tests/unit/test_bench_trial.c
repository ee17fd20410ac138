// SPDX-License-Identifier: GPL-2.0-or-later
// A trial finds the fastest loops, also where some of its runs were disturbed, and ends.
#include <inttypes.h>

#include "chance.h"
#include "trial.h"
#include "unit.h"

/* Runs as a machine would have them: `rate` of one set, 1 of the others. */
struct machine {
	const struct kernel_set *fastest;
	double rate;
	struct chance *chance; /* NULL: every run is as good as can be */
	size_t runs;
};

static double run(void *data, const struct kernel_set *set)
{
	struct machine *machine = data;
	double rate = set == machine->fastest ? machine->rate : 1;

	machine->runs++;
	assert_true(set->runs_here());
	/* Half of the runs lose up to half of their time to somebody. */
	if (machine->chance && chance_part(machine->chance) < 0.5)
		rate *= 1 - chance_part(machine->chance) / 2;
	return rate;
}

static void test_trial__finds_the_fastest(void **state)
{
	int failures = 0;

	(void)state;
	for (const struct kernel_set *const *set = kernel_sets; *set; set++) {
		struct machine machine = { *set, 1.01, NULL, 0 };
		const struct kernel_set *found;

		if (!(*set)->runs_here())
			continue;
		found = trial_of_loops(run, &machine);
		if (found != *set)
			ROW_FAILS(failures, "%s instead of %s\n", found->name,
				  (*set)->name);
		assert_true(machine.runs <= TRIAL_RUNS_MOST);
	}
	assert_rows(failures);
}

/* A third faster, and missed in fewer than one of 10 trials beside such a neighbour. */
static void test_trial__is_not_misled(void **state)
{
	struct chance chance = { 3 };
	size_t trials = 0, missed = 0;

	(void)state;
	for (int i = 0; i < 100; i++)
		for (const struct kernel_set *const *set = kernel_sets; *set; set++) {
			struct machine machine = { *set, 1.3, &chance, 0 };

			if (!(*set)->runs_here())
				continue;
			trials++;
			missed += trial_of_loops(run, &machine) != *set;
		}
	if (missed * 10 > trials)
		fail_msg("missed in %zu of %zu trials", missed, trials);
}

/* Where all are alike it is the widest, each time. */
static void test_trial__equals(void **state)
{
	struct machine machine = { NULL, 1, NULL, 0 };

	(void)state;
	assert_string_equal(trial_of_loops(run, &machine)->name,
			    kernels_find(NULL)->name);
}

static void test_trial__is_short(void **state)
{
	static const double seconds[] = { 0.001, 0.15, 0.3, 0.5, 2, 3600 };
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(seconds); i++) {
		uint64_t run_ns = trial_run_ns(seconds[i]);

		if (!run_ns || run_ns > 2000000 ||
		    (double)run_ns * TRIAL_RUNS_MOST > seconds[i] * 1e9 / 6)
			ROW_FAILS(failures, "%g s: %" PRIu64 " ns\n", seconds[i], run_ns);
	}
	assert_rows(failures);
	assert_int_equal(trial_run_ns(2), 2000000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_trial__finds_the_fastest),
		cmocka_unit_test(test_trial__is_not_misled),
		cmocka_unit_test(test_trial__equals),
		cmocka_unit_test(test_trial__is_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
