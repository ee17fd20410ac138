// SPDX-License-Identifier: LGPL-2.1-or-later
// The processes of a control group and of the groups below it. Knows no controller.
#include <errno.h>
#include <string.h>

#include "platform.h"

static const char cgroup_root[] = "/sys/fs/cgroup";

/* Groups deeper than this are refused, so that no loop can hold us. */
#define MOST_GROUPS 100000

static bool is_below_root(const char *path)
{
	size_t len = sizeof(cgroup_root) - 1;

	return !strncmp(path, cgroup_root, len) && (path[len] == '/' || !path[len]);
}

static int add_group(struct strbuf *groups, const char *folder, const char *name)
{
	int ret = strbuf_printf(groups, "%s%s%s", folder, *name ? "/" : "", name);

	return ret ? ret : strbuf_add(groups, "", 1);
}

static int first_group(struct strbuf *groups, const char *path)
{
	if (is_below_root(path))
		return add_group(groups, path, "");
	return add_group(groups, cgroup_root, path + strspn(path, "/"));
}

/* The group's processes, and its folders to the list of groups. A name that is no group
 * has no such file, or went away meanwhile. */
static int read_group(struct root *root, const char *group, struct strbuf *pids)
{
	SCOPED_STRBUF struct strbuf path = { 0 };
	int ret = strbuf_printf(&path, "%s/cgroup.procs", group);

	return ret ? ret : root->ops->read(root, path.text, pids);
}

static int add_folders(struct root *root, const char *group, struct strbuf *groups)
{
	SCOPED_STRBUF struct strbuf names = { 0 }, folder = { 0 };
	/* The list grows and moves while its entry is in use. */
	int ret = strbuf_puts(&folder, group);

	if (!ret)
		ret = root->ops->list(root, folder.text, &names);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	for (size_t at = 0; at < names.len; at += strlen(names.text + at) + 1) {
		ret = add_group(groups, folder.text, names.text + at);
		if (ret)
			return ret;
	}
	return 0;
}

int cgroup_processes(struct root *root, const char *path, struct strbuf *pids)
{
	SCOPED_STRBUF struct strbuf groups = { 0 };
	unsigned int count = 0;
	int ret = first_group(&groups, path);

	for (size_t at = 0; !ret && at < groups.len; at += strlen(groups.text + at) + 1) {
		ret = read_group(root, groups.text + at, pids);
		if (!ret)
			ret = count++ < MOST_GROUPS ?
				      add_folders(root, groups.text + at, &groups) :
				      -ELOOP;
		else if (at && ret != -ENOMEM)
			ret = 0;
	}
	return ret;
}
