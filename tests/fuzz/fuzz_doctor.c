// SPDX-License-Identifier: GPL-2.0-or-later
// The doctor on any machine: each check says something, and what is wrong has a
// consequence and a way out.
#include "exam.h"
#include "fuzz.h"

static void look_at(const struct tier_finding *finding)
{
	bool is_wrong = finding->health == TIER_HEALTH_PROBLEM ||
			finding->health == TIER_HEALTH_NOTE;

	MUST(*finding->evidence && *finding->title && *finding->see);
	MUST(is_wrong == !!*finding->consequence);
	MUST(is_wrong == (*finding->mend || *finding->advice));
	/* A command is one line. */
	MUST(!strchr(finding->mend, '\n'));
}

static void examine(struct root *root, const struct tier_topology *t)
{
	struct symptoms symptoms;
	struct switches switches;
	const struct exam_input input = { .t = t,
					  .symptoms = &symptoms,
					  .switches = &switches };
	struct tier_nodeset nodes;
	struct exam exam;
	size_t at = 0;

	tier_topology_nodes(t, &nodes);
	MUST(!switches_read(root, &nodes, &switches));
	MUST(!symptoms_read(root, NULL, &symptoms));
	MUST(!exam_run(&exam, &input));
	for (size_t i = 0; check_get(i); i++) {
		const size_t first = at;

		while (at < exam.count &&
		       !strcmp(exam.findings[at].check, check_get(i)->info.name))
			look_at(&exam.findings[at++]);
		MUST(at > first);
	}
	MUST(at == exam.count);
	exam_free(&exam);
	symptoms_free(&symptoms);
	switches_free(&switches);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct topology_source source = { 0 };
	struct tier_topology *t = NULL;

	if (root_capture_parse((const char *)data, size, &source.root, NULL))
		return 0;
	if (!topology_read(&source, &t, NULL)) {
		examine(source.root, t);
		tier_topology_unref(t);
	}
	root_close(source.root);
	return 0;
}
