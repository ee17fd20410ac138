// SPDX-License-Identifier: LGPL-2.1-or-later
// What all checks share: looking at the machine and saying what was found. Knows no
// check by name.
#include "exam.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* ---- saying ------------------------------------------------------------------------- */

const char *exam_text(struct exam *exam, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len >= 0)
		text = arena_alloc(&exam->arena, (size_t)len + 1);
	if (!text) {
		exam->error = -ENOMEM;
		return "";
	}
	va_start(args, format);
	vsnprintf(text, (size_t)len + 1, format, args);
	va_end(args);
	return text;
}

const char *exam_nodes(struct exam *exam, const struct tier_nodeset *nodes)
{
	char list[64];

	return exam_text(exam, "%s", nodeset_brief(nodes, list, sizeof(list)));
}

const char *exam_node_list(struct exam *exam, const struct tier_nodeset *nodes)
{
	size_t size = (size_t)tier_nodeset_format(nodes, NULL, 0) + 1;
	char *list = arena_alloc(&exam->arena, size);

	if (!list) {
		exam->error = -ENOMEM;
		return "";
	}
	(void)tier_nodeset_format(nodes, list, size);
	return list;
}

static const char *or_nothing(const char *text)
{
	return text ? text : "";
}

void exam_say(struct exam *exam, const struct tier_finding *finding)
{
	struct tier_finding *findings =
		arena_grow(&exam->arena, exam->findings, exam->count, sizeof(*findings));

	if (!findings) {
		exam->error = -ENOMEM;
		return;
	}
	exam->findings = findings;
	findings += exam->count++;
	*findings = *finding;
	findings->check = exam->check.name;
	findings->title = exam->check.title;
	findings->see = exam->check.see;
	findings->evidence = or_nothing(finding->evidence);
	findings->consequence = or_nothing(finding->consequence);
	findings->mend = or_nothing(finding->mend);
	findings->advice = or_nothing(finding->advice);
}

static void say_bare(struct exam *exam, enum tier_health health, const char *evidence)
{
	exam_say(exam, &(struct tier_finding){ .health = health, .evidence = evidence });
}

void exam_ok(struct exam *exam, const char *evidence)
{
	say_bare(exam, TIER_HEALTH_OK, evidence);
}

void exam_unknown(struct exam *exam, const char *why)
{
	say_bare(exam, TIER_HEALTH_UNKNOWN, why);
}

void exam_not_applicable(struct exam *exam, const char *why)
{
	say_bare(exam, TIER_HEALTH_NOT_APPLICABLE, why);
}

int exam_notes(struct exam *exam, const char *id, const struct tier_finding *like)
{
	const struct tier_topology *t = exam->in.t;
	int count = 0;

	for (size_t i = 0; i < t->n_notes; i++) {
		struct tier_finding finding = *like;

		if (strcmp(t->notes[i].id, id) != 0)
			continue;
		finding.evidence = t->notes[i].text;
		finding.nodes = t->notes[i].nodes;
		exam_say(exam, &finding);
		count++;
	}
	return count;
}

const struct tier_note *exam_note(const struct exam *exam, const char *id)
{
	const struct tier_topology *t = exam->in.t;

	for (size_t i = 0; i < t->n_notes; i++)
		if (!strcmp(t->notes[i].id, id))
			return &t->notes[i];
	return NULL;
}

/* ---- looking ------------------------------------------------------------------------- */

struct tier_nodeset exam_memory(const struct exam *exam)
{
	const struct tier_topology *t = exam->in.t;
	struct tier_nodeset memory = { 0 };

	for (size_t i = 0; i < t->n_nodes; i++)
		if (t->nodes[i].flags & TIER_NODE_HAS_MEMORY &&
		    t->nodes[i].kind != TIER_KIND_GPU)
			(void)tier_nodeset_add(&memory, t->nodes[i].node);
	return memory;
}

int exam_kernel_tiers(const struct exam *exam)
{
	const struct facts *facts = &exam->in.t->facts;
	struct tier_nodeset memory = exam_memory(exam);
	int count = 0;

	for (size_t i = 0; i < facts->n_tiers; i++) {
		struct tier_nodeset nodes = nodeset_and(&facts->tiers[i].nodes, &memory);

		count += !nodeset_is_empty(&nodes);
	}
	return count;
}

const char *exam_kernel_tiers_text(struct exam *exam)
{
	const struct facts *facts = &exam->in.t->facts;
	const char *text = "";

	for (size_t i = 0; i < facts->n_tiers; i++)
		text = exam_text(exam, "%s%s%u: node %s", text, *text ? ", " : "",
				 facts->tiers[i].id,
				 exam_nodes(exam, &facts->tiers[i].nodes));
	return text;
}

bool exam_has_tiers(const struct exam *exam)
{
	return exam->in.t->n_tiers > 1;
}

bool exam_lacks_tiers(struct exam *exam)
{
	struct tier_nodeset unranked = exam_memory(exam);

	if (exam_has_tiers(exam))
		return false;
	for (size_t i = 0; i < exam->in.t->n_tiers; i++)
		unranked = nodeset_minus(&unranked, &exam->in.t->tiers[i].nodes);
	if (nodeset_is_empty(&unranked))
		exam_not_applicable(exam, "all memory is of one tier");
	else
		exam_unknown(exam, exam_text(exam,
					     "how fast node %s is, is not known: "
					     "see figures",
					     exam_nodes(exam, &unranked)));
	return true;
}

struct tier_kernel_info exam_kernel(const struct exam *exam)
{
	struct tier_kernel_info kernel;

	tier_kernel_get(exam->in.t, &kernel, sizeof(kernel));
	return kernel;
}

/* ---- the run ------------------------------------------------------------------------- */

int exam_run(struct exam *exam, const struct exam_input *input)
{
	const struct check *check;

	*exam = (struct exam){ .in = *input };
	for (size_t i = 0; !exam->error && (check = check_get(i)); i++) {
		exam->check = check->info;
		check->examine(exam);
	}
	return exam->error;
}

void exam_free(struct exam *exam)
{
	arena_free(&exam->arena);
	*exam = (struct exam){ 0 };
}
