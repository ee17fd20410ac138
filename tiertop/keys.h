/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys as a terminal gives them: characters, or one of these. */
#ifndef KEYS_H
#define KEYS_H

enum key {
	KEY_NONE_YET = 0,
	KEY_GO_UP = 0x110000,
	KEY_GO_DOWN,
	KEY_GO_LEFT,
	KEY_GO_RIGHT,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_FIRST,
	KEY_LAST,
	KEY_ERASE,
	KEY_F1, /* and so on to F10 */
	KEY_F10 = KEY_F1 + 9,
	KEY_WHEEL_UP,
	KEY_WHEEL_DOWN,
};

#define KEY_ESCAPE 27
#define KEY_RETURN '\n'

#endif
