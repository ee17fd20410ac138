// SPDX-License-Identifier: GPL-2.0-or-later
// `tierctl policy PID --bind SEL` and its kin: the plan, the change with signals held back, the
// pages that shall follow, and what became of it all.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "change.h"
#include "cmd.h"
#include "json.h"
#include "migration.h"
#include "nodeset.h"
#include "policy.h"
#include "policy_rehearse.h"
#include "table.h"

/* More threads or mappings than that are for --json; a preview has all. */
#define ROWS_SHOWN 32

/* What was told of one thread or mapping. */
struct row {
	struct tier_steered what;
	char *name, *policy, *call;
};

struct work {
	const struct policy_change *change;
	struct tier_plan *plan;
	struct tier_step step; /* the policy */
	struct row *rows;
	size_t n_rows;
	bool lost; /* out of memory */
	struct tier_steer_report report;
	uint64_t expected_ns; /* of a stop, from a rehearsal; 0: not known */
	struct tier_migration_stats moved;
	struct migration migration;
	char object[48];
};

static bool is_helper(const struct row *row)
{
	return row->what.kind == TIER_STEERED_HELPER;
}

static char *copy(struct work *work, const char *text)
{
	char *copied = text ? strdup(text) : NULL;

	if (text && !copied)
		work->lost = true;
	return copied;
}

static void gather(const struct tier_steered *what, void *data)
{
	struct work *work = data;
	struct row *grown = realloc(work->rows, (work->n_rows + 1) * sizeof(*grown));
	struct row *row;

	if (!grown) {
		work->lost = true;
		return;
	}
	work->rows = grown;
	row = &grown[work->n_rows++];
	*row = (struct row){ .what = *what,
			     .name = copy(work, what->name),
			     .policy = copy(work, what->policy),
			     .call = copy(work, what->call) };
}

static void free_work(struct work *work)
{
	for (size_t i = 0; i < work->n_rows; i++) {
		free(work->rows[i].name);
		free(work->rows[i].policy);
		free(work->rows[i].call);
	}
	free(work->rows);
	tier_migration_free(work->migration.handle);
	tier_plan_free(work->plan);
}

/* ---- the plan -------------------------------------------------------------------- */

static int resolve(struct work *work)
{
	struct ctl *ctl = work->change->ctl;
	char asked[256];
	const struct fault fault = { 0, "policy", asked };
	struct tier_policy *policy = NULL;
	struct tier_diag diag = { 0 };
	int status = STATUS_DONE;
	int ret = tier_policy_parse(work->change->policy, &policy, &diag);

	snprintf(asked, sizeof(asked), "%s %.200s", work->change->option,
		 work->change->selector);
	if (!ret)
		ret = tier_policy_resolve(policy, ctl->topology, NULL, &work->plan,
					  &diag);
	if (ret == -ENXIO || ret == -ENODATA) {
		/* hwloc is asked only when the kernel's files alone do not tell. */
		status = ctl_ask_hwloc(ctl);
		if (!status)
			ret = tier_policy_resolve(policy, ctl->topology, NULL,
						  &work->plan, &diag);
	}
	tier_policy_free(policy);
	if (!status && ret)
		status = ctl_fail(ctl, &fault, ret, &diag);
	for (unsigned int i = 0;
	     !status && !tier_plan_step(work->plan, i, &work->step, sizeof(work->step));
	     i++)
		if (work->step.kind == TIER_STEP_MEMPOLICY)
			break;
	return status;
}

/* ---- the change ------------------------------------------------------------------ */

