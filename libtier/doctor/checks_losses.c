// SPDX-License-Identifier: LGPL-2.1-or-later
// Checks of memory that devices have and nodes do not give. The notes of the model are
// the evidence; here stands what comes of it, and the commands.
#include <string.h>

#include "exam.h"
#include "losses.h"

/* What is said of each device that has lost something so. */
struct loss_check {
	enum tier_loss loss;
	const char *note; /* of the model, one for each device */
	const char *fine; /* what to say when no device has */
	enum tier_health health;
	const char *consequence;
	const char *advice;
	/* The command, or NULL. */
	const char *(*mend)(struct exam *exam, const struct dax_fact *dax);
};

static const struct dax_fact *next_loser(const struct exam *exam, enum tier_loss loss,
					 size_t *at)
{
	const struct tier_topology *t = exam->in.t;

	while (*at < t->n_dax) {
		size_t i = (*at)++;

		if (loss_of_device(&t->facts.dax[i], loss).value &&
		    t->dax[i].target_node >= 0)
			return &t->facts.dax[i];
	}
	return NULL;
}

/* The model has one note for each such device, in the order of the devices. */
static void say_losers(struct exam *exam, const struct loss_check *check)
{
	const struct tier_topology *t = exam->in.t;
	size_t at = 0;

	for (size_t i = 0; i < t->n_notes; i++) {
		const struct dax_fact *dax;

		if (strcmp(t->notes[i].id, check->note) != 0)
			continue;
		dax = next_loser(exam, check->loss, &at);
		exam_say(exam,
			 &(struct tier_finding){
				 .health = check->health,
				 .nodes = t->notes[i].nodes,
				 .evidence = t->notes[i].text,
				 .consequence = check->consequence,
				 .mend = check->mend && dax ? check->mend(exam, dax) :
							      NULL,
				 .advice = check->advice,
			 });
	}
}

/* Devices that are memory and do not tell of this loss. */
static const char *silent_devices(struct exam *exam, enum tier_loss loss, size_t *bound)
{
	const struct tier_topology *t = exam->in.t;
	const char *names = "";

	for (size_t i = 0; i < t->n_dax; i++) {
		if (t->dax[i].mode != TIER_DAX_SYSTEM_RAM)
			continue;
		(*bound)++;
		if (!loss_of_device(&t->facts.dax[i], loss).known)
			names = exam_text(exam, "%s%s%s", names, *names ? " " : "",
					  t->dax[i].name);
	}
	return names;
}

static void check_loss(struct exam *exam, const struct loss_check *check)
{
	const size_t before = exam->count;
	size_t bound = 0;
	const char *silent = silent_devices(exam, check->loss, &bound);

	if (!bound)
		return exam_not_applicable(exam, "no dax device is memory");
	say_losers(exam, check);
	if (*silent)
		exam_unknown(exam,
			     exam_text(exam,
				       "not known of %s: only tierkit's kmem driver "
				       "tells it, in files that can be read",
				       silent));
	else if (exam->count == before)
		exam_ok(exam, check->fine);
}

/* ---- the losses -------------------------------------------------------------------------- */

void check_alignment(struct exam *exam)
{
	static const struct loss_check check = {
		.loss = TIER_LOSS_ALIGNMENT,
		.note = "lost-to-alignment",
		.fine = "nothing is lost to alignment",
		.health = TIER_HEALTH_NOTE,
		.consequence = "this much of the device is never used",
		.advice = "only a device whose start and size are multiples of a memory "
			  "block loses nothing: ndctl create-namespace --align and "
			  "--size",
	};

	check_loss(exam, &check);
}

static const char *clear_skipped(struct exam *exam, const struct dax_fact *dax)
{
	return exam_text(exam, "echo all > /sys/bus/dax/devices/%s/kmem/clear_skipped",
			 dax->name);
}

