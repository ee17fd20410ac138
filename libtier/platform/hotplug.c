// SPDX-License-Identifier: LGPL-2.1-or-later
// Reads dax devices with their ranges and memory blocks, and which driver would make
// memory of them. Changes nothing, and knows no wish.
#include "hotplug.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "parse.h"
#include "platform.h"

#define DAX_DEVICES "/sys/bus/dax/devices"
#define DAX_DRIVERS "/sys/bus/dax/drivers"
#define MEMORY	    "/sys/devices/system/memory"

const char auto_online_path[] = MEMORY "/auto_online_blocks";
const char kmem_overwrite_path[] = "/sys/module/kmem/parameters/overwrite";

struct reader {
	struct root *root;
	struct hotplug *hotplug;
	struct strbuf text; /* content of the last file, without its newline */
	char path[512];
	uint64_t *ids; /* of all memory blocks, ascending */
	size_t n_ids;
};

const char *dax_device_path(const char *name, const char *what, char *buf)
{
	snprintf(buf, HOTPLUG_PATH, DAX_DEVICES "/%.40s/%s", name, what);
	return buf;
}

const char *dax_driver_path(const char *driver, const char *what, char *buf)
{
	snprintf(buf, HOTPLUG_PATH, DAX_DRIVERS "/%s/%s", driver, what);
	return buf;
}

const char *memory_block_path(uint64_t id, char *buf)
{
	snprintf(buf, HOTPLUG_PATH, MEMORY "/memory%llu/state", (unsigned long long)id);
	return buf;
}

/* ---- one file ---------------------------------------------------------------------- */

static void set_path(struct reader *reader, const char *format, ...) PRINTF_LIKE(2, 3);

static void set_path(struct reader *reader, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(reader->path, sizeof(reader->path), format, args);
	va_end(args);
}

/* 1: its first line is in reader->text; 0: it cannot be read. */
static int read_line(struct reader *reader)
{
	int ret;

	strbuf_reset(&reader->text);
	ret = reader->root->ops->read(reader->root, reader->path, &reader->text);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	strbuf_truncate(&reader->text, strcspn(strbuf_text(&reader->text), "\n"));
	return 1;
}

static int read_copy(struct reader *reader, const char **copy)
{
	int ret = read_line(reader);

	if (ret <= 0)
		return ret;
	*copy = arena_strdup(&reader->hotplug->arena, strbuf_text(&reader->text));
	return *copy ? 0 : -ENOMEM;
}

static int read_number(struct reader *reader, int (*parse)(const char *, uint64_t *),
		       struct figure *figure)
{
	int ret = read_line(reader);

	if (ret <= 0)
		return ret;
	figure->known = !parse(strbuf_text(&reader->text), &figure->value);
	return 0;
}

/* 1: the names are in *names; 0: there is no such folder, or it cannot be read. */
static int list_names(struct reader *reader, struct strbuf *names)
{
	int ret = reader->root->ops->list(reader->root, reader->path, names);

	if (ret == -ENOMEM)
		return ret;
	return !ret;
}

static const char *next_name(const struct strbuf *names, const char *before)
{
	const char *next = before ? before + strlen(before) + 1 : names->text;

	return next && next < names->text + names->len ? next : NULL;
}

/* ---- ranges --------------------------------------------------------------------------- */

static int add_span(struct reader *reader, struct dax_state *dax, struct dax_span span)
{
	struct dax_span *spans = arena_grow(&reader->hotplug->arena, dax->spans,
					    dax->n_spans, sizeof(*spans));
	size_t at = dax->n_spans;

	if (!spans)
		return -ENOMEM;
	dax->spans = spans;
	dax->n_spans++;
	for (; at > 0 && spans[at - 1].first > span.first; at--)
		spans[at] = spans[at - 1];
	spans[at] = span;
	return 0;
}

/* mappingN: a range as the dax core shows each (5.10). */
static int read_mapping(struct reader *reader, struct dax_state *dax, const char *mapping)
{
	struct figure first = { 0 }, last = { 0 };
	int ret;

	set_path(reader, DAX_DEVICES "/%s/%s/start", dax->name, mapping);
	ret = read_number(reader, parse_u64, &first);
	if (!ret) {
		set_path(reader, DAX_DEVICES "/%s/%s/end", dax->name, mapping);
		ret = read_number(reader, parse_u64, &last);
	}
	if (ret)
		return ret;
	if (!first.known || !last.known || first.value > last.value ||
	    last.value == UINT64_MAX) {
		dax->knows_spans = false;
		return 0;
	}
	return add_span(reader, dax, (struct dax_span){ first.value, last.value });
}

