// SPDX-License-Identifier: GPL-2.0-or-later
// tierctl check: does what was found contradict itself, and what should one know of it?
#include "cmd.h"
#include "cmds.h"
#include "json.h"
#include "notes.h"

static void print_json(struct ctl *ctl, int broken, const struct tier_diag *diag)
{
	struct out *out = &ctl->out;
	struct json_object *document = js_document(out);

	js_bool(out, document, "sound", broken == 0);
	js_number(out, document, "broken", (uint64_t)broken);
	js_text(out, document, "first", broken ? diag->message : NULL);
	notes_json(out, document, ctl->topology);
	js_finish(out, document, &ctl->errors);
}

static void print_text(struct ctl *ctl)
{
	struct tier_nodeset nodes;
	int tiers = tier_count(ctl->topology), count;

	tier_topology_nodes(ctl->topology, &nodes);
	count = tier_nodeset_count(&nodes);
	out_text(&ctl->out, "Sound: %d node%s in %d tier%s, no contradiction.\n", count,
		 count == 1 ? "" : "s", tiers, tiers == 1 ? "" : "s");
	notes_print(&ctl->out, ctl->topology);
}

static int check_run(struct ctl *ctl, char **operands)
{
	const struct fault fault = { STATUS_FAILED, "check", NULL };
	struct tier_diag diag = { 0 };
	int broken = tier_topology_check(ctl->topology, &diag);
	int status = STATUS_DONE;

	(void)operands;
	if (broken)
		status = err_say(ctl, &fault, "%d invariant%s broken, first: %s", broken,
				 broken == 1 ? " is" : "s are", diag.message);
	if (ctl->globals.json)
		print_json(ctl, broken, &diag);
	else if (!broken)
		print_text(ctl);
	return status;
}

const struct cmd cmd_check = {
	.name = "check",
	.summary = "verify that the picture of the machine is consistent",
	.usage = "[--json]",
	.about = "Ends with 0 when nothing contradicts itself and with 1 when something does. "
		 "Notes are facts worth knowing and change nothing about that.",
	.flags = CMD_NEEDS_TOPOLOGY | CMD_JSON,
	.run = check_run,
	.examples = {
		{ "tierctl check", "Is the picture of this machine consistent?" },
		{ "tierctl --root customer.capture check", "The same for another machine." },
		{ "tierctl check --json", "The notes with their stable names, for a monitor." },
	},
};
