// SPDX-License-Identifier: LGPL-2.1-or-later
// Writes what discovery reads of a machine as one text. Goes by a list of what may
// be kept, so that a file nobody thought of never leaves the machine.
#include <errno.h>
#include <string.h>

#include "arena.h"
#include "capture_filter.h"
#include "capture_format.h"
#include "hwloc_xml.h"
#include "path_walk.h"
#include "platform.h"

#define DAX    "/sys/bus/dax/devices"
#define KMEM   DAX "/*/kmem"
#define NODE   "/sys/devices/system/node"
#define ACCESS NODE "/node#/access#/initiators"
#define CACHE  NODE "/node#/memory_side_cache/index#"
#define WEIGHT "/sys/kernel/mm/mempolicy/weighted_interleave"

/*
 * Everything that may be in a capture. In a path, '#' stands for a number and '*'
 * for a whole name. Links are followed and written down with what they lead to.
 */
static const struct row {
	const char *path;
	capture_filter *filter; /* NULL: the whole file */
} allowed[] = {
	{ "/etc/tierkit.conf", NULL },
	{ "/proc/cmdline", capture_filter_command_line },
	{ "/proc/driver/nvidia/gpus/*/numa_status", NULL },
	{ "/proc/iomem", capture_filter_iomem },
	{ "/proc/self/status", capture_filter_status },
	{ "/proc/sys/kernel/numa_balancing", NULL },
	{ "/proc/sys/kernel/numa_balancing_promote_rate_limit_MBps", NULL },
	{ "/proc/sys/kernel/osrelease", NULL },
	{ "/proc/sys/vm/zone_reclaim_mode", NULL },
	{ DAX, NULL },
	{ DAX "/*", NULL },
	{ DAX "/*/align", NULL },
	{ DAX "/*/driver", NULL },
	{ KMEM "/added_bytes", NULL },
	{ KMEM "/failed_ranges", NULL },
	{ KMEM "/lost_align_bytes", NULL },
	{ KMEM "/lost_badblock_bytes", NULL },
	{ KMEM "/poisoned_pages", NULL },
	{ KMEM "/poisoned_ranges", NULL },
	{ KMEM "/skipped_blocks", NULL },
	{ DAX "/*/mapping#/end", NULL },
	{ DAX "/*/mapping#/start", NULL },
	{ DAX "/*/numa_node", NULL },
	{ DAX "/*/resource", NULL },
	{ DAX "/*/size", NULL },
	{ DAX "/*/state", NULL },
	{ DAX "/*/target_node", NULL },
	{ "/sys/bus/dax/drivers/kmem/left_behind", NULL },
	{ "/sys/devices/system/memory/auto_online_blocks", NULL },
	{ "/sys/devices/system/memory/block_size_bytes", NULL },
	{ NODE "/has_cpu", NULL },
	{ NODE "/has_generic_initiator", NULL },
	{ NODE "/has_memory", NULL },
	{ NODE "/has_normal_memory", NULL },
	{ NODE "/online", NULL },
	{ NODE "/possible", NULL },
	{ NODE "/node#", NULL },
	{ NODE "/node#/cpulist", NULL },
	{ NODE "/node#/distance", NULL },
	{ NODE "/node#/meminfo", NULL },
	{ NODE "/node#/memory_failure/total", NULL },
	{ ACCESS "/node#", NULL },
	{ ACCESS "/read_bandwidth", NULL },
	{ ACCESS "/read_latency", NULL },
	{ ACCESS "/write_bandwidth", NULL },
	{ ACCESS "/write_latency", NULL },
	{ CACHE "/indexing", NULL },
	{ CACHE "/line_size", NULL },
	{ CACHE "/size", NULL },
	{ CACHE "/write_policy", NULL },
	{ "/sys/devices/virtual/memory_tiering/memory_tier#/nodelist", NULL },
	{ WEIGHT "/__auto_type", NULL },
	{ WEIGHT "/auto", NULL },
	{ WEIGHT "/node#", NULL },
	{ "/sys/firmware/acpi/tables/HMAT", capture_filter_all },
	{ "/sys/firmware/acpi/tables/SRAT", capture_filter_all },
	{ "/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds", NULL },
	{ "/sys/kernel/mm/numa/demotion_enabled", NULL },
	{ "/var/lib/tierkit/measured", NULL },
};

