// SPDX-License-Identifier: GPL-2.0-or-later
// The advisor against machines that are simulated, access by access, and not by its own
// formula: what it predicts, what it picks, and out of how many ratios. Emulation: it says
// nothing of a memory, only of the advisor.
#include <math.h>

#include "advise.h"
#include "chance.h"
#include "unit.h"

#define LINE	64
#define LINES	4096  /* in flight, at most */
#define WARM	40000 /* accesses that do not count: queues are long */
#define COUNTED 15000 /* that do */
#define POINTS	12

/* Memory that takes one line after the other, and hands each over some time later. */
struct memory {
	double bytes_per_sec, idle_ns; /* what it is */
	double free_at;
	double done[LINES]; /* lines that are under way, in order */
	size_t first, count;
};

struct machine {
	struct memory memory[2]; /* fast, slow */
	size_t lines;		 /* that the program keeps in flight */
	struct chance chance;
};

static void reset(struct machine *machine)
{
	for (size_t i = 0; i < 2; i++) {
		machine->memory[i].free_at = 0;
		machine->memory[i].first = machine->memory[i].count = 0;
	}
	machine->chance = (struct chance){ 11 };
}

/* How long a line keeps a memory busy: rows and banks make it differ by half. */
static double busy_ns(struct machine *machine, const struct memory *memory)
{
	return LINE * 1e9 / memory->bytes_per_sec * (0.5 + chance_part(&machine->chance));
}

static double access_at(struct machine *machine, struct memory *memory, double now)
{
	memory->free_at = fmax(memory->free_at, now) + busy_ns(machine, memory);
	return memory->free_at + memory->idle_ns;
}

static void send(struct machine *machine, double share, double now)
{
	struct memory *memory = &machine->memory[chance_part(&machine->chance) >= share];
	size_t last = (memory->first + memory->count++) % LINES;

	memory->done[last] = access_at(machine, memory, now);
}

/* The next line that arrives, and when. */
static double receive(struct machine *machine)
{
	struct memory *fast = &machine->memory[0], *slow = &machine->memory[1];
	bool is_slow = !fast->count ||
		       (slow->count && slow->done[slow->first] < fast->done[fast->first]);
	struct memory *memory = is_slow ? slow : fast;
	double now = memory->done[memory->first];

	memory->first = (memory->first + 1) % LINES;
	memory->count--;
	return now;
}

/* The program's traffic with a share of its pages on the fast memory: for each line that
 * arrives it asks for another. */
static double traffic(struct machine *machine, double share)
{
	double began = 0, now = 0;

	reset(machine);
	for (size_t line = 0; line < machine->lines; line++)
		send(machine, share, 0);
	for (int i = 0; i < WARM + COUNTED; i++) {
		now = receive(machine);
		send(machine, share, now);
		if (i == WARM)
			began = now;
	}
	return (double)(COUNTED - 1) * LINE * 1e9 / (now - began);
}

/* One memory's latency beside traffic that comes at random, as a curve has it. */
static double latency_at(struct machine *machine, struct memory *memory,
			 double bytes_per_sec)
{
	double now = 0, sum = 0;

	reset(machine);
	for (int i = 0; i < WARM + COUNTED; i++) {
		double took;

		now -= log(1 - chance_part(&machine->chance)) * LINE * 1e9 /
		       bytes_per_sec;
		took = access_at(machine, memory, now) - now;
		sum += i < WARM ? 0 : took;
	}
	return sum / COUNTED;
}

/* ---- what tierbench would find --------------------------------------------------- */

/* From next to nothing to nearly all, out of order and with an error of up to 2 % each. */
static void measure(struct machine *machine, size_t i, struct advise_point *points,
		    struct advise_tier *tier)
{
	static const double parts[POINTS] = { 0.9, 0.02, 0.1, 0.05, 0.3, 0.2,
					      0.5, 0.4,	 0.6, 0.8,  0.7, 0.95 };
	struct chance errors = { i + 1 };

	machine->lines = LINES / 2;
	*tier = (struct advise_tier){ .peak_bytes_per_sec = traffic(machine, !i),
				      .points = points };
	for (size_t n = 0; n < POINTS; n++) {
		double load = parts[n] * tier->peak_bytes_per_sec;
		double ns = latency_at(machine, &machine->memory[i], load);

		points[n].bytes_per_sec = load;
		points[n].ns = ns * (0.98 + 0.04 * chance_part(&errors));
	}
	tier->count = advise_curve(points, POINTS, tier->peak_bytes_per_sec);
}

#define GB 1e9

/* DRAM and CXL of several kinds, the last-level cache and DRAM, and one memory that is held
 * back beside another of its kind. */
