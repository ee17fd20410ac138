// SPDX-License-Identifier: LGPL-2.1-or-later
// Control groups (cgroup v2) whose cpuset leaves nodes out. DAMON heeds no cpuset, so it must
// be told of each. Does not know what is moved where.
#include "damon_groups.h"

#include <errno.h>
#include <string.h>

#include "nodeset.h"
#include "platform.h"

#define CGROUPS "/sys/fs/cgroup"

/* Deeper than any real hierarchy, so that no loop of folders can hold us. */
#define DEEPEST 64

struct search {
	struct root *root;
	struct damon *damon;
	struct tier_nodeset all; /* that the top may use */
};

static int read_mems(struct search *search, const char *folder, struct tier_nodeset *mems)
{
	SCOPED_STRBUF struct strbuf path = { 0 }, text = { 0 };
	int ret = strbuf_printf(&path, CGROUPS "%s/cpuset.mems.effective", folder);

	if (!ret)
		ret = search->root->ops->read(search->root, path.text, &text);
	return ret ? ret : tier_nodeset_parse(strbuf_text(&text), mems, NULL);
}

static int is_counted(struct search *search, const char *folder, bool *counted)
{
	SCOPED_STRBUF struct strbuf path = { 0 }, text = { 0 };
	int ret = strbuf_printf(&path, CGROUPS "%s/memory.current", folder);

	if (!ret)
		ret = search->root->ops->read(search->root, path.text, &text);
	*counted = !ret;
	return ret == -ENOMEM ? ret : 0;
}

static int add_group(struct search *search, const char *folder,
		     const struct tier_nodeset *mems)
{
	struct damon *damon = search->damon;
	struct damon_group *groups = arena_grow(&damon->arena, damon->groups,
						damon->n_groups, sizeof(*groups));
	struct damon_group *group;

	if (!groups)
		return -ENOMEM;
	damon->groups = groups;
	group = &groups[damon->n_groups];
	group->mems = *mems;
	group->path = arena_strdup(&damon->arena, folder);
	if (!group->path)
		return -ENOMEM;
	damon->n_groups++;
	return is_counted(search, folder, &group->is_counted);
}

static int visit(struct search *search, const char *folder,
		 const struct tier_nodeset *inherited, unsigned int depth);

/* All that is no folder fails to be listed. */
static int visit_all(struct search *search, const char *folder,
		     const struct strbuf *names, const struct tier_nodeset *mems,
		     unsigned int depth)
{
	int ret = 0;

	for (size_t at = 0; !ret && at < names->len; at += strlen(names->text + at) + 1) {
		SCOPED_STRBUF struct strbuf below = { 0 };

		ret = strbuf_printf(&below, "%s/%s", folder, names->text + at);
		if (!ret)
			ret = visit(search, below.text, mems, depth + 1);
	}
	return ret;
}

/* A group without the controller has the nodes of the group above. */
static int visit(struct search *search, const char *folder,
		 const struct tier_nodeset *inherited, unsigned int depth)
{
	SCOPED_STRBUF struct strbuf path = { 0 }, names = { 0 };
	struct tier_nodeset mems = *inherited, left_out;
	int ret = strbuf_printf(&path, CGROUPS "%s", folder);

	if (!ret)
		ret = search->root->ops->list(search->root, path.text, &names);
	if (!ret && read_mems(search, folder, &mems) == -ENOMEM)
		ret = -ENOMEM;
	if (ret || depth > DEEPEST)
		return ret == -ENOMEM ? ret : 0;
	left_out = nodeset_minus(&search->all, &mems);
	if (*folder && !nodeset_is_empty(&left_out))
		ret = add_group(search, folder, &mems);
	return ret ? ret : visit_all(search, folder, &names, &mems, depth);
}

int damon_read_groups(struct root *root, struct damon *damon)
{
	struct search search = { .root = root, .damon = damon };
	int ret = read_mems(&search, "", &search.all);

	if (ret)
		return ret == -ENOMEM ? ret : 0;
	return visit(&search, "", &search.all, 0);
}
