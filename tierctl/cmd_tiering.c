// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl tiering: what the kernel moves between tiers by itself, and how fast.
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "change.h"
#include "cmd.h"
#include "cmds.h"
#include "json.h"
#include "parse.h"
#include "table.h"
#include "traffic.h"

static struct {
	const char *rate;
	bool dry_run;
	bool watch;
	const char *every;
	const char *count;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

enum { WHICH = 1 };

static const struct opt tiering_opts[] = {
	{ "rate", "MIB", "promote at most so many MiB per second to each node",
	  HERE(rate), 0, 0, 0 },
	{ "dry-run", NULL, CHANGE_DRY_RUN_HELP, HERE(dry_run), 0, WHICH, 0 },
	{ "watch", NULL, "print what is moved per second, until a signal ends it",
	  HERE(watch), 0, WHICH, 0 },
	{ "every", "SECONDS", "how long each line of --watch stands for; 1", HERE(every),
	  0, 0, 0 },
	{ "count", "N", "how many lines --watch prints", HERE(count), 0, 0, 0 },
	{ 0 },
};

/* ---- what is asked ------------------------------------------------------------------ */

static int usage(struct ctl *ctl, const char *what, const char *why)
{
	const struct fault fault = { STATUS_USAGE, "tiering", what };

	return err_say(ctl, &fault, "%s", why);
}

/* "demotion on promotion off": pairs. */
static int check_pairs(struct ctl *ctl, char **operands)
{
	for (; *operands; operands += 2) {
		if (strcmp(operands[0], "demotion") && strcmp(operands[0], "promotion"))
			return usage(ctl, operands[0], "expected demotion or promotion");
		if (!operands[1])
			return usage(ctl, operands[0], "on or off?");
		if (strcmp(operands[1], "on") && strcmp(operands[1], "off"))
			return usage(ctl, operands[1], "expected on or off");
	}
	return STATUS_DONE;
}

static bool changes(char **operands)
{
	return operands[0] || options.rate;
}

/* More than an hour or less than 10 ms is a slip of the keyboard. */
static bool parse_every(double *seconds)
{
	static const struct unit units[] = {
		{ "", 1000 }, { "s", 1000 }, { "ms", 1 }, { NULL, 0 }
	};
	uint64_t ms = 1000;

	if (options.every &&
	    (parse_figure(options.every, units, &ms) || ms < 10 || ms > 3600000))
		return false;
	*seconds = (double)ms / 1000;
	return true;
}

static int tiering_check(struct ctl *ctl, char **operands)
{
	uint64_t count;
	double seconds;

	if (options.watch && changes(operands))
		return usage(ctl, "--watch", "only looks: change first, then watch");
	if (options.watch && ctl->globals.json)
		return usage(ctl, "--watch", "prints lines and no JSON");
	if (!options.watch && (options.every || options.count))
		return usage(ctl, NULL, "--every and --count belong to --watch");
	if (options.dry_run && !changes(operands))
		return usage(ctl, "--dry-run", "nothing is asked to be changed");
	if (!parse_every(&seconds))
		return usage(ctl, options.every, "expected 0.01 to 3600 seconds");
	if (options.count && (parse_u64(options.count, &count) || !count))
		return usage(ctl, options.count, "expected how many lines, 1 or more");
	return check_pairs(ctl, operands);
}

/* ---- looking ------------------------------------------------------------------------- */

static const char *on_off(bool known, bool on)
{
	if (!known)
		return "-";
	return on ? "on" : "off";
}

/* By bits 0 and 1 of numa_balancing; others are not known here. */
static const char *const balancing_words[] = {
	"numa_balancing 0: pages stay where they are",
	"numa_balancing 1: pages only follow the CPUs that use them",
	"numa_balancing 2: hot pages move to a faster tier",
	"numa_balancing 3: the same, and pages follow the CPUs that use them",
};

static void add_switch(struct table *table, const char *name, const char *value,
		       const char *words)
{
	table_cell(table, name);
	table_cell(table, value);
	table_cell(table, words);
}

static void print_switches(struct out *out, const struct tier_kernel_info *kernel,
			   const struct tier_traffic *traffic)
{
	static const struct column columns[] = {
		{ "SWITCH", 0, NULL }, { "IS", 0, NULL }, { "SO", 0, NULL }, { 0 }
	};
	const bool demotion = kernel->flags & TIER_KERNEL_KNOWS_DEMOTION;
	const bool demotes = kernel->flags & TIER_KERNEL_DEMOTES;
	const bool balancing = kernel->flags & TIER_KERNEL_KNOWS_BALANCING;
	const bool limit = traffic->flags & TIER_TRAFFIC_KNOWS_LIMIT;
	char text[FIGURE_BYTES];
	struct table table;

	table_begin(&table, columns);
	add_switch(&table, "demotion", on_off(demotion, demotes),
		   !demotion ? "-" :
		   demotes   ? "cold pages of a full tier move to a slower one" :
			       "a full tier drops or swaps out its cold pages");
	add_switch(&table, "promotion", on_off(balancing, kernel->numa_balancing & 2),
		   balancing ? balancing_words[kernel->numa_balancing & 3] : "-");
	snprintf(text, sizeof(text), "%" PRIu64 " MiB/s",
		 traffic->promote_limit_bytes_per_sec >> 20);
	add_switch(&table, "promotion rate", limit ? text : "-",
		   limit ? "at most so much is promoted to each node" : "-");
	table_end(&table, out);
}

static const char *const caveat =
	"demotion does not heed a program's memory policy, nor its cpuset before Linux "
	"6.16 and with cpuset v1 at all";

static bool has_note(const struct ctl *ctl, const char *id)
{
	struct tier_note note;

	for (unsigned int i = 0; !tier_note_get(ctl->topology, i, &note, sizeof(note));
	     i++)
		if (!strcmp(note.id, id))
			return true;
	return false;
}

static void print_state(struct ctl *ctl, const struct tier_kernel_info *kernel,
			const struct tier_traffic *traffic)
{
	struct out *out = &ctl->out;

	print_switches(out, kernel, traffic);
	traffic_print(out, traffic);
	out_text(out, "\n");
	if ((kernel->numa_balancing & 2) && !(kernel->flags & TIER_KERNEL_DEMOTES))
		out_wrapped(out, "note  ",
			    "promotion without demotion fills the fast tier and then "
			    "finds no room there");
	if (has_note(ctl, "all-in-one-tier"))
		out_wrapped(out, "note  ",
			    "the kernel has all nodes in one tier, so nothing is demoted "
			    "or promoted");
	out_wrapped(out, "note  ", caveat);
}

static void json_state(struct ctl *ctl, const struct tier_kernel_info *kernel,
		       const struct tier_traffic *traffic)
{
	struct out *out = &ctl->out;
	struct json_object *document = js_document(out);
	const uint64_t balancing = kernel->numa_balancing;

	if (kernel->flags & TIER_KERNEL_KNOWS_DEMOTION)
		js_bool(out, document, "demotion", kernel->flags & TIER_KERNEL_DEMOTES);
	else
		js_null(out, document, "demotion");
	if (kernel->flags & TIER_KERNEL_KNOWS_BALANCING)
		js_bool(out, document, "promotion", balancing & 2);
	else
		js_null(out, document, "promotion");
	js_known(out, document, "numa_balancing",
		 kernel->flags & TIER_KERNEL_KNOWS_BALANCING ? &balancing : NULL);
	js_known(out, document, "promotion_limit_bytes_per_sec",
		 traffic->flags & TIER_TRAFFIC_KNOWS_LIMIT ?
			 &traffic->promote_limit_bytes_per_sec :
			 NULL);
	traffic_json(out, document, traffic);
	js_finish(out, document, &ctl->errors);
}

static int show_state(struct ctl *ctl)
{
	const struct fault fault = { 0, "tiering", "counters" };
	struct tier_kernel_info kernel;
	struct tier_traffic traffic;
	int ret = tier_traffic_read(ctl->ctx, -1, &traffic, sizeof(traffic));

	if (ret)
		return ctl_fail(ctl, &fault, ret, NULL);
	tier_kernel_get(ctl->topology, &kernel, sizeof(kernel));
	if (ctl->globals.json)
		json_state(ctl, &kernel, &traffic);
	else
		print_state(ctl, &kernel, &traffic);
	return STATUS_DONE;
}

static int watch(struct ctl *ctl)
{
	const struct fault fault = { STATUS_UNSUPPORTED, "tiering", ctl->globals.root };
	uint64_t count = 0;
	double seconds = 1;

	if (!tier_ctx_is_live(ctl->ctx))
		return err_say(ctl, &fault, "not this machine, so nothing moves there");
	(void)parse_every(&seconds);
	if (options.count)
		(void)!parse_u64(options.count, &count);
	return traffic_watch(ctl, seconds, count);
}

/* ---- changing ---------------------------------------------------------------------------- */

/* The operands as a wish, and as they were typed. */
static int write_wish(char **operands, struct strbuf *wish, struct strbuf *asked)
{
	int ret = 0;

	for (; !ret && *operands; operands += 2) {
		ret = strbuf_printf(wish, "%s:%s ", operands[0], operands[1]);
		if (!ret)
			ret = strbuf_printf(asked, "%s%s %s", asked->len ? " " : "",
					    operands[0], operands[1]);
	}
	if (!ret && options.rate)
		ret = strbuf_printf(wish, "promotion-rate:%s", options.rate);
	if (!ret && options.rate)
		ret = strbuf_printf(asked, "%s--rate %s", asked->len ? " " : "",
				    options.rate);
	return ret;
}

static void tell(struct change *change)
{
	struct out *out = &change->ctl->out;
	struct json_object *document;

	if (!change->ctl->globals.json) {
		change_print(change);
		return;
	}
	document = js_document(out);
	change_json(change, document);
	js_finish(out, document, &change->ctl->errors);
}

static int carry_out(struct change *change)
{
	int status = change_check(change);

	if (!status)
		status = change_resolve(change);
	if (!status)
		status = change_apply(change);
	if (!status)
		tell(change);
	change_free(change);
	return status;
}

static int tiering_run(struct ctl *ctl, char **operands)
{
	SCOPED_STRBUF struct strbuf wish = { 0 }, asked = { 0 };
	const struct fault fault = { 0, "tiering", NULL };
	struct change change = { .ctl = ctl, .is_dry = options.dry_run };
	int ret;

	if (options.watch)
		return watch(ctl);
	if (!changes(operands))
		return show_state(ctl);
	ret = write_wish(operands, &wish, &asked);
	if (ret)
		return ctl_fail(ctl, &fault, ret, NULL);
	change.wish = strbuf_text(&wish);
	change.asked = strbuf_text(&asked);
	return carry_out(&change);
}

static const struct operand_words tiering_words[] = {
	{ "demotion|promotion", "on off" },
	{ NULL, "demotion promotion" },
	{ 0 },
};

const struct cmd cmd_tiering = {
	.name = "tiering",
	.summary = "let the kernel move pages between tiers, and see what it moves",
	.usage = "[demotion on|off] [promotion on|off] [--rate MIB] [--dry-run] [--json] "
		 "| --watch [--every SECONDS] [--count N]",
	.about = "Demotion moves cold pages of a full tier to a slower one, promotion (mode 2 "
		 "of NUMA balancing) hot pages to a faster one. Both belong to the whole "
		 "system. Without arguments the state and the counters are shown.",
	.operands = "SWITCH",
	.operand_words = tiering_words,
	.opts = tiering_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_JSON | CMD_BYTES,
	.operands_max = 4,
	.check = tiering_check,
	.run = tiering_run,
	.examples = {
		{ "tierctl tiering", "What is on, and what was moved since boot?" },
		{ "tierctl tiering demotion on promotion on --dry-run",
		  "What would be written where." },
		{ "tierctl tiering demotion on promotion on --rate 200",
		  "Both ways, at most 200 MiB per second upwards." },
		{ "tierctl tiering --watch", "What moves now, a line per second." },
	},
};