static int apply(struct work *work)
{
	const struct policy_change *change = work->change;
	const struct fault fault = { STATUS_FAILED, work->object, "policy" };
	struct change hold = { .ctl = change->ctl };
	const struct tier_steering steering = {
		.flags = (change->dry_run ? TIER_STEER_DRY : 0U) |
			 (change->filtered ? TIER_STEER_FILTERED : 0U),
		.pid = change->pid,
		.each = gather,
		.each_size = sizeof(struct tier_steered),
		.data = work,
		.plan = work->plan,
		.mapping = change->mapping,
	};
	int ret, status = STATUS_DONE;

	change_hold(&hold);
	ret = tier_steer(change->ctl->ctx, &steering, sizeof(steering), &work->report,
			 sizeof(work->report));
	hold.was_interrupted = ret == -EINTR;
	if (ret)
		status = policy_fail(change->ctl, change->process, &work->report);
	else if (work->lost)
		status = ctl_fail(change->ctl, &fault, -ENOMEM, NULL);
	/* What was held back may end us now. */
	change_free(&hold);
	return status;
}

/* Everything but the policy's own nodes; GPU memory only when named. */
static void select_from(const struct work *work, struct tier_nodeset *from)
{
	const struct tier_topology *t = work->change->ctl->topology;
	struct tier_node_info info;
	struct tier_nodeset all;

	tier_topology_nodes(t, &all);
	for_each_node(node, &all)
		if (!tier_node_get(t, (unsigned int)node, &info, sizeof(info)) &&
		    info.kind != TIER_KIND_GPU && info.flags & TIER_NODE_HAS_MEMORY &&
		    !tier_nodeset_has(&work->step.nodes, (unsigned int)node))
			tier_nodeset_add(from, (unsigned int)node);
}

/* With all memory in the policy there is nowhere to come from. */
static bool has_elsewhere(const struct work *work)
{
	struct tier_nodeset from = { 0 };

	select_from(work, &from);
	return !nodeset_is_empty(&from);
}

static int move(struct work *work)
{
	const struct policy_change *change = work->change;
	struct migration *migration = &work->migration;
	const struct fault fault = { 0, work->object, "move" };
	struct tier_diag diag = { 0 };
	int ret, status;

	migration->config.pid = change->pid;
	migration->config.mapping = change->mapping;
	migration->config.topology = change->ctl->topology;
	migration->config.to = work->step.nodes;
	select_from(work, &migration->config.from);
	if (nodeset_is_empty(&migration->config.from))
		return STATUS_DONE;
	if (change->dry_run)
		migration->config.flags |= TIER_MIGRATION_LOOK;
	ret = tier_migration_new(change->ctl->ctx, &migration->config,
				 sizeof(migration->config), &migration->handle, &diag);
	if (ret)
		return ctl_fail(change->ctl, &fault, ret, &diag);
	status = migration_run(migration);
	tier_migration_get(migration->handle, &work->moved, sizeof(work->moved));
	return status;
}

/* The policy is in force in any case; what did not come along is told by a status. */
static int check_moved(struct work *work)
{
	const struct fault fault = { STATUS_FAILED, work->object, "move" };
	char bytes[FIGURE_BYTES];

	if (work->migration.interrupted)
		return err_say(
			work->change->ctl, &fault,
			"interrupted; the policy is in force, tierctl migrate goes on");
	if (!work->migration.handle || !migration_left(&work->moved))
		return STATUS_DONE;
	return err_say(work->change->ctl, &fault,
		       "left behind: %s; tierctl migrate tells why",
		       figure_size(&work->change->ctl->out, true,
				   migration_left(&work->moved), bytes));
}

/* ---- for people ------------------------------------------------------------------ */

static const char *time_text(uint64_t ns, char buf[FIGURE_BYTES])
{
	if (!ns)
		return "-";
	snprintf(buf, FIGURE_BYTES, "%llu us", (unsigned long long)(ns + 500) / 1000);
	return buf;
}

/* Which mapping, or who makes the call. */
static const char *whose(const struct work *work, const struct row *row, char buf[48])
{
	if (row->what.kind == TIER_STEERED_MAPPING)
		snprintf(buf, 48, "%llx", (unsigned long long)row->what.start);
	else if (work->change->mapping)
		return "-";
	else if (row->what.tid > 0)
		snprintf(buf, 48, "%d", row->what.tid);
	else
		return is_helper(row) && !row->what.tid ? "one" : "each";
	return buf;
}

