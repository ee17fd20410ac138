/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The text of a capture made into a sorted table of entries. */
#ifndef CAPTURE_PARSE_H
#define CAPTURE_PARSE_H

#include <stdint.h>

#include "arena.h"
#include "capture_format.h"
#include "tier.h"

struct capture_entry {
	const char *path;
	const char *bytes; /* a file's content, a link's target */
	size_t len;
	size_t offset; /* of its header in the text */
	enum capture_kind kind;
	int error; /* of a CAPTURE_FAIL, positive */
};

/* Nothing lies below a file, a link or a failure; no path occurs twice. */
struct capture {
	struct arena arena;	       /* owns everything below */
	struct capture_entry *entries; /* by capture_compare() */
	size_t count;
};

/* -EINVAL: diag has line, column and words. The text is not needed afterwards. */
int capture_parse(const char *text, size_t len, struct capture *out,
		  struct tier_diag *diag) MUST_CHECK;

#endif
