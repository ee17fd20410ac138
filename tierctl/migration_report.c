// SPDX-License-Identifier: GPL-2.0-or-later
// What became of the pages: rows for people, JSON, one line for what was left, a status.
#include <errno.h>
#include <string.h>

#include "cmd.h"
#include "json.h"
#include "migration.h"
#include "table.h"

/* By enum tier_left: the row's word, JSON's key, and the way out. */
static const struct {
	const char *word;
	const char *key;
	const char *why;
} lefts[TIER_LEFTS] = {
	[TIER_LEFT_UNKNOWN] = { "refused", "unknown",
				"the kernel gave no reason we know" },
	[TIER_LEFT_BUSY] = { "busy", "busy", "pinned or in use at each attempt" },
	[TIER_LEFT_NO_MEMORY] = { "no memory", "no_memory", "the targets are full" },
	[TIER_LEFT_SHARED] = { "shared", "shared",
			       "by a fork or as shared memory; --shared moves it" },
	[TIER_LEFT_NOT_ALLOWED] = { "not allowed", "not_allowed",
				    "the process's cpuset forbids the targets" },
	[TIER_LEFT_HIDDEN] = { "hidden", "hidden",
			       "marked by NUMA balancing; root can touch it" },
};

uint64_t migration_left(const struct tier_migration_stats *stats)
{
	uint64_t sum = 0;

	for (int why = 0; why < TIER_LEFTS; why++)
		sum += stats->left_bytes[why];
	return sum;
}

uint64_t migration_moving(const struct migration *migration,
			  const struct tier_migration_stats *stats)
{
	if (!(migration->config.flags & TIER_MIGRATION_LOOK))
		return stats->moved_bytes;
	return stats->found_bytes - stats->spared_bytes - stats->common_bytes -
	       stats->gone_bytes - migration_left(stats);
}

static uint64_t rate_of(const struct tier_migration_stats *stats)
{
	double seconds = (double)stats->elapsed_ns / 1e9;

	return seconds > 0 ? (uint64_t)((double)stats->moved_bytes / seconds) : 0;
}

/* ---- for people ------------------------------------------------------------------ */

struct rows {
	struct table table;
	struct out *out;
};

static void add_row(struct rows *rows, const char *word, uint64_t bytes, const char *why)
{
	char text[FIGURE_BYTES];

	table_cell(&rows->table, word);
	table_cell(&rows->table, figure_size(rows->out, true, bytes, text));
	table_cell(&rows->table, why);
}

static void add_row_if(struct rows *rows, const char *word, uint64_t bytes,
		       const char *why)
{
	if (bytes)
		add_row(rows, word, bytes, why);
}

/* How long it took, and how fast that was. */
static const char *speed_text(const struct migration *migration,
			      const struct tier_migration_stats *stats, char *buf,
			      size_t size)
{
	char time[FIGURE_BYTES], rate[FIGURE_BYTES];

	if (migration->config.flags & TIER_MIGRATION_LOOK || !stats->elapsed_ns)
		return "-";
	snprintf(buf, size, "in %s, %s", figure_duration(true, stats->elapsed_ns, time),
		 figure_rate(&migration->ctl->out, true, rate_of(stats), rate));
	return buf;
}

void migration_print_rows(struct migration *migration, const char *moved,
			  const struct tier_migration_stats *stats)
{
	static const struct column columns[] = {
		{ "PAGES", 0, NULL },
		{ "MEMORY", COLUMN_RIGHT, NULL },
		{ "HOW", COLUMN_IF_KNOWN, NULL },
		{ 0 },
	};
	struct rows rows = { .out = &migration->ctl->out };
	char speed[2 * FIGURE_BYTES + 8];

	table_begin(&rows.table, columns);
	add_row(&rows, moved, migration_moving(migration, stats),
		speed_text(migration, stats, speed, sizeof(speed)));
	add_row_if(&rows, "already there", stats->there_bytes, "-");
	add_row_if(&rows, "spared", stats->spared_bytes, "as --percent says");
	add_row_if(&rows, "of files", stats->common_bytes,
		   "programs and libraries that others use too; --shared moves them");
	add_row_if(&rows, "gone", stats->gone_bytes, "freed meanwhile");
	for (int why = TIER_LEFT_BUSY; why < TIER_LEFTS; why++)
		add_row_if(&rows, lefts[why].word, stats->left_bytes[why],
			   lefts[why].why);
	add_row_if(&rows, lefts[TIER_LEFT_UNKNOWN].word,
		   stats->left_bytes[TIER_LEFT_UNKNOWN], lefts[TIER_LEFT_UNKNOWN].why);
	table_end(&rows.table, rows.out);
}

static void print_text(struct migration *migration,
		       const struct tier_migration_stats *stats)
{
	struct out *out = &migration->ctl->out;
	char from[64], to[64];

	out_text(out, "%c%s: from node %s to node %s\n\n", migration->process ? 'P' : 'C',
		 migration->object + 1,
		 nodes_text(&migration->config.from, from, sizeof(from)),
		 nodes_text(&migration->config.to, to, sizeof(to)));
	migration_print_rows(migration, "moved", stats);
	if (!migration->process)
		out_text(out, "\n%u processes\n",
			 stats->processes - stats->kernel_threads);
}

/* ---- for programs ---------------------------------------------------------------- */