void check_bad_blocks(struct exam *exam)
{
	static const struct loss_check check = {
		.loss = TIER_LOSS_BAD_BLOCKS,
		.note = "skipped-bad-blocks",
		.fine = "nothing is skipped for bad blocks",
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "whole memory blocks are missing from the node",
		.advice = "what the medium held there is lost by it; not every NVDIMM "
			  "can, then the write fails and nothing changes",
		.mend = clear_skipped,
	};

	check_loss(exam, &check);
}

void check_not_added(struct exam *exam)
{
	static const struct loss_check check = {
		.loss = TIER_LOSS_FAILED,
		.note = "not-added",
		.fine = "the kernel added all that it was given",
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "memory blocks are missing from the node",
		.advice = "no command mends it before its reason is known: dmesg | grep "
			  "-i -e kmem -e 'add_memory'",
	};

	check_loss(exam, &check);
}

/* "region0" of ".../ndbus0/region0/dax0.0/dax0.0"; its length, 0: none. */
static int find_region(const struct dax_fact *dax, const char **region)
{
	const char *bus = dax->path ? strstr(dax->path, "/ndbus") : NULL;

	*region = bus ? strstr(bus, "/region") : NULL;
	if (!*region)
		return 0;
	(*region)++;
	return (int)strcspn(*region, "/");
}

static const char *clear_poison(struct exam *exam, const struct dax_fact *dax)
{
	const char *region;
	int len = find_region(dax, &region);

	if (!len)
		return NULL;
	return exam_text(exam,
			 "tierctl dax use-as-device %s && ndctl clear-errors -r %.*s all "
			 "&& tierctl dax use-as-ram %s",
			 dax->name, len, region, dax->name);
}

void check_poison(struct exam *exam)
{
	static const struct loss_check check = {
		.loss = TIER_LOSS_POISON,
		.note = "poisoned",
		.fine = "no page is known to be poisoned",
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "a program that reads what was there is killed",
		.advice = "what is on the node must find room elsewhere meanwhile; ndctl "
			  "does not always say that clearing failed, so look again",
		.mend = clear_poison,
	};

	check_loss(exam, &check);
}

/* ---- what no device tells ------------------------------------------------------------------ */

void check_memory_failures(struct exam *exam)
{
	static const struct tier_finding failed = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "memory is failing: more of it may follow",
		.advice = "no command mends hardware; dmesg | grep -i 'memory failure' "
			  "says where, and the count goes back at the next boot only",
	};
	const struct facts *facts = &exam->in.t->facts;

	if (exam_notes(exam, "memory-failures", &failed))
		return;
	for (size_t i = 0; i < facts->n_nodes; i++)
		if (facts->nodes[i].failures.known)
			return exam_ok(exam, "none but those the devices tell of");
	exam_unknown(exam, "this kernel does not count them by node (Linux 6.3)");
}

/* The device that is bound to no driver, if it is the only one; NULL. */
static const char *only_unbound(const struct exam *exam)
{
	const struct tier_topology *t = exam->in.t;
	const char *name = NULL;

	for (size_t i = 0; i < t->n_dax; i++) {
		if (t->dax[i].mode == TIER_DAX_SYSTEM_RAM)
			continue;
		if (name)
			return NULL;
		name = t->dax[i].name;
	}
	return name;
}

void check_left_behind(struct exam *exam)
{
	const char *name = only_unbound(exam);
	struct tier_finding left = {
		.health = TIER_HEALTH_PROBLEM,
		.consequence = "it cannot be taken offline any more, and if the device "
			       "is used otherwise, two write to the same place",
		.mend = name ? exam_text(exam, "tierctl dax use-as-ram %s", name) : NULL,
		.advice = "bind the device to kmem again, and to nothing else; it then "
			  "takes its memory back",
	};

	if (exam_notes(exam, "left-behind", &left))
		return;
	if (!exam->in.t->facts.left_behind.known)
		return exam_not_applicable(exam, "tierkit's kmem driver is not loaded");
	exam_ok(exam, "no memory is without its device");
}
