// SPDX-License-Identifier: GPL-2.0-or-later
// The user's word on nodes, as in tierkit.conf.
#include "fuzz.h"
#include "words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct node_words words = { 0 };
	struct tier_diag diag = { 0 };
	struct arena arena = { 0 };
	int ret = node_words_parse(&words, &arena, text, "tierkit.conf", &diag);

	if (ret) {
		MUST(ret == -EINVAL || ret == -ERANGE);
		fuzz_diag(&diag, text);
		MUST(!words.count);
	}
	for (unsigned int node = 0; node < TIER_MAX_NODES; node += 97) {
		const struct node_word *word = node_words_kind(&words, node);

		MUST(!word || word->kind);
		for (int i = 0; i < TIER_FIGURES; i++) {
			word = node_words_figure(&words, node, (enum tier_figure)i);
			MUST(!word || word->known >> i & 1);
		}
	}
	arena_free(&arena);
	free(text);
	return 0;
}
