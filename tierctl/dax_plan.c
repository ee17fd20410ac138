// SPDX-License-Identifier: GPL-2.0-or-later
// A plan for dax devices as people and programs read it. Decides nothing.
#include <string.h>

#include "change.h"
#include "cmd.h"
#include "dax.h"
#include "json.h"

static const struct step_words words_of[] = {
	{ TIER_STEP_OBSTACLE, "refused", "refused", "obstacle" },
	{ TIER_STEP_MODULE, "load", "loaded", "module" },
	{ TIER_STEP_MEANWHILE, "turn", "turned", "meanwhile" },
	{ TIER_STEP_DRIVER, "bind", "bound", "driver" },
	{ TIER_STEP_BLOCKS, "change", "changed", "blocks" },
};

static const struct step_words *find_words(enum tier_step_kind kind)
{
	return step_words(words_of, ARRAY_SIZE(words_of), kind);
}

static const char *driver_text(const char *driver)
{
	return *driver ? driver : "no driver";
}

static void print_step(struct out *out, const struct tier_step *step, bool is_done)
{
	const struct step_words *words = find_words(step->kind);
	char line[512];

	switch (step->kind) {
	case TIER_STEP_OBSTACLE:
		snprintf(line, sizeof(line), "%s: %s", step->device, step->why);
		break;
	case TIER_STEP_MODULE:
		snprintf(line, sizeof(line), "module %s (%s)", step->wants, step->file);
		break;
	case TIER_STEP_DRIVER:
		snprintf(line, sizeof(line), "%s: %s -> %s", step->device,
			 driver_text(step->has), step->wants);
		break;
	case TIER_STEP_BLOCKS:
		snprintf(line, sizeof(line), "%s: %s -> %s", step->device, step->file,
			 step->wants);
		break;
	default:
		snprintf(line, sizeof(line), "%s: %s -> %s", step->file,
			 step->has ? step->has : "-", step->wants);
		break;
	}
	if (step->kind == TIER_STEP_OBSTACLE) {
		out_wrapped(out, "refused ", line);
		return;
	}
	out_text(out, "%-8s%s\n", is_done ? words->did : words->shall, line);
	out_wrapped(out, "        ", step->why);
}

static void json_step(struct out *out, struct json_object *entry,
		      const struct tier_step *step)
{
	js_text(out, entry, "kind", find_words(step->kind)->name);
	js_text(out, entry, "device", step->device);
}

const struct change_words dax_words = { .print = print_step, .json = json_step };

int dax_obstacles(const struct tier_plan *plan, bool *destroys)
{
	struct tier_step step;
	int count = 0, data = 0;

	for (unsigned int i = 0; !tier_plan_step(plan, i, &step, sizeof(step)); i++) {
		if (step.kind != TIER_STEP_OBSTACLE)
			continue;
		count++;
		data += step.wants != NULL;
	}
	*destroys = count && data == count;
	return count;
}
