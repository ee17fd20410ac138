/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Standard output, for people: collected first, written once, and a failing write is a
 * failure. Figures get their units here. Knows no command. */
#ifndef OUT_H
#define OUT_H

#include <stdbool.h>
#include <stdint.h>

#include "strbuf.h"

struct tier_nodeset;

struct out {
	struct strbuf text;
	bool bytes;  /* plain integers instead of units */
	bool colour; /* stdout is a terminal and NO_COLOR is not set */
	bool lost;   /* out of memory: the text is not whole */
	unsigned int width;
};

/* Looks at the terminal and at NO_COLOR. */
void out_init(struct out *out);

void out_text(struct out *out, const char *text, ...) PRINTF_LIKE(2, 3);

/* The same for text as it is, and for so many blanks: a table has many cells. */
void out_string(struct out *out, const char *text);
void out_blanks(struct out *out, size_t count);

/* A line that heads something: bold on a terminal. */
void out_heading(struct out *out, const char *text);

/*
 * `lead`, then `text` wrapped to the width, every line but the first indented by the
 * length of `lead`. Ends in a newline.
 */
void out_wrapped(struct out *out, const char *lead, const char *text);

/* Write what was collected. 0 or a negative errno. */
int out_flush(struct out *out) MUST_CHECK;
void out_free(struct out *out);

/* Start and end of a colour: "" when there is none. */
enum tint {
	TINT_NONE = 0,
	TINT_BOLD,
	TINT_DIM,
	TINT_GREEN,
	TINT_CYAN,
	TINT_YELLOW,
	TINT_MAGENTA,
	TINT_BLUE,
};

const char *out_tint(const struct out *out, enum tint tint);
const char *out_plain(const struct out *out, enum tint tint);

/* ---- figures; each returns `buf`, "-" for what is not known ------------- */

#define FIGURE_BYTES 32

const char *figure_size(const struct out *out, bool known, uint64_t bytes,
			char buf[FIGURE_BYTES]);
const char *figure_rate(const struct out *out, bool known, uint64_t bytes_per_sec,
			char buf[FIGURE_BYTES]);
const char *figure_time(const struct out *out, bool known, uint64_t ns,
			char buf[FIGURE_BYTES]);
/* How long something takes: "0.4 s", "12 s", "3 min", "2.5 h". */
const char *figure_duration(bool known, uint64_t ns, char buf[FIGURE_BYTES]);
const char *figure_count(bool known, uint64_t count, char buf[FIGURE_BYTES]);
/* Part of whole in per cent; not known when the whole is 0. */
const char *figure_share(uint64_t part, uint64_t whole, char buf[FIGURE_BYTES]);

/* Node lists and CPU lists grow long: this much is shown, the rest is "..". */
#define LIST_SHOWN_BYTES 14
#define NODES_TEXT_BYTES 5200 /* any node list */

/* "-" when empty. `buf` has room for `size` bytes; what does not fit ends in "..". */
const char *list_short(const char *list, char *buf, size_t size);
const char *nodes_text(const struct tier_nodeset *set, char *buf, size_t size);

#endif
