/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Rules of udev that bring memory online as soon as it is added, and so are faster than
 * whoever adds it. Reads what the rules say, and not whether all their conditions hold.
 */
#ifndef UDEV_RULES_H
#define UDEV_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "arena.h"
#include "cleanup.h"

struct root;

struct udev_rule {
	const char *folder; /* "/usr/lib/udev/rules.d" */
	const char *name;   /* "40-vm-hotadd.rules" */
	const char *state;  /* that it writes: "online", "online_movable", ... */
	bool is_plain;	    /* on one line, written in the usual way */
};

struct udev_rules {
	bool known; /* false: the root does not have them, as in a capture */
	struct udev_rule *list;
	size_t count;
};

/* 0 or -ENOMEM: a file that cannot be read has no rules. */
int udev_rules_read(struct root *root, struct arena *arena,
		    struct udev_rules *rules) MUST_CHECK;

/* What a plain rule has, in this order. */
#define UDEV_OF_MEMORY "SUBSYSTEM==\"memory\""
#define UDEV_ONLINE    "ATTR{state}=\"online"

/* Names that a shell takes as they are. */
#define UDEV_NAME_CHARS                                                  \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789" \
	"-_.+:@"

/* Where a file of the same name counts before all others. */
#define UDEV_OWN_RULES "/etc/udev/rules.d"

#endif
