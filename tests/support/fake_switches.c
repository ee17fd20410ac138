// SPDX-License-Identifier: GPL-2.0-or-later
// Switches in memory. Knows nothing of what is under test.
#include "fake_switches.h"

#include "unit.h"

int fake_switch_writes;
static struct fake_switch *files;

static struct fake_switch *find(const char *path)
{
	for (struct fake_switch *file = files; file->path; file++)
		if (!strcmp(file->path, path))
			return file;
	return NULL;
}

static int fake_read(struct root *root, const char *path, struct strbuf *out)
{
	const struct fake_switch *file = find(path);
	const char *text;

	(void)root;
	if (!file)
		return -ENOENT;
	text = file->others && fake_switch_writes >= file->others_after ? file->others :
									  file->text;
	return strbuf_printf(out, "%s\n", text);
}

static int fake_write(struct root *root, const char *path, const char *text)
{
	struct fake_switch *file = find(path);

	(void)root;
	fake_switch_writes++;
	if (!file)
		return -ENOENT;
	if (file->refusal)
		return file->refusal;
	snprintf(file->text, sizeof(file->text), "%s", file->keeps ? file->keeps : text);
	return 0;
}

static void fake_close(struct root *root)
{
	(void)root;
}

struct root *fake_switches(struct fake_switch *all)
{
	static const struct root_ops ops = { .read = fake_read,
					     .write = fake_write,
					     .close = fake_close };
	static struct root root = { .ops = &ops, .is_live = true };

	files = all;
	fake_switch_writes = 0;
	return &root;
}
