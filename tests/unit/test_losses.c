// SPDX-License-Identifier: GPL-2.0-or-later
// What a device's driver says of lost memory: read whole or not at all, added up by node,
// and never a 0 where nobody said so.
#include "machine.h"
#include "unit.h"

#define NVDIMM "/sys/devices/LNXSYSTM:00/LNXSYBUS:00/ACPI0012:00/ndbus0/"
#define DAX0   NVDIMM "region0/dax0.0/dax0.0/"
#define DAX1   NVDIMM "region1/dax1.0/dax1.0/"
#define MIB    (1ULL << 20)

static const struct tier_dax_info *device(const struct machine *machine, const char *name)
{
	for (size_t i = 0; i < machine->t->n_dax; i++)
		if (!strcmp(machine->t->dax[i].name, name))
			return &machine->t->dax[i];
	fail_msg("no %s", name);
	return NULL;
}

/* ---- one file of dax1.0, which is node 1 together with dax0.0 ----------------------- */

struct row {
	const char *content;
	int error;
	uint64_t bytes; /* of node 1; UINT64_MAX: not known */
};

#define UNKNOWN UINT64_MAX

static int check_row(const char *path, enum tier_loss loss, const struct row *row)
{
	const struct test_file files[] = { { path, row->content, row->error }, { 0 } };
	struct machine machine = machine_patched("dax-errors", files);
	const struct tier_losses *losses = &topology_node(machine.t, 1)->losses;
	bool known = losses->known >> loss & 1;
	bool says = strstr(losses->why[loss].text, "dax1.0 could not be read");
	bool wrong = known ? losses->bytes[loss] != row->bytes || says :
			     row->bytes != UNKNOWN || losses->bytes[loss] || !says;

	if (wrong)
		print_error("%s '%s' %d: %d %llu: %s\n", path, row->content, row->error,
			    known, (unsigned long long)losses->bytes[loss],
			    losses->why[loss].text);
	machine_close(&machine);
	return wrong;
}

