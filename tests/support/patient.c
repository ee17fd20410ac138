// SPDX-License-Identifier: GPL-2.0-or-later
// Reads a machine and has it examined. Knows no check.
#include "patient.h"

#include "unit.h"

void patient_examine(struct patient *patient)
{
	const struct exam_input input = { .t = patient->machine.t,
					  .symptoms = &patient->symptoms,
					  .switches = &patient->switches };

	exam_free(&patient->exam);
	assert_int_equal(exam_run(&patient->exam, &input), 0);
}

void patient_admit(struct patient *patient, const char *machine,
		   const struct test_file *files, const char *node_words)
{
	patient_admit_root(patient, patched_root(fixture_root(machine), files),
			   node_words);
}

void patient_admit_root(struct patient *patient, struct root *root,
			const char *node_words)
{
	struct tier_nodeset nodes;

	*patient = (struct patient){ 0 };
	patient->machine = machine_of_root(root, node_words);
	tier_topology_nodes(patient->machine.t, &nodes);
	assert_int_equal(symptoms_read(root, NULL, &patient->symptoms), 0);
	assert_int_equal(switches_read(root, &nodes, &patient->switches), 0);
	patient_examine(patient);
}

void patient_release(struct patient *patient)
{
	exam_free(&patient->exam);
	switches_free(&patient->switches);
	symptoms_free(&patient->symptoms);
	machine_close(&patient->machine);
}
