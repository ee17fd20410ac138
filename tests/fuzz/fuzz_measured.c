// SPDX-License-Identifier: GPL-2.0-or-later
// What a benchmark measured, from anybody: refused with words, or figures and nothing else.
#include "fuzz.h"
#include "measured.h"

static void check_taken(const struct measured *measured)
{
	MUST(*measured->date && *measured->kernel && *measured->signature);
	MUST(measured->doubts);
	MUST(measured->words.count);
	for (size_t i = 0; i < measured->words.count; i++) {
		const struct node_word *word = &measured->words.word[i];

		MUST(!word->kind && !word->figures && word->known);
		for (int figure = 0; figure < TIER_FIGURES; figure++)
			MUST(!(word->known >> figure & 1) || word->value[figure]);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct tier_diag diag = { 0 };
	struct arena arena = { 0 };
	struct measured measured;
	int ret = measured_parse(&measured, &arena, text, &diag);

	MUST(!ret || ret == -EINVAL);
	if (ret) {
		fuzz_diag(&diag, text);
		MUST(!measured.date && !measured.words.count);
	} else {
		check_taken(&measured);
	}
	arena_free(&arena);
	free(text);
	return 0;
}
