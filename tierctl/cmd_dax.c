// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl dax: make memory of dax devices, and devices of memory. How is libtier's affair.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "change.h"
#include "cmd.h"
#include "cmds.h"
#include "dax.h"
#include "json.h"
#include "parse.h"

static struct {
	const char *zone;
	bool no_online;
	bool dry_run;
	bool yes;
	bool persist;
	const char *timeout;
} options;

#define HERE(field) .offset = offsetof(typeof(options), field)

/* As long as a block may take to go offline at most: a day. */
#define TIMEOUT_MAX 86400

enum { ZONE = 1 };

static const struct opt dax_opts[] = {
	{ "zone", "ZONE", "where blocks come online: movable (as if not given) or normal",
	  HERE(zone), OPT_WORDS_ZONE, ZONE, 0 },
	{ "no-online", NULL, "use as RAM, and leave its blocks offline", HERE(no_online),
	  0, ZONE, 0 },
	{ "timeout", "SECONDS", "as long may one block take to go offline; 30",
	  HERE(timeout), 0, 0, 0 },
	{ "persist", NULL, "also at the next boot, through daxctl's configuration",
	  HERE(persist), 0, 0, 0 },
	{ "yes", NULL, "what lies on the devices may be destroyed; ask nothing",
	  HERE(yes), 0, 0, 0 },
	{ "dry-run", NULL, CHANGE_DRY_RUN_HELP, HERE(dry_run), 0, 0, 0 },
	{ 0 },
};

/* What takes what. */
enum takes {
	TAKES_ZONE = 1 << 0,
	TAKES_RAM = 1 << 1, /* --no-online, --yes */
	TAKES_TIMEOUT = 1 << 2,
	TAKES_PERSIST = 1 << 3,
	TAKES_CHANGE = 1 << 4, /* --dry-run, and devices */
};

static const struct action {
	const char *name;
	enum tier_dax_action action;
	unsigned int takes;
} actions[] = {
	{ "list", TIER_DAX_NO_ACTION, 0 },
	{ "online", TIER_DAX_ONLINE, TAKES_CHANGE | TAKES_ZONE | TAKES_TIMEOUT },
	{ "offline", TIER_DAX_OFFLINE, TAKES_CHANGE | TAKES_TIMEOUT },
	{ "use-as-ram", TIER_DAX_USE_AS_RAM,
	  TAKES_CHANGE | TAKES_ZONE | TAKES_RAM | TAKES_PERSIST | TAKES_TIMEOUT },
	{ "use-as-device", TIER_DAX_USE_AS_DEVICE,
	  TAKES_CHANGE | TAKES_TIMEOUT | TAKES_PERSIST },
};

/* ---- what is asked ------------------------------------------------------------------ */

static int usage(struct ctl *ctl, const char *what, const char *why)
{
	const struct fault fault = { STATUS_USAGE, "dax", what };

	return err_say(ctl, &fault, "%s", why);
}

static const struct action *find_action(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (!strcmp(actions[i].name, name))
			return &actions[i];
	return NULL;
}

static int check_options(struct ctl *ctl, const struct action *action)
{
	const struct {
		bool given;
		unsigned int taken;
		const char *name;
	} given[] = {
		{ options.zone != NULL, TAKES_ZONE, "--zone" },
		{ options.no_online, TAKES_RAM, "--no-online" },
		{ options.yes, TAKES_RAM, "--yes" },
		{ options.timeout != NULL, TAKES_TIMEOUT, "--timeout" },
		{ options.persist, TAKES_PERSIST, "--persist" },
		{ options.dry_run, TAKES_CHANGE, "--dry-run" },
	};
	char why[64];

	snprintf(why, sizeof(why), "dax %s does not take it", action->name);
	for (size_t i = 0; i < ARRAY_SIZE(given); i++)
		if (given[i].given && !(action->takes & given[i].taken))
			return usage(ctl, given[i].name, why);
	return STATUS_DONE;
}

static int parse_timeout(uint32_t *seconds)
{
	uint64_t value = 0;

	if (options.timeout &&
	    (parse_u64(options.timeout, &value) || !value || value > TIMEOUT_MAX))
		return -EINVAL;
	*seconds = (uint32_t)value;
	return 0;
}

