// SPDX-License-Identifier: GPL-2.0-or-later
// Loops over arrays as textbooks have them, compiled as anybody compiles: what tierbench is
// held against. Prints the best of several rounds in bytes per second, each operand counted
// once, which is how such loops are always counted.
//
// loop_load KERNEL BYTES SECONDS
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct arrays {
	double *a, *b, *c;
	size_t length;
};

static void copy(const struct arrays *at)
{
#pragma omp parallel for
	for (size_t i = 0; i < at->length; i++)
		at->a[i] = at->b[i];
}

static void triad(const struct arrays *at)
{
#pragma omp parallel for
	for (size_t i = 0; i < at->length; i++)
		at->a[i] = at->b[i] + 3.0 * at->c[i];
}

static const struct kernel {
	const char *name;
	void (*run)(const struct arrays *at);
	size_t operands;
} kernels[] = { { "copy", copy, 2 }, { "triad", triad, 3 } };

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double best_of(const struct kernel *kernel, const struct arrays *at,
		      double seconds)
{
	double began = now(), best = 0;

	/* The first round brings the pages. */
	kernel->run(at);
	do {
		double from = now(), rate;

		kernel->run(at);
		rate = (double)(kernel->operands * at->length * sizeof(double)) /
		       (now() - from);
		best = rate > best ? rate : best;
	} while (now() - began < seconds);
	return best;
}

int main(int argc, char **argv)
{
	struct arrays at;

	if (argc != 4)
		return 2;
	at.length = strtoul(argv[2], NULL, 10) / sizeof(double);
	at.a = malloc(at.length * sizeof(double));
	at.b = malloc(at.length * sizeof(double));
	at.c = malloc(at.length * sizeof(double));
	if (!at.a || !at.b || !at.c)
		return 1;
#pragma omp parallel for
	for (size_t i = 0; i < at.length; i++) {
		at.a[i] = 0;
		at.b[i] = (double)i;
		at.c[i] = 1;
	}
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		if (!strcmp(kernels[i].name, argv[1]))
			printf("%.0f %g\n",
			       best_of(&kernels[i], &at, strtod(argv[3], NULL)),
			       at.a[at.length / 2]);
	return 0;
}
