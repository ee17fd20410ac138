// SPDX-License-Identifier: LGPL-2.1-or-later
// What /sys/bus/dax says, on any root: libdaxctl reads only this machine's.
#include <errno.h>
#include <string.h>

#include "errors.h"
#include "fact_file.h"
#include "parse.h"

#define DAX_DIR "/sys/bus/dax/devices"

/* reader->path with its links followed, copied; NULL in *path when there is no
 * such link, or one that leads nowhere (a problem). */
static int resolve(struct fact_reader *reader, char **path)
{
	SCOPED_STRBUF struct strbuf found = { 0 };
	int ret = reader->root->ops->realpath(reader->root, reader->path, &found);

	if (ret == -ENOMEM || ret == -ENOENT)
		return ret == -ENOENT ? 0 : ret;
	if (ret)
		return fact_problem(reader, errno_words(ret));
	*path = arena_strdup(&reader->facts->arena, strbuf_text(&found));
	return *path ? 0 : -ENOMEM;
}

static int read_driver(struct fact_reader *reader, struct dax_fact *dax)
{
	char *path = NULL;
	int ret;

	fact_path(reader, "%s/driver", dax->path);
	ret = resolve(reader, &path);
	if (ret)
		return ret;
	dax->driver = path && strrchr(path, '/') ? strrchr(path, '/') + 1 : "";
	return 0;
}

static int read_target(struct fact_reader *reader, struct dax_fact *dax)
{
	int ret;

	fact_path(reader, "%s/target_node", dax->path);
	ret = fact_read(reader);
	if (ret <= 0)
		return ret;
	if (parse_i32(strbuf_text(&reader->text), &dax->target_node) ||
	    dax->target_node >= TIER_MAX_NODES)
		return fact_problem(reader, "is not a node");
	dax->target_known = true;
	return 0;
}

static int read_device(struct fact_reader *reader, struct dax_fact *dax)
{
	int ret = read_driver(reader, dax);

	if (!ret)
		ret = read_target(reader, dax);
	if (ret)
		return ret;
	fact_path(reader, "%s/size", dax->path);
	return fact_number(reader, &dax->size_bytes);
}

/* A link that leads nowhere is no device. */
static int add_device(struct fact_reader *reader, const char *name)
{
	struct dax_fact *dax;
	char *path = NULL;
	int ret;

	fact_path(reader, DAX_DIR "/%s", name);
	ret = resolve(reader, &path);
	if (ret || !path)
		return ret;
	dax = facts_add_dax(reader->facts, name);
	if (!dax)
		return -ENOMEM;
	dax->path = path;
	return read_device(reader, dax);
}

static int read_devices(struct fact_reader *reader)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret;

	fact_path(reader, DAX_DIR);
	ret = fact_list(reader, &names);
	if (ret <= 0)
		return ret;
	for (const char *name = NULL; (name = fact_next_name(&names, name));) {
		ret = add_device(reader, name);
		if (ret)
			return ret;
	}
	return 0;
}

int facts_read_dax(struct root *root, struct facts *facts)
{
	struct fact_reader reader = { .root = root, .facts = facts };
	int ret = read_devices(&reader);

	strbuf_free(&reader.text);
	return ret;
}
