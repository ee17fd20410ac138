// SPDX-License-Identifier: GPL-2.0-or-later
// Which loops there are, and which kinds of traffic they make.
#include "kernels.h"

#include <string.h>

#include "kernel_sets.h"

#define FORMS_OF(sets) &(sets)[0], &(sets)[1], &(sets)[2]

const struct kernel_set *const kernel_sets[] = {
#if defined(__x86_64__)
	FORMS_OF(kernels_avx512), FORMS_OF(kernels_avx2),
	FORMS_OF(kernels_sse2),
#elif defined(__aarch64__)
	FORMS_OF(kernels_neon),
#endif
	FORMS_OF(kernels_scalar), NULL,
};

const struct kernel_set *kernels_find(const char *name)
{
	for (const struct kernel_set *const *set = kernel_sets; *set; set++)
		if ((!name || !strcmp((*set)->name, name)) && (*set)->runs_here())
			return *set;
	return NULL;
}

/* Mixes are lines read to lines written. In place a line that is written was read just
 * before, so nothing is read for it; with streaming stores neither. */
const struct job jobs[] = {
	{ "read", BODY_READ, 1, 1, 1, 1, 1 },
	{ "write", BODY_WRITE, 1, 1, 1, 2, 0 },
	{ "write-nt", BODY_WRITE_NT, 1, 1, 1, 1, 0 },
	{ "copy", BODY_COPY, 2, 1, 2, 3, 1.0 / 2 },
	{ "copy-nt", BODY_COPY_NT, 2, 1, 2, 2, 1.0 / 2 },
	{ "triad", BODY_TRIAD, 3, 1, 3, 4, 2.0 / 3 },
	{ "triad-nt", BODY_TRIAD_NT, 3, 1, 3, 3, 2.0 / 3 },
	{ "3:1", BODY_MIX, 1, 3, 4.0 / 3, 4.0 / 3, 3.0 / 4 },
	{ "2:1", BODY_MIX, 1, 2, 3.0 / 2, 3.0 / 2, 2.0 / 3 },
	{ "1:1", BODY_MIX, 1, 1, 2, 2, 1.0 / 2 },
	{ "3:1-nt", BODY_MIX_NT, 2, 3, 4.0 / 3, 4.0 / 3, 3.0 / 4 },
	{ "2:1-nt", BODY_MIX_NT, 2, 2, 3.0 / 2, 3.0 / 2, 2.0 / 3 },
	{ NULL, BODIES, 0, 0, 0, 0, 0 },
};

const struct job *job_find(const char *name)
{
	for (const struct job *job = jobs; job->name; job++)
		if (!strcmp(job->name, name))
			return job;
	return NULL;
}
