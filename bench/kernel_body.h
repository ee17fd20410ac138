/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The loops, once for all widths and forms. A kernel_WIDTH.c defines VEC_BYTES, KERNEL_SET,
 * KERNEL_NAME, KERNEL_STREAMS and these, then includes this:
 *   static bool runs_here(void);
 *   static inline void stream_line(vec *to, const vec *line);
 *   FENCE: what must follow stores that pass by the caches
 *
 * A form goes through 1, 2 or 4 parts of its lines side by side: prefetchers follow each part
 * by itself, so one core has more lines under way. Which form is the fastest differs by
 * processor and by kind of traffic.
 */
#ifndef KERNEL_BODY_H
#define KERNEL_BODY_H

#include "kernel_lines.h"

/* ---- all of them ------------------------------------------------------------------- */

INLINED uint64_t all_lines(const struct kernel_args *args, const uint64_t *from,
			   int parts, unit_fn one)
{
	struct walk walk = walk_of(args, from);

	go(&walk, args->lines, parts, one);
	return add_up(&walk);
}

INLINED uint64_t all_groups(const struct kernel_args *args, const uint64_t *from,
			    int parts, unit_fn one)
{
	struct walk walk = walk_of(args, from);
	size_t groups = args->lines / walk.reads;

	go(&walk, groups, parts, one);
	for (size_t line = groups * walk.reads; line < args->lines; line++)
		read_line(&walk, line);
	return add_up(&walk);
}

INLINED uint64_t fenced(uint64_t sum)
{
	FENCE();
	return sum;
}

/* A body in one form; signature: kernels.h's. */
#define BODY(name, parts, call)                                        \
	static uint64_t name##_##parts(const struct kernel_args *args) \
	{                                                              \
		return call;                                           \
	}

#define FORM(n, form_name)                                                            \
	{                                                                             \
		.name = form_name, .runs_here = runs_here, .streams = KERNEL_STREAMS, \
		.body = {                                                             \
			[BODY_READ] = body_read_##n,                                  \
			[BODY_WRITE] = body_write_##n,                                \
			[BODY_WRITE_NT] = body_write_nt_##n,                          \
			[BODY_COPY] = body_copy_##n,                                  \
			[BODY_COPY_NT] = body_copy_nt_##n,                            \
			[BODY_TRIAD] = body_triad_##n,                                \
			[BODY_TRIAD_NT] = body_triad_nt_##n,                          \
			[BODY_MIX] = body_mix_##n,                                    \
			[BODY_MIX_NT] = body_mix_nt_##n,                              \
		},                                                                    \
	}

#define BODIES_OF(n)                                                                  \
	BODY(body_read, n, all_lines(args, args->to, n, read_line))                   \
	BODY(body_write, n, all_lines(args, args->to, n, write_line))                 \
	BODY(body_write_nt, n, fenced(all_lines(args, args->to, n, write_line_nt)))   \
	BODY(body_copy, n, all_lines(args, args->from, n, copy_line))                 \
	BODY(body_copy_nt, n, fenced(all_lines(args, args->from, n, copy_line_nt)))   \
	BODY(body_triad, n, all_lines(args, args->from, n, triad_line))               \
	BODY(body_triad_nt, n, fenced(all_lines(args, args->from, n, triad_line_nt))) \
	BODY(body_mix, n, all_groups(args, args->to, n, mix_group))                   \
	BODY(body_mix_nt, n, fenced(all_groups(args, args->from, n, mix_group_nt)))

BODIES_OF(1)
BODIES_OF(2)
BODIES_OF(4)

const struct kernel_set KERNEL_SET[KERNEL_FORMS] = {
	FORM(1, KERNEL_NAME),
	FORM(2, KERNEL_NAME "x2"),
	FORM(4, KERNEL_NAME "x4"),
};

#endif