static int dax_check(struct ctl *ctl, char **operands)
{
	const struct action *action = find_action(operands[0]);
	uint32_t seconds;
	int status;

	if (!action)
		return usage(ctl, operands[0],
			     "expected list, online, offline, use-as-ram or "
			     "use-as-device");
	status = check_options(ctl, action);
	if (status)
		return status;
	if (action->takes & TAKES_CHANGE && !operands[1])
		return usage(ctl, action->name,
			     "which device? 'tierctl dax list' shows them");
	if (options.zone && strcmp(options.zone, "movable") &&
	    strcmp(options.zone, "normal"))
		return usage(ctl, options.zone, "expected movable or normal");
	if (parse_timeout(&seconds))
		return usage(ctl, options.timeout, "expected seconds, 1 to 86400");
	return STATUS_DONE;
}

/* ---- changing ------------------------------------------------------------------------ */

struct dax_change {
	struct change change;
	struct tier_dax_wish wish;
	struct dax_persist persist;
};

static void make_wish(struct tier_dax_wish *wish, const struct action *action,
		      char **devices)
{
	*wish = (struct tier_dax_wish){
		.size = sizeof(*wish),
		.action = action->action,
		.devices = (const char *const *)devices,
	};
	while (devices[wish->n_devices])
		wish->n_devices++;
	if (options.zone && !strcmp(options.zone, "normal"))
		wish->flags |= TIER_DAX_ZONE_NORMAL;
	if (options.no_online)
		wish->flags |= TIER_DAX_NO_ONLINE;
	if (options.yes)
		wish->flags |= TIER_DAX_DESTROY;
	(void)parse_timeout(&wish->limit_seconds);
}

static int resolve(struct dax_change *dax)
{
	struct ctl *ctl = dax->change.ctl;
	const struct fault fault = { 0, "dax", dax->change.asked };
	struct tier_diag diag = { 0 };
	int ret;

	tier_plan_free(dax->change.plan);
	dax->change.plan = NULL;
	ret = tier_dax_resolve(ctl->ctx, ctl->topology, &dax->wish, &dax->change.plan,
			       &diag);
	return ret ? ctl_fail(ctl, &fault, ret, &diag) : STATUS_DONE;
}

