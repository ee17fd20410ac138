// SPDX-License-Identifier: GPL-2.0-or-later
// Builds and walks a chain of pointers. Where the memory lies is not known here.
#include "chain.h"

#include <errno.h>
#include <stdlib.h>

#include "chance.h"

static void swap(uint32_t *order, size_t a, size_t b)
{
	uint32_t kept = order[a];

	order[a] = order[b];
	order[b] = kept;
}

static void shuffle(uint32_t *order, size_t count, struct chance *chance)
{
	for (size_t i = count; i > 1; i--)
		swap(order, i - 1, (size_t)chance_below(chance, i));
}

/* The lines of all windows, one window after the other in the order of `windows`. */
static void fill_order(uint32_t *order, size_t lines, size_t window,
		       const uint32_t *windows, struct chance *chance)
{
	size_t at = 0;

	for (size_t w = 0; at < lines; w++) {
		size_t first = windows[w] * window, begin = at;

		for (size_t i = 0; i < window && first + i < lines; i++)
			order[at++] = (uint32_t)(first + i);
		shuffle(order + begin, at - begin, chance);
	}
}

static void link_lines(unsigned char *buffer, const uint32_t *order, size_t lines)
{
	for (size_t i = 0; i < lines; i++) {
		void *line = buffer + (size_t)order[i] * CHAIN_LINE_BYTES;

		*(void **)line =
			buffer + (size_t)order[(i + 1) % lines] * CHAIN_LINE_BYTES;
	}
}

int chain_build(void *buffer, size_t lines, size_t window_lines, uint64_t seed)
{
	struct chance chance = { seed };
	size_t window = window_lines && window_lines < lines ? window_lines : lines;
	size_t count;
	uint32_t *order, *windows;

	if (!lines || lines > UINT32_MAX)
		return -EINVAL;
	count = (lines + window - 1) / window;
	order = calloc(lines + count, sizeof(*order));
	if (!order)
		return -ENOMEM;
	windows = order + lines;
	for (size_t i = 0; i < count; i++)
		windows[i] = (uint32_t)i;
	shuffle(windows, count, &chance);
	fill_order(order, lines, window, windows, &chance);
	link_lines(buffer, order, lines);
	free(order);
	return 0;
}

size_t chain_length(const void *start, size_t limit)
{
	const void *at = start;
	size_t steps = 0;

	do {
		at = *(const void *const *)at;
		steps++;
	} while (at != start && steps <= limit);
	return steps;
}

uint64_t chain_print(const void *start, size_t lines)
{
	const unsigned char *buffer = start;
	uint64_t print = lines;

	for (size_t i = 0; i < lines; i++) {
		const void *line = buffer + i * CHAIN_LINE_BYTES;
		const unsigned char *to = *(const unsigned char *const *)line;
		/* Each step can be undone, so one line alone that differs is seen. */
		uint64_t mixed = (print ^ (uint64_t)((uintptr_t)to - (uintptr_t)start)) *
				 UINT64_C(0x9e3779b97f4a7c15);

		print = mixed ^ mixed >> 29;
	}
	return print;
}

#define STEP	    (at = *(const void *const *)at)
#define STEPS_4	    (STEP, STEP, STEP, STEP)
#define STEPS_16    (STEPS_4, STEPS_4, STEPS_4, STEPS_4)
#define STEPS_ROUND 16

const void *chain_walk(const void *from, size_t steps)
{
	const void *at = from;

	for (size_t i = 0; i < steps / STEPS_ROUND; i++)
		STEPS_16;
	return at;
}

size_t chain_steps(size_t steps, uint64_t took_ns, uint64_t wanted_ns, size_t least)
{
	size_t scaled =
		took_ns ? (size_t)((double)steps * (double)wanted_ns / (double)took_ns) :
			  0;

	return (scaled > least ? scaled : least) / STEPS_ROUND * STEPS_ROUND;
}
