/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options as one table: parsing, help and completion read the same rows. */
#ifndef OPT_H
#define OPT_H

#include <stddef.h>
#include <stdint.h>

struct bench;

struct opt {
	const char *name;
	const char *value; /* what the help calls it; NULL: a flag */
	const char *help;
	size_t offset;	   /* of a `bool` or `const char *` in struct options */
	uint32_t needs;	   /* flags of a command that takes it, 0: any */
	const char *words; /* that a shell may complete it with, or NULL */
};

extern const struct opt opts[]; /* name NULL ends them */

/* Options out of argv; what is left of it are operands. 0 or a status, said. */
int opt_parse(struct bench *bench, char **argv);

/* What the texts mean, into bench->wishes. 0 or a status, said. */
int opt_understand(struct bench *bench);

#endif
