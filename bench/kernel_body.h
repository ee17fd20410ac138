/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loops, once for all widths. A kernel_WIDTH.c defines VEC_BYTES, KERNEL_SET,
 * KERNEL_NAME, KERNEL_STREAMS and these two, then includes this:
 *   static bool runs_here(void);
 *   static inline void stream_line(vec *to, const vec *line);
 *   FENCE: what must follow stores that pass by the caches
 */
#ifndef KERNEL_BODY_H
#define KERNEL_BODY_H

#include "kernels.h"

#define VECS (KERNEL_LINE_BYTES / VEC_BYTES)

#define EACH_VEC(i) _Pragma("GCC unroll 8") for (int i = 0; i < VECS; i++)

static inline uint64_t add_up(const vec *sums)
{
	uint64_t total = 0;

	for (int i = 0; i < VECS; i++)
		for (size_t word = 0; word < VEC_BYTES / sizeof(uint64_t); word++)
			total += sums[i][word];
	return total;
}

/* Buffers are aligned to a line, which is as much as any register wants. */
static inline vec *vecs(void *words)
{
	return words;
}

static inline const vec *const_vecs(const void *words)
{
	return words;
}

static uint64_t body_read(const struct kernel_args *args)
{
	const vec *at = const_vecs(args->to);
	vec sums[VECS] = { { 0 } };

	for (size_t line = 0; line < args->lines; line++, at += VECS)
		EACH_VEC(i)
	sums[i] += at[i];
	return add_up(sums);
}

static uint64_t body_write(const struct kernel_args *args)
{
	vec *at = vecs(args->to), value = (vec){ 0 } + args->value;

	for (size_t line = 0; line < args->lines; line++, at += VECS) {
		EACH_VEC(i)
		at[i] = value;
		/* A loop of stores must not become memset(3), which may stream. */
		__asm__ volatile("" : : : "memory");
	}
	return 0;
}

static uint64_t body_write_nt(const struct kernel_args *args)
{
	vec *at = vecs(args->to), line_of[VECS];

	EACH_VEC(i)
	line_of[i] = (vec){ 0 } + args->value;
	for (size_t line = 0; line < args->lines; line++, at += VECS)
		stream_line(at, line_of);
	FENCE();
	return 0;
}

static uint64_t body_copy(const struct kernel_args *args)
{
	vec *to = vecs(args->to);
	const vec *from = const_vecs(args->from);

	for (size_t line = 0; line < args->lines; line++, to += VECS, from += VECS) {
		EACH_VEC(i)
		to[i] = from[i];
		/* Nor memcpy(3). */
		__asm__ volatile("" : : : "memory");
	}
	return 0;
}

static uint64_t body_copy_nt(const struct kernel_args *args)
{
	vec *to = vecs(args->to);
	const vec *from = const_vecs(args->from);

	for (size_t line = 0; line < args->lines; line++, to += VECS, from += VECS)
		stream_line(to, from);
	FENCE();
	return 0;
}

static inline void triad_line(vec *line, const vec *from, const vec *also)
{
	EACH_VEC(i)
	line[i] = from[i] + also[i] + also[i] + also[i];
}

static uint64_t body_triad(const struct kernel_args *args)
{
	vec *to = vecs(args->to);
	const vec *from = const_vecs(args->from), *also = const_vecs(args->also);

	for (size_t line = 0; line < args->lines; line++) {
		triad_line(to, from, also);
		to += VECS;
		from += VECS;
		also += VECS;
	}
	return 0;
}

static uint64_t body_triad_nt(const struct kernel_args *args)
{
	vec *to = vecs(args->to), result[VECS];
	const vec *from = const_vecs(args->from), *also = const_vecs(args->also);

	for (size_t line = 0; line < args->lines; line++) {
		triad_line(result, from, also);
		stream_line(to, result);
		to += VECS;
		from += VECS;
		also += VECS;
	}
	FENCE();
	return 0;
}

/* Read some more lines of a mix's group. */
static inline const vec *read_lines(const vec *at, size_t lines, vec *sums)
{
	for (size_t line = 0; line < lines; line++, at += VECS)
		EACH_VEC(i)
	sums[i] += at[i];
	return at;
}

static uint64_t body_mix(const struct kernel_args *args)
{
	vec *at = vecs(args->to), sums[VECS] = { { 0 } };
	size_t groups = args->lines / args->reads;

	for (size_t group = 0; group < groups; group++) {
		EACH_VEC(i)
		{
			sums[i] += at[i];
			at[i] += 1;
		}
		(void)read_lines(at + VECS, args->reads - 1, sums);
		at += (size_t)VECS * args->reads;
	}
	(void)read_lines(at, args->lines % args->reads, sums);
	return add_up(sums);
}

static uint64_t body_mix_nt(const struct kernel_args *args)
{
	const vec *from = const_vecs(args->from);
	vec *to = vecs(args->to), sums[VECS] = { { 0 } }, result[VECS];
	size_t groups = args->lines / args->reads;

	for (size_t group = 0; group < groups; group++, to += VECS) {
		EACH_VEC(i)
		{
			sums[i] += from[i];
			result[i] = from[i] + 1;
		}
		stream_line(to, result);
		from = read_lines(from + VECS, args->reads - 1, sums);
	}
	(void)read_lines(from, args->lines % args->reads, sums);
	FENCE();
	return add_up(sums);
}

const struct kernel_set KERNEL_SET = {
	.name = KERNEL_NAME,
	.runs_here = runs_here,
	.streams = KERNEL_STREAMS,
	.body = {
		[BODY_READ] = body_read,
		[BODY_WRITE] = body_write,
		[BODY_WRITE_NT] = body_write_nt,
		[BODY_COPY] = body_copy,
		[BODY_COPY_NT] = body_copy_nt,
		[BODY_TRIAD] = body_triad,
		[BODY_TRIAD_NT] = body_triad_nt,
		[BODY_MIX] = body_mix,
		[BODY_MIX_NT] = body_mix_nt,
	},
};

#endif
