// SPDX-License-Identifier: GPL-2.0-or-later
// A migration of libtier, stepped between two looks at the keys; a policy by tier_steer(), as
// `tierctl policy` has it.
#include "act.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "nodeset.h"
#include "views.h"

#define STEP_NS 20000000

static uint64_t now_ns(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static const char *range_of(const struct action *action, char *buf, size_t size)
{
	if (!action->end)
		return NULL;
	snprintf(buf, size, "%" PRIx64 "-%" PRIx64, action->start, action->end);
	return buf;
}

static void say(struct ui *ui, int error, const struct tier_diag *diag)
{
	snprintf(ui->message, sizeof(ui->message), "%s",
		 diag->message[0] ? diag->message : tier_strerror(error));
}

/* ---- pages -------------------------------------------------------------------------------- */

/* Everything else; a GPU's own memory only when it is named, as tierctl has it. */
static void select_from(const struct tier_topology *t, const struct tier_nodeset *to,
			struct tier_nodeset *from)
{
	struct tier_node_info info;
	struct tier_nodeset all;

	tier_topology_nodes(t, &all);
	for_each_node(node, &all)
		if (!tier_node_get(t, (unsigned int)node, &info, sizeof(info)) &&
		    info.kind != TIER_KIND_GPU && info.flags & TIER_NODE_HAS_MEMORY &&
		    !tier_nodeset_has(to, (unsigned int)node))
			tier_nodeset_add(from, (unsigned int)node);
}

static void begin_migration(struct doing *doing, const struct live *live, struct ui *ui)
{
	struct tier_migration_config config = { .pid = ui->action.pid,
						.topology = live_topology(live) };
	struct tier_diag diag = { 0 };
	struct tier_info tier;
	char range[64];
	int ret = tier_get(live_topology(live), (unsigned int)ui->action.tier, &tier,
			   sizeof(tier));

	if (!ret) {
		config.to = tier.nodes;
		config.mapping = range_of(&ui->action, range, sizeof(range));
		select_from(live_topology(live), &config.to, &config.from);
		ret = tier_migration_new(live_ctx(live), &config, sizeof(config),
					 &doing->migration, &diag);
	}
	if (ret)
		say(ui, ret, &diag);
	else
		ui->progress = 0;
}

static void tell(const struct tier_migration *migration, struct ui *ui, const char *how)
{
	struct tier_migration_stats stats;
	char moved[SHORT_BYTES], left[SHORT_BYTES];
	uint64_t left_bytes = 0;

	tier_migration_get(migration, &stats, sizeof(stats));
	for (int why = 0; why < TIER_LEFTS; why++)
		left_bytes += stats.left_bytes[why];
	if (stats.flags & TIER_MIGRATION_KNOWS_TOTAL && stats.total_bytes)
		ui->progress = (double)stats.examined_bytes / (double)stats.total_bytes;
	if (ui->progress > 1)
		ui->progress = 1;
	snprintf(ui->message, sizeof(ui->message), "%s: %s moved, %s left behind%s", how,
		 short_bytes((double)stats.moved_bytes, moved),
		 short_bytes((double)left_bytes, left),
		 left_bytes ? "; tierctl migrate tells why" : "");
}

static void end(struct doing *doing, struct ui *ui)
{
	tier_migration_free(doing->migration);
	doing->migration = NULL;
	ui->progress = -1;
}

void act_step(struct doing *doing, struct ui *ui)
{
	uint64_t began = now_ns();
	int ret = 1;

	if (!doing->migration)
		return;
	while (ret > 0 && now_ns() - began < STEP_NS)
		ret = tier_migration_step(doing->migration, now_ns());
	tell(doing->migration, ui, ret > 0 ? "moving" : "done");
	if (ret < 0)
		snprintf(ui->message, sizeof(ui->message), "%s", tier_strerror(ret));
	if (ret <= 0)
		end(doing, ui);
}

void act_stop(struct doing *doing, struct ui *ui)
{
	if (!doing->migration)
		return;
	tell(doing->migration, ui, "stopped");
	end(doing, ui);
}

/* ---- policies ------------------------------------------------------------------------------- */

/* The report has the sums. */
static void ignore(const struct tier_steered *what, void *data)
{
	(void)what;
	(void)data;
}

/* All threads or none: a signal must not come between, so those wait that would end us. */
static int steer(const struct live *live, const struct tier_steering *steering,
		 struct tier_steer_report *report)
{
	sigset_t held, before;
	int ret;

	sigemptyset(&held);
	sigaddset(&held, SIGINT);
	sigaddset(&held, SIGTERM);
	sigaddset(&held, SIGHUP);
	sigprocmask(SIG_BLOCK, &held, &before);
	ret = tier_steer(live_ctx(live), steering, sizeof(*steering), report,
			 sizeof(*report));
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ret;
}

static int resolve(const struct live *live, const struct ui *ui, struct tier_plan **plan,
		   struct tier_diag *diag)
{
	struct tier_policy *policy = NULL;
	char text[64];
	int ret = tier_policy_parse(action_policy(&ui->action, text, sizeof(text)),
				    &policy, diag);

	if (!ret)
		ret = tier_policy_resolve(policy, live_topology(live), NULL, plan, diag);
	tier_policy_free(policy);
	return ret;
}

static void apply_policy(const struct live *live, struct ui *ui)
{
	struct tier_steering steering = { .pid = ui->action.pid,
					  .each = ignore,
					  .each_size = sizeof(struct tier_steered) };
	struct tier_steer_report report = { 0 };
	struct tier_plan *plan = NULL;
	struct tier_diag diag = { 0 };
	char range[64];
	int ret = resolve(live, ui, &plan, &diag);

	if (ret) {
		say(ui, ret, &diag);
		return;
	}
	steering.plan = plan;
	steering.mapping = range_of(&ui->action, range, sizeof(range));
	ret = steer(live, &steering, &report);
	if (ret)
		snprintf(ui->message, sizeof(ui->message), "%s", report.message);
	else
		snprintf(ui->message, sizeof(ui->message),
			 "done: %u %s changed, the longest stop was %.1f ms",
			 report.changed, ui->action.end ? "mappings" : "threads",
			 (double)report.longest_ns / 1e6);
	tier_plan_free(plan);
}

void act_begin(struct doing *doing, const struct live *live, struct ui *ui)
{
	act_stop(doing, ui);
	if (ui->action.deed == DEED_MIGRATE)
		begin_migration(doing, live, ui);
	else
		apply_policy(live, ui);
}
