// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl reclaim: take memory of a tier now, before somebody needs it.
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>

#include "change.h"
#include "cmd.h"
#include "cmds.h"
#include "json.h"
#include "parse.h"
#include "table.h"

static struct {
	bool dry_run;
} options;

static const struct opt reclaim_opts[] = {
	{ "dry-run", NULL, CHANGE_DRY_RUN_HELP,
	  .offset = offsetof(typeof(options), dry_run) },
	{ 0 },
};

/* One order to the kernel cannot be interrupted, so they are kept small. */
#define PIECE_BYTES (64ull << 20)

/* What became of one node, or with -1 of all. */
struct part {
	int node;
	uint64_t asked_bytes;
	uint64_t ordered_bytes; /* that the kernel said it found */
	struct tier_traffic before;
	struct tier_traffic after;
	bool is_counted; /* both moments could be read */
};

struct work {
	struct ctl *ctl;
	struct change change; /* the whole, as it is shown */
	struct part *parts;
	size_t n_parts;
	struct part all;
	bool interrupted;
};

/* ---- giving orders ------------------------------------------------------------------- */

static bool is_interrupted(void)
{
	const struct timespec now = { 0 };
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGHUP);
	return sigtimedwait(&signals, NULL, &now) > 0;
}

/* One piece. 0, -EAGAIN when the kernel finds no more, or another error, said. */
static int order_piece(const struct work *work, const struct part *part, uint64_t bytes)
{
	struct ctl *ctl = work->ctl;
	const struct fault fault = { 0, "reclaim", work->change.asked };
	struct tier_diag diag = { 0 };
	struct tier_plan *plan = NULL;
	struct tier_report report;
	char wish[64];
	int ret;

	snprintf(wish, sizeof(wish), "reclaim:node:%d=%" PRIu64, part->node, bytes);
	ret = tier_switches_resolve(ctl->ctx, ctl->topology, wish, &plan, &diag);
	if (ret) {
		ctl_fail(ctl, &fault, ret, &diag);
		return ret;
	}
	ret = tier_plan_apply(ctl->ctx, plan, 0, &report, sizeof(report));
	tier_plan_free(plan);
	if (ret && ret != -EAGAIN && ret != -EINTR) {
		const struct fault said = { err_status(ret), fault.object, fault.what };

		err_say(ctl, &said, "%s", report.message);
	}
	return ret;
}

/* The first moment, and what lies between it and the second. */
static void begin(const struct work *work, struct part *part)
{
	part->is_counted = !tier_traffic_read(work->ctl->ctx, part->node, &part->before,
					      sizeof(part->before));
}

static void end(const struct work *work, struct part *part)
{
	if (tier_traffic_read(work->ctl->ctx, part->node, &part->after,
			      sizeof(part->after)))
		part->is_counted = false;
}

static int order_part(struct work *work, struct part *part)
{
	int ret = 0;

	begin(work, part);
	while (!ret && part->ordered_bytes < part->asked_bytes) {
		uint64_t left = part->asked_bytes - part->ordered_bytes;
		uint64_t bytes = left < PIECE_BYTES ? left : PIECE_BYTES;

		work->interrupted = is_interrupted();
		if (work->interrupted)
			break;
		ret = order_piece(work, part, bytes);
		if (!ret)
			part->ordered_bytes += bytes;
	}
	end(work, part);
	work->interrupted |= ret == -EINTR;
	return ret == -EAGAIN || ret == -EINTR ? 0 : ret;
}

static int order_all(struct work *work)
{
	int ret = 0;

	change_hold(&work->change);
	work->all.node = -1;
	begin(work, &work->all);
	for (size_t i = 0; !ret && !work->interrupted && i < work->n_parts; i++) {
		struct part *part = &work->parts[i];

		ret = order_part(work, part);
		work->all.ordered_bytes += part->ordered_bytes;
	}
	end(work, &work->all);
	return ret ? err_status(ret) : STATUS_DONE;
}

/* The parts are what the plan says. */
static int take_parts(struct work *work)
{
	const struct fault fault = { 0, "reclaim", NULL };
	struct tier_step step;

	work->parts = calloc((size_t)tier_plan_step_count(work->change.plan) + 1,
			     sizeof(*work->parts));
	if (!work->parts)
		return ctl_fail(work->ctl, &fault, -ENOMEM, NULL);
	for (unsigned int i = 0;
	     !tier_plan_step(work->change.plan, i, &step, sizeof(step)); i++) {
		struct part *part = &work->parts[work->n_parts++];

		part->node = tier_nodeset_next(&step.nodes, -1);
		(void)!parse_u64(step.wants, &part->asked_bytes);
		work->all.asked_bytes += part->asked_bytes;
	}
	return STATUS_DONE;
}

/* ---- telling ------------------------------------------------------------------------- */

/* What a counter says of a part, in bytes: also of what others had reclaimed. */
static bool counted(const struct part *part, enum tier_counter counter, uint64_t *bytes)
{
	const struct tier_traffic *before = &part->before, *after = &part->after;

	if (!part->is_counted || !(before->known & after->known & 1u << counter) ||
	    after->count[counter] < before->count[counter])
		return false;
	*bytes = (after->count[counter] - before->count[counter]) * after->page_bytes;
	return true;
}

static const char *counted_text(const struct out *out, const struct part *part,
				enum tier_counter counter, char buf[FIGURE_BYTES])
{
	uint64_t bytes = 0;
	bool known = counted(part, counter, &bytes);

	return figure_size(out, known, bytes, buf);
}

