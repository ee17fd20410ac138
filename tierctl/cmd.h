/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a command is, and what it gets to work with. Each cmd_*.c ends in its own. */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>
#include <stdint.h>

#include "err.h"
#include "opt.h"
#include "out.h"
#include "tier.h"

enum cmd_flags {
	CMD_NEEDS_CONTEXT = 1 << 0,  /* ctl->ctx is open */
	CMD_NEEDS_TOPOLOGY = 1 << 1, /* ctl->topology is loaded */
	CMD_CHEAP = 1 << 2,	     /* kernel files are enough for it */
	CMD_NEEDS_LIVE = 1 << 3,     /* refused on the capture of a machine */
	CMD_JSON = 1 << 4,	     /* takes --json */
	CMD_BYTES = 1 << 5,	     /* takes --bytes */
	CMD_STOPS = 1 << 6,	     /* its options end at its first operand */
};

/* Options that stand before or behind the command's name. */
struct globals {
	const char *root;
	bool json;
	bool bytes;
	bool help;
	bool version;
};

/* One run of tierctl. */
struct ctl {
	const struct cmd *cmd; /* NULL until it is known */
	struct globals globals;
	struct tier_ctx *ctx;
	struct tier_topology *topology;
	struct out out;
	struct errors errors;
};

struct example {
	const char *line;
	const char *what;
};

/* What a shell offers as an operand; the first row that fits counts. */
struct operand_words {
	/* The word before it: "demotion|promotion", the command's name for the first
	 * operand; NULL: any. */
	const char *behind;
	const char *words; /* or one function, "_tierctl_files"; NULL ends the table */
};

struct cmd {
	const char *name;
	const char *summary;   /* one line, no full stop */
	const char *usage;     /* what stands behind the name */
	const char *about;     /* a paragraph for the help text */
	const char *operands;  /* what they are called, NULL: takes none */
	const char *completes; /* the bash function that offers operands; or NULL */
	const struct operand_words *operand_words; /* instead of that; or NULL */
	const struct opt *opts;
	void *values; /* where opts go */
	uint32_t flags;
	/* The status of every failure of ours; 0: by its cause. */
	int failure;
	int operands_min;
	int operands_max; /* -1: any number */
	/* What tables cannot say; before anything is opened. May be NULL. */
	int (*check)(struct ctl *ctl, char **operands);
	/* Returns the exit status. */
	int (*run)(struct ctl *ctl, char **operands);
	struct example examples[5];
};

extern const struct opt global_opts[];
extern const struct cmd *const commands[]; /* NULL at the end */

/* A command by its name; when there is none, says so and returns NULL. */
const struct cmd *cmd_find(struct ctl *ctl, const char *name);

/* The first part of an error line: the command's name, or what there is before it. */
const char *ctl_object(const struct ctl *ctl);

/* Open what the command's flags ask for. 0 or an exit status, said. */
int ctl_open(struct ctl *ctl);

/* Write what is to be written, close all. Returns the status to end with. */
int ctl_finish(struct ctl *ctl, int status);

/* Load the topology with these flags of tier_topology_load(), in place of the one that
 * there may be. 0 or an exit status, said. */
int ctl_discover(struct ctl *ctl, uint64_t flags);

/* The same with hwloc and libdaxctl, for a command whose cheap one does not suffice. */
int ctl_ask_hwloc(struct ctl *ctl);

/* An operand that is a process. 0 or an exit status, said. */
int ctl_pid(struct ctl *ctl, const char *text, int *pid);

/* Say an error of a system call, which libtier's words would misread. */
int ctl_fail_system(struct ctl *ctl, const struct fault *fault, int error);

/* Say an error of libtier about a text; diag may hold the words and the place. */
int ctl_fail(struct ctl *ctl, const struct fault *fault, int error,
	     const struct tier_diag *diag);

#endif
