// SPDX-License-Identifier: GPL-2.0-or-later
// What is in force in a process: collected by policy, then printed. Does not know how a policy
// is found out.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "kinds.h"
#include "nodeset.h"
#include "policy.h"
#include "table.h"

/* More mappings than that with policies of their own are for --json. */
#define MAPPINGS_SHOWN 32

/* All that is under one policy. */
struct group {
	char *policy; /* the kernel's words; NULL: not known */
	struct tier_nodeset nodes;
	uint64_t threads;
	uint64_t mappings;
	uint64_t own; /* of them: with a policy of their own */
	uint64_t node_bytes[TIER_MAX_NODES];
};

/* A mapping with a policy of its own. */
struct own {
	size_t group;
	char *name;
	uint64_t start, bytes, resident;
};

struct gathering {
	struct ctl *ctl;
	struct group *groups;
	size_t n_groups;
	struct own *owns;
	size_t n_owns;
	bool knows_own;
	struct json_object *threads, *mappings; /* with --json */
	bool lost;				/* out of memory */
};

int policy_fail(struct ctl *ctl, const char *process,
		const struct tier_steer_report *report)
{
	/* What means something else here than in a command line. */
	static const struct {
		int error;
		int status;
	} statuses[] = {
		{ -EINVAL, STATUS_UNSUPPORTED },
		{ -ENOEXEC, STATUS_UNSUPPORTED },
		{ -ENOENT, STATUS_NOT_FOUND },
	};
	char object[48];
	struct fault fault = { err_status(report->error), object, "policy" };

	snprintf(object, sizeof(object), "process %s", process);
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (report->error == statuses[i].error)
			fault.status = statuses[i].status;
	return err_say(ctl, &fault, "%s", report->message);
}

/* ---- gathering ------------------------------------------------------------------- */

static bool is_same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

