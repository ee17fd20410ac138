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

ptrdiff_t arch_find(const struct arch *arch, const struct arch_code *code,
		    const unsigned char *bytes, size_t count, uint64_t start)
{
	const unsigned char *at = bytes, *end = bytes + count;

	while ((at = memmem(at, (size_t)(end - at), code->bytes, code->count))) {
		if ((start + (uint64_t)(at - bytes)) % arch->alignment == 0)
			return at - bytes;
		at++;
	}
	return -1;
}

bool arch_has_call(const unsigned short *calls, size_t count, uint64_t number)
{
	for (size_t i = 0; i < count; i++)
		if (calls[i] == number)
			return true;
	return false;
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
