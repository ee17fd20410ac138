/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Options as tables: parsing, help and completion all read the same rows. */
#ifndef OPT_H
#define OPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ctl;

/* What a shell may complete an option's value with. */
enum opt_words {
	OPT_WORDS_NONE = 0,
	OPT_WORDS_FILE,
	OPT_WORDS_SELECTOR,
	OPT_WORDS_CPUS, /* "near" or a selector */
	OPT_WORDS_SHELL,
	OPT_WORDS_ZONE,
	OPT_WORDS_PAGES, /* sorts of pages of a process */
	OPT_WORDS_MEANS, /* of auto */
	OPT_WORDS_MAPPING,
};

/*
 * One row. With `name` NULL and `help` set it is a heading of the help text; with both
 * NULL it ends the table. Options with the same `group` other than 0 exclude each other.
 */
struct opt {
	const char *name;  /* without its dashes */
	const char *value; /* what the help calls its value; NULL: a flag */
	const char *help;
	size_t offset; /* of a `bool` (flag) or `const char *` in the values */
	enum opt_words words;
	uint16_t group;
	uint16_t needs; /* the flags of a command that takes it, 0: any */
};

/* A table, where its values go, and the flags of the command that is being parsed. */
struct opt_set {
	const struct opt *opts;
	void *values;
	uint32_t flags;
};

/* Whether a command with these flags takes the option. */
static inline bool opt_fits(const struct opt *opt, uint32_t flags)
{
	return (opt->needs & flags) == opt->needs;
}

/*
 * Read options from argv[0] on, up to "--" or, with CMD_STOPS, the first operand; argv
 * then holds the operands alone. Long options only, "--name value" or "--name=value",
 * besides -h for --help. The values must be zero before. Returns 0; on a mistake says it
 * and returns the negative exit status.
 */
int opt_parse(struct ctl *ctl, char **argv, const struct opt_set *sets, size_t count);

#endif
