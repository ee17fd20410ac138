// SPDX-License-Identifier: GPL-2.0-or-later
// Marks on processes, which are few: in the order in which they were set.
#include "tags.h"

#include <stdlib.h>

void tags_free(struct tags *tags)
{
	free(tags->tag);
	*tags = (struct tags){ 0 };
}

bool tags_has(const struct tags *tags, int pid)
{
	for (size_t i = 0; i < tags->n; i++)
		if (tags->tag[i].pid == pid)
			return true;
	return false;
}

void tags_add(struct tags *tags, const struct rec_process *process)
{
	struct tag *grown;

	if (tags_has(tags, process->pid))
		return;
	grown = realloc(tags->tag, (tags->n + 1) * sizeof(*grown));
	if (!grown)
		return;
	tags->tag = grown;
	grown[tags->n++] = (struct tag){ process->pid, process->started };
}

void tags_remove(struct tags *tags, int pid)
{
	size_t kept = 0;

	for (size_t i = 0; i < tags->n; i++)
		if (tags->tag[i].pid != pid)
			tags->tag[kept++] = tags->tag[i];
	tags->n = kept;
}

void tags_drop_ended(struct tags *tags, const struct record *record)
{
	size_t kept = 0;

	for (size_t i = 0; i < tags->n; i++) {
		const struct tag tag = tags->tag[i];
		const struct rec_process *process = record_process(record, tag.pid);

		if (process && process->started == tag.started)
			tags->tag[kept++] = tag;
	}
	tags->n = kept;
}
