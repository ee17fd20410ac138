/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A terminal: what is drawn goes there, keys come from there. Everything of ncurses is behind
 * this. */
#ifndef TERM_H
#define TERM_H

#include <stdbool.h>

#include "grid.h"

struct term_event {
	int key; /* enum key or a character; 0: none within the time */
	bool is_click;
	int row, column;
};

/* 0, or -ENOTTY: no terminal, or one that cannot place a cursor. Restored by term_close(), and by
 * signals that end the process, crashes included. */
int term_open(bool wants_colour) MUST_CHECK;
void term_close(void);

void term_size(int *rows, int *columns);
/* Draw; `theme` is one of ui.h. */
void term_show(const struct grid *grid, int theme);
/* Wait for a key, a click, a new size or a signal, `ms` at most, and only until `fd` can be read. */
struct term_event term_wait(int ms, int fd);
/* Ask the terminal to put a text on its clipboard (OSC 52). */
void term_copy(const char *text);
/* Whether a signal has asked us to end. */
int term_ended_by(void);
/* Whether characters beyond ASCII can be shown. */
bool term_has_utf8(void);

#endif