/* Without mappings: one range. */
static int read_resource(struct reader *reader, struct dax_state *dax)
{
	struct figure start = { 0 }, size = { 0 };
	int ret;

	set_path(reader, DAX_DEVICES "/%s/resource", dax->name);
	ret = read_number(reader, parse_u64, &start);
	if (!ret) {
		set_path(reader, DAX_DEVICES "/%s/size", dax->name);
		ret = read_number(reader, parse_u64, &size);
	}
	if (ret)
		return ret;
	dax->knows_spans = start.known && size.known &&
			   size.value < UINT64_MAX - start.value;
	if (!dax->knows_spans || !size.value)
		return 0;
	return add_span(reader, dax,
			(struct dax_span){ start.value, start.value + size.value - 1 });
}

static bool is_mapping(const char *name)
{
	int32_t number;

	return !strncmp(name, "mapping", 7) && !parse_i32(name + 7, &number);
}

static int read_spans(struct reader *reader, struct dax_state *dax)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	size_t mappings = 0;
	int ret;

	set_path(reader, DAX_DEVICES "/%s", dax->name);
	ret = list_names(reader, &names);
	dax->knows_spans = true;
	for (const char *name = NULL; ret >= 0 && (name = next_name(&names, name));) {
		if (!is_mapping(name))
			continue;
		mappings++;
		ret = read_mapping(reader, dax, name);
	}
	if (ret < 0)
		return ret;
	return mappings ? 0 : read_resource(reader, dax);
}

/* ---- blocks ------------------------------------------------------------------------------ */

static enum block_zone zone_of(const char *words)
{
	/* Of a block that is online: its one zone, or "none" when it is in several. */
	if (!strcmp(words, "Movable"))
		return BLOCK_ZONE_MOVABLE;
	return !strcmp(words, "Normal") || !strncmp(words, "DMA", 3) ? BLOCK_ZONE_NORMAL :
								       BLOCK_ZONE_UNKNOWN;
}

/* 1: there is such a block. */
static int read_block(struct reader *reader, struct memory_block *block)
{
	char state[HOTPLUG_PATH];
	int dir_len, ret;

	snprintf(reader->path, sizeof(reader->path), "%s",
		 memory_block_path(block->id, state));
	dir_len = (int)(strrchr(state, '/') - state);
	ret = read_line(reader);
	if (ret <= 0)
		return ret;
	/* What is on its way out still has its pages. */
	block->is_online = strcmp(strbuf_text(&reader->text), "offline") != 0;
	set_path(reader, "%.*s/removable", dir_len, state);
	ret = read_line(reader);
	if (ret < 0)
		return ret;
	block->is_fixed = ret && !strcmp(strbuf_text(&reader->text), "0");
	if (!block->is_online)
		return 1;
	set_path(reader, "%.*s/valid_zones", dir_len, state);
	ret = read_line(reader);
	if (ret > 0)
		block->zone = zone_of(strbuf_text(&reader->text));
	return ret < 0 ? ret : 1;
}

static int add_block(struct reader *reader, struct dax_state *dax, uint64_t id)
{
	struct memory_block block = { .id = id }, *blocks;
	int ret = read_block(reader, &block);

	if (ret <= 0)
		return ret;
	blocks = arena_grow(&reader->hotplug->arena, dax->blocks, dax->n_blocks,
			    sizeof(*blocks));
	if (!blocks)
		return -ENOMEM;
	dax->blocks = blocks;
	blocks[dax->n_blocks++] = block;
	return 0;
}

/* Of all blocks those that lie in the span as a whole. */
static int add_blocks(struct reader *reader, struct dax_state *dax,
		      const struct dax_span *span)
{
	uint64_t size = reader->hotplug->block_bytes.value;
	uint64_t first = span->first / size + !!(span->first % size);
	uint64_t behind = (span->last + 1) / size;
	int ret = 0;

	if (behind > first)
		dax->whole_bytes += (behind - first) * size;
	for (size_t i = 0; !ret && i < reader->n_ids; i++)
		if (first <= reader->ids[i] && reader->ids[i] < behind)
			ret = add_block(reader, dax, reader->ids[i]);
	return ret;
}

static int compare_ids(const void *a, const void *b)
{
	uint64_t one = *(const uint64_t *)a, other = *(const uint64_t *)b;

	return (one > other) - (one < other);
}

