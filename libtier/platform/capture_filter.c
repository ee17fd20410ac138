// SPDX-License-Identifier: LGPL-2.1-or-later
// What of a file goes into a capture: by lists of what to keep, but for hwloc's
// XML, where the parts that name the host are known. Reads no file.
#include "capture_filter.h"

#include <string.h>

#include "parse.h"

static bool begins_with(const char *text, size_t len, const char *prefix)
{
	return len >= strlen(prefix) && !memcmp(text, prefix, strlen(prefix));
}

static bool ends_with(const char *text, size_t len, const char *suffix)
{
	return len >= strlen(suffix) &&
	       !memcmp(text + len - strlen(suffix), suffix, strlen(suffix));
}

static bool begins_with_any(const char *text, size_t len, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (begins_with(text, len, *prefixes))
			return true;
	return false;
}

/* Kernel parameters that decide what memory there is, and how it is onlined. */
int capture_filter_command_line(const struct strbuf *text, struct strbuf *out)
{
	static const char *const kept[] = {
		"efi=",	 "hmat",    "kernelcore=",  "memhp_default_state=",
		"mem=",	 "memmap=", "movable_node", "movablecore=",
		"numa=", NULL,
	};
	const char *at = strbuf_text(text), *end = at + strcspn(at, "\n"), *word;
	const char *gap = "";
	size_t len;
	int ret;

	while (next_word(&at, end, &word, &len)) {
		if (!begins_with_any(word, len, kept))
			continue;
		ret = strbuf_printf(out, "%s%.*s", gap, (int)len, word);
		if (ret)
			return ret;
		gap = " ";
	}
	/* An empty file stays one: that is a finding. */
	return text->len ? strbuf_puts(out, "\n") : 0;
}

int capture_filter_all(const struct strbuf *text, struct strbuf *out)
{
	(void)text;
	(void)out;
	return 0;
}

static int keep_lines(const struct strbuf *text, struct strbuf *out,
		      bool (*is_kept)(const char *line, size_t len))
{
	const char *at = strbuf_text(text), *line;
	size_t len;
	int ret;

	while (next_line(&at, &line, &len)) {
		if (!is_kept(line, len))
			continue;
		ret = strbuf_printf(out, "%.*s\n", (int)len, line);
		if (ret)
			return ret;
	}
	return 0;
}

static bool is_status_kept(const char *line, size_t len)
{
	static const char *const kept[] = { "Cpus_allowed_list:", "Mems_allowed_list:",
					    "Seccomp:", NULL };

	return begins_with_any(line, len, kept);
}

int capture_filter_status(const struct strbuf *text, struct strbuf *out)
{
	return keep_lines(text, out, is_status_kept);
}

/* "  100000000-17fffffff : System RAM (kmem)" */
static bool is_iomem_kept(const char *line, size_t len)
{
	static const char *const kept[] = { "System RAM (kmem)", "Soft Reserved",
					    "Persistent Memory", NULL };
	const char *name = memmem(line, len, " : ", 3);

	return name && begins_with_any(name + 3, (size_t)(line + len - name - 3), kept);
}

int capture_filter_iomem(const struct strbuf *text, struct strbuf *out)
{
	return keep_lines(text, out, is_iomem_kept);
}

/* Names of hwloc's infos that tell which machine this is, or what ran on it. */
static bool names_the_host(const char *name, size_t len)
{
	static const char *const names[] = { "HostName", "LinuxCgroup", "ProcessName",
					     NULL };
	static const char *const suffixes[] = { "Serial", "SerialNumber", "UUID",
						"AssetTag", NULL };

	for (const char *const *one = names; *one; one++)
		if (span_is(name, len, *one))
			return true;
	for (const char *const *suffix = suffixes; *suffix; suffix++)
		if (ends_with(name, len, *suffix))
			return true;
	return false;
}

/* The end of an <info> element that names the host, with the newline behind it;
 * NULL for an element that stays. */
static const char *host_info_end(const char *info)
{
	static const char attribute[] = "name=\"";
	const char *end = strstr(info, "/>");
	const char *name = strstr(info, attribute);

	if (!end || !name || name > end)
		return NULL;
	name += strlen(attribute);
	if (!names_the_host(name, strcspn(name, "\"")))
		return NULL;
	end += 2;
	return *end == '\n' ? end + 1 : end;
}

/* Back over the blanks that an element is indented by. */
static const char *indent_start(const char *start, const char *at)
{
	while (at > start && (at[-1] == ' ' || at[-1] == '\t'))
		at--;
	return at;
}

int capture_filter_hwloc(const struct strbuf *text, struct strbuf *out)
{
	const char *from = strbuf_text(text), *info = from;
	int ret;

	while ((info = strstr(info, "<info "))) {
		const char *end = host_info_end(info);
		const char *stop = indent_start(from, info);

		info++;
		if (!end)
			continue;
		ret = strbuf_add(out, from, (size_t)(stop - from));
		if (ret)
			return ret;
		from = info = end;
	}
	return strbuf_puts(out, from);
}