static const struct machine machines[] = {
	{ .memory = { { 200 * GB, 100 }, { 100 * GB, 180 } } },
	{ .memory = { { 200 * GB, 100 }, { 22 * GB, 250 } } },
	{ .memory = { { 200 * GB, 100 }, { 50 * GB, 300 } } },
	{ .memory = { { 60 * GB, 40 }, { 25 * GB, 110 } } },
	{ .memory = { { 25 * GB, 110 }, { 25 * GB, 110 } } },
	{ .memory = { { 25 * GB, 110 }, { 6 * GB, 400 } } },
};

static const size_t in_flight[] = { 20, 100, 200, 320, 450, 1200 };

/* Each machine with each number of lines: whether it is as it should be, said if not. */
typedef bool (*look_fn)(struct machine *machine, const struct advise_tier *tiers);

static void look_at_all(look_fn look)
{
	static struct machine machine;
	int failures = 0;

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		struct advise_point points[2][POINTS];
		struct advise_tier tiers[2];

		machine = machines[i];
		for (size_t n = 0; n < 2; n++)
			measure(&machine, n, points[n], &tiers[n]);
		for (size_t n = 0; n < ARRAY_SIZE(in_flight); n++) {
			machine.lines = in_flight[n];
			if (!look(&machine, tiers))
				ROW_FAILS(failures, "machine %zu, %zu lines\n", i,
					  in_flight[n]);
		}
	}
	assert_rows(failures);
}

/* ---- what is promised ------------------------------------------------------------------ */

static bool is_predicted(struct machine *machine, const struct advise_tier *tiers)
{
	static const double fast[] = { 0.5, 1, 1.6, 2.6, 4, 6.6, 9, 16, 40 };
	bool good = true;

	for (size_t i = 0; i < ARRAY_SIZE(fast); i++) {
		double share = fast[i] / (fast[i] + 1), shares[] = { share, 1 - share };
		double real = traffic(machine, share);
		double part =
			advise_throughput(tiers, shares, 2, (double)machine->lines) /
			real;

		if (fabs(part - 1) > 0.05)
			print_message("%g:1: predicted %.3f of %.4g\n", fast[i], part,
				      real);
		good &= fabs(part - 1) <= 0.05;
	}
	return good;
}

static void test_machine__predicted_within_five_per_cent(void **state)
{
	(void)state;
	look_at_all(is_predicted);
}

/* Of 71 ratios, as ./dev bench --advice has them: from 1:4 to 64:1, and fast alone. */
static double best_of_all(struct machine *machine)
{
	double best = traffic(machine, 1);

	for (int i = 0; i < 70; i++) {
		double fast = 0.25 * pow(256, i / 69.0);

		best = fmax(best, traffic(machine, fast / (fast + 1)));
	}
	return best;
}

static bool is_picked(struct machine *machine, const struct advise_tier *tiers)
{
	struct advise_trial trials[ADVISE_RATIOS + 1];
	struct chance errors = { 5 };
	struct advice advice;
	double predicted = INFINITY, next, got, best = best_of_all(machine);
	size_t count = 0;

	assert_int_equal(advise(tiers, 2, (double)machine->lines, &advice), 0);
	if (advice.weight[1])
		predicted = (double)advice.weight[0] / advice.weight[1];
	while ((next = advise_next(trials, count, predicted)) != 0) {
		assert_true(count < ADVISE_RATIOS);
		got = traffic(machine, isinf(next) ? 1 : next / (next + 1));
		got *= 0.998 + 0.004 * chance_part(&errors);
		trials[count++] = (struct advise_trial){ next, got };
	}
	next = trials[advise_best(trials, count)].fast;
	got = traffic(machine, isinf(next) ? 1 : next / (next + 1));
	if (got < 0.98 * best)
		print_message("predicted %g:1, picked %g:1, %.3f of the best\n",
			      predicted, next, got / best);
	return got >= 0.98 * best;
}

static void test_machine__picked_within_two_per_cent_of_all(void **state)
{
	(void)state;
	look_at_all(is_picked);
}

/* What a curve is for: peaks and latencies without load are wrong by a quarter. */
static void test_machine__peaks_alone_do_not_suffice(void **state)
{
	static struct machine machine;
	static const double half[] = { 0.5, 0.5 };
	struct advise_tier tiers[] = { { 200 * GB, 100, NULL, 0 },
				       { 200 * GB, 110, NULL, 0 } };
	double real;

	(void)state;
	machine = (struct machine){ .memory = { { 200 * GB, 100 }, { 200 * GB, 110 } },
				    .lines = 450 };
	real = traffic(&machine, 0.5);
	assert_true(advise_throughput(tiers, half, 2, 450) < 0.85 * real);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_machine__predicted_within_five_per_cent),
		cmocka_unit_test(test_machine__picked_within_two_per_cent_of_all),
		cmocka_unit_test(test_machine__peaks_alone_do_not_suffice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
