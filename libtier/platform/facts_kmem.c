// SPDX-License-Identifier: LGPL-2.1-or-later
// What the kmem driver says of its devices: what became memory, what did not and why.
// Knows what each file is called, and nothing of what follows from it.
#include <errno.h>
#include <string.h>

#include "fact_file.h"

#define LEFT_BEHIND "/sys/bus/dax/drivers/kmem/left_behind"

static const char *const number_files[KMEM_NUMBERS] = {
	[KMEM_ADDED] = "added_bytes",
	[KMEM_LOST_ALIGN] = "lost_align_bytes",
	[KMEM_LOST_BADBLOCK] = "lost_badblock_bytes",
	[KMEM_POISONED] = "poisoned_pages",
};

static const char *const list_files[KMEM_LISTS] = {
	[KMEM_SKIPPED] = "skipped_blocks",
	[KMEM_FAILED] = "failed_ranges",
	[KMEM_POISON] = "poisoned_ranges",
};

/* The words are the driver's, and later ones may be added: any plain word is one. */
static int read_state(struct fact_reader *reader, struct dax_fact *dax)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz_";
	int ret;

	fact_path(reader, "%s/state", dax->path);
	ret = fact_text(reader, &dax->state);
	if (ret || !dax->state ||
	    (*dax->state && !dax->state[strspn(dax->state, letters)] &&
	     strlen(dax->state) < 32))
		return ret;
	dax->state = NULL;
	return fact_problem(reader, "is not a state");
}

/* No part of a device is larger than it. */
static int read_number(struct fact_reader *reader, struct dax_fact *dax,
		       enum kmem_number number)
{
	struct figure *figure = &dax->kmem.number[number];
	uint64_t most = dax->size_bytes.value;
	int ret;

	fact_path(reader, "%s/kmem/%s", dax->path, number_files[number]);
	ret = fact_number(reader, figure);
	if (number == KMEM_POISONED)
		most /= KMEM_PAGE_BYTES;
	if (ret || !dax->size_bytes.known || figure->value <= most)
		return ret;
	*figure = (struct figure){ 0 };
	return fact_problem(reader, "is more than the device has");
}

static int read_list(struct fact_reader *reader, struct dax_fact *dax,
		     enum kmem_list list)
{
	fact_path(reader, "%s/kmem/%s", dax->path, list_files[list]);
	return fact_ranges(reader, &dax->kmem.list[list]);
}

static int read_device(struct fact_reader *reader, struct dax_fact *dax)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret = read_state(reader, dax);

	if (ret)
		return ret;
	fact_path(reader, "%s/kmem", dax->path);
	ret = fact_list(reader, &names);
	if (ret <= 0)
		return ret;
	dax->kmem.exists = true;
	ret = 0;
	for (int i = 0; !ret && i < KMEM_NUMBERS; i++)
		ret = read_number(reader, dax, i);
	for (int i = 0; !ret && i < KMEM_LISTS; i++)
		ret = read_list(reader, dax, i);
	return ret;
}

int facts_read_kmem(struct root *root, struct facts *facts)
{
	struct fact_reader reader = { .root = root, .facts = facts };
	int ret = 0;

	for (size_t i = 0; !ret && i < facts->n_dax; i++)
		if (facts->dax[i].path && !strcmp(facts->dax[i].driver, "kmem"))
			ret = read_device(&reader, &facts->dax[i]);
	if (!ret) {
		fact_path(&reader, LEFT_BEHIND);
		ret = fact_ranges(&reader, &facts->left_behind);
	}
	strbuf_free(&reader.text);
	return ret;
}
