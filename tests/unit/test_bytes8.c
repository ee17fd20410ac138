// SPDX-License-Identifier: GPL-2.0-or-later
// Eight bytes at once: each byte in each place, against a loop over single ones.
#include "bytes8.h"

#include "unit.h"

/* A byte that borrows or carries into its neighbour must not hide it. */
static const unsigned char neighbours[] = { '\0', '\1', '\t', ' ', 'a', '~', 0x7f, 0xff };

static void each_text(void (*check)(const char *text))
{
	for (int place = 0; place < 8; place++) {
		for (int byte = 0; byte < 256; byte++) {
			for (size_t i = 0; i < ARRAY_SIZE(neighbours); i++) {
				char text[8];

				memset(text, neighbours[i], sizeof(text));
				text[place] = (char)byte;
				check(text);
			}
		}
	}
}

static void check_has(const char *text)
{
	static const unsigned char wanted[] = { '\0', '\\', 'a', 0xff };

	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		assert_int_equal(bytes8_has(bytes8_load(text), wanted[i]),
				 memchr(text, wanted[i], 8) != NULL);
}

static void check_print(const char *text)
{
	bool print = true;

	for (int i = 0; i < 8; i++)
		print = print && text[i] >= ' ' && text[i] <= '~';
	assert_int_equal(bytes8_print(bytes8_load(text)), print);
}

static void test_bytes8__has(void **state)
{
	(void)state;
	each_text(check_has);
}

static void test_bytes8__print(void **state)
{
	(void)state;
	each_text(check_print);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bytes8__has),
		cmocka_unit_test(test_bytes8__print),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