struct entry {
	const char *path;
	enum capture_kind kind;
	const char *bytes; /* content, target or errno name */
	size_t len;
};

struct writer {
	struct root *root;
	struct arena arena; /* of the entries */
	struct entry *entries;
	size_t count;
	const struct row *row;
	struct strbuf path; /* the row's path, as far as it is filled in */
};

static int add_entry(struct writer *writer, const char *path, enum capture_kind kind,
		     const struct strbuf *body)
{
	size_t count = writer->count;
	struct entry *entries =
		arena_grow(&writer->arena, writer->entries, count, sizeof(*entries));

	if (!entries)
		return -ENOMEM;
	writer->entries = entries;
	entries[count] = (struct entry){
		.path = arena_strdup(&writer->arena, path),
		.kind = kind,
		.bytes = arena_strndup(&writer->arena, strbuf_text(body), body->len),
		.len = body->len,
	};
	if (!entries[count].path || !entries[count].bytes)
		return -ENOMEM;
	writer->count++;
	return 0;
}

/* What fails at a path may be what lies above it: a folder that nobody may enter, or a failure
 * that a capture has there. */
static int find_cause(struct writer *writer, const char *path, int error,
		      struct strbuf *where)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	size_t len;
	int ret = strbuf_puts(where, path);

	while (!ret && (len = (size_t)(strrchr(where->text, '/') - where->text)) > 0) {
		where->text[len] = '\0';
		if (writer->root->ops->read(writer->root, where->text, &text) != error) {
			where->text[len] = '/';
			break;
		}
		strbuf_truncate(where, len);
	}
	return ret;
}

/* Errors that the format has no name for are told as EIO. */
static int add_failure(struct writer *writer, const char *path, int error)
{
	SCOPED_STRBUF struct strbuf name = { 0 }, where = { 0 };
	const char *known = capture_errno_name(-error);
	int ret;

	if (error == -ENOENT || error == -ENOTDIR)
		return 0;
	if (error == -ENOMEM)
		return error;
	ret = find_cause(writer, path, error, &where);
	if (!ret)
		ret = strbuf_puts(&name, known ? known : "EIO");
	return ret ? ret : add_entry(writer, where.text, CAPTURE_FAIL, &name);
}

static int add_file(struct writer *writer, const char *path)
{
	SCOPED_STRBUF struct strbuf text = { 0 }, kept = { 0 };
	int ret = writer->root->ops->read(writer->root, path, &text);

	if (ret == -EISDIR) /* the topmost one needs no word, and has no path */
		return strcmp(path, "/") != 0 ?
			       add_entry(writer, path, CAPTURE_DIR, &kept) :
			       0;
	if (ret)
		return add_failure(writer, path, ret);
	if (!writer->row->filter)
		return add_entry(writer, path, CAPTURE_FILE, &text);
	ret = writer->row->filter(&text, &kept);
	return ret ? ret : add_entry(writer, path, CAPTURE_FILE, &kept);
}

/* Notes each link, and each failure, that path_walk() comes across. */
static int note_link(void *arg, const char *path, struct strbuf *target)
{
	struct writer *writer = arg;
	int ret = writer->root->ops->readlink(writer->root, path, target);
	int noted = 0;

	if (!ret)
		noted = add_entry(writer, path, CAPTURE_LINK, target);
	else if (ret != -EINVAL)
		noted = add_failure(writer, path, ret);
	return noted ? noted : ret;
}

/* writer->path is complete. Links in /proc and /etc say nothing of the machine
 * (/proc/self), so what they lead to is kept under the name asked for. */