/* The group of a policy, made when it is not there; NULL when out of memory. */
static struct group *group_of(struct gathering *gathering,
			      const struct tier_steered *what)
{
	struct group *grown, *group;

	for (size_t i = 0; i < gathering->n_groups; i++)
		if (is_same(gathering->groups[i].policy, what->policy))
			return &gathering->groups[i];
	grown = realloc(gathering->groups, (gathering->n_groups + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	gathering->groups = grown;
	group = &grown[gathering->n_groups];
	*group = (struct group){ .nodes = what->nodes };
	if (what->policy) {
		group->policy = strdup(what->policy);
		if (!group->policy)
			return NULL;
	}
	gathering->n_groups++;
	return group;
}

static int add_own(struct gathering *gathering, const struct group *group,
		   const struct tier_steered *what, uint64_t resident)
{
	struct own *grown =
		realloc(gathering->owns, (gathering->n_owns + 1) * sizeof(*grown));
	struct own own = { .group = (size_t)(group - gathering->groups),
			   .name = strdup(what->name),
			   .start = what->start,
			   .bytes = what->bytes,
			   .resident = resident };

	if (grown)
		gathering->owns = grown;
	if (!grown || !own.name) {
		free(own.name);
		return -ENOMEM;
	}
	grown[gathering->n_owns++] = own;
	return 0;
}

static uint64_t resident_bytes(const struct tier_steered *what)
{
	uint64_t sum = 0;

	for (uint32_t node = 0; node < what->n_nodes; node++)
		sum += what->node_bytes[node];
	return sum;
}

static void add_json(struct gathering *gathering, const struct tier_steered *what)
{
	struct out *out = &gathering->ctl->out;
	bool is_thread = what->kind == TIER_STEERED_THREAD;
	struct json_object *entry =
		js_item(out, is_thread ? gathering->threads : gathering->mappings);
	struct json_object *list;
	char start[24];

	if (is_thread) {
		js_number(out, entry, "tid", (uint64_t)what->tid);
	} else {
		snprintf(start, sizeof(start), "0x%llx", (unsigned long long)what->start);
		js_text(out, entry, "start", start);
		js_number(out, entry, "bytes", what->bytes);
	}
	js_text(out, entry, "name", what->name);
	js_text(out, entry, "policy", what->policy);
	js_nodes(out, entry, "nodes", &what->nodes);
	if (is_thread)
		return;
	if (what->flags & TIER_STEERED_KNOWS_OWN)
		js_bool(out, entry, "own", what->flags & TIER_STEERED_OWN);
	else
		js_null(out, entry, "own");
	list = js_list(out, entry, "resident");
	for (uint32_t node = 0; node < what->n_nodes; node++) {
		struct json_object *part;

		if (!what->node_bytes[node])
			continue;
		part = js_item(out, list);
		js_number(out, part, "node", node);
		js_number(out, part, "bytes", what->node_bytes[node]);
	}
}

static void gather(const struct tier_steered *what, void *data)
{
	struct gathering *gathering = data;
	struct group *group = group_of(gathering, what);

	if (!group) {
		gathering->lost = true;
		return;
	}
	if (gathering->threads)
		add_json(gathering, what);
	if (what->kind == TIER_STEERED_THREAD) {
		group->threads++;
		return;
	}
	group->mappings++;
	for (uint32_t node = 0; node < what->n_nodes; node++)
		group->node_bytes[node] += what->node_bytes[node];
	if (what->flags & TIER_STEERED_KNOWS_OWN)
		gathering->knows_own = true;
	if (!(what->flags & TIER_STEERED_OWN))
		return;
	group->own++;
	if (add_own(gathering, group, what, resident_bytes(what)))
		gathering->lost = true;
}

static void free_gathering(struct gathering *gathering)
{
	for (size_t i = 0; i < gathering->n_groups; i++)
		free(gathering->groups[i].policy);
	for (size_t i = 0; i < gathering->n_owns; i++)
		free(gathering->owns[i].name);
	free(gathering->groups);
	free(gathering->owns);
}

/* ---- for people ------------------------------------------------------------------ */

static const char *policy_text(const struct group *group)
{
	return group->policy ? group->policy : "-";
}

static void print_threads(const struct gathering *gathering)
{
	static const struct column columns[] = {
		{ "THREADS", COLUMN_RIGHT, NULL },
		{ "POLICY", 0, NULL },
		{ "KIND", COLUMN_IF_KNOWN, kind_tint },
		{ 0 },
	};
	char text[FIGURE_BYTES], kinds[KINDS_BYTES];
	struct table table;

	table_begin(&table, columns);
	for (size_t i = 0; i < gathering->n_groups; i++) {
		const struct group *group = &gathering->groups[i];

		if (!group->threads)
			continue;
		table_cell(&table, figure_count(true, group->threads, text));
		table_cell(&table, policy_text(group));
		table_cell(&table,
			   kinds_text(gathering->ctl->topology, &group->nodes, kinds));
	}
	table_end(&table, &gathering->ctl->out);
}

static uint64_t bytes_on(const struct group *group, const struct tier_nodeset *nodes)
{
	uint64_t bytes = 0;

	for_each_node(node, nodes)
		bytes += group->node_bytes[node];
	return bytes;
}

/* One tier of one policy. The policy is named once, above its tiers. */
static void add_tier_row(const struct gathering *gathering, struct table *table,
			 const struct group *group, const struct tier_info *tier)
{
	struct out *out = &gathering->ctl->out;
	char text[FIGURE_BYTES], kinds[KINDS_BYTES], nodes[LIST_SHOWN_BYTES * 2];

	table_cell(table, policy_text(group));
	table_cell(table, figure_count(true, group->mappings, text));
	table_cell(table, figure_count(true, tier->rank, text));
	table_cell(table, kinds_text(gathering->ctl->topology, &tier->nodes, kinds));
	table_cell(table, nodes_text(&tier->nodes, nodes, sizeof(nodes)));
	table_cell(table, figure_size(out, true, bytes_on(group, &tier->nodes), text));
}

static void add_group_rows(const struct gathering *gathering, struct table *table,
			   const struct group *group)
{
	struct out *out = &gathering->ctl->out;
	uint64_t all = 0, ranked = 0;
	char text[FIGURE_BYTES];
	struct tier_info tier;

	for (int node = 0; node < TIER_MAX_NODES; node++)
		all += group->node_bytes[node];
	for (unsigned int i = 0;
	     !tier_get(gathering->ctl->topology, i, &tier, sizeof(tier)); i++) {
		ranked += bytes_on(group, &tier.nodes);
		add_tier_row(gathering, table, group, &tier);
	}
	if (all == ranked)
		return;
	table_cell(table, policy_text(group));
	table_cell(table, figure_count(true, group->mappings, text));
	table_cell(table, "-");
	table_cell(table, "-");
	table_cell(table, "-");
	table_cell(table, figure_size(out, true, all - ranked, text));
}

static void print_memory(const struct gathering *gathering)
{
	static const struct column columns[] = {
		{ "POLICY", 0, NULL },
		{ "MAPPINGS", COLUMN_RIGHT, NULL },
		{ "TIER", COLUMN_RIGHT, NULL },
		{ "KIND", 0, kind_tint },
		{ "NODES", 0, NULL },
		{ "MEMORY", COLUMN_RIGHT, NULL },
		{ 0 },
	};
	struct table table;

	table_begin(&table, columns);
	for (size_t i = 0; i < gathering->n_groups; i++)
		if (gathering->groups[i].mappings)
			add_group_rows(gathering, &table, &gathering->groups[i]);
	table_end(&table, &gathering->ctl->out);
}

static void print_owns(const struct gathering *gathering)
{
	static const struct column columns[] = {
		{ "OWN POLICY", 0, NULL },	   { "ADDRESS", COLUMN_RIGHT, NULL },
		{ "SIZE", COLUMN_RIGHT, NULL },	   { "MEMORY", COLUMN_RIGHT, NULL },
		{ "NAME", COLUMN_IF_KNOWN, NULL }, { 0 },
	};
	struct out *out = &gathering->ctl->out;
	char text[FIGURE_BYTES], address[24];
	struct table table;

	table_begin(&table, columns);
	for (size_t i = 0; i < gathering->n_owns && i < MAPPINGS_SHOWN; i++) {
		const struct own *own = &gathering->owns[i];

		snprintf(address, sizeof(address), "%llx",
			 (unsigned long long)own->start);
		table_cell(&table, policy_text(&gathering->groups[own->group]));
		table_cell(&table, address);
		table_cell(&table, figure_size(out, true, own->bytes, text));
		table_cell(&table, figure_size(out, true, own->resident, text));
		table_cell(&table, *own->name ? own->name : "-");
	}
	table_end(&table, out);
	if (gathering->n_owns > MAPPINGS_SHOWN)
		out_text(out, "and %zu more; --json has all\n",
			 gathering->n_owns - MAPPINGS_SHOWN);
}

static void print_text(const struct policy_show *show, const struct gathering *gathering)
{
	struct out *out = &show->ctl->out;

	out_text(out, "Process %d%s:\n\n", show->pid,
		 show->threads ? "" : ", its first thread");
	print_threads(gathering);
	out_text(out, "\n");
	print_memory(gathering);
	if (gathering->n_owns) {
		out_text(out, "\n");
		print_owns(gathering);
	}
	out_text(out, "\n");
	out_wrapped(
		out, "",
		gathering->knows_own ?
			"Policies are in the kernel's words. A mapping without one of "
			"its own is under that of the thread that touches it first." :
			"Policies are in the kernel's words. The process has no [vdso], so "
			"it cannot be told which of them are the thread's.");
}

/* ---- both ways ------------------------------------------------------------------- */

int policy_show(const struct policy_show *show)
{
	struct ctl *ctl = show->ctl;
	struct gathering gathering = { .ctl = ctl };
	const struct tier_steering steering = {
		.flags = show->threads ? TIER_STEER_THREADS : 0,
		.pid = show->pid,
		.each = gather,
		.each_size = sizeof(struct tier_steered),
		.data = &gathering,
	};
	const struct fault fault = { STATUS_FAILED, "policy", show->process };
	struct json_object *document = NULL;
	struct tier_steer_report report;
	int ret, status = STATUS_DONE;

	if (ctl->globals.json) {
		document = js_document(&ctl->out);
		js_number(&ctl->out, document, "pid", (uint64_t)show->pid);
		gathering.threads = js_list(&ctl->out, document, "threads");
		gathering.mappings = js_list(&ctl->out, document, "mappings");
	}
	ret = tier_steer(ctl->ctx, &steering, sizeof(steering), &report, sizeof(report));
	if (ret)
		status = policy_fail(ctl, show->process, &report);
	else if (gathering.lost)
		status = ctl_fail(ctl, &fault, -ENOMEM, NULL);
	if (document)
		js_finish(&ctl->out, document, &ctl->errors);
	else if (!status)
		print_text(show, &gathering);
	free_gathering(&gathering);
	return status;
}