/* On a terminal, and only about data. */
static bool asks(const struct dax_change *dax)
{
	char answer[16] = "";
	struct tier_step step;

	if (dax->change.is_dry || dax->change.ctl->globals.json ||
	    !isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return false;
	for (unsigned int i = 0;
	     !tier_plan_step(dax->change.plan, i, &step, sizeof(step)); i++)
		if (step.kind == TIER_STEP_OBSTACLE)
			err_note(step.device,
				 "it is persistent memory, and what lies on it "
				 "will be lost");
	err_block("Go on? [y/N] ", 13);
	return fgets(answer, sizeof(answer), stdin) && (*answer == 'y' || *answer == 'Y');
}

static int say_obstacles(const struct dax_change *dax)
{
	struct ctl *ctl = dax->change.ctl;
	struct tier_step step;
	int status = STATUS_DONE;

	for (unsigned int i = 0;
	     !tier_plan_step(dax->change.plan, i, &step, sizeof(step)); i++) {
		const struct fault fault = { STATUS_CONFLICT, "dax", step.device };

		if (step.kind == TIER_STEP_OBSTACLE)
			status = err_say(ctl, &fault, "%s", step.why);
	}
	return status;
}

static int overcome(struct dax_change *dax)
{
	bool destroys;

	if (!dax_obstacles(dax->change.plan, &destroys))
		return STATUS_DONE;
	if (!destroys || !asks(dax))
		return say_obstacles(dax);
	dax->wish.flags |= TIER_DAX_DESTROY;
	return resolve(dax);
}

static int tell(struct dax_change *dax)
{
	struct ctl *ctl = dax->change.ctl;
	struct json_object *document, *list;

	if (!ctl->globals.json) {
		change_print(&dax->change);
		dax->persist.is_done = dax->change.is_done;
		return options.persist ? dax_persist_print(&dax->persist) : STATUS_DONE;
	}
	document = js_document(&ctl->out);
	change_json(&dax->change, document);
	list = js_list(&ctl->out, document, "devices");
	for (uint32_t i = 0; i < dax->wish.n_devices; i++)
		dax_device_json(ctl, js_item(&ctl->out, list), dax->wish.devices[i]);
	js_bool(&ctl->out, document, "persist", options.persist);
	js_finish(&ctl->out, document, &ctl->errors);
	return STATUS_DONE;
}

static int carry_out(struct dax_change *dax)
{
	int status = change_check(&dax->change);

	if (!status && options.persist)
		status = dax_persist_check(&dax->persist);
	if (!status)
		status = resolve(dax);
	if (status)
		return status;
	status = overcome(dax);
	/* A preview with conflicts is shown all the same. */
	if (status && !dax->change.is_dry)
		return status;
	if (!status)
		status = change_apply(&dax->change);
	/* What is told of the devices is what they are now. */
	if (!status && dax->change.is_done)
		status = ctl_ask_hwloc(dax->change.ctl);
	if (!status && options.persist && !dax->change.is_dry)
		status = dax_persist_write(&dax->persist);
	if (!status || status == STATUS_CONFLICT) {
		int told = dax->change.is_dry || !status ? tell(dax) : STATUS_DONE;

		status = status ? status : told;
	}
	return status;
}

/* "use-as-ram dax0.0 dax1.0" */
static int write_asked(char **operands, struct strbuf *asked)
{
	int ret = 0;

	for (size_t i = 0; !ret && operands[i]; i++)
		ret = strbuf_printf(asked, "%s%s", i ? " " : "", operands[i]);
	return ret;
}

static int dax_run(struct ctl *ctl, char **operands)
{
	const struct action *action = find_action(operands[0]);
	SCOPED_STRBUF struct strbuf asked = { 0 };
	const struct fault fault = { 0, "dax", NULL };
	struct dax_change dax = {
		.change = { .ctl = ctl, .is_dry = options.dry_run, .words = &dax_words }
	};
	int ret, status;

	/* What is no action was refused before. */
	if (!action || !(action->takes & TAKES_CHANGE))
		return dax_list(ctl, operands + 1);
	ret = write_asked(operands, &asked);
	if (ret)
		return ctl_fail(ctl, &fault, ret, NULL);
	dax.change.asked = strbuf_text(&asked);
	make_wish(&dax.wish, action, operands + 1);
	dax.persist = (struct dax_persist){
		.ctl = ctl,
		.devices = operands + 1,
		.is_ram = action->action == TIER_DAX_USE_AS_RAM,
		.online = !options.no_online,
		.movable = !(dax.wish.flags & TIER_DAX_ZONE_NORMAL),
	};
	status = carry_out(&dax);
	change_free(&dax.change);
	return status;
}

static const struct operand_words dax_operands[] = {
	{ "dax", "list online offline use-as-ram use-as-device" },
	{ NULL, "_tierctl_devices" },
	{ 0 },
};

const struct cmd cmd_dax = {
	.name = "dax",
	.summary = "make memory of dax devices (pmem, CXL, HBM), and devices of memory",
	.usage = "list [DEVICE...] | online|offline|use-as-ram|use-as-device DEVICE... "
		 "[--zone movable|normal | --no-online] [--timeout SECONDS] [--persist] "
		 "[--yes] [--dry-run] [--json]",
	.about = "A dax device is a range of memory that programs map (device) or that the "
		 "kernel manages as a node (RAM). A change is done as a whole or undone; "
		 "--dry-run shows what it takes, what it costs and what stands in its way.",
	.operands = "ACTION",
	.operand_words = dax_operands,
	.opts = dax_opts,
	.values = &options,
	.flags = CMD_NEEDS_TOPOLOGY | CMD_JSON | CMD_BYTES,
	.operands_min = 1,
	.operands_max = -1,
	.check = dax_check,
	.run = dax_run,
	.examples = {
		{ "tierctl dax list", "Which devices are there, and what of them is memory?" },
		{ "tierctl dax use-as-ram dax0.0 --dry-run",
		  "What would be done, and what would it cost?" },
		{ "tierctl dax use-as-ram dax0.0 --persist",
		  "Memory of its own node, now and after the next boot." },
		{ "tierctl dax use-as-device dax0.0", "Back to a device that programs map." },
	},
};