static int add_path(struct writer *writer)
{
	SCOPED_STRBUF struct strbuf real = { 0 };
	int ret;

	if (strncmp(writer->path.text, "/sys/", 5) != 0)
		return add_file(writer, writer->path.text);
	ret = path_walk(note_link, writer, writer->path.text, &real);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	return add_file(writer, real.text);
}

/* Whether a name is what a component of a row's path, `len` long, stands for. */
static bool fits(const char *name, const char *component, size_t len)
{
	size_t prefix = len - 1;

	if (len == 1 && *component == '*')
		return true;
	return !strncmp(name, component, prefix) && name[prefix] &&
	       !name[prefix + strspn(name + prefix, "0123456789")];
}

/* A directory that cannot be listed: noted where it is, not behind a link. */
static int add_unlisted(struct writer *writer, int error)
{
	SCOPED_STRBUF struct strbuf real = { 0 };
	const char *path = writer->path.text;
	int ret = writer->root->ops->realpath(writer->root, path, &real);

	if (ret == -ENOMEM)
		return ret;
	return add_failure(writer, ret ? path : real.text, error);
}

static int expand(struct writer *writer, const char *rest);

/* Expand `rest` once for each name in the directory writer->path that fits its
 * first component, which has a wildcard. */
static int expand_names(struct writer *writer, const char *rest)
{
	const size_t len = strcspn(rest, "/"), before = writer->path.len;
	SCOPED_STRBUF struct strbuf names = { 0 };
	const char *name;
	int ret;

	ret = writer->root->ops->list(writer->root, writer->path.text, &names);
	if (ret)
		return add_unlisted(writer, ret);
	for (size_t at = 0; !ret && at < names.len; at += strlen(name) + 1) {
		name = names.text + at;
		if (!fits(name, rest, len))
			continue;
		ret = strbuf_printf(&writer->path, "/%s", name);
		if (!ret)
			ret = expand(writer, rest + len);
		strbuf_truncate(&writer->path, before);
	}
	return ret;
}

/* Fill in what is left of the row's path, in each way that there is. */
static int expand(struct writer *writer, const char *rest)
{
	const size_t before = writer->path.len;
	size_t literal = strcspn(rest, "*#");
	int ret;

	if (!rest[literal]) {
		ret = strbuf_puts(&writer->path, rest);
		if (!ret)
			ret = add_path(writer);
	} else {
		/* Back to the start of the component. */
		while (rest[literal - 1] != '/')
			literal--;
		ret = strbuf_add(&writer->path, rest, literal - 1);
		if (!ret)
			ret = expand_names(writer, rest + literal);
	}
	strbuf_truncate(&writer->path, before);
	return ret;
}

/* The XML handed in, or what a root that is not this machine holds. Where tags are
 * not whole, nobody can say what they name, so such a text is left out. */
static int add_hwloc(struct writer *writer, const char *xml)
{
	SCOPED_STRBUF struct strbuf text = { 0 }, kept = { 0 };
	int ret;

	if (!xml && writer->root->is_live)
		return 0;
	ret = xml ? strbuf_puts(&text, xml) :
		    writer->root->ops->read(writer->root, CAPTURE_HWLOC_XML, &text);
	if (ret)
		return add_failure(writer, CAPTURE_HWLOC_XML, ret);
	if (hwloc_xml_check(strbuf_text(&text)))
		return 0;
	ret = capture_filter_hwloc(&text, &kept);
	return ret ? ret : add_entry(writer, CAPTURE_HWLOC_XML, CAPTURE_FILE, &kept);
}

static int compare_places(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;
	int order = capture_compare(one->path, other->path);

	return order ? order : (int)one->kind - (int)other->kind;
}

/* node10 behind node9, and hwloc's many words behind the machine's own. */
static int compare_for_people(const void *a, const void *b)
{
	const struct entry *one = a, *other = b;
	bool is_last = !strcmp(one->path, CAPTURE_HWLOC_XML);

	if (is_last != !strcmp(other->path, CAPTURE_HWLOC_XML))
		return is_last ? 1 : -1;
	return strverscmp(one->path, other->path);
}

