// SPDX-License-Identifier: GPL-2.0-or-later
// `tierctl dax list`: dax devices, what of them is memory, and how it came online.
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "cmd.h"
#include "dax.h"
#include "json.h"
#include "kinds.h"
#include "table.h"

/* A device from both sides; false: there is none of that name. */
static bool find(const struct ctl *ctl, const char *name, struct tier_dax_info *info)
{
	for (unsigned int i = 0; !tier_dax_get(ctl->topology, i, info, sizeof(*info));
	     i++)
		if (!strcmp(info->name, name))
			return true;
	return false;
}

static const char *zone_text(const struct tier_dax_memory *memory)
{
	if (!memory->online_blocks)
		return NULL;
	if (memory->movable_blocks == memory->online_blocks)
		return "movable";
	if (memory->normal_blocks == memory->online_blocks)
		return "normal";
	return memory->movable_blocks && memory->normal_blocks ? "mixed" : NULL;
}

/* A driver that makes memory of them, for people and for programs. */
static const struct kmem_words {
	const char *text;
	const char *word;
} kmem_words[] = {
	[TIER_KMEM_UNKNOWN] = { "-", NULL },
	[TIER_KMEM_MISSING] = { "none: this kernel cannot make memory of them",
				"missing" },
	[TIER_KMEM_LOADED] = { "the kernel's own, loaded", "loaded" },
	[TIER_KMEM_LOADED_OURS] = { "tierkit's, loaded", "loaded-tierkit" },
	[TIER_KMEM_LOADABLE] = { "the kernel's own, not loaded", "loadable" },
	[TIER_KMEM_LOADABLE_OURS] = { "tierkit's, not loaded", "loadable-tierkit" },
};

/* A newer library may know more of them. */
static const struct kmem_words *words_of(enum tier_kmem kmem)
{
	return &kmem_words[kmem < ARRAY_SIZE(kmem_words) ? kmem : TIER_KMEM_UNKNOWN];
}

/* ---- a table --------------------------------------------------------------------- */

static const char *blocks_text(const struct tier_dax_memory *memory,
			       char buf[FIGURE_BYTES])
{
	if (!(memory->flags & TIER_DAX_MEMORY_KNOWS_BLOCKS))
		return "-";
	if (!memory->blocks)
		return "none";
	snprintf(buf, FIGURE_BYTES, "%" PRIu32 "/%" PRIu32 " online",
		 memory->online_blocks, memory->blocks);
	return buf;
}

static void add_row(struct table *table, const struct out *out,
		    const struct tier_dax_info *info,
		    const struct tier_dax_memory *memory)
{
	bool ranges = memory->flags & TIER_DAX_MEMORY_KNOWS_RANGES;
	const char *zone = zone_text(memory);
	char text[FIGURE_BYTES];

	table_cell(table, info->name);
	table_cell(table, figure_size(out, info->flags & TIER_DAX_KNOWS_SIZE,
				      info->size_bytes, text));
	table_cell(table,
		   info->mode == TIER_DAX_UNKNOWN ? "-" : tier_dax_mode_name(info->mode));
	table_cell(table, kind_text(info->kind));
	table_cell(table, figure_count(info->target_node >= 0,
				       (uint64_t)info->target_node, text));
	table_cell(table, figure_count(ranges, memory->ranges, text));
	table_cell(table, blocks_text(memory, text));
	table_cell(table, zone ? zone : "-");
	table_cell(table, figure_size(out, ranges, memory->lost_align_bytes, text));
}

static void print_machine(struct ctl *ctl, const struct tier_dax_memory *memory)
{
	struct out *out = &ctl->out;
	struct tier_kernel_info kernel;
	char text[FIGURE_BYTES];

	tier_kernel_get(ctl->topology, &kernel, sizeof(kernel));
	out_text(out, "\nMemory block         %s\n",
		 figure_size(out, kernel.flags & TIER_KERNEL_KNOWS_BLOCK,
			     kernel.block_bytes, text));
	out_text(out, "New memory           %s\n",
		 *kernel.auto_online ? kernel.auto_online : "-");
	out_text(out, "Driver kmem          %s\n", words_of(memory->kmem)->text);
}

static int list_one(struct ctl *ctl, const char *name, struct tier_dax_info *info,
		    struct tier_dax_memory *memory)
{
	const struct fault fault = { STATUS_NOT_FOUND, "dax", name };
	int ret;

	if (!find(ctl, name, info))
		return err_say(ctl, &fault,
			       "no such dax device; 'tierctl dax list' shows those "
			       "there are");
	ret = tier_dax_memory_get(ctl->ctx, name, memory, sizeof(*memory));
	return ret ? ctl_fail(ctl, &fault, ret, NULL) : STATUS_DONE;
}

