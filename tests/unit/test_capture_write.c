// SPDX-License-Identifier: GPL-2.0-or-later
// Captures: what is kept and what is not, and that nothing is lost or changed by
// capturing, unpacking, and capturing again.
#include "capture_filter.h"
#include "facts_text.h"
#include "fault.h"
#include "platform.h"
#include "tree.h"
#include "unit.h"

#define HEAD "tierkit-capture 1\n"

static struct root *open_text(const char *text, size_t len)
{
	struct tier_diag diag = { 0 };
	struct root *root = NULL;

	if (root_capture_parse(text, len, &root, &diag))
		fail_msg("%u:%u: %s", diag.line, diag.column, diag.message);
	return root;
}

static void capture(struct root *root, const char *xml, struct strbuf *out)
{
	int entries = capture_write(root, xml, out);

	assert_true(entries >= 0);
}

/* ---- filters ------------------------------------------------------------------- */

static void test_capture_filter__keeps_only_what_is_listed(void **state)
{
	static const struct {
		capture_filter *filter;
		const char *text;
		const char *kept;
	} rows[] = {
		{ capture_filter_command_line,
		  "BOOT_IMAGE=/vmlinuz root=UUID=1-2 numa=fake=4 ip=10.0.0.7 "
		  "memmap=2G%4G-1+0xefffffff quiet movable_node\n",
		  "numa=fake=4 memmap=2G%4G-1+0xefffffff movable_node\n" },
		{ capture_filter_command_line, "root=/dev/sda password=secret\n", "\n" },
		{ capture_filter_command_line, "", "" },
		{ capture_filter_command_line, "xnuma=on efi=nosoftreserve",
		  "efi=nosoftreserve\n" },
		{ capture_filter_status,
		  "Name:\tsecret\nPid:\t42\nCpus_allowed:\tff\nCpus_allowed_list:\t0-7\n"
		  "Mems_allowed:\t3\nMems_allowed_list:\t0-1\nUid:\t0\n",
		  "Cpus_allowed_list:\t0-7\nMems_allowed_list:\t0-1\n" },
		{ capture_filter_iomem,
		  "00001000-0009fbff : System RAM\n  01000000-01ffffff : Kernel code\n"
		  "140000000-17fffffff : Soft Reserved\n"
		  "180000000-1bfffffff : Persistent Memory\n"
		  "  180000000-1bfffffff : dax0.0\n"
		  "    180000000-1bfffffff : System RAM (kmem)\n",
		  "140000000-17fffffff : Soft Reserved\n"
		  "180000000-1bfffffff : Persistent Memory\n"
		  "    180000000-1bfffffff : System RAM (kmem)\n" },
		{ capture_filter_hwloc,
		  "<object>\n  <info name=\"HostName\" value=\"secret\"/>\n"
		  "  <info name=\"Backend\" value=\"Linux\"/>\n"
		  "  <info name=\"DMIProductSerial\" value=\"secret\"/>\n"
		  "  <info name=\"DMIProductUUID\" value=\"secret\"/>\n"
		  "  <info name=\"DMIChassisAssetTag\" value=\"secret\"/>\n"
		  "  <info name=\"LinuxCgroup\" value=\"/secret\"/>\n"
		  "  <info name=\"ProcessName\" value=\"secret\"/>\n</object>\n",
		  "<object>\n  <info name=\"Backend\" value=\"Linux\"/>\n</object>\n" },
		{ capture_filter_hwloc,
		  "<info name=\"HostName\" value=\"secret\"/><info name=\"UUID\" value=\"x\"/>",
		  "" },
		{ capture_filter_hwloc, "<info name=\"Hos", "<info name=\"Hos" },
	};

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		SCOPED_STRBUF struct strbuf text = { 0 }, kept = { 0 }, again = { 0 };

		assert_int_equal(strbuf_puts(&text, rows[i].text), 0);
		assert_int_equal(rows[i].filter(&text, &kept), 0);
		assert_string_equal(strbuf_text(&kept), rows[i].kept);
		assert_int_equal(rows[i].filter(&kept, &again), 0);
		assert_string_equal(strbuf_text(&again), rows[i].kept);
	}
}

/* ---- writing -------------------------------------------------------------------- */

