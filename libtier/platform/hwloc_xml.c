// SPDX-License-Identifier: LGPL-2.1-or-later
// Looks an XML over before hwloc trusts it. Does not know hwloc itself.
#include "hwloc_xml.h"

#include <errno.h>
#include <string.h>

#include "parse.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

static const char *const sets[] = { "cpuset", "complete_cpuset", "nodeset",
				    "complete_nodeset" };

#define ALL_SETS ((1U << ARRAY_SIZE(sets)) - 1)

/* A tag while it is read. */
struct tag {
	const char *at;
	unsigned int sets; /* bits of those that it has */
	bool is_object;
	bool needs_sets;
};

/* Devices and notes have none. */
static bool needs_sets(const char *type, size_t len)
{
	static const char *const without[] = { "Bridge", "PCIDev", "OSDev", "Misc" };

	for (size_t i = 0; i < ARRAY_SIZE(without); i++)
		if (span_is(type, len, without[i]))
			return false;
	return true;
}

static bool note_attribute(struct tag *tag, const char *name, size_t name_len)
{
	const char *value = tag->at;
	size_t len = strcspn(value, "\"");

	if (span_is(name, name_len, "type"))
		tag->needs_sets = needs_sets(value, len);
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++) {
		if (!span_is(name, name_len, sets[i]))
			continue;
		tag->sets |= 1U << i;
		return len && strspn(value, "0123456789abcdefx,") == len;
	}
	return true;
}

/* One ` name="value"`. */
static bool read_attribute(struct tag *tag)
{
	const char *name = tag->at + strspn(tag->at, " \t\n");
	size_t len = strspn(name, LETTERS);

	if (name == tag->at || !len || strncmp(name + len, "=\"", 2) != 0)
		return false;
	tag->at = name + len + 2;
	if (tag->is_object && !note_attribute(tag, name, len))
		return false;
	tag->at += strcspn(tag->at, "\"<>");
	return *tag->at++ == '"';
}

/* `at` is behind the '<' of a tag that opens an element. */
static bool read_tag(const char *at)
{
	size_t len = strspn(at, LETTERS);
	struct tag tag = { .at = at + len, .needs_sets = true };

	if (!len)
		return false;
	tag.is_object = span_is(at, len, "object");
	while (*tag.at != '>' && strncmp(tag.at, "/>", 2) != 0)
		if (!read_attribute(&tag))
			return false;
	return !tag.is_object || !tag.needs_sets || tag.sets == ALL_SETS;
}

int hwloc_xml_check(const char *xml)
{
	while ((xml = strchr(xml, '<'))) {
		xml++;
		/* What closes or declares has nothing in it that hwloc reads. */
		if (*xml && strchr("/?!", *xml))
			continue;
		if (!read_tag(xml))
			return -EINVAL;
	}
	return 0;
}