static int print_list(struct ctl *ctl, char **names)
{
	static const struct column columns[] = {
		{ "DEVICE", 0, NULL },
		{ "SIZE", COLUMN_RIGHT, NULL },
		{ "MODE", 0, NULL },
		{ "KIND", 0, kind_tint },
		{ "NODE", COLUMN_RIGHT, NULL },
		{ "RANGES", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
		{ "BLOCKS", COLUMN_IF_KNOWN, NULL },
		{ "ZONE", COLUMN_IF_KNOWN, NULL },
		{ "LOST", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
		{ 0 },
	};
	struct tier_dax_memory memory = { 0 };
	struct tier_dax_info info;
	struct table table;
	int status = STATUS_DONE;

	table_begin(&table, columns);
	for (unsigned int i = 0; !status; i++) {
		const char *name = names[0] ? names[i] : NULL;

		if (!names[0] && !tier_dax_get(ctl->topology, i, &info, sizeof(info)))
			name = info.name;
		if (!name)
			break;
		status = list_one(ctl, name, &info, &memory);
		if (!status)
			add_row(&table, &ctl->out, &info, &memory);
	}
	if (!status && !table.count)
		out_text(&ctl->out, "No dax device.\n");
	if (status)
		strbuf_free(&table.cells);
	else if (table.count) {
		table_end(&table, &ctl->out);
		print_machine(ctl, &memory);
	}
	return status;
}

/* ---- JSON -------------------------------------------------------------------------- */

static void ranges_json(struct out *out, struct json_object *in,
			const struct tier_dax_memory *memory)
{
	bool knows = memory->flags & TIER_DAX_MEMORY_KNOWS_RANGES;
	const uint64_t ranges = memory->ranges;

	js_known(out, in, "ranges", knows ? &ranges : NULL);
	js_known(out, in, "whole_bytes", knows ? &memory->whole_bytes : NULL);
	js_known(out, in, "lost_align_bytes", knows ? &memory->lost_align_bytes : NULL);
	js_known(out, in, "page_struct_bytes", knows ? &memory->page_struct_bytes : NULL);
}

static void blocks_json(struct out *out, struct json_object *in,
			const struct tier_dax_memory *memory)
{
	bool knows = memory->flags & TIER_DAX_MEMORY_KNOWS_BLOCKS;
	const struct {
		const char *key;
		uint64_t value;
	} numbers[] = {
		{ "blocks", memory->blocks },
		{ "online_blocks", memory->online_blocks },
		{ "movable_blocks", memory->movable_blocks },
		{ "normal_blocks", memory->normal_blocks },
		{ "fixed_blocks", memory->fixed_blocks },
		{ "online_bytes", memory->online_bytes },
	};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		js_known(out, in, numbers[i].key, knows ? &numbers[i].value : NULL);
	js_text(out, in, "zone", zone_text(memory));
}

void dax_device_json(struct ctl *ctl, struct json_object *in, const char *name)
{
	struct tier_dax_memory memory = { 0 };
	struct tier_dax_info info = { 0 };
	struct out *out = &ctl->out;
	uint64_t node;

	if (!find(ctl, name, &info))
		return;
	(void)!tier_dax_memory_get(ctl->ctx, name, &memory, sizeof(memory));
	node = (uint64_t)info.target_node;
	js_text(out, in, "device", name);
	js_known(out, in, "size_bytes",
		 info.flags & TIER_DAX_KNOWS_SIZE ? &info.size_bytes : NULL);
	js_text(out, in, "mode",
		info.mode == TIER_DAX_UNKNOWN ? NULL : tier_dax_mode_name(info.mode));
	js_text(out, in, "kind",
		info.kind == TIER_KIND_UNKNOWN ? NULL : tier_kind_name(info.kind));
	js_known(out, in, "node", info.target_node >= 0 ? &node : NULL);
	ranges_json(out, in, &memory);
	blocks_json(out, in, &memory);
}

static int print_json(struct ctl *ctl, char **names)
{
	struct tier_dax_memory memory = { 0 };
	struct tier_kernel_info kernel;
	struct out *out = &ctl->out;
	struct json_object *document = js_document(out), *list;
	struct tier_dax_info info;
	int status = STATUS_DONE;

	tier_kernel_get(ctl->topology, &kernel, sizeof(kernel));
	list = js_list(out, document, "devices");
	for (unsigned int i = 0; !status; i++) {
		const char *name = names[0] ? names[i] : NULL;

		if (!names[0] && !tier_dax_get(ctl->topology, i, &info, sizeof(info)))
			name = info.name;
		if (!name)
			break;
		status = list_one(ctl, name, &info, &memory);
		if (!status)
			dax_device_json(ctl, js_item(out, list), name);
	}
	js_known(out, document, "block_bytes",
		 kernel.flags & TIER_KERNEL_KNOWS_BLOCK ? &kernel.block_bytes : NULL);
	js_text(out, document, "auto_online",
		*kernel.auto_online ? kernel.auto_online : NULL);
	js_text(out, document, "kmem", words_of(memory.kmem)->word);
	js_finish(out, document, &ctl->errors);
	return status;
}

int dax_list(struct ctl *ctl, char **names)
{
	return ctl->globals.json ? print_json(ctl, names) : print_list(ctl, names);
}