static void add_row(const struct work *work, struct table *table, const struct row *row)
{
	char text[FIGURE_BYTES], range[48];
	uint64_t ns = row->what.stopped_ns ? row->what.stopped_ns : work->expected_ns;

	if (is_helper(row))
		ns = 0;
	table_cell(table, whose(work, row, range));
	table_cell(table, row->name && *row->name ? row->name : "-");
	table_cell(table, row->policy ? row->policy : "-");
	table_cell(table, time_text(ns, text));
	table_cell(table, row->call ? row->call : "-");
}

/* What is called from outside, for --move. */
static void add_move_row(const struct work *work, struct table *table)
{
	char nodes[64], call[160];

	if (!work->change->dry_run || !work->change->move || !has_elsewhere(work))
		return;
	snprintf(call, sizeof(call),
		 "move_pages(%d, COUNT, PAGES, {%s}, STATUS, MPOL_MF_MOVE)",
		 work->change->pid, nodes_text(&work->step.nodes, nodes, sizeof(nodes)));
	table_cell(table, "tierctl");
	table_cell(table, "-");
	table_cell(table, "-");
	table_cell(table, "-");
	table_cell(table, call);
}

static void print_rows(const struct work *work)
{
	bool is_dry = work->change->dry_run;
	const struct column columns[] = {
		{ work->change->mapping ? "MAPPING" : "THREAD", COLUMN_RIGHT, NULL },
		{ "NAME", COLUMN_IF_KNOWN, NULL },
		{ "BEFORE", COLUMN_IF_KNOWN, NULL },
		{ is_dry ? "WILL STAND" : "STOOD", COLUMN_RIGHT | COLUMN_IF_KNOWN, NULL },
		{ "CALL", 0, NULL },
		{ 0 },
	};
	struct out *out = &work->change->ctl->out;
	struct table table;

	table_begin(&table, columns);
	for (size_t i = 0; i < work->n_rows && (is_dry || i < ROWS_SHOWN); i++)
		add_row(work, &table, &work->rows[i]);
	add_move_row(work, &table);
	table_end(&table, out);
	if (!is_dry && work->n_rows > ROWS_SHOWN)
		out_text(out, "and %zu more; --json has all\n",
			 work->n_rows - ROWS_SHOWN);
}

static void print_remarks(const struct work *work)
{
	struct out *out = &work->change->ctl->out;
	char nodes[64];

	if (!nodeset_is_empty(&work->report.dropped))
		out_text(out, "note    node %s: its cpuset forbids it\n",
			 nodes_text(&work->report.dropped, nodes, sizeof(nodes)));
	if (*work->report.message)
		out_wrapped(out, "note    ", work->report.message);
	if (work->report.workers)
		out_text(out, "note    %u threads run in the kernel only (io_uring)\n",
			 work->report.workers);
	for (unsigned int i = 0; tier_plan_remark(work->plan, i); i++)
		out_wrapped(out, "note    ", tier_plan_remark(work->plan, i));
}

static void print_text(struct work *work)
{
	const struct policy_change *change = work->change;
	const struct tier_steer_report *report = &work->report;
	struct out *out = &change->ctl->out;
	char mean[FIGURE_BYTES], longest[FIGURE_BYTES];

	out_text(out, "%sProcess %d:\n\n", change->dry_run ? "Nothing is changed. " : "",
		 change->pid);
	print_rows(work);
	if (report->stops)
		out_text(out, "\n%u stops, %s each, the longest %s\n", report->stops,
			 time_text(report->stopped_ns / report->stops, mean),
			 time_text(report->longest_ns, longest));
	if (work->migration.handle) {
		out_text(out, "\n");
		migration_print_rows(&work->migration,
				     change->dry_run ? "would move" : "moved",
				     &work->moved);
	}
	/* Of a failure it has been said already. */
	if (!work->report.error)
		print_remarks(work);
}

/* ---- for programs ---------------------------------------------------------------- */

