// SPDX-License-Identifier: GPL-2.0-or-later
// What a person should know about a machine; `show` and `check` both say it.
#include "notes.h"

#include "json.h"
#include "out.h"
#include "tier.h"

void notes_print(struct out *out, const struct tier_topology *topology)
{
	struct tier_note note;

	for (unsigned int i = 0; !tier_note_get(topology, i, &note, sizeof(note)); i++) {
		if (i == 0) {
			out_text(out, "\n");
			out_heading(out, "NOTES");
		}
		out_wrapped(out, "- ", note.text);
	}
}

void notes_json(struct out *out, struct json_object *in,
		const struct tier_topology *topology)
{
	struct json_object *list = js_list(out, in, "notes");
	struct tier_note note;

	for (unsigned int i = 0; !tier_note_get(topology, i, &note, sizeof(note)); i++) {
		struct json_object *entry = js_item(out, list);

		js_text(out, entry, "id", note.id);
		js_text(out, entry, "text", note.text);
		js_nodes(out, entry, "nodes", &note.nodes);
	}
}
