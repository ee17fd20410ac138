/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines to test on: a fixture, or one with some of its files replaced. Fails the
 * test when a machine cannot be had. */
#ifndef MACHINE_H
#define MACHINE_H

#include "platform.h"
#include "topology.h"

/* A file of a machine as a test wants it. */
struct test_file {
	const char *path; /* NULL ends a list */
	const char *content;
	int error; /* negative errno of reading it, instead of the content */
};

struct machine {
	struct root *root;
	struct tier_topology *t;
};

/* The root of tests/fixtures/NAME. */
struct root *fixture_root(const char *name);

/* That root with these files read in place of its own; closing it closes that too.
 * Only reading is replaced, so a folder's list does not show a new file. */
struct root *patched_root(struct root *below, const struct test_file *files);

/* A capture of these files and nothing else. */
struct root *files_root(const struct test_file *files);

/* What the kernel's files of a root say, no witness asked. Takes the root. */
struct machine machine_of_root(struct root *root, const char *node_words);
struct machine machine_fixture(const char *name);
struct machine machine_patched(const char *name, const struct test_file *files);
void machine_close(struct machine *machine);

/* The text of a set, in one of a few static buffers that take turns. */
const char *set_text(const struct tier_nodeset *set);

/* The note of this id, NULL when there is none. */
const struct tier_note *find_note(const struct tier_topology *t, const char *id);

#endif
