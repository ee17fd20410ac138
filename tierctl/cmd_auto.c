// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl auto: hot pages to faster memory and cold ones to slower, by the kernel, until it
// is stopped.
#include <errno.h>
#include <string.h>

#include "auto.h"
#include "change.h"
#include "cmd.h"
#include "cmds.h"
#include "parse.h"

static struct {
	const char *by;
	const char *fast;
	const char *slow;
	const char *rate;
	const char *cold_after;
	const char *interval;
	bool dry_run;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

static const struct opt auto_opts[] = {
	{ "by", "WHAT", "damon, kernel (its own demotion and promotion) or both; both",
	  HERE(by), OPT_WORDS_MEANS, 0, 0 },
	{ "fast", "SEL", "where hot pages go; the memory of the CPUs", HERE(fast),
	  OPT_WORDS_SELECTOR, 0, 0 },
	{ "slow", "SEL", "where cold pages go; what is slower", HERE(slow),
	  OPT_WORDS_SELECTOR, 0, 0 },
	{ "rate", "MIB", "move at most so many MiB per second, of each node and way; 200",
	  HERE(rate), 0, 0, 0 },
	{ "cold-after", "SECONDS", "what was not accessed for so long is cold; 30",
	  HERE(cold_after), 0, 0, 0 },
	{ "interval", "MS", "count accesses over so many milliseconds; 100",
	  HERE(interval), 0, 0, 0 },
	{ "dry-run", NULL, CHANGE_DRY_RUN_HELP, HERE(dry_run), 0, 0, 0 },
	{ 0 },
};

/* ---- what is asked ------------------------------------------------------------------ */

static int usage(struct ctl *ctl, const char *what, const char *why)
{
	const struct fault fault = { STATUS_USAGE, "auto", what };

	return err_say(ctl, &fault, "%s", why);
}

static const struct {
	const char *word;
	uint32_t means;
} means_words[] = {
	{ "damon", TIER_AUTO_DAMON },
	{ "kernel", TIER_AUTO_KERNEL },
	{ "both", TIER_AUTO_DAMON | TIER_AUTO_KERNEL },
};

static bool parse_means(const char *word, uint32_t *means)
{
	for (size_t i = 0; word && i < ARRAY_SIZE(means_words); i++) {
		if (strcmp(means_words[i].word, word) != 0)
			continue;
		*means = means_words[i].means;
		return true;
	}
	return !word;
}

/* What is not given stays 0. */
static bool parse_count(const char *text, uint64_t most, uint64_t *count)
{
	return !text || (!parse_u64(text, count) && *count && *count <= most);
}

static int make_wish(struct ctl *ctl, struct tier_auto_wish *wish)
{
	uint64_t rate = 0, cold = 0, interval = 0;

	*wish = (struct tier_auto_wish){ .size = sizeof(*wish),
					 .action = TIER_AUTO_START,
					 .fast = options.fast,
					 .slow = options.slow };
	if (!parse_means(options.by, &wish->means))
		return usage(ctl, options.by, "expected damon, kernel or both");
	if (!parse_count(options.rate, UINT32_MAX, &rate))
		return usage(ctl, options.rate, "expected MiB per second, 1 or more");
	if (!parse_count(options.cold_after, UINT32_MAX, &cold))
		return usage(ctl, options.cold_after, "expected seconds, 1 or more");
	if (!parse_count(options.interval, UINT32_MAX, &interval))
		return usage(ctl, options.interval, "expected milliseconds, 20 or more");
	wish->rate_bytes_per_sec = rate << 20;
	wish->cold_s = (uint32_t)cold;
	wish->interval_ms = (uint32_t)interval;
	return STATUS_DONE;
}

static const char *const actions[] = { "plan", "start", "status", "stop" };

static int auto_check(struct ctl *ctl, char **operands)
{
	const bool starts = !strcmp(operands[0], "plan") || !strcmp(operands[0], "start");
	struct tier_auto_wish wish;
	bool known = false;

	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		known = known || !strcmp(actions[i], operands[0]);
	if (!known)
		return usage(ctl, operands[0], "expected plan, start, status or stop");
	if (!starts && (options.by || options.fast || options.slow || options.rate ||
			options.cold_after || options.interval))
		return usage(ctl, operands[0],
			     "takes none of the options of start; they are in force "
			     "until stop");
	if (!strcmp(operands[0], "status") && options.dry_run)
		return usage(ctl, "--dry-run", "status changes nothing");
	if (!options.fast != !options.slow)
		return usage(ctl, NULL, "--fast and --slow go together");
	return make_wish(ctl, &wish);
}

/* ---- doing it ------------------------------------------------------------------------- */

/* *none: there is nothing to stop, which is what was wanted. */
static int resolve(struct change *change, const struct tier_auto_wish *wish, bool *none)
{
	struct ctl *ctl = change->ctl;
	const struct fault fault = { 0, "auto", change->asked };
	struct tier_diag diag = { 0 };
	int ret = tier_auto_resolve(ctl->ctx, ctl->topology, wish, &change->plan, &diag);

	*none = wish->action == TIER_AUTO_STOP && ret == -ENOENT;
	return ret && !*none ? ctl_fail(ctl, &fault, ret, &diag) : STATUS_DONE;
}

static void tell(const struct change *change)
{
	if (change->ctl->globals.json)
		auto_plan_json(change);
	else
		auto_plan_print(change);
}

static int carry_out(struct change *change, const struct tier_auto_wish *wish)
{
	int status = change_check(change);
	bool none = false;

	if (!status)
		status = resolve(change, wish, &none);
	if (!status && !none)
		status = change_apply(change);
	if (!status)
		tell(change);
	change_free(change);
	return status;
}

static int auto_run(struct ctl *ctl, char **operands)
{
	struct change change = { .ctl = ctl,
				 .is_dry = options.dry_run,
				 .asked = operands[0] };
	struct tier_auto_wish wish;
	int status = make_wish(ctl, &wish);

	if (status)
		return status;
	if (!strcmp(operands[0], "status"))
		return auto_status(ctl);
	if (!strcmp(operands[0], "plan"))
		change.is_dry = true;
	if (!strcmp(operands[0], "stop"))
		wish.action = TIER_AUTO_STOP;
	return carry_out(&change, &wish);
}

static const struct operand_words auto_words[] = {
	{ "auto", "plan start status stop" },
	{ 0 },
};

const struct cmd cmd_auto = {
	.name = "auto",
	.summary = "have hot pages promoted and cold ones demoted until it is stopped",
	.usage = "plan|start [--by damon|kernel|both] [--fast SEL --slow SEL] [--rate MIB] "
		 "[--cold-after SECONDS] [--interval MS] [--dry-run] [--json] | status "
		 "[--json] [--bytes] | stop [--dry-run] [--json]",
	.about = "DAMON (Linux 6.11) watches each node and moves its hot pages to a faster "
		 "node and its cold ones to a slower, beside the kernel's own demotion and "
		 "promotion. stop puts back exactly what was there. Kdamonds of other "
		 "programs are never touched.",
	.operands = "ACTION",
	.operand_words = auto_words,
	.opts = auto_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_CHEAP | CMD_JSON | CMD_BYTES,
	.operands_min = 1,
	.operands_max = 1,
	.check = auto_check,
	.run = auto_run,
	.examples = {
		{ "tierctl auto plan", "What would be written, and why." },
		{ "tierctl auto start --rate 100", "Both ways, at most 100 MiB per second." },
		{ "tierctl auto status", "What runs, and how much it has moved." },
		{ "tierctl auto stop", "Put everything back." },
	},
};
