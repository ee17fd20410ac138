// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl migrate: the pages of running processes from tier to tier.
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "cmd.h"
#include "cmds.h"
#include "migration.h"
#include "nodeset.h"
#include "parse.h"

static struct {
	const char *cgroup;
	const char *from;
	const char *to;
	const char *rate;
	const char *batch;
	const char *only;
	const char *percent;
	bool shared;
	bool dry_run;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

static const struct opt migrate_opts[] = {
	{ .help = "Whose pages, and which of them:" },
	{ "cgroup", "PATH", "every process of this control group and of those below it",
	  HERE(cgroup), OPT_WORDS_FILE, 0, 0 },
	{ "only", "WHAT",
	  "anon (private memory), file (pages of files and shared memory), or one mapping: "
	  "[heap], a file's path, an address range",
	  HERE(only), OPT_WORDS_PAGES, 0, 0 },
	{ "percent", "N", "until N % of that is there, spread evenly", HERE(percent), 0,
	  0, 0 },
	{ "shared", NULL,
	  "pages that other processes map too; needs CAP_SYS_NICE, without it they stay",
	  HERE(shared), 0, 0, 0 },
	{ .help = "From where to where:" },
	{ "to", "SEL", "the memory to move to; the nearest of several nodes first",
	  HERE(to), OPT_WORDS_SELECTOR, 0, 0 },
	{ "from", "SEL", "only what lies there (default: everywhere else)", HERE(from),
	  OPT_WORDS_SELECTOR, 0, 0 },
	{ .help = "And how:" },
	{ "rate", "MB/s", "at most so much: 200, 1.5GB/s, 100MiB/s", HERE(rate), 0, 0,
	  0 },
	{ "batch", "PAGES", "pages of one call (2048); the process waits for no more",
	  HERE(batch), 0, 0, 0 },
	{ "dry-run", NULL, "count what would move, and move nothing", HERE(dry_run), 0, 0,
	  0 },
	{ 0 },
};

static int migrate_check(struct ctl *ctl, char **operands)
{
	struct fault fault = { STATUS_USAGE, "migrate", NULL };

	if (!operands[0] == !options.cgroup)
		return err_say(ctl, &fault,
			       "whose pages? give a PID or --cgroup PATH, and not both");
	if (!options.to)
		return err_say(ctl, &fault, "where to? --to SEL is missing");
	return STATUS_DONE;
}

/* ---- words to numbers ------------------------------------------------------------ */

static int bad_value(struct ctl *ctl, const char *option, const char *value,
		     const char *why)
{
	char what[256];
	const struct fault fault = { STATUS_USAGE, "migrate", what };

	snprintf(what, sizeof(what), "--%s %s", option, value);
	return err_say(ctl, &fault, "%s", why);
}

/* A number alone counts megabytes, which is what people have in mind. */
static int read_rate(struct ctl *ctl, uint64_t *rate)
{
	char with_unit[64];
	int ret;

	if (!options.rate)
		return STATUS_DONE;
	ret = parse_figure(options.rate, units_bytes_per_sec, rate);
	if (ret && strlen(options.rate) < sizeof(with_unit) - sizeof("MB/s")) {
		snprintf(with_unit, sizeof(with_unit), "%sMB/s", options.rate);
		ret = parse_figure(with_unit, units_bytes_per_sec, rate);
	}
	if (ret || !*rate)
		return bad_value(ctl, "rate", options.rate,
				 "not a rate; expected MB per second, such as 200, or a "
				 "figure such as 1.5GB/s");
	return STATUS_DONE;
}

static int read_numbers(struct ctl *ctl, struct tier_migration_config *config)
{
	int32_t number;

	if (options.batch) {
		if (parse_i32(options.batch, &number) || number < 1 || number > 1 << 24)
			return bad_value(ctl, "batch", options.batch,
					 "not a number of pages from 1 to 16777216");
		config->batch_pages = (uint64_t)number;
	}
	if (options.percent) {
		if (parse_i32(options.percent, &number) || number < 1 || number > 100)
			return bad_value(ctl, "percent", options.percent,
					 "not a whole number from 1 to 100");
		config->percent = (uint32_t)number;
	}
	return read_rate(ctl, &config->rate_bytes_per_sec);
}

static void read_flags(struct tier_migration_config *config)
{
	if (options.shared)
		config->flags |= TIER_MIGRATION_SHARED;
	if (options.dry_run)
		config->flags |= TIER_MIGRATION_LOOK;
	if (!options.only)
		return;
	if (!strcmp(options.only, "anon"))
		config->flags |= TIER_MIGRATION_ONLY_ANON;
	else if (!strcmp(options.only, "file"))
		config->flags |= TIER_MIGRATION_ONLY_FILE;
	else
		config->mapping = options.only;
}

/* ---- words to nodes -------------------------------------------------------------- */

/* hwloc is asked only when the kernel's files alone do not tell, as for `run`. */
static int select_nodes(struct ctl *ctl, const char *option, const char *selector,
			struct tier_nodeset *nodes)
{
	char what[128];
	const struct fault fault = { 0, "migrate", what };
	struct tier_diag diag = { 0 };
	int ret = tier_select(ctl->topology, selector, nodes, &diag), status;

