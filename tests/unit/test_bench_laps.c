// SPDX-License-Identifier: GPL-2.0-or-later
// Intervals that hold where samples depend on each other, as those of one machine do.
#include <errno.h>
#include <math.h>

#include "chance.h"
#include "laps.h"
#include "unit.h"

#define TRUE_MEDIAN 100.0
#define RUNS	    1000
#define PER_LAP	    11 /* as in two seconds */

/* What makes samples alike. */
struct machine {
	const char *name;
	double placement; /* standard deviation between placements, as a part */
	double sample;	  /* within one, of what is not kept */
	double kept; /* part of a sample's deviation that the next one keeps: AR(1) */
};

static const struct machine machines[] = {
	{ "alone", 0, 0.005, 0 },	 { "AR 0.5", 0, 0.01, 0.5 },
	{ "AR 0.9", 0, 0.005, 0.9 },	 { "two levels", 0.0125, 0.005, 0 },
	{ "two, AR", 0.01, 0.005, 0.7 }, { "noisy", 0.05, 0.03, 0.5 },
};

/* Normal enough: the sum of twelve (Irwin-Hall). */
static double draw(struct chance *chance)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += chance_part(chance);
	return sum;
}

/* How long placing takes, in samples: the machine's moods go on meanwhile. */
#define PLACING 20

struct clockwork {
	const struct machine *machine;
	struct chance chance;
	double mood, placement;
};

static void next_mood(struct clockwork *works)
{
	works->mood = works->machine->kept * works->mood +
		      works->machine->sample * draw(&works->chance);
}

static void place_anew(struct clockwork *works)
{
	works->placement = works->machine->placement * draw(&works->chance);
	for (int i = 0; i < PLACING; i++)
		next_mood(works);
}

static double take_sample(struct clockwork *works)
{
	next_mood(works);
	return TRUE_MEDIAN * (1 + works->placement + works->mood);
}

static struct estimate run_once(struct clockwork *works, const struct stop_rule *rule,
				size_t per_lap)
{
	struct laps laps;
	struct estimate got;

	assert_int_equal(laps_begin(&laps, rule, per_lap), 0);
	while (!laps.stop) {
		place_anew(works);
		for (size_t i = 0; i < per_lap; i++)
			laps_add(&laps, take_sample(works));
		laps_end_lap(&laps);
	}
	got = laps_estimate(&laps);
	laps_free(&laps);
	return got;
}

static void test_laps__interval_covers(void **state)
{
	static const struct {
		const char *name;
		struct stop_rule rule;
		size_t per_lap;
	} rows[] = {
		{ "usual", { LAPS_LEAST, LAPS_MOST, 0.02 }, PER_LAP },
		{ "hurry", { LAPS_HURRY, LAPS_HURRY, 0.02 }, 1 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows) * ARRAY_SIZE(machines); i++) {
		const struct machine *machine = &machines[i / ARRAY_SIZE(rows)];
		size_t row = i % ARRAY_SIZE(rows);
		struct clockwork works = { .machine = machine, .chance = { i + 1 } };
		int held = 0;

		for (int run = 0; run < RUNS; run++) {
			struct estimate got =
				run_once(&works, &rows[row].rule, rows[row].per_lap);

			held += got.low <= TRUE_MEDIAN && TRUE_MEDIAN <= got.high;
		}
		if (held < RUNS * 93 / 100)
			ROW_FAILS(failures, "%s, %s: %d of %d\n", machine->name,
				  rows[row].name, held, RUNS);
	}
	assert_rows(failures);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_laps__interval_covers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