static void add_json_row(struct out *out, struct json_object *list, const struct row *row)
{
	struct json_object *entry = js_item(out, list);
	bool is_done = row->what.flags & TIER_STEERED_DONE;
	char start[24];

	if (row->what.kind == TIER_STEERED_MAPPING) {
		snprintf(start, sizeof(start), "0x%llx",
			 (unsigned long long)row->what.start);
		js_text(out, entry, "start", start);
		js_number(out, entry, "bytes", row->what.bytes);
	} else {
		js_number(out, entry, "tid", (uint64_t)row->what.tid);
	}
	js_text(out, entry, "name", row->name);
	js_text(out, entry, "before", row->policy);
	js_text(out, entry, "call", row->call);
	js_known(out, entry, "stopped_ns", is_done ? &row->what.stopped_ns : NULL);
}

/* Without a thread: one of them makes the call, or each. */
static void add_json_helper(struct out *out, struct json_object *list,
			    const struct row *row)
{
	struct json_object *entry = js_item(out, list);
	uint64_t tid = (uint64_t)row->what.tid;

	js_known(out, entry, "tid", row->what.tid > 0 ? &tid : NULL);
	js_text(out, entry, "call", row->call);
}

static void print_json(struct work *work)
{
	const struct policy_change *change = work->change;
	const struct tier_steer_report *report = &work->report;
	struct out *out = &change->ctl->out;
	struct json_object *document = js_document(out), *list;
	bool has_moved = work->migration.handle;
	uint64_t moving = has_moved ? migration_moving(&work->migration, &work->moved) :
				      0;
	uint64_t left = migration_left(&work->moved);

	js_number(out, document, "pid", (uint64_t)change->pid);
	js_bool(out, document, "dry_run", change->dry_run);
	js_text(out, document, "policy", change->policy);
	js_nodes(out, document, "nodes", &work->step.nodes);
	js_nodes(out, document, "dropped", &report->dropped);
	js_number(out, document, "changed", report->changed);
	js_number(out, document, "undone", report->undone);
	js_number(out, document, "workers", report->workers);
	js_number(out, document, "stops", report->stops);
	js_number(out, document, "stopped_ns", report->stopped_ns);
	js_number(out, document, "longest_ns", report->longest_ns);
	js_known(out, document, "expected_ns",
		 work->expected_ns ? &work->expected_ns : NULL);
	list = js_list(out, document, change->mapping ? "mappings" : "threads");
	for (size_t i = 0; i < work->n_rows; i++)
		if (!is_helper(&work->rows[i]))
			add_json_row(out, list, &work->rows[i]);
	list = js_list(out, document, "helpers");
	for (size_t i = 0; i < work->n_rows; i++)
		if (is_helper(&work->rows[i]))
			add_json_helper(out, list, &work->rows[i]);
	js_known(out, document, "moved_bytes", has_moved ? &moving : NULL);
	js_known(out, document, "left_bytes", has_moved ? &left : NULL);
	list = js_list(out, document, "remarks");
	for (unsigned int i = 0; tier_plan_remark(work->plan, i); i++)
		js_append_text(out, list, tier_plan_remark(work->plan, i));
	js_finish(out, document, &change->ctl->errors);
}

/* ---- all of it ------------------------------------------------------------------- */

static int carry_out(struct work *work)
{
	const struct policy_change *change = work->change;
	bool is_live = tier_ctx_is_live(change->ctl->ctx);
	int status = apply(work);

	if (!status && change->dry_run && is_live)
		work->expected_ns = policy_rehearse(change, work->plan);
	if (!status && change->move && is_live)
		status = move(work);
	if (!status && !change->dry_run)
		status = check_moved(work);
	return status;
}

int policy_change(const struct policy_change *change)
{
	struct work work = { .change = change,
			     .migration = { .ctl = change->ctl,
					    .object = work.object,
					    .process = change->process } };
	int status = resolve(&work);

	snprintf(work.object, sizeof(work.object), "process %.32s", change->process);
	if (!status)
		status = carry_out(&work);
	if (work.n_rows || work.report.stops || !status) {
		if (change->ctl->globals.json)
			print_json(&work);
		else
			print_text(&work);
	}
	free_work(&work);
	return status;
}
