// SPDX-License-Identifier: GPL-2.0-or-later
// Numbers as sysfs prints them and figures as people write them: a value is taken
// whole or left alone.
#include "fuzz.h"
#include "parse.h"

#define UNTOUCHED 0x5555555555555555

static void check(int ret, uint64_t value)
{
	MUST(ret == 0 || ret == -EINVAL || ret == -ERANGE);
	MUST(!ret || value == UNTOUCHED);
}

static void whole_numbers(const char *text)
{
	uint64_t value = UNTOUCHED;
	int32_t small = 0x55555555;
	char back[32];
	int ret = parse_u64(text, &value);

	check(ret, value);
	if (!ret && *text != '0') {
		snprintf(back, sizeof(back), "%llu", (unsigned long long)value);
		MUST(!strncmp(back, text, strlen(back)));
	}
	value = UNTOUCHED;
	check(parse_hex(text, &value), value);
	ret = parse_i32(text, &small);
	MUST(ret == 0 || small == 0x55555555);
}

/* Where it ends is told on success only, and it is behind digits. */
static void address(const char *text)
{
	uint64_t value = UNTOUCHED;
	const char *at = text;
	int ret = parse_address(&at, &value);

	check(ret, value);
	MUST(ret ? at == text : at > text + 2 && hex_digit(at[-1]) >= 0);
}

static void figures(const char *text)
{
	static const struct unit *const units[] = { units_bytes, units_bytes_per_sec,
						    units_ns };

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		uint64_t value = UNTOUCHED;

		check(parse_figure(text, units[i], &value), value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);

	whole_numbers(text);
	address(text);
	figures(text);
	free(text);
	return 0;
}
