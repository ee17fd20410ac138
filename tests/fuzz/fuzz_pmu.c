// SPDX-License-Identifier: GPL-2.0-or-later
// An event of a counter: its terms, where a format puts them, and what a count is worth. The
// lines of the input are these texts in turn.
#include <errno.h>
#include <string.h>

#include "fuzz.h"
#include "pmu_text.h"

static bool is_error(int ret)
{
	return ret == -EINVAL || ret == -ERANGE;
}

/* Terms lie in the text, one behind the other. */
static uint64_t try_terms(const char *text)
{
	const char *cursor = text, *end = text + strlen(text);
	struct pmu_term term = { 0 };
	uint64_t last = 0;
	int ret;

	while ((ret = pmu_next_term(&cursor, &term)) > 0) {
		MUST(term.len && term.name >= text && term.name + term.len <= cursor);
		MUST(cursor <= end);
		last = term.value;
	}
	MUST(ret == 0 || is_error(ret));
	return last;
}

static void try_place(const char *format, uint64_t value)
{
	const struct pmu_config before = { { 0x55, 0xaa, 0x5a } };
	struct pmu_config after = before;
	int ret = pmu_place(format, value, &after);

	MUST(ret == 0 || is_error(ret));
	MUST(!ret || !memcmp(&before, &after, sizeof(before)));
}

static void try_bytes(const char *scale, const char *unit)
{
	double bytes = -1;
	int ret = pmu_bytes(scale, unit, &bytes);

	MUST(ret == 0 || is_error(ret));
	MUST(ret ? bytes == -1 : bytes > 0 && bytes < 1e20);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), *rest = text;
	const char *lines[4] = { "", "", "", "" };
	uint64_t value;

	for (size_t i = 0; i < 4 && rest; i++) {
		lines[i] = rest;
		rest = strchr(rest, '\n');
		if (rest)
			*rest++ = '\0';
	}
	value = try_terms(lines[0]);
	try_place(lines[1], value);
	try_bytes(lines[2], lines[3]);
	free(text);
	return 0;
}
