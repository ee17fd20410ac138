// SPDX-License-Identifier: GPL-2.0-or-later
// What hwloc may be given as its XML: each refused text here crashed hwloc 2.9.0, or
// is of the kind that did.
#include "hwloc_xml.h"

#include "unit.h"

#define SETS \
	"cpuset=\"0x1\" complete_cpuset=\"0x1\" nodeset=\"0x1\" complete_nodeset=\"0x1\""

static void test_hwloc_xml__check(void **state)
{
	static const struct {
		const char *xml;
		int result;
	} rows[] = {
		{ "", 0 },
		{ "no tags", 0 },
		{ "<?xml version=\"1.0\"?><!DOCTYPE topology SYSTEM \"hwloc2.dtd\">", 0 },
		{ "<topology version=\"2.0\"></topology>", 0 },
		{ "<object type=\"NUMANode\" " SETS " gp_index=\"3\"/>", 0 },
		{ "<object type=\"NUMANode\"\n\t" SETS ">\n</object>", 0 },
		{ "<object type=\"Misc\" name=\"x\"/>", 0 },
		{ "<object type=\"PCIDev\" pci_type=\"0 [1]\"/>", 0 },
		{ "<object type=\"OSDev\"/><object type=\"Bridge\"/>", 0 },
		{ "<info name=\"CPUModel\" value=\"Intel(R) &lt;Xeon&gt;\"/>", 0 },
		{ "<indexes length=\"4\">0 1 </indexes>", 0 },
		/* an object without one of its sets */
		{ "<object type=\"Core\"/>", -EINVAL },
		{ "<object type=\"Core\" complete_cpuset=\"0x1\" nodeset=\"0x1\" "
		  "complete_nodeset=\"0x1\"/>",
		  -EINVAL },
		{ "<object type=\"Core\" cpuset=\"0x1\" nodeset=\"0x1\" "
		  "complete_nodeset=\"0x1\"/>",
		  -EINVAL },
		{ "<object type=\"Core\" cpuset=\"0x1\" complete_xpuset=\"0x1\" "
		  "nodeset=\"0x1\" complete_nodeset=\"0x1\"/>",
		  -EINVAL },
		{ "<object typb=\"Misc\"/>", -EINVAL },
		{ "<object/>", -EINVAL },
		/* a set that is none */
		{ "<object type=\"Core\" cpuset=\"\" complete_cpuset=\"0x1\" "
		  "nodeset=\"0x1\" complete_nodeset=\"0x1\"/>",
		  -EINVAL },
		{ "<object type=\"Core\" cpuset=\"0x1 \" complete_cpuset=\"0x1\" "
		  "nodeset=\"0x1\" complete_nodeset=\"0x1\"/>",
		  -EINVAL },
		/* a tag that is none */
		{ "<", -EINVAL },
		{ "<info", -EINVAL },
		{ "<info name", -EINVAL },
		{ "<info name=", -EINVAL },
		{ "<info name=\"x", -EINVAL },
		{ "<info name=\"x\"", -EINVAL },
		{ "<info name=\"x\" /", -EINVAL },
		{ "<info name=x/>", -EINVAL },
		{ "<info name=\"x\"value=\"y\"/>", -EINVAL },
		{ "<info name=\"a<b\"/>", -EINVAL },
		{ "<info name=\"a>\"/>", -EINVAL },
		{ "<object type=\"Core\" " SETS "c\" x=\"1\"/>", -EINVAL },
	};
	int failures = 0;

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (hwloc_xml_check(rows[i].xml) != rows[i].result)
			ROW_FAILS(failures, "%s: expected %d\n", rows[i].xml,
				  rows[i].result);
	assert_rows(failures);
}

/* Cut off anywhere, it is read no further than its end. */
static void test_hwloc_xml__cut_off_anywhere(void **state)
{
	static const char xml[] =
		"<topology version=\"2.0\">\n"
		"<object type=\"Core\" " SETS ">\n"
		"<info name=\"a\" value=\"b\"/>\n</object></topology>\n";

	(void)state;

	for (size_t len = 0; len < sizeof(xml); len++) {
		char *part = strndup(xml, len);
		int ret = hwloc_xml_check(part);

		assert_true(ret == 0 || ret == -EINVAL);
		free(part);
	}
	assert_int_equal(hwloc_xml_check(xml), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hwloc_xml__check),
		cmocka_unit_test(test_hwloc_xml__cut_off_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