	snprintf(what, sizeof(what), "--%s %.100s", option, selector);
	if (ret == -ENXIO || ret == -ENODATA) {
		status = ctl_ask_hwloc(ctl);
		if (status)
			return status;
		ret = tier_select(ctl->topology, selector, nodes, &diag);
	}
	return ret ? ctl_fail(ctl, &fault, ret, &diag) : STATUS_DONE;
}

/* Nodes that can hold pages; those without memory cannot be moved to. */
static int select_targets(struct ctl *ctl, struct tier_nodeset *to)
{
	char nodes[64];
	const struct fault fault = { STATUS_NOT_FOUND, "migrate", "--to" };
	struct tier_nodeset all;
	struct tier_node_info info;
	int status = select_nodes(ctl, "to", options.to, &all);

	if (status)
		return status;
	tier_nodeset_zero(to);
	for_each_node(node, &all)
		if (!tier_node_get(ctl->topology, (unsigned int)node, &info,
				   sizeof(info)) &&
		    info.flags & TIER_NODE_HAS_MEMORY)
			tier_nodeset_add(to, (unsigned int)node);
	if (nodeset_is_empty(to))
		return err_say(ctl, &fault, "node %s has no memory that is online",
			       nodes_text(&all, nodes, sizeof(nodes)));
	return STATUS_DONE;
}

/* Everything but the targets; GPU memory only when named. */
static void select_the_rest(const struct ctl *ctl, struct tier_nodeset *from)
{
	struct tier_nodeset all;
	struct tier_node_info info;

	tier_topology_nodes(ctl->topology, &all);
	tier_nodeset_zero(from);
	for_each_node(node, &all)
		if (!tier_node_get(ctl->topology, (unsigned int)node, &info,
				   sizeof(info)) &&
		    info.kind != TIER_KIND_GPU && info.flags & TIER_NODE_HAS_MEMORY)
			tier_nodeset_add(from, (unsigned int)node);
}

static int select_all(struct ctl *ctl, struct tier_migration_config *config)
{
	int status = select_targets(ctl, &config->to);

	if (status)
		return status;
	if (options.from)
		status = select_nodes(ctl, "from", options.from, &config->from);
	else
		select_the_rest(ctl, &config->from);
	config->from = nodeset_minus(&config->from, &config->to);
	config->topology = ctl->topology;
	return status;
}

/* ---- the work -------------------------------------------------------------------- */

static int begin(struct migration *migration)
{
	const struct fault fault = { 0, migration->object, "migrate" };
	struct fault no_group = { STATUS_NOT_FOUND, migration->object, "migrate" };
	struct tier_diag diag = { 0 };
	int ret = tier_migration_new(migration->ctl->ctx, &migration->config,
				     sizeof(migration->config), &migration->handle,
				     &diag);

	if (ret == -ENOENT)
		return err_say(migration->ctl, &no_group, "%s", diag.message);
	return ret ? ctl_fail(migration->ctl, &fault, ret, &diag) : STATUS_DONE;
}

static int carry_out(struct migration *migration)
{
	int status = begin(migration);

	if (!status)
		status = migration_run(migration);
	if (!status)
		status = options.dry_run ? migration_preview(migration) :
					   migration_report(migration);
	tier_migration_free(migration->handle);
	return status;
}

static int migrate_run(struct ctl *ctl, char **operands)
{
	char object[256];
	struct migration migration = { .ctl = ctl,
				       .object = object,
				       .process = operands[0],
				       .only = options.only,
				       .config.cgroup = options.cgroup };
	int status = STATUS_DONE;

	if (!tier_ctx_is_live(ctl->ctx) && !options.dry_run) {
		const struct fault fault = { STATUS_UNSUPPORTED, "migrate",
					     ctl->globals.root };

		return err_say(ctl, &fault,
			       "not this machine, so nothing is moved; --dry-run shows "
			       "the way");
	}
	if (operands[0])
		status = ctl_pid(ctl, operands[0], &migration.config.pid);
	snprintf(object, sizeof(object), "%s %.200s", operands[0] ? "process" : "cgroup",
		 operands[0] ? operands[0] : options.cgroup);
	read_flags(&migration.config);
	if (!status)
		status = read_numbers(ctl, &migration.config);
	if (!status)
		status = select_all(ctl, &migration.config);
	return status ? status : carry_out(&migration);
}

const struct cmd cmd_migrate = {
	.name = "migrate",
	.summary = "move the pages of running processes to other memory",
	.usage = "PID|--cgroup PATH [--from SEL] --to SEL [--rate MB/s] [--batch PAGES] "
		 "[--only WHAT] [--percent N] [--shared] [--dry-run] [--json] [--bytes]",
	.about = "Moves in small batches, so that the process never waits long, and counts "
		 "what became of each page. All threads of a process share its pages. What "
		 "it allocates afterwards goes where its own policy says. Interrupt it at "
		 "any time and run it again: it goes on where it was.",
	.operands = "PID",
	.completes = "_tierctl_pids",
	.opts = migrate_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_JSON | CMD_BYTES,
	.operands_max = 1,
	.check = migrate_check,
	.run = migrate_run,
	.examples = {
		{ "tierctl migrate 4242 --to pmem --rate 200", "Down, gently." },
		{ "tierctl migrate 4242 --from slow --to dram", "And up again." },
		{ "tierctl migrate --cgroup /batch --to cxl --dry-run",
		  "What would a whole group's move come to?" },
	},
};