/* Captures hold no blocks; a machine that has none at all cannot hot-plug memory. */
static int read_ids(struct reader *reader)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret;

	set_path(reader, MEMORY);
	ret = list_names(reader, &names);
	if (ret <= 0)
		return ret;
	reader->ids = arena_array(&reader->hotplug->arena, names.len / 2 + 1,
				  sizeof(*reader->ids));
	if (!reader->ids)
		return -ENOMEM;
	for (const char *name = NULL; (name = next_name(&names, name));)
		if (!strncmp(name, "memory", 6) &&
		    !parse_u64(name + 6, &reader->ids[reader->n_ids]))
			reader->n_ids++;
	qsort(reader->ids, reader->n_ids, sizeof(*reader->ids), compare_ids);
	return 0;
}

static int read_blocks(struct reader *reader, struct dax_state *dax)
{
	const struct figure *block = &reader->hotplug->block_bytes;
	int ret = 0;

	dax->knows_spans &= block->known && block->value > 0;
	dax->knows_blocks = dax->knows_spans && reader->n_ids > 0;
	for (size_t i = 0; !ret && dax->knows_spans && i < dax->n_spans; i++) {
		dax->bytes += dax->spans[i].last - dax->spans[i].first + 1;
		ret = add_blocks(reader, dax, &dax->spans[i]);
	}
	return ret;
}

/* ---- devices --------------------------------------------------------------------------------- */

/* Of /sys/bus/dax/devices/NAME/driver, "" when it is not bound. */
static int read_driver(struct root *root, const char *name, struct strbuf *driver)
{
	SCOPED_STRBUF struct strbuf found = { 0 };
	char path[512];
	const char *slash;
	int ret;

	snprintf(path, sizeof(path), DAX_DEVICES "/%s/driver", name);
	ret = root->ops->realpath(root, path, &found);
	strbuf_reset(driver);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	slash = strrchr(strbuf_text(&found), '/');
	return slash ? strbuf_puts(driver, slash + 1) : 0;
}

int dax_driver_now(struct root *root, const char *name, struct strbuf *driver)
{
	SCOPED_STRBUF struct strbuf found = { 0 };
	char path[512];
	int ret;

	snprintf(path, sizeof(path), DAX_DEVICES "/%s", name);
	ret = root->ops->realpath(root, path, &found);
	if (ret)
		return ret == -ENOENT ? -ENODEV : ret;
	return read_driver(root, name, driver);
}

/* The namespace is the device's parent. Its UUID is all zero where it has none. */
static int read_uuid(struct reader *reader, struct dax_state *dax)
{
	SCOPED_STRBUF struct strbuf real = { 0 };
	char *slash;
	int ret;

	set_path(reader, DAX_DEVICES "/%s", dax->name);
	ret = reader->root->ops->realpath(reader->root, reader->path, &real);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	slash = strrchr(strbuf_text(&real), '/');
	if (!slash)
		return 0;
	*slash = '\0';
	set_path(reader, "%s/uuid", real.text);
	ret = read_copy(reader, &dax->uuid);
	if (dax->uuid && !dax->uuid[strspn(dax->uuid, "0-")])
		dax->uuid = NULL;
	return ret;
}

static int read_device(struct reader *reader, const char *name)
{
	struct hotplug *hotplug = reader->hotplug;
	SCOPED_STRBUF struct strbuf driver = { 0 };
	struct dax_state *devices = arena_grow(&hotplug->arena, hotplug->devices,
					       hotplug->n_devices, sizeof(*devices));
	struct dax_state *dax;
	int ret;

	if (!devices)
		return -ENOMEM;
	hotplug->devices = devices;
	dax = &devices[hotplug->n_devices++];
	*dax = (struct dax_state){ .name = arena_strdup(&hotplug->arena, name) };
	if (!dax->name)
		return -ENOMEM;
	ret = read_driver(reader->root, name, &driver);
	if (ret)
		return ret;
	dax->driver = arena_strdup(&hotplug->arena, strbuf_text(&driver));
	ret = dax->driver ? read_uuid(reader, dax) : -ENOMEM;
	if (!ret)
		ret = read_spans(reader, dax);
	return ret ? ret : read_blocks(reader, dax);
}

static int read_devices(struct reader *reader)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret = read_ids(reader);

	if (ret < 0)
		return ret;
	set_path(reader, DAX_DEVICES);
	ret = list_names(reader, &names);
	for (const char *name = NULL; ret >= 0 && (name = next_name(&names, name));)
		ret = read_device(reader, name);
	return ret < 0 ? ret : 0;
}

