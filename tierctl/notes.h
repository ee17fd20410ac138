/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The notes of a topology, as text and as JSON. */
#ifndef NOTES_H
#define NOTES_H

struct json_object;
struct out;
struct tier_topology;

/* A "Notes" section behind an empty line, or nothing. */
void notes_print(struct out *out, const struct tier_topology *topology);
void notes_json(struct out *out, struct json_object *in,
		const struct tier_topology *topology);

#endif
