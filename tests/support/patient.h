/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine on which the doctor's checks were done; nothing of this process is in it. */
#ifndef PATIENT_H
#define PATIENT_H

#include "exam.h"
#include "machine.h"

/* A test may change what was read, and examine again. */
struct patient {
	struct machine machine;
	struct symptoms symptoms;
	struct switches switches;
	struct exam exam;
};

/* A fixture with some of its files replaced. */
void patient_admit(struct patient *patient, const char *machine,
		   const struct test_file *files, const char *node_words);
/* Takes the root. */
void patient_admit_root(struct patient *patient, struct root *root,
			const char *node_words);
void patient_examine(struct patient *patient);
void patient_release(struct patient *patient);

#endif