static void print_parts(const struct work *work)
{
	static const struct column columns[] = {
		{ "NODE", COLUMN_RIGHT, NULL },
		{ "ASKED", COLUMN_RIGHT, NULL },
		{ "RECLAIMED", COLUMN_RIGHT, NULL },
		{ "DEMOTED", COLUMN_RIGHT, NULL },
		{ 0 },
	};
	struct out *out = &work->ctl->out;
	char text[FIGURE_BYTES], demoted[FIGURE_BYTES];
	struct table table;

	table_begin(&table, columns);
	for (size_t i = 0; i < work->n_parts; i++) {
		const struct part *part = &work->parts[i];

		table_cell(&table, figure_count(true, (uint64_t)part->node, text));
		table_cell(&table, figure_size(out, true, part->asked_bytes, text));
		table_cell(&table, figure_size(out, true, part->ordered_bytes, text));
		table_cell(&table, counted_text(out, part, TIER_DEMOTED_PAGES, text));
	}
	table_end(&table, out);
	out_text(out, "\nCounted meanwhile on the machine: %s reclaimed, %s demoted.\n",
		 counted_text(out, &work->all, TIER_RECLAIMED_PAGES, text),
		 counted_text(out, &work->all, TIER_DEMOTED_PAGES, demoted));
}

static void json_counted(struct out *out, struct json_object *in, const char *key,
			 const struct part *part, enum tier_counter counter)
{
	uint64_t bytes = 0;
	bool known = counted(part, counter, &bytes);

	js_known(out, in, key, known ? &bytes : NULL);
}

static void json_parts(const struct work *work, struct json_object *document)
{
	struct out *out = &work->ctl->out;
	struct json_object *list = js_list(out, document, "nodes");
	struct json_object *all;

	for (size_t i = 0; i < work->n_parts; i++) {
		const struct part *part = &work->parts[i];
		struct json_object *entry = js_item(out, list);

		js_number(out, entry, "node", (uint64_t)part->node);
		js_number(out, entry, "asked_bytes", part->asked_bytes);
		js_number(out, entry, "reclaimed_bytes", part->ordered_bytes);
		json_counted(out, entry, "demoted_bytes", part, TIER_DEMOTED_PAGES);
	}
	all = js_child(out, document, "counted");
	json_counted(out, all, "reclaimed_bytes", &work->all, TIER_RECLAIMED_PAGES);
	json_counted(out, all, "demoted_bytes", &work->all, TIER_DEMOTED_PAGES);
	js_bool(out, document, "interrupted", work->interrupted);
}

static void tell(const struct work *work)
{
	struct out *out = &work->ctl->out;
	struct json_object *document;

	if (!work->ctl->globals.json) {
		if (options.dry_run)
			change_print(&work->change);
		else
			print_parts(work);
		return;
	}
	document = js_document(out);
	change_json(&work->change, document);
	if (!options.dry_run)
		json_parts(work, document);
	js_finish(out, document, &work->ctl->errors);
}

/* Less than was asked is never a silent success. */
static int judge(const struct work *work)
{
	struct out *out = &work->ctl->out;
	const struct fault fault = { STATUS_FAILED, "reclaim", work->change.asked };
	char some[FIGURE_BYTES], all[FIGURE_BYTES];
	const struct part *part = &work->all;

	if (part->asked_bytes == part->ordered_bytes)
		return STATUS_DONE;
	return err_say(work->ctl, &fault, "%s; %s of %s were reclaimed",
		       work->interrupted ? "interrupted" : "the kernel found no more",
		       figure_size(out, true, part->ordered_bytes, some),
		       figure_size(out, true, part->asked_bytes, all));
}

/* ---- the command --------------------------------------------------------------------------- */

static int carry_out(struct work *work)
{
	int status = change_check(&work->change);

	if (!status)
		status = change_resolve(&work->change);
	if (!status)
		status = take_parts(work);
	if (!status && !options.dry_run)
		status = order_all(work);
	if (status)
		return status;
	if (!options.dry_run)
		status = judge(work);
	work->change.is_done = !options.dry_run && !status;
	tell(work);
	return status;
}

static int reclaim_run(struct ctl *ctl, char **operands)
{
	SCOPED_STRBUF struct strbuf wish = { 0 }, asked = { 0 };
	const struct fault fault = { 0, "reclaim", NULL };
	struct work work = { .ctl = ctl };
	int ret, status;

	ret = strbuf_printf(&wish, "reclaim:%s=%s", operands[0], operands[1]);
	if (!ret)
		ret = strbuf_printf(&asked, "%s %s", operands[0], operands[1]);
	if (ret)
		return ctl_fail(ctl, &fault, ret, NULL);
	work.change = (struct change){ .ctl = ctl,
				       .wish = strbuf_text(&wish),
				       .asked = strbuf_text(&asked),
				       .is_dry = options.dry_run };
	status = carry_out(&work);
	change_free(&work.change);
	free(work.parts);
	return status;
}

const struct cmd cmd_reclaim = {
	.name = "reclaim",
	.summary = "take memory of a tier now: demote cold pages, or drop them",
	.usage = "[--dry-run] [--json] [--bytes] SEL AMOUNT",
	.about = "Asks the kernel (Linux 6.17) to free AMOUNT, such as 512M, of the nodes that "
		 "SEL names, each by its part of what is used there. With demotion on, cold "
		 "pages of a fast tier move to a slower one; otherwise, and in the slowest "
		 "tier, they are dropped or swapped out.",
	.operands = "SEL AMOUNT",
	.completes = "_tierctl_selector",
	.opts = reclaim_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_JSON | CMD_BYTES,
	.operands_min = 2,
	.operands_max = 2,
	.run = reclaim_run,
	.examples = {
		{ "tierctl reclaim dram 2G --dry-run", "Which node would give how much." },
		{ "tierctl reclaim dram 2G", "Make room in DRAM before a large job." },
	},
};
