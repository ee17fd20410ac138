// SPDX-License-Identifier: GPL-2.0-or-later
// numa_maps as kernels write it, and as they never should.
#include "numa_maps.h"
#include "unit.h"

#define LEN 8

struct row {
	const char *text;
	int result;
	uint64_t kilobytes[LEN]; /* per node */
};

static int check(const struct row *row)
{
	uint64_t bytes[LEN] = { 0 };
	int ret = numa_maps_add(row->text, bytes, LEN);

	if (ret != row->result) {
		print_error("'%s': %d\n", row->text, ret);
		return 1;
	}
	for (int node = 0; ret >= 0 && node < LEN; node++) {
		if (bytes[node] != row->kilobytes[node] << 10) {
			print_error("'%s': node %d has %llu bytes\n", row->text, node,
				    (unsigned long long)bytes[node]);
			return 1;
		}
	}
	return 0;
}

static void test_numa_maps__real_lines(void **state)
{
	static const struct row rows[] = {
		{ "", 0, { 0 } },
		{ "55d0a2a00000 default file=/usr/bin/cat mapped=2 mapmax=4 N0=2 "
		  "kernelpagesize_kB=4\n",
		  1,
		  { 8 } },
		{ "55d0a35c9000 default heap anon=3 dirty=3 active=1 N0=1 N1=2 "
		  "kernelpagesize_kB=4\n",
		  2,
		  { 4, 8 } },
		/* A mapping without pages has no page size either. */
		{ "7f1c40000000 default\n"
		  "7f1c44000000 default file=/usr/lib/libc.so.6\n"
		  "7ffd12300000 default stack anon=3 dirty=3 N2=3 kernelpagesize_kB=4\n",
		  3,
		  { 0, 0, 12 } },
		{ "7f0000000000 bind:0-3 anon=1024 dirty=1024 N0=256 N1=256 N2=256 "
		  "N3=256 kernelpagesize_kB=4\n",
		  4,
		  { 1024, 1024, 1024, 1024 } },
		{ "7f0000000000 prefer=static:0 anon=1 N0=1 kernelpagesize_kB=4\n",
		  1,
		  { 4 } },
		/* Names of policies with blanks. */
		{ "7f0000000000 prefer (many):0-1 anon=1 dirty=1 N1=1 "
		  "kernelpagesize_kB=4\n",
		  2,
		  { 0, 4 } },
		{ "7f0000000000 weighted interleave=static:0,2 anon=4 dirty=4 N0=3 N2=1 "
		  "kernelpagesize_kB=4\n",
		  3,
		  { 12, 0, 4 } },
		/* Huge pages count as what they are. */
		{ "7f8000000000 interleave:0-1 file=/anon_hugepage\\040(deleted) huge "
		  "anon=4 dirty=4 N0=2 N1=2 kernelpagesize_kB=2048\n",
		  2,
		  { 4096, 4096 } },
		{ "7f8000000000 default file=/dev/hugepages/x huge dirty=1 N3=1 "
		  "kernelpagesize_kB=1048576\n",
		  4,
		  { 0, 0, 0, 1048576 } },
		/* The kernel escapes blanks and '=' in names, and nothing else counts. */
		{ "7f0000000000 default file=/tmp/N0\\0755\\040N1\\0757 mapped=1 N2=1 "
		  "kernelpagesize_kB=4\n",
		  3,
		  { 0, 0, 4 } },
		{ "7f0000000000 default file=N0=99 mapped=1 N1=1 kernelpagesize_kB=4\n",
		  2,
		  { 0, 4 } },
		{ "7f0000000000 default file=/tmp/\xc3\xa4\xff\x01 mapped=1 N0=1 "
		  "kernelpagesize_kB=4\n",
		  1,
		  { 4 } },
		{ "7f0000000000 default file=/kernelpagesize_kB\\07564 mapped=1 N0=1 "
		  "kernelpagesize_kB=4\n",
		  1,
		  { 4 } },
		/* No promise is made about the order, or the last newline. */
		{ "7f0000000000 default kernelpagesize_kB=4 N0=1", 1, { 4 } },
		/* Words that a later kernel may add. */
		{ "7f0000000000 default Nx=1 N a1=5 0=7 N0=1 kernelpagesize_kB=4\n",
		  1,
		  { 4 } },
		/* Powers' pages. */
		{ "100000000 default anon=1 N0=1 kernelpagesize_kB=64\n", 1, { 64 } },
		{ "7f0000000000 default anon=0 N5=0 kernelpagesize_kB=4\n", 6, { 0 } },
		{ "ffffffffff600000 default N7=1 kernelpagesize_kB=4\n",
		  8,
		  { 0, 0, 0, 0, 0, 0, 0, 4 } },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		failures += check(&rows[i]);
	assert_rows(failures);
}

static void test_numa_maps__garbage(void **state)
{
	static const struct row rows[] = {
		{ "\n", -EINVAL, { 0 } },
		{ "banana", -EINVAL, { 0 } },
		{ "7F00 default\n", -EINVAL, { 0 } },
		{ "0x7f00 default\n", -EINVAL, { 0 } },
		{ "7f00-7f01 rw-p 00000000 00:00 0 [heap]\n", -EINVAL, { 0 } },
		{ "7f00 default N0=1 kernelpagesize_kB=4\n\n", -EINVAL, { 0 } },
		/* Cut off somewhere in the line. */
		{ "7f00 default anon=1 N0=1", -EINVAL, { 0 } },
		{ "7f00 default anon=1 N0=1 kernelpagesize_kB=", -EINVAL, { 0 } },
		{ "7f00 default anon=1 N0= kernelpagesize_kB=4\n", -EINVAL, { 0 } },
		{ "7f00 default anon=1 N0 kernelpagesize_kB=4\n", -EINVAL, { 0 } },
		{ "7f00 default anon=1 N0", -EINVAL, { 0 } },
		/* Counts and sizes that are none. */
		{ "7f00 default N0=1x kernelpagesize_kB=4\n", -EINVAL, { 0 } },
		{ "7f00 default N0=-1 kernelpagesize_kB=4\n", -EINVAL, { 0 } },
		{ "7f00 default N0x=1 kernelpagesize_kB=4\n", -EINVAL, { 0 } },
		{ "7f00 default N0=1 kernelpagesize_kB=0\n", -EINVAL, { 0 } },
		{ "7f00 default N0=1 kernelpagesize_kB=4k\n", -EINVAL, { 0 } },
		{ "7f00 default N0=1 kernelpagesize_kB=-4\n", -EINVAL, { 0 } },
		/* More than there can be. */
		{ "7f00 default N8=1 kernelpagesize_kB=4\n", -ERANGE, { 0 } },
		{ "7f00 default N4294967296=1 kernelpagesize_kB=4\n", -ERANGE, { 0 } },
		{ "7f00 default N99999999999999999999=1 kernelpagesize_kB=4\n",
		  -ERANGE,
		  { 0 } },
		{ "7f00 default N0=99999999999999999999 kernelpagesize_kB=4\n",
		  -ERANGE,
		  { 0 } },
		{ "7f00 default N0=18446744073709551615 kernelpagesize_kB=4\n",
		  -ERANGE,
		  { 0 } },
		{ "7f00 default N0=1 kernelpagesize_kB=18014398509481984\n",
		  -EINVAL,
		  { 0 } },
		{ "7f00 default N0=4503599627370495 kernelpagesize_kB=4\n"
		  "7f01 default N0=1 kernelpagesize_kB=4\n",
		  -ERANGE,
		  { 0 } },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		failures += check(&rows[i]);
	assert_rows(failures);
}

/* Several texts add up. */
static void test_numa_maps__adds(void **state)
{
	static const char line[] = "7f00 default anon=1 N0=1 N1=2 kernelpagesize_kB=4\n";
	uint64_t bytes[2] = { 100, 200 };

	(void)state;
	assert_int_equal(numa_maps_add(line, bytes, 2), 2);

	assert_int_equal(bytes[0], 100 + 4096);
	assert_int_equal(bytes[1], 200 + 8192);
}

static void test_numa_maps__no_room(void **state)
{
	(void)state;
	assert_int_equal(numa_maps_add("7f00 default\n", NULL, 0), 0);
	assert_int_equal(numa_maps_add("7f00 default N0=1 kernelpagesize_kB=4\n", NULL,
				       0),
			 -ERANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numa_maps__real_lines),
		cmocka_unit_test(test_numa_maps__garbage),
		cmocka_unit_test(test_numa_maps__adds),
		cmocka_unit_test(test_numa_maps__no_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
