// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl heap: what a process's heap was asked to be, and what it is.
#include <errno.h>

#include "cmd.h"
#include "cmds.h"
#include "json.h"
#include "table.h"

static const char *const states[] = {
	[TIER_HEAP_UNKNOWN] = "unknown",
	[TIER_HEAP_PLAIN] = "plain",
	[TIER_HEAP_PLACED] = "placed",
	[TIER_HEAP_PARTED] = "parted",
};

static int say_failure(struct ctl *ctl, const char *pid, int error)
{
	char object[48];
	struct fault fault = { err_status(error), object, "heap" };

	snprintf(object, sizeof(object), "process %s", pid);
	switch (error) {
	case -ESRCH:
		return err_say(ctl, &fault, "no such process");
	case -ENODATA:
		fault.status = STATUS_NOT_FOUND;
		return err_say(
			ctl, &fault,
			"it runs without libtiermalloc.so; tierctl run --heap starts "
			"programs with it");
	case -EACCES:
	case -EPERM:
		return err_say(ctl, &fault,
			       "its memory is not yours to read; be its owner, or have "
			       "CAP_SYS_PTRACE");
	case -EPROTO:
		fault.status = STATUS_UNSUPPORTED;
		return err_say(ctl, &fault, "its libtiermalloc.so is of another version");
	default:
		return ctl_fail(ctl, &fault, error, NULL);
	}
}

static void print_json(struct ctl *ctl, int pid, const struct tier_heap *heap)
{
	struct out *out = &ctl->out;
	struct json_object *document = js_document(out), *list;

	js_number(out, document, "pid", (uint64_t)pid);
	js_text(out, document, "state", states[heap->state]);
	js_text(out, document, "text", heap->text);
	list = js_list(out, document, "tiers");
	for (uint32_t i = 0; i < heap->n_tiers; i++) {
		const struct tier_heap_tier *tier = &heap->tiers[i];
		struct json_object *entry = js_item(out, list);

		js_nodes(out, entry, "nodes", &tier->nodes);
		js_number(out, entry, "used", tier->used_bytes);
		js_number(out, entry, "resident", tier->resident_bytes);
		js_known(out, entry, "limit",
			 tier->limit_bytes ? &tier->limit_bytes : NULL);
		js_number(out, entry, "spilled", tier->spilled_count);
	}
	js_number(out, document, "elsewhere", heap->rest_bytes);
	js_number(out, document, "refused", heap->refused_count);
	js_known(out, document, "boundary",
		 heap->boundary_bytes ? &heap->boundary_bytes : NULL);
	js_finish(out, document, &ctl->errors);
}

static void add_size(struct table *table, struct out *out, uint64_t bytes)
{
	char text[FIGURE_BYTES];

	table_cell(table, figure_size(out, true, bytes, text));
}

static void print_tiers(struct out *out, const struct tier_heap *heap)
{
	static const struct column columns[] = {
		{ "TIER", COLUMN_RIGHT, NULL },
		{ "NODES", 0, NULL },
		{ "USED", COLUMN_RIGHT, NULL },
		{ "RESIDENT", COLUMN_RIGHT, NULL },
		{ "LIMIT", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
		{ "SPILLED", COLUMN_RIGHT, NULL },
		{ 0 },
	};
	struct table table;

	table_begin(&table, columns);
	for (uint32_t i = 0; i < heap->n_tiers; i++) {
		const struct tier_heap_tier *tier = &heap->tiers[i];
		char text[NODES_TEXT_BYTES];

		snprintf(text, sizeof(text), "%u", i);
		table_cell(&table, text);
		table_cell(&table, nodes_text(&tier->nodes, text, sizeof(text)));
		add_size(&table, out, tier->used_bytes);
		add_size(&table, out, tier->resident_bytes);
		if (tier->limit_bytes)
			add_size(&table, out, tier->limit_bytes);
		else
			table_cell(&table, "-");
		snprintf(text, sizeof(text), "%llu",
			 (unsigned long long)tier->spilled_count);
		table_cell(&table, text);
	}
	table_end(&table, out);
}

static void print_text(struct ctl *ctl, int pid, const struct tier_heap *heap)
{
	struct out *out = &ctl->out;
	char text[FIGURE_BYTES];

	out_text(out, "Process %d: %s", pid, states[heap->state]);
	if (heap->text[0])
		out_text(out, ", %s", heap->text);
	out_text(out, "\n");
	if (!heap->n_tiers)
		return;
	out_text(out, "\n");
	print_tiers(out, heap);
	out_text(out, "\n");
	if (heap->rest_bytes)
		out_text(out, "Used beyond all tiers: %s\n",
			 figure_size(out, true, heap->rest_bytes, text));
	if (heap->boundary_bytes)
		out_text(out, "The boundary is at %s\n",
			 figure_size(out, true, heap->boundary_bytes, text));
	if (heap->refused_count)
		out_text(out, "The kernel refused to place memory %llu times\n",
			 (unsigned long long)heap->refused_count);
	out_wrapped(
		out, "",
		"Used is what the heap has in hand, free blocks among it; resident is "
		"what the kernel has on these nodes.");
}

static int heap_run(struct ctl *ctl, char **operands)
{
	struct tier_heap heap;
	int pid = 0, ret;
	int status = ctl_pid(ctl, operands[0], &pid);

	if (status)
		return status;
	ret = tier_heap_read(ctl->ctx, pid, &heap, sizeof(heap));
	if (ret)
		return say_failure(ctl, operands[0], ret);
	if (ctl->globals.json)
		print_json(ctl, pid, &heap);
	else
		print_text(ctl, pid, &heap);
	return STATUS_DONE;
}

const struct cmd cmd_heap = {
	.name = "heap",
	.summary = "show what a process's heap has on which tiers",
	.usage = "[--json] [--bytes] PID",
	.about = "For programs that run with libtiermalloc.so, see tierctl run --heap. Reads "
		 "the counters of its heap while it runs, and what the kernel has where. "
		 "Another user's process needs CAP_SYS_PTRACE.",
	.operands = "PID",
	.completes = "_tierctl_pids",
	.flags = CMD_NEEDS_CONTEXT | CMD_NEEDS_LIVE | CMD_JSON | CMD_BYTES,
	.operands_min = 1,
	.operands_max = 1,
	.run = heap_run,
	.examples = {
		{ "tierctl heap 4242", "Tier by tier, asked for and real." },
		{ "tierctl heap --json 4242", "The same for a program." },
	},
};
