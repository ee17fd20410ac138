// SPDX-License-Identifier: GPL-2.0-or-later
// Sampling of a command's placement for `run --report`, and the report.
#include "run_peak.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "json.h"
#include "run.h"

#define FIRST_PAUSE_NS	 1000000ULL
#define LAST_PAUSE_NS	 100000000ULL
/*
 * One part sampling to twenty parts waiting: less than 5 %. Of a CPU: that a busy machine lets
 * a sample wait costs the command nothing, and must not make the next one late.
 */
#define PAUSE_PER_SAMPLE 20

/* Below this many, say that peaks may have been missed. */
#define FEW_SAMPLES 10

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (uint64_t)time.tv_sec * 1000000000ULL + (uint64_t)time.tv_nsec;
}

uint64_t now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}

void peak_begin(struct peak *peak)
{
	*peak = (struct peak){ .placement.is_peak = true, .pause_ns = FIRST_PAUSE_NS };
	peak->elapsed_ns = now_ns();
	peak->next_ns = peak->elapsed_ns + peak->pause_ns;
}

/* The descendants of the child into peak->pids; how many, or a negative errno. */
static int list_descendants(struct peak *peak, struct tier_ctx *ctx, pid_t child)
{
	int count = tier_process_children(ctx, child, peak->pids, peak->pids_room);

	while (count > 0 && (size_t)count > peak->pids_room) {
		size_t room = 2 * (size_t)count;
		int *pids = reallocarray(peak->pids, room, sizeof(*pids));

		if (!pids)
			return -ENOMEM;
		peak->pids = pids;
		peak->pids_room = room;
		count = tier_process_children(ctx, child, peak->pids, peak->pids_room);
	}
	return count;
}

static void take(struct peak *peak, const struct run *run, pid_t child)
{
	struct placement now = { 0 };
	struct tier_ctx *ctx = run->ctl->ctx;
	int count = list_descendants(peak, ctx, child);
	int ret = placement_add_process(&now, ctx, child);
	bool any = !ret;

	for (int i = 0; i < count; i++)
		any |= !placement_add_process(&now, ctx, peak->pids[i]);
	if (!any) {
		peak->error = ret;
		return;
	}
	placement_sum(&now, run->ctl->topology);
	placement_raise(&peak->placement, &now);
	peak->samples++;
}

void peak_sample(struct peak *peak, const struct run *run, pid_t child)
{
	uint64_t busy = clock_ns(CLOCK_THREAD_CPUTIME_ID), least;

	take(peak, run, child);
	busy = clock_ns(CLOCK_THREAD_CPUTIME_ID) - busy;
	peak->busy_ns += busy;
	least = PAUSE_PER_SAMPLE * busy;
	peak->pause_ns = peak->pause_ns < LAST_PAUSE_NS / 2 ? 2 * peak->pause_ns :
							      LAST_PAUSE_NS;
	peak->next_ns = now_ns() + (peak->pause_ns > least ? peak->pause_ns : least);
}

void peak_end(struct peak *peak)
{
	peak->elapsed_ns = now_ns() - peak->elapsed_ns;
	free(peak->pids);
	peak->pids = NULL;
}

static void add_samples(struct out *out, const struct peak *peak)
{
	double seconds = (double)peak->elapsed_ns / 1e9;

	out_text(out, "samples   %" PRIu64 " in %.3f s", peak->samples, seconds);
	if (!peak->samples && (peak->error == -EACCES || peak->error == -EPERM))
		out_text(out, ": its memory map is not ours to read (CAP_SYS_PTRACE)");
	else if (!peak->samples)
		out_text(out, ": it ended too soon, so nothing is known");
	else if (peak->samples < FEW_SAMPLES)
		out_text(out, ": few, so peaks may have been missed");
	out_text(out, "\n");
}

static void report_text(struct out *out, const struct peak *peak, const struct run *run,
			const struct tier_report *applied)
{
	char nodes[NODES_TEXT_BYTES] = "-", total[FIGURE_BYTES];

	if (applied->flags & TIER_REPORT_KNOWS_NODES)
		nodes_text(&applied->nodes, nodes, sizeof(nodes));
	out_text(out, "\ntierctl: where the memory of '%s' lay\n", run->command[0]);
	out_text(out, "asked     %s\n", run->policy);
	if (!strcmp(run->policy, "default"))
		out_text(out, "in force  the kernel's default\n");
	else if (applied->flags & TIER_REPORT_POLICY_SET)
		out_text(out, "in force  node%s %s\n",
			 tier_nodeset_count(&applied->nodes) == 1 ? "" : "s", nodes);
	else
		out_text(out, "in force  the kernel's default: the policy was refused\n");
	add_samples(out, peak);
	if (!peak->samples)
		return;
	out_text(out, "peak      %s in all; each row has its own moment\n\n",
		 figure_size(out, true, peak->placement.total_bytes, total));
	placement_print(out, run->ctl->topology, &peak->placement);
}

static void report_json(struct out *out, const struct peak *peak, const struct run *run,
			const struct tier_report *applied)
{
	struct json_object *document = js_document(out);

	js_text(out, document, "command", run->command[0]);
	js_text(out, document, "asked", run->policy);
	js_bool(out, document, "policy_set", applied->flags & TIER_REPORT_POLICY_SET);
	if (applied->flags & TIER_REPORT_KNOWS_NODES)
		js_nodes(out, document, "policy_nodes", &applied->nodes);
	else
		js_null(out, document, "policy_nodes");
	js_number(out, document, "samples", peak->samples);
	js_number(out, document, "elapsed_ns", peak->elapsed_ns);
	js_number(out, document, "sampling_ns", peak->busy_ns);
	if (peak->samples)
		placement_json(out, document, run->ctl->topology, &peak->placement);
	js_finish(out, document, &run->ctl->errors);
}

void peak_report(const struct peak *peak, const struct run *run,
		 const struct tier_report *applied)
{
	/* Its own text: stdout belongs to the command. */
	struct out out = { .width = 80 };

	if (run->ctl->globals.json)
		report_json(&out, peak, run, applied);
	else
		report_text(&out, peak, run, applied);
	err_block(strbuf_text(&out.text), out.text.len);
	out_free(&out);
}
