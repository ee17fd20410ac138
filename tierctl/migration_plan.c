// SPDX-License-Identifier: GPL-2.0-or-later
// `tierctl migrate --dry-run`: each node's way, and whether there is room at its end.
#include "cmd.h"
#include "kinds.h"
#include "migration.h"
#include "nodeset.h"
#include "table.h"

/* Targets in the order of trying; a list that is too long for a cell is cut. */
static const char *targets_text(const struct tier_migration_route *route, char *buf,
				size_t size)
{
	char all[512];
	size_t len = 0;

	for (uint32_t i = 0; i < route->n_to && len < sizeof(all) - 16; i++)
		len += (size_t)snprintf(all + len, sizeof(all) - len, "%s%u",
					i ? "," : "", route->to[i]);
	return list_short(all, buf, size);
}

/* Free memory of all targets together; false when not known for each. */
static bool free_bytes(const struct migration *migration, uint64_t *bytes)
{
	struct tier_node_info info;

	*bytes = 0;
	for_each_node(node, &migration->config.to) {
		if (tier_node_get(migration->ctl->topology, (unsigned int)node, &info,
				  sizeof(info)) ||
		    !(info.flags & TIER_NODE_KNOWS_FREE))
			return false;
		*bytes += info.free_bytes;
	}
	return true;
}

static void print_routes(struct migration *migration,
			 const struct tier_migration_stats *stats)
{
	static const struct column columns[] = {
		{ "FROM", COLUMN_RIGHT, NULL },
		{ "KIND", 0, kind_tint },
		{ "TO", 0, NULL },
		{ "KIND", 0, kind_tint },
		{ "FOUND", COLUMN_RIGHT, NULL },
		{ 0 },
	};
	const struct tier_topology *t = migration->ctl->topology;
	struct out *out = &migration->ctl->out;
	bool is_live = tier_ctx_is_live(migration->ctl->ctx);
	char text[FIGURE_BYTES], kinds[KINDS_BYTES], list[LIST_SHOWN_BYTES * 2];
	struct table table;

	table_begin(&table, columns);
	for (uint64_t i = 0; i < stats->n_routes; i++) {
		const struct tier_migration_route *route = &stats->routes[i];
		struct tier_nodeset from = { 0 };

		tier_nodeset_add(&from, route->from);
		table_cell(&table, figure_count(true, route->from, text));
		table_cell(&table, kinds_text(t, &from, kinds));
		table_cell(&table, targets_text(route, list, sizeof(list)));
		table_cell(&table, kinds_text(t, &migration->config.to, kinds));
		table_cell(&table, figure_size(out, is_live, route->found_bytes, text));
	}
	table_end(&table, out);
}

static void print_text(struct migration *migration,
		       const struct tier_migration_stats *stats)
{
	struct out *out = &migration->ctl->out;
	char nodes[64], room[FIGURE_BYTES], rate[FIGURE_BYTES];
	uint64_t bytes;
	bool knows = free_bytes(migration, &bytes);

	out_text(out, "Nothing is moved. For %s:\n\n", migration->object);
	print_routes(migration, stats);
	out_text(out, "\n");
	if (tier_ctx_is_live(migration->ctl->ctx))
		migration_print_rows(migration, "would move", stats);
	else
		out_wrapped(out, "",
			    "Processes exist on this machine only, so nothing is known "
			    "of its pages.");
	out_text(out, "\nfree on node %s: %s\n",
		 nodes_text(&migration->config.to, nodes, sizeof(nodes)),
		 figure_size(out, knows, bytes, room));
	if (migration->config.rate_bytes_per_sec)
		out_text(out, "at most %s\n",
			 figure_rate(out, true, migration->config.rate_bytes_per_sec,
				     rate));
}

/* What will not work is said now, and is the status. */
static int find_conflicts(struct migration *migration,
			  const struct tier_migration_stats *stats)
{
	const struct fault fault = { STATUS_CONFLICT, migration->object, "migrate" };
	uint64_t room, wanted = migration_moving(migration, stats);
	char a[FIGURE_BYTES], b[FIGURE_BYTES];
	struct out *out = &migration->ctl->out;

	if (free_bytes(migration, &room) && wanted > room)
		return err_say(migration->ctl, &fault,
			       "%s would move, and there is room for %s",
			       figure_size(out, true, wanted, a),
			       figure_size(out, true, room, b));
	return STATUS_DONE;
}

int migration_preview(struct migration *migration)
{
	struct tier_migration_stats stats;
	int status;

	tier_migration_get(migration->handle, &stats, sizeof(stats));
	status = find_conflicts(migration, &stats);
	if (migration->ctl->globals.json)
		migration_print_json(migration, &stats);
	else
		print_text(migration, &stats);
	return status;
}