/* ---- the module ------------------------------------------------------------------------------- */

/* Whether a line of modules.dep, "kernel/drivers/dax/kmem.ko.xz: ...", is kmem's. */
static bool is_kmem(const char *line, size_t len)
{
	const char *end = memchr(line, ':', len);
	const char *name;

	len = end ? (size_t)(end - line) : len;
	name = memrchr(line, '/', len);
	name = name ? name + 1 : line;
	return (size_t)(line + len - name) >= 7 && !strncmp(name, "kmem.ko", 7);
}

/* What modprobe goes by; depmod has chosen there between modules of one name. */
static int read_loadable(struct reader *reader)
{
	struct hotplug *hotplug = reader->hotplug;
	SCOPED_STRBUF struct strbuf text = { 0 };
	const char *at, *line;
	size_t len;
	int ret;

	set_path(reader, "/proc/sys/kernel/osrelease");
	ret = read_line(reader);
	if (ret <= 0)
		return ret;
	set_path(reader, "/lib/modules/%.200s/modules.dep", strbuf_text(&reader->text));
	ret = reader->root->ops->read(reader->root, reader->path, &text);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	hotplug->module = KMEM_MODULE_MISSING;
	at = strbuf_text(&text);
	while (next_line(&at, &line, &len)) {
		if (!is_kmem(line, len))
			continue;
		hotplug->module_file =
			arena_strndup(&hotplug->arena, line, strcspn(line, ":\n"));
		hotplug->module = strncmp(line, "kernel/", 7) ?
					  KMEM_MODULE_LOADABLE_OURS :
					  KMEM_MODULE_LOADABLE;
		return hotplug->module_file ? 0 : -ENOMEM;
	}
	return 0;
}

static int read_module(struct reader *reader)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	struct hotplug *hotplug = reader->hotplug;
	char path[HOTPLUG_PATH];
	int ret;

	set_path(reader, DAX_DRIVERS "/" DAX_DRIVER_RAM);
	ret = list_names(reader, &names);
	if (ret < 0)
		return ret;
	if (!ret)
		return read_loadable(reader);
	hotplug->module = KMEM_MODULE_LOADED;
	set_path(reader, "%s", dax_driver_path(DAX_DRIVER_RAM, "left_behind", path));
	ret = read_line(reader);
	if (ret > 0)
		hotplug->module = KMEM_MODULE_LOADED_OURS;
	set_path(reader, "%s", kmem_overwrite_path);
	return ret < 0 ? ret : read_copy(reader, &hotplug->overwrite);
}

/* ---- all ---------------------------------------------------------------------------------------- */

static int read_all(struct reader *reader)
{
	struct hotplug *hotplug = reader->hotplug;
	int ret;

	hotplug->page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	set_path(reader, MEMORY "/block_size_bytes");
	ret = read_number(reader, parse_hex, &hotplug->block_bytes);
	if (!ret) {
		set_path(reader, "%s", auto_online_path);
		ret = read_copy(reader, &hotplug->auto_online);
	}
	if (!ret)
		ret = read_module(reader);
	return ret ? ret : read_devices(reader);
}

int hotplug_read(struct root *root, struct hotplug *hotplug)
{
	struct reader reader = { .root = root, .hotplug = hotplug };
	int ret;

	*hotplug = (struct hotplug){ 0 };
	ret = read_all(&reader);
	strbuf_free(&reader.text);
	if (ret)
		hotplug_free(hotplug);
	return ret;
}

int hotplug_read_rules(struct root *root, struct hotplug *hotplug)
{
	return udev_rules_read(root, &hotplug->arena, &hotplug->rules);
}

int hotplug_module(struct root *root, enum kmem_module *module)
{
	struct hotplug hotplug = { 0 };
	struct reader reader = { .root = root, .hotplug = &hotplug };
	int ret = read_module(&reader);

	*module = hotplug.module;
	strbuf_free(&reader.text);
	hotplug_free(&hotplug);
	return ret;
}

void hotplug_free(struct hotplug *hotplug)
{
	arena_free(&hotplug->arena);
	*hotplug = (struct hotplug){ 0 };
}

const struct dax_state *hotplug_find(const struct hotplug *hotplug, const char *name)
{
	for (size_t i = 0; i < hotplug->n_devices; i++)
		if (!strcmp(hotplug->devices[i].name, name))
			return &hotplug->devices[i];
	return NULL;
}
