// SPDX-License-Identifier: GPL-2.0-or-later
// A migration of libtier, stepped between two looks at the keys; a policy by tier_steer(), as
// `tierctl policy` has it.
#include "act.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

/* The first failure is told, all are counted. */
static void note_failure(struct doing *doing, int error, const char *words)
{
	if (!doing->failed++)
		snprintf(doing->why, sizeof(doing->why), "%d: %s", doing->pids[doing->at],
			 *words ? words : tier_strerror(error));
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

static void begin_migration(struct doing *doing, const struct live *live)
{
	struct tier_migration_config config = { .pid = doing->pids[doing->at],
						.topology = live_topology(live) };
	struct tier_diag diag = { 0 };
	struct tier_info tier;
	char range[64];
	int ret = tier_get(live_topology(live), (unsigned int)doing->action.tier, &tier,
			   sizeof(tier));

	if (!ret) {
		config.to = tier.nodes;
		config.mapping = range_of(&doing->action, range, sizeof(range));
		select_from(live_topology(live), &config.to, &config.from);
		ret = tier_migration_new(live_ctx(live), &config, sizeof(config),
					 &doing->migration, &diag);
	}
	if (ret)
		note_failure(doing, ret, diag.message);
}

/* Adds what it has done so far. */
static void add_migration(const struct tier_migration *migration, uint64_t *moved,
			  uint64_t *left)
{
	struct tier_migration_stats stats;

	tier_migration_get(migration, &stats, sizeof(stats));
	*moved += stats.moved_bytes;
	for (int why = 0; why < TIER_LEFTS; why++)
		*left += stats.left_bytes[why];
}

/* From 0 to 1. Of a mapping the kernel tells no total. */
static double share_done(const struct doing *doing)
{
	struct tier_migration_stats stats;
	double total = doing->action.resident, share;

	if (!doing->migration)
		return 0;
	tier_migration_get(doing->migration, &stats, sizeof(stats));
	if (stats.flags & TIER_MIGRATION_KNOWS_TOTAL)
		total = (double)stats.total_bytes;
	share = total > 0 ? (double)stats.examined_bytes / total : 0;
	return share < 1 ? share : 1;
}

static void end_migration(struct doing *doing)
{
	if (doing->migration)
		add_migration(doing->migration, &doing->moved, &doing->left);
	tier_migration_free(doing->migration);
	doing->migration = NULL;
}

static void step_migration(struct doing *doing)
{
	uint64_t began = now_ns();
	int ret = 1;

	while (ret > 0 && now_ns() - began < STEP_NS)
		ret = tier_migration_step(doing->migration, now_ns());
	if (ret > 0)
		return;
	end_migration(doing);
	if (ret < 0)
		note_failure(doing, ret, "");
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
	sigaddset(&held, SIGQUIT);
	pthread_sigmask(SIG_BLOCK, &held, &before);
	ret = tier_steer(live_ctx(live), steering, sizeof(*steering), report,
			 sizeof(*report));
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return ret;
}

static int resolve(const struct doing *doing, const struct live *live,
		   struct tier_plan **plan, struct tier_diag *diag)
{
	struct tier_policy *policy = NULL;
	char text[ACTION_POLICY];
	int ret = tier_policy_parse(action_policy(&doing->action, text), &policy, diag);

	if (!ret)
		ret = tier_policy_resolve(policy, live_topology(live), NULL, plan, diag);
	tier_policy_free(policy);
	return ret;
}

static void apply_policy(struct doing *doing, const struct live *live)
{
	struct tier_steering steering = { .pid = doing->pids[doing->at],
					  .each = ignore,
					  .each_size = sizeof(struct tier_steered) };
	struct tier_steer_report report = { 0 };
	struct tier_plan *plan = NULL;
	struct tier_diag diag = { 0 };
	char range[64];
	int ret = resolve(doing, live, &plan, &diag);

	if (ret) {
		note_failure(doing, ret, diag.message);
		return;
	}
	steering.plan = plan;
	steering.mapping = range_of(&doing->action, range, sizeof(range));
	ret = steer(live, &steering, &report);
	if (ret)
		note_failure(doing, ret, report.message);
	doing->changed += report.changed;
	if (report.longest_ns > doing->longest_ns)
		doing->longest_ns = report.longest_ns;
	tier_plan_free(plan);
}

/* ---- one after the other ---------------------------------------------------------------- */

static bool is_migration(const struct doing *doing)
{
	return doing->action.deed == DEED_MIGRATE;
}

static void say_moved(const struct doing *doing, char *buf, size_t size)
{
	uint64_t moved = doing->moved, left = doing->left;
	char moved_text[SHORT_BYTES], left_text[SHORT_BYTES];

	if (doing->migration)
		add_migration(doing->migration, &moved, &left);
	snprintf(buf, size, "%s moved, %s left behind%s",
		 short_bytes((double)moved, moved_text),
		 short_bytes((double)left, left_text),
		 left ? "; tierctl migrate tells why" : "");
}

static void say_changed(const struct doing *doing, char *buf, size_t size)
{
	snprintf(buf, size, "%u %s changed, the longest stop was %.1f ms", doing->changed,
		 doing->action.end ? "mappings" : "threads",
		 (double)doing->longest_ns / 1e6);
}

static void tell(const struct doing *doing, struct ui *ui, const char *how)
{
	char what[128], of[64] = "";

	if (doing->n == 1 && doing->failed) {
		snprintf(ui->message, sizeof(ui->message), "failed: %s", doing->why);
		return;
	}
	if (is_migration(doing))
		say_moved(doing, what, sizeof(what));
	else
		say_changed(doing, what, sizeof(what));
	if (doing->n > 1)
		snprintf(of, sizeof(of), "%zu of %zu processes, ",
			 doing->at - doing->failed, doing->n);
	snprintf(ui->message, sizeof(ui->message), "%s: %s%s%s%s", how, of, what,
		 doing->failed ? "; failed: " : "", doing->why);
}

static double progress(const struct doing *doing)
{
	return ((double)doing->at + share_done(doing)) / (double)doing->n;
}

bool act_is_busy(const struct doing *doing)
{
	return doing->n;
}

static void end(struct doing *doing, struct ui *ui)
{
	free(doing->pids);
	*doing = (struct doing){ 0 };
	ui->progress = -1;
}

void act_step(struct doing *doing, const struct live *live, struct ui *ui)
{
	if (!act_is_busy(doing))
		return;
	if (doing->migration)
		step_migration(doing);
	else if (is_migration(doing))
		begin_migration(doing, live);
	else
		apply_policy(doing, live);
	if (!doing->migration)
		doing->at++;
	ui->progress = progress(doing);
	tell(doing, ui, doing->at < doing->n ? "at work" : "done");
	if (doing->at == doing->n)
		end(doing, ui);
}

void act_stop(struct doing *doing, struct ui *ui)
{
	if (!act_is_busy(doing))
		return;
	end_migration(doing);
	tell(doing, ui, "stopped");
	end(doing, ui);
}

void act_begin(struct doing *doing, struct ui *ui)
{
	size_t n = ui->action.is_tagged ? ui->tagged.n : 1;

	act_stop(doing, ui);
	doing->pids = calloc(n + 1, sizeof(*doing->pids));
	if (!doing->pids || !n) {
		snprintf(ui->message, sizeof(ui->message), "%s",
			 n ? "out of memory" : "all that were tagged have ended");
		end(doing, ui);
		return;
	}
	doing->action = ui->action;
	doing->n = n;
	doing->pids[0] = ui->action.pid;
	for (size_t i = 0; ui->action.is_tagged && i < n; i++)
		doing->pids[i] = ui->tagged.tag[i].pid;
	ui->progress = 0;
}
