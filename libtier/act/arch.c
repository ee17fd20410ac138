// SPDX-License-Identifier: LGPL-2.1-or-later
// What both processors share.
#include "arch.h"

#include <string.h>

#include "cleanup.h"
#include "parse.h"

const struct arch *arch_here(void)
{
#if defined(__x86_64__) && !defined(__ILP32__)
	return &arch_x86_64;
#elif defined(__aarch64__) && !defined(__ILP32__) && !defined(__AARCH64EB__)
	return &arch_arm64;
#else
	return NULL;
#endif
}

ptrdiff_t arch_find_gate(const struct arch *arch, const unsigned char *bytes,
			 size_t count, uint64_t start)
{
	size_t skew = (size_t)(start % arch->alignment);
	size_t at = skew ? arch->alignment - skew : 0;

	for (; at + arch->instruction_bytes <= count; at += arch->alignment)
		if (!memcmp(bytes + at, arch->instruction, arch->instruction_bytes))
			return (ptrdiff_t)at;
	return -1;
}

/* Behind the number are six arguments, the stack pointer and the next instruction. */
struct regs_asleep arch_asleep(const char *text)
{
	const struct regs_asleep none = { 0 };
	struct regs_asleep asleep = { .is_known = true };
	uint64_t *const words[] = { &asleep.args[0], &asleep.args[1], &asleep.args[2],
				    &asleep.args[3], &asleep.args[4], &asleep.args[5],
				    &asleep.sp,	     &asleep.pc };

	if (parse_digits(&text, &asleep.number))
		return none;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (*text++ != ' ' || parse_address(&text, words[i]))
			return none;
	return asleep;
}