static void add_routes(struct out *out, struct json_object *document,
		       const struct tier_migration_stats *stats, bool is_live)
{
	struct json_object *list = js_list(out, document, "routes");

	for (uint64_t i = 0; i < stats->n_routes; i++) {
		const struct tier_migration_route *route = &stats->routes[i];
		struct json_object *entry = js_item(out, list), *to;
		char node[16];

		js_number(out, entry, "from", route->from);
		to = js_list(out, entry, "to");
		for (uint32_t k = 0; k < route->n_to; k++) {
			snprintf(node, sizeof(node), "%u", route->to[k]);
			js_append_row(out, to, node);
		}
		js_known(out, entry, "found_bytes", is_live ? &route->found_bytes : NULL);
		js_known(out, entry, "moved_bytes", is_live ? &route->moved_bytes : NULL);
	}
}

static void add_bytes(struct out *out, struct json_object *document,
		      const struct tier_migration_stats *stats, bool is_live)
{
	const struct {
		const char *key;
		const uint64_t *value;
	} rows[] = {
		{ "found_bytes", &stats->found_bytes },
		{ "moved_bytes", &stats->moved_bytes },
		{ "there_bytes", &stats->there_bytes },
		{ "spared_bytes", &stats->spared_bytes },
		{ "common_bytes", &stats->common_bytes },
		{ "gone_bytes", &stats->gone_bytes },
	};
	struct json_object *left;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		js_known(out, document, rows[i].key, is_live ? rows[i].value : NULL);
	left = js_child(out, document, "left_bytes");
	for (int why = 0; why < TIER_LEFTS; why++)
		js_known(out, left, lefts[why].key,
			 is_live ? &stats->left_bytes[why] : NULL);
}

void migration_print_json(struct migration *migration,
			  const struct tier_migration_stats *stats)
{
	const struct tier_migration_config *config = &migration->config;
	struct out *out = &migration->ctl->out;
	struct json_object *document = js_document(out);
	bool is_live = tier_ctx_is_live(migration->ctl->ctx);
	uint64_t pid = (uint64_t)config->pid;

	js_known(out, document, "pid", migration->process ? &pid : NULL);
	js_text(out, document, "cgroup", config->cgroup);
	js_bool(out, document, "dry_run", config->flags & TIER_MIGRATION_LOOK);
	js_bool(out, document, "interrupted", migration->interrupted);
	js_nodes(out, document, "from", &config->from);
	js_nodes(out, document, "to", &config->to);
	js_known(out, document, "rate_bytes_per_sec",
		 config->rate_bytes_per_sec ? &config->rate_bytes_per_sec : NULL);
	js_number(out, document, "percent", config->percent ? config->percent : 100);
	js_text(out, document, "only", migration->only);
	js_number(out, document, "processes", stats->processes - stats->kernel_threads);
	js_number(out, document, "ended", stats->ended);
	js_number(out, document, "failed", stats->failed);
	add_routes(out, document, stats, is_live);
	add_bytes(out, document, stats, is_live);
	js_number(out, document, "calls", stats->calls);
	js_number(out, document, "elapsed_ns", stats->elapsed_ns);
	js_finish(out, document, &migration->ctl->errors);
}

/* ---- what was not done ----------------------------------------------------------- */

static int say_left(struct migration *migration, const struct tier_migration_stats *stats)
{
	const struct fault fault = { STATUS_FAILED, migration->object, "migrate" };
	struct out *out = &migration->ctl->out;
	char bytes[FIGURE_BYTES], reasons[256] = "";
	size_t len = 0;

	for (int why = 0; why < TIER_LEFTS; why++)
		if (stats->left_bytes[why] && len < sizeof(reasons) - 64)
			len += (size_t)snprintf(
				reasons + len, sizeof(reasons) - len, "%s%s %s",
				len ? ", " : "",
				figure_size(out, true, stats->left_bytes[why], bytes),
				lefts[why].word);
	return err_say(migration->ctl, &fault, "left behind: %s", reasons);
}

static int say_failed(struct migration *migration,
		      const struct tier_migration_stats *stats)
{
	char object[48];
	struct fault fault = { STATUS_FAILED, object, "migrate" };
	int error = stats->failed_error;

	snprintf(object, sizeof(object), "process %d", stats->failed_pid);
	/* One's own process, or each of a group. */
	if (stats->failed == stats->processes - stats->kernel_threads &&
	    !stats->moved_bytes)
		fault.status = err_status(error);
	if (error == -EPERM || error == -EACCES)
		return err_say(migration->ctl, &fault,
			       "not permitted to move its pages: be its user, or have "
			       "CAP_SYS_PTRACE%s",
			       stats->failed > 1 ? "; there are more such" : "");
	return err_say(migration->ctl, &fault, "%s%s", tier_strerror(error),
		       stats->failed > 1 ? "; there are more such" : "");
}

static int find_status(struct migration *migration,
		       const struct tier_migration_stats *stats)
{
	const struct fault fault = { STATUS_FAILED, migration->object, "migrate" };
	int status = STATUS_DONE;

	if (migration->interrupted)
		status = err_say(migration->ctl, &fault,
				 "interrupted; run it again to go on");
	if (stats->failed)
		status = say_failed(migration, stats);
	if (stats->ended && migration->process)
		status = err_say(migration->ctl, &fault, "the process ended meanwhile");
	if (migration_left(stats))
		status = say_left(migration, stats);
	return status;
}

int migration_report(struct migration *migration)
{
	struct tier_migration_stats stats;
	int status;

	tier_migration_get(migration->handle, &stats, sizeof(stats));
	status = find_status(migration, &stats);
	if (migration->ctl->globals.json)
		migration_print_json(migration, &stats);
	else
		print_text(migration, &stats);
	return status;
}
