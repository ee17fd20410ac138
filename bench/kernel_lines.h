/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the loops do to one line, or to one group of a mix; kernel_body.h makes loops of it,
 * and knows what must be defined before. */
#ifndef KERNEL_LINES_H
#define KERNEL_LINES_H

#include "kernels.h"

#define VECS (KERNEL_LINE_BYTES / VEC_BYTES)

#define EACH_VEC(i) _Pragma("GCC unroll 8") for (int i = 0; i < VECS; i++)

/* Parts are constants where this is inlined, and callbacks are, too. */
#define INLINED static inline __attribute__((always_inline))

/* Buffers are aligned to a line, which is as much as any register wants. */
struct walk {
	vec *to;
	const vec *from; /* what is read, `to` itself where nothing else is */
	const vec *also;
	size_t reads;
	vec value;
	vec sums[VECS];
};

INLINED struct walk walk_of(const struct kernel_args *args, const uint64_t *from)
{
	const void *reads = from, *also = args->also;
	void *to = args->to;

	return (struct walk){ .to = to,
			      .from = reads,
			      .also = also,
			      .reads = args->reads,
			      .value = (vec){ 0 } + args->value };
}

INLINED uint64_t add_up(const struct walk *walk)
{
	uint64_t total = 0;

	for (int i = 0; i < VECS; i++)
		for (size_t word = 0; word < VEC_BYTES / sizeof(uint64_t); word++)
			total += walk->sums[i][word];
	return total;
}

typedef void (*unit_fn)(struct walk *walk, size_t at);

/* Units are lines, or groups of a mix. */
INLINED void go(struct walk *walk, size_t units, int parts, unit_fn one)
{
	const size_t part = units / (size_t)parts;

	for (size_t at = 0; at < part; at++)
		_Pragma("GCC unroll 4") for (int i = 0; i < parts; i++)
			one(walk, at + (size_t)i * part);
	for (size_t at = part * (size_t)parts; at < units; at++)
		one(walk, at);
}

/* ---- one line --------------------------------------------------------------------- */

/* A loop of plain stores must become neither memset(3) nor memcpy(3), which may stream. */
#define AS_WRITTEN() __asm__ volatile("" : : : "memory")

INLINED void read_line(struct walk *walk, size_t at)
{
	EACH_VEC(i)
	walk->sums[i] += walk->from[at * VECS + (size_t)i];
}

INLINED void write_line(struct walk *walk, size_t at)
{
	EACH_VEC(i)
	walk->to[at * VECS + (size_t)i] = walk->value;
	AS_WRITTEN();
}

INLINED void write_line_nt(struct walk *walk, size_t at)
{
	vec line[VECS];

	EACH_VEC(i)
	line[i] = walk->value;
	stream_line(walk->to + at * VECS, line);
}

INLINED void copy_line(struct walk *walk, size_t at)
{
	EACH_VEC(i)
	walk->to[at * VECS + (size_t)i] = walk->from[at * VECS + (size_t)i];
	AS_WRITTEN();
}

INLINED void copy_line_nt(struct walk *walk, size_t at)
{
	stream_line(walk->to + at * VECS, walk->from + at * VECS);
}

INLINED void triad(const struct walk *walk, size_t at, vec *line)
{
	const vec *from = walk->from + at * VECS, *also = walk->also + at * VECS;

	EACH_VEC(i)
	line[i] = from[i] + also[i] + also[i] + also[i];
}

INLINED void triad_line(struct walk *walk, size_t at)
{
	triad(walk, at, walk->to + at * VECS);
}

INLINED void triad_line_nt(struct walk *walk, size_t at)
{
	vec line[VECS];

	triad(walk, at, line);
	stream_line(walk->to + at * VECS, line);
}

/* ---- one group of a mix: lines read, of which the first + 1 is written --------------- */

INLINED void read_group(struct walk *walk, size_t at)
{
	for (size_t line = 0; line < walk->reads; line++)
		read_line(walk, at * walk->reads + line);
}

INLINED void mix_group(struct walk *walk, size_t at)
{
	vec *line = walk->to + at * walk->reads * VECS;

	read_group(walk, at);
	EACH_VEC(i)
	line[i] += 1;
}

INLINED void mix_group_nt(struct walk *walk, size_t at)
{
	const vec *from = walk->from + at * walk->reads * VECS;
	vec line[VECS];

	EACH_VEC(i)
	line[i] = from[i] + 1;
	stream_line(walk->to + at * VECS, line);
	read_group(walk, at);
}

#endif
