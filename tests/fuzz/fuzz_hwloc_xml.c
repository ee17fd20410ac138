// SPDX-License-Identifier: GPL-2.0-or-later
// What is done with hwloc's XML before hwloc sees it: looking it over, and taking out
// what names the host.
#include "capture_filter.h"
#include "fuzz.h"
#include "hwloc_xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SCOPED_STRBUF struct strbuf text = { 0 }, once = { 0 }, twice = { 0 };
	char *xml = fuzz_text(data, size);
	int ret = hwloc_xml_check(xml);

	MUST(ret == 0 || ret == -EINVAL);
	MUST(!strbuf_puts(&text, xml));
	MUST(!capture_filter_hwloc(&text, &once));
	MUST(once.len <= text.len);
	MUST(!capture_filter_hwloc(&once, &twice));
	/* Where tags are not whole, taking one out may make another. */
	MUST(ret || once.len == twice.len);
	free(xml);
	return 0;
}