static const char machine[] = HEAD
	"file /etc/passwd\n\tsecret\n"
	"file /etc/tierkit.conf\n\tnode:2 kind=cxl\n"
	"file /proc/cmdline\n\troot=secret numa=off\n"
	"fail /proc/iomem\n\tEACCES\n"
	"file /proc/self/status\n\tName:\tsecret\n\tMems_allowed_list:\t0-1\n"
	"file /proc/self/environ\n\tsecret\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/size\n\t1024\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/target_node\n\t2\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/uuid\n\tsecret\n"
	"link /sys/devices/platform/e820_pmem/ndbus0/dax0.0/driver\n"
	"\t../../../../../bus/dax/drivers/kmem\n"
	"link /sys/bus/dax/devices/dax0.0\n"
	"\t../../../devices/platform/e820_pmem/ndbus0/dax0.0\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/state\n\toffline\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/kmem/added_bytes\n\t1024\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/kmem/skipped_blocks\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/kmem/rescan\n\tsecret\n"
	"file /sys/bus/dax/drivers/kmem/left_behind\n"
	"file /sys/bus/dax/drivers/kmem/new_id\n\tsecret\n"
	"file /sys/devices/system/node/online\n\t0,10,9\\\n"
	"file /sys/devices/system/node/node9/cpulist\n"
	"file /sys/devices/system/node/node10/cpulist\n\t\n"
	"file /sys/devices/system/node/node10/memory_failure/total\n\t7\n"
	"link /sys/devices/system/node/node9/access1/initiators/node10\n"
	"\t../../../node10\n"
	"file /sys/devices/system/node/nodes/cpulist\n\tsecret\n"
	"file /sys/devices/system/node/node1x/cpulist\n\tsecret\n"
	"file /sys/kernel/mm/numa/demotion_enabled\n\t\\\\\\x07\n"
	"file /sys/class/dmi/id/product_serial\n\tsecret\n";

static const char captured[] = HEAD
	"file /etc/tierkit.conf\n\tnode:2 kind=cxl\n"
	"file /proc/cmdline\n\tnuma=off\n"
	"fail /proc/iomem\n\tEACCES\n"
	"file /proc/self/status\n\tMems_allowed_list:\t0-1\n"
	"link /sys/bus/dax/devices/dax0.0\n"
	"\t../../../devices/platform/e820_pmem/ndbus0/dax0.0\n"
	"file /sys/bus/dax/drivers/kmem/left_behind\n"
	"link /sys/devices/platform/e820_pmem/ndbus0/dax0.0/driver\n"
	"\t../../../../../bus/dax/drivers/kmem\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/kmem/added_bytes\n\t1024\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/kmem/skipped_blocks\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/size\n\t1024\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/state\n\toffline\n"
	"file /sys/devices/platform/e820_pmem/ndbus0/dax0.0/target_node\n\t2\n"
	"link /sys/devices/system/node/node9/access1/initiators/node10\n"
	"\t../../../node10\n"
	"file /sys/devices/system/node/node9/cpulist\n"
	"file /sys/devices/system/node/node10/cpulist\n\t\n"
	"file /sys/devices/system/node/node10/memory_failure/total\n\t7\n"
	"file /sys/devices/system/node/online\n\t0,10,9\\\n"
	"file /sys/kernel/mm/numa/demotion_enabled\n\t\\\\\\x07\n";

static void test_capture_write__keeps_only_what_is_listed(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = open_text(machine, sizeof(machine) - 1);

	(void)state;

	capture(root, NULL, &out);

	assert_string_equal(strbuf_text(&out), captured);
	assert_null(strstr(out.text, "secret"));
	root_close(root);
}

static void test_capture_write__adds_hwloc_s_words(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 }, again = { 0 };
	struct root *root = open_text(HEAD, sizeof(HEAD) - 1);

	(void)state;

	capture(root, "<topology>\n<info name=\"HostName\" value=\"x\"/>\n</topology>\n",
		&out);
	root_close(root);
	assert_string_equal(out.text, HEAD "file /hwloc.xml\n\t<topology>\n\t"
					   "</topology>\n");

	/* They are found again, and not lost when nobody brings new ones. */
	root = open_text(out.text, out.len);
	capture(root, NULL, &again);
	assert_string_equal(again.text, out.text);
	root_close(root);
}

static void test_capture_write__leaves_out_what_is_no_xml(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = open_text(HEAD, sizeof(HEAD) - 1);

	(void)state;

	capture(root, "<topology>\n<info name=\"HostName\" value=\"secr", &out);
	assert_string_equal(out.text, HEAD);
	root_close(root);
}

/* Loops, dangling links and unreadable folders end up as something that parses. */
/* What fails is told where it does, and not below: so a capture of a capture is the same. */
static void test_capture_write__copes_with_broken_trees(void **state)
{
	static const char broken[] = HEAD
		"link /sys/bus/dax/devices/dax0.0\n\tdax0.0\n"
		"link /sys/bus/dax/devices/dax1.0\n\t../nowhere\n"
		"link /sys/bus/dax/devices/dax2.0\n\t../hidden/dax2.0\n"
		"link /sys/bus/dax/devices/dax3.0\n\t/\n"
		"dir /sys/bus/dax/devices/x\\x20\n"
		"fail /sys/bus/dax/hidden\n\tEPERM\n"
		"fail /sys/devices/system/node\n\tEIO\n"
		"link /sys/kernel\n\tother\n"
		"fail /sys/other/mm/mempolicy/weighted_interleave\n\tEACCES\n";
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = open_text(broken, sizeof(broken) - 1);

	(void)state;

	capture(root, NULL, &out);
	root_close(root);

	assert_string_equal(strbuf_text(&out), broken);
	root_close(open_text(out.text, out.len));
}

