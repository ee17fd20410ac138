// SPDX-License-Identifier: GPL-2.0-or-later
// The note of a start: refused, or written again as it was read; what it names is DAMON's or a
// switch of tiering.
#include "auto_state.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct auto_state state, again;
	struct strbuf printed = { 0 }, twice = { 0 };
	int ret = auto_state_parse(text, &state);

	MUST(ret == 0 || ret == -EINVAL);
	if (!ret) {
		MUST(!auto_state_print(&state, &printed));
		MUST(!auto_state_parse(printed.text, &again));
		MUST(!auto_state_print(&again, &twice));
		MUST(!strcmp(printed.text, twice.text));
		for (size_t i = 0; i < state.n_lines; i++)
			MUST(!strncmp(state.lines[i].file, "/sys/kernel/mm/", 15) ||
			     !strncmp(state.lines[i].file, "/proc/sys/kernel/", 17));
		auto_state_free(&again);
		auto_state_free(&state);
	}
	strbuf_free(&printed);
	strbuf_free(&twice);
	free(text);
	return 0;
}