static void test_losses__lists(void **state)
{
	static const struct row rows[] = {
		{ "", 0, 0 },
		{ "0x0-0xfff\n", 0, 4096 },
		{ "0x0-0xfff", 0, 4096 },
		{ "0x0-0xfff\n0x1000-0x1fff\n", 0, 8192 },
		{ "0x0-0xfff\n0xfffffffffffff000-0xfffffffffffffffe\n", 0, 8191 },
		{ "0x0-0xffffffffffffffff\n", 0, UNKNOWN },
		{ "0x0-0x10000000000000000\n", 0, UNKNOWN },
		{ "0x2000-0x2fff\n0x0-0xfff\n", 0, UNKNOWN },
		{ "0x0-0xfff\n0xfff-0x1fff\n", 0, UNKNOWN },
		{ "0x10-0xf\n", 0, UNKNOWN },
		{ "0-fff\n", 0, UNKNOWN },
		{ "0x-0x1\n", 0, UNKNOWN },
		{ "0x0 - 0xfff\n", 0, UNKNOWN },
		{ "0x0-0xfff \n", 0, UNKNOWN },
		{ "0x0-0xfff,0x2000-0x2fff\n", 0, UNKNOWN },
		{ "0x0-0xfff\n0x", 0, UNKNOWN },
		{ "0x0-0xfff\n\n", 0, UNKNOWN },
		{ "\n", 0, UNKNOWN },
		{ "none\n", 0, UNKNOWN },
		{ NULL, -EACCES, UNKNOWN },
		{ NULL, -ENOENT, UNKNOWN },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		failures +=
			check_row(DAX1 "kmem/failed_ranges", TIER_LOSS_FAILED, &rows[i]);
	assert_rows(failures);
}

/* dax0.0 loses 126 MiB, dax1.0 has 1 GiB. */
static void test_losses__numbers(void **state)
{
	static const struct row rows[] = {
		{ "0\n", 0, 126 * MIB },
		{ "1048576\n", 0, 127 * MIB },
		{ "1073741824\n", 0, 1150 * MIB },
		{ "1073741825\n", 0, UNKNOWN },
		{ "18446744073709551615\n", 0, UNKNOWN },
		{ "18446744073709551616\n", 0, UNKNOWN },
		{ "-1\n", 0, UNKNOWN },
		{ "1 MiB\n", 0, UNKNOWN },
		{ "", 0, UNKNOWN },
		{ NULL, -EIO, UNKNOWN },
		{ NULL, -ENOENT, UNKNOWN },
	};
	static const struct row pages[] = {
		{ "0\n", 0, 0 },
		{ "262144\n", 0, 1024 * MIB },
		{ "262145\n", 0, UNKNOWN },
		{ "18446744073709551615\n", 0, UNKNOWN },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		failures += check_row(DAX1 "kmem/lost_align_bytes", TIER_LOSS_ALIGNMENT,
				      &rows[i]);
	for (size_t i = 0; i < ARRAY_SIZE(pages); i++)
		failures += check_row(DAX1 "kmem/poisoned_pages", TIER_LOSS_POISON,
				      &pages[i]);
	assert_rows(failures);
}

static void test_losses__states(void **state)
{
	static const struct {
		const char *content;
		const char *word;
	} rows[] = {
		{ "online_kernel\n", "online_kernel" },
		{ "unplugged", "unplugged" },
		{ "a_word_of_a_later_kernel\n", "a_word_of_a_later_kernel" },
		{ "Online\n", "" },
		{ "\n", "" },
		{ "", "" },
		{ "online \033[31m\n", "" },
		{ "a_word_that_is_too_long_to_be_one\n", "" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct test_file files[] = { { DAX0 "state", rows[i].content, 0 },
						   { 0 } };
		struct machine machine = machine_patched("dax-errors", files);
		const char *word = device(&machine, "dax0.0")->state;

		if (strcmp(word, rows[i].word))
			ROW_FAILS(failures, "'%s': '%s'\n", rows[i].content, word);
		machine_close(&machine);
	}
	assert_rows(failures);
}

/* ---- by device ------------------------------------------------------------------------ */

static void test_losses__a_device_keeps_its_own(void **state)
{
	struct machine machine = machine_fixture("dax-errors");
	const struct tier_dax_info *bad = device(&machine, "dax0.0");
	const struct tier_dax_info *poisoned = device(&machine, "dax1.0");

	(void)state;
	assert_int_equal(bad->added_bytes, 1792 * MIB);
	assert_int_equal(bad->lost_align_bytes, 126 * MIB);
	assert_int_equal(bad->lost_badblock_bytes, 128 * MIB);
	assert_string_equal(bad->skipped_blocks, "0x150000000-0x157ffffff");
	assert_string_equal(bad->poisoned_ranges, "");
	assert_int_equal(poisoned->lost_align_bytes, 0);
	assert_int_equal(poisoned->poisoned_pages, 2);
	assert_string_equal(poisoned->poisoned_ranges, "0x210000000-0x210001fff");
	machine_close(&machine);
}

static void test_losses__unknown_is_not_none(void **state)
{
	const uint32_t counts =
		TIER_DAX_HAS_COUNTS | TIER_DAX_KNOWS_ADDED | TIER_DAX_KNOWS_LOST_ALIGN |
		TIER_DAX_KNOWS_LOST_BADBLOCK | TIER_DAX_KNOWS_POISONED_PAGES |
		TIER_DAX_KNOWS_SKIPPED_BLOCKS | TIER_DAX_KNOWS_FAILED_RANGES |
		TIER_DAX_KNOWS_POISONED_RANGES;
	const uint32_t broken = TIER_DAX_KNOWS_LOST_ALIGN |
				TIER_DAX_KNOWS_POISONED_PAGES |
				TIER_DAX_KNOWS_SKIPPED_BLOCKS;
	struct machine machine = machine_fixture("dax-errors");

	(void)state;
	assert_int_equal(device(&machine, "dax0.0")->flags & counts, counts);
	assert_int_equal(device(&machine, "dax2.0")->flags & counts, 0);
	assert_int_equal(device(&machine, "dax3.0")->flags & counts, counts & ~broken);
	assert_string_equal(device(&machine, "dax2.0")->state, "");
	assert_string_equal(device(&machine, "dax3.0")->skipped_blocks, "");
	machine_close(&machine);
}

/* ---- by node ---------------------------------------------------------------------------- */

#define NODE0                                               \
	"tierkit-capture 1\n"                               \
	"file /sys/devices/system/node/node0/meminfo\n"     \
	"\tNode 0 MemTotal: 1024 kB\n"                      \
	"\tNode 0 MemFree: 512 kB\n"                        \
	"link /sys/bus/dax/devices/dax0.0\n\t../../../d0\n" \
	"link /sys/bus/dax/devices/dax0.1\n\t../../../d1\n" \
	"dir /sys/bus/dax/drivers/kmem\n"                   \
	"link /sys/d0/driver\n\t../bus/dax/drivers/kmem\n"  \
	"link /sys/d1/driver\n\t../bus/dax/drivers/kmem\n"  \
	"file /sys/d0/target_node\n\t0\n"                   \
	"file /sys/d1/target_node\n\t0\n"

static struct machine machine_of_text(const char *text)
{
	struct tier_diag diag = { 0 };
	struct root *root;

	if (root_capture_parse(text, strlen(text), &root, &diag))
		fail_msg("%u: %s", diag.line, diag.message);
	return machine_of_root(root, NULL);
}

/* The part that is told is in the evidence, and the whole is not known. */
static void test_losses__one_device_of_two_tells(void **state)
{
	struct machine machine =
		machine_of_text(NODE0 "file /sys/d0/kmem/lost_align_bytes\n\t1048576\n");
	const struct tier_losses *losses = &topology_node(machine.t, 0)->losses;

	(void)state;
	assert_int_equal(losses->known, 0);
	assert_int_equal(losses->bytes[TIER_LOSS_ALIGNMENT], 0);
	assert_string_equal(losses->why[TIER_LOSS_ALIGNMENT].text,
			    "kmem/lost_align_bytes: dax0.0 1 MiB; dax0.1 does not say");
	assert_says(find_note(machine.t, "lost-to-alignment")->text, "1 MiB of dax0.0");
	machine_close(&machine);
}

/* Sizes that nobody knows limit nothing; the sum must not come round to a small one. */
static void test_losses__sums_do_not_wrap(void **state)
{
	struct machine machine = machine_of_text(
		NODE0 "file /sys/d0/kmem/lost_align_bytes\n\t18446744073709551615\n"
		      "file /sys/d0/kmem/poisoned_pages\n\t18446744073709551615\n"
		      "file /sys/d1/kmem/lost_align_bytes\n\t2\n"
		      "file /sys/d1/kmem/poisoned_pages\n\t0\n");

	(void)state;
	assert_int_equal(topology_node(machine.t, 0)->losses.known, 0);
	machine_close(&machine);
}

static void test_losses__nobody_tells(void **state)
{
	static const char *const names[] = { "dax-several", "2s", "qemu-2s-pmem-6.1" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct machine machine = machine_fixture(names[i]);

		for (size_t k = 0; k < machine.t->n_nodes; k++) {
			const struct tier_losses *losses = &machine.t->nodes[k].losses;

			assert_int_equal(losses->known, 0);
			for (int loss = 0; loss < TIER_LOSSES; loss++)
				assert_string_equal(losses->why[loss].text, "");
		}
		machine_close(&machine);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_losses__lists),
		cmocka_unit_test(test_losses__numbers),
		cmocka_unit_test(test_losses__states),
		cmocka_unit_test(test_losses__a_device_keeps_its_own),
		cmocka_unit_test(test_losses__unknown_is_not_none),
		cmocka_unit_test(test_losses__one_device_of_two_tells),
		cmocka_unit_test(test_losses__sums_do_not_wrap),
		cmocka_unit_test(test_losses__nobody_tells),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
