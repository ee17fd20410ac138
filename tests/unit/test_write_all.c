// SPDX-License-Identifier: GPL-2.0-or-later
// Writing all of it, or saying why not.
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "unit.h"
#include "write_all.h"

static void test_write_all__arrives(void **state)
{
	SCOPED_FD int fd = memfd_create("written", MFD_CLOEXEC);
	char back[8] = "";

	(void)state;
	assert_int_equal(write_all(fd, "", 0), 0);
	assert_int_equal(write_all(fd, "one ", 4), 0);
	assert_int_equal(write_all(fd, "two", 3), 0);

	assert_int_equal(pread(fd, back, sizeof(back), 0), 7);
	assert_string_equal(back, "one two");
}

static void test_write_all__fails(void **state)
{
	static const struct {
		const char *path;
		int flags, error;
	} rows[] = {
		{ "/dev/full", O_WRONLY, -ENOSPC },
		{ "/dev/null", O_RDONLY, -EBADF },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SCOPED_FD int fd = open(rows[i].path, rows[i].flags | O_CLOEXEC);

		assert_int_equal(write_all(fd, "x", 1), rows[i].error);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_all__arrives),
		cmocka_unit_test(test_write_all__fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