/* Several rows come across the same links and directories: keep each once, and no
 * directory that is implied by what it holds. */
static void drop_needless(struct writer *writer)
{
	struct entry *entries = writer->entries, *last = NULL;
	size_t kept = 0;

	qsort(entries, writer->count, sizeof(*entries), compare_places);
	for (size_t i = 0; i < writer->count; i++) {
		const struct entry *entry = &entries[i];

		if (last && !strcmp(last->path, entry->path))
			continue;
		if (last && capture_is_below(entry->path, last->path)) {
			/* A failure may be noted for what lies above a link. */
			if (last->kind != CAPTURE_DIR)
				continue;
			kept--;
		}
		last = &entries[kept++];
		*last = *entry;
	}
	writer->count = kept;
	qsort(entries, kept, sizeof(*entries), compare_for_people);
}

static int escape(const char *bytes, size_t len, struct strbuf *out)
{
	size_t at = 0;

	while (at < len) {
		size_t run = at;
		int ret;

		while (at < len && capture_is_plain((unsigned char)bytes[at]))
			at++;
		ret = strbuf_add(out, bytes + run, at - run);
		if (!ret && at < len)
			ret = bytes[at] == '\\' ? strbuf_puts(out, "\\\\") :
						  strbuf_printf(out, "\\x%02x",
								(unsigned char)bytes[at]);
		if (ret)
			return ret;
		at++;
	}
	return 0;
}

static int write_line(const char *line, size_t len, const char *end, struct strbuf *out)
{
	int ret = strbuf_puts(out, "\t");

	if (!ret)
		ret = escape(line, len, out);
	return ret ? ret : strbuf_puts(out, end);
}

static int write_content(const struct entry *entry, struct strbuf *out)
{
	const char *at = entry->bytes, *end = at + entry->len;
	int ret = 0;

	while (!ret && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *stop = newline ? newline : end;

		ret = write_line(at, (size_t)(stop - at), newline ? "\n" : "\\\n", out);
		at = stop + 1;
	}
	return ret;
}

/* A blank at the end of a line would be lost on people. */
static int write_header(const struct entry *entry, struct strbuf *out)
{
	size_t len = strlen(entry->path);
	bool ends_blank = entry->path[len - 1] == ' ';
	int ret = strbuf_printf(out, "%s ", capture_keywords[entry->kind]);

	if (!ret)
		ret = escape(entry->path, len - ends_blank, out);
	return ret ? ret : strbuf_puts(out, ends_blank ? "\\x20\n" : "\n");
}

static int write_entry(const struct entry *entry, struct strbuf *out)
{
	int ret = write_header(entry, out);

	if (ret || entry->kind == CAPTURE_DIR)
		return ret;
	if (entry->kind == CAPTURE_FILE)
		return write_content(entry, out);
	return write_line(entry->bytes, entry->len, "\n", out);
}

static int write_all(struct writer *writer, const char *hwloc_xml, struct strbuf *out)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < ARRAY_SIZE(allowed); i++) {
		writer->row = &allowed[i];
		ret = expand(writer, allowed[i].path);
	}
	if (!ret)
		ret = add_hwloc(writer, hwloc_xml);
	if (ret)
		return ret;
	if (writer->count)
		drop_needless(writer);
	ret = strbuf_puts(out, CAPTURE_FIRST "\n");
	for (size_t i = 0; !ret && i < writer->count; i++)
		ret = write_entry(&writer->entries[i], out);
	return ret ? ret : (int)writer->count;
}

int capture_write(struct root *root, const char *hwloc_xml, struct strbuf *out)
{
	struct writer writer = { .root = root };
	const size_t before = out->len;
	int ret = write_all(&writer, hwloc_xml, out);

	if (ret < 0)
		strbuf_truncate(out, before);
	strbuf_free(&writer.path);
	arena_free(&writer.arena);
	return ret;
}