static void test_capture_write__adds_to_what_is_there(void **state)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = open_text(HEAD, sizeof(HEAD) - 1);

	(void)state;
	assert_int_equal(strbuf_puts(&out, "before"), 0);

	assert_int_equal(capture_write(root, NULL, &out), 0);
	assert_string_equal(out.text, "before" HEAD);
	root_close(root);
}

/* ---- round trips ----------------------------------------------------------------- */

static void same_facts(const char *name, const char *how, struct root *one,
		       struct root *other)
{
	SCOPED_STRBUF struct strbuf before = { 0 }, after = { 0 };

	facts_text(one, &before);
	facts_text(other, &after);
	if (strcmp(before.text, after.text) != 0)
		fail_msg("%s, %s:\n%s\n-----\n%s", name, how, before.text, after.text);
}

static void recapture(const char *name, struct root *root, void *arg)
{
	SCOPED_STRBUF struct strbuf once = { 0 }, twice = { 0 };
	struct root *copy;

	(void)arg;
	capture(root, NULL, &once);
	copy = open_text(once.text, once.len);
	capture(copy, NULL, &twice);

	if (once.len != twice.len || memcmp(once.text, twice.text, once.len) != 0)
		fail_msg("%s: captured again, it differs", name);
	same_facts(name, "captured", root, copy);
	root_close(copy);
}

static void test_capture_write__again_gives_the_same(void **state)
{
	(void)state;

	assert_true(each_fixture(recapture, NULL) > 50);
}

static void test_capture_write__of_this_machine(void **state)
{
	struct root *root;

	(void)state;
	assert_int_equal(root_open(NULL, &root, NULL), 0);

	for (int i = 0; i < 3; i++) {
		SCOPED_STRBUF struct strbuf out = { 0 }, again = { 0 };
		struct root *copy;

		capture(root, NULL, &out);
		copy = open_text(out.text, out.len);
		capture(copy, NULL, &again);
		assert_string_equal(out.text, again.text);
		root_close(copy);
	}
	root_close(root);
}

/* A directory with the same files is the same machine; failures cannot be unpacked. */
static void unpack_and_compare(const char *name, struct root *root, void *arg)
{
	SCOPED_STRBUF struct strbuf once = { 0 };
	char folder[TREE_PATH];
	struct root *copy;

	(void)arg;
	capture(root, NULL, &once);
	if (strstr(once.text, "\nfail "))
		return;
	tree_make(folder);
	tree_add(folder, "sys", NULL);
	tree_add(folder, "proc", NULL);
	tree_unpack(root, folder);
	assert_int_equal(root_open(folder, &copy, NULL), 0);

	same_facts(name, "unpacked", root, copy);
	strbuf_reset(&once);
	capture(copy, NULL, &once);
	root_close(copy);
	tree_remove(folder);
	++*(int *)arg;
}

static void test_capture_write__a_directory_is_the_same_machine(void **state)
{
	int compared = 0;

	(void)state;
	each_fixture(unpack_and_compare, &compared);

	assert_true(compared > 30);
}

static int write_machine(void *arg)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	struct root *root = NULL;
	int ret = root_capture_parse(machine, sizeof(machine) - 1, &root, NULL);

	(void)arg;
	if (ret)
		return ret;
	root = fault_root(root);
	if (!root)
		return -ENOMEM;
	ret = capture_write(root, NULL, &out);
	root_close(root);
	if (ret < 0)
		return out.len ? 1 : ret;
	/* Whatever could not be read, the result is a capture. */
	ret = root_capture_parse(out.text, out.len, &root, NULL);
	if (!ret)
		root_close(root);
	return ret;
}

static void test_capture_write__survives_faults(void **state)
{
	(void)state;

	assert_true(fault_each(write_machine, NULL) > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_capture_filter__keeps_only_what_is_listed),
		cmocka_unit_test(test_capture_write__keeps_only_what_is_listed),
		cmocka_unit_test(test_capture_write__adds_hwloc_s_words),
		cmocka_unit_test(test_capture_write__leaves_out_what_is_no_xml),
		cmocka_unit_test(test_capture_write__copes_with_broken_trees),
		cmocka_unit_test(test_capture_write__adds_to_what_is_there),
		cmocka_unit_test(test_capture_write__again_gives_the_same),
		cmocka_unit_test(test_capture_write__of_this_machine),
		cmocka_unit_test(test_capture_write__a_directory_is_the_same_machine),
		cmocka_unit_test(test_capture_write__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
