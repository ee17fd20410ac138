// SPDX-License-Identifier: LGPL-2.1-or-later
// Path resolution by hand, for roots that are not a mounted file system or that
// nothing may lead out of. Knows no file; asks for links through a callback.
#include "path_walk.h"

#include <errno.h>
#include <string.h>

struct walk {
	struct strbuf done; /* canonical so far; empty stands for "/" */
	struct strbuf rest; /* what is left to go, from `at` on */
	size_t at;
	struct strbuf target; /* of the last link */
	unsigned int links;
};

/* The next component of the rest; false at its end. */
static bool next_component(struct walk *walk, const char **name, size_t *len)
{
	const char *rest = strbuf_text(&walk->rest) + walk->at;

	*name = rest + strspn(rest, "/");
	*len = strcspn(*name, "/");
	walk->at = (size_t)(*name + *len - strbuf_text(&walk->rest));
	return *len > 0;
}

static void go_up(struct walk *walk)
{
	const char *slash = strrchr(strbuf_text(&walk->done), '/');

	if (slash)
		strbuf_truncate(&walk->done, (size_t)(slash - walk->done.text));
}

/* Replace the link, the last component of `done`, by its target. */
static int follow(struct walk *walk)
{
	struct strbuf rest = { 0 };
	int ret;

	if (++walk->links > PATH_WALK_MAX_LINKS)
		return -ELOOP;
	if (*strbuf_text(&walk->target) == '/')
		strbuf_reset(&walk->done);
	else
		go_up(walk);
	ret = strbuf_printf(&rest, "%s%s", strbuf_text(&walk->target),
			    strbuf_text(&walk->rest) + walk->at);
	if (ret)
		return ret;
	strbuf_free(&walk->rest);
	walk->rest = rest;
	walk->at = 0;
	return 0;
}

static int enter(struct walk *walk, path_readlink *readlink, void *arg, const char *name,
		 size_t len)
{
	int ret;

	if (len == 1 && name[0] == '.')
		return 0;
	if (len == 2 && name[0] == '.' && name[1] == '.') {
		go_up(walk);
		return 0;
	}
	ret = strbuf_printf(&walk->done, "/%.*s", (int)len, name);
	if (ret)
		return ret;
	strbuf_reset(&walk->target);
	ret = readlink(arg, walk->done.text, &walk->target);
	if (ret == -EINVAL)
		return 0;
	return ret ? ret : follow(walk);
}

static int walk_all(struct walk *walk, path_readlink *readlink, void *arg)
{
	const char *name;
	size_t len;
	int ret;

	while (next_component(walk, &name, &len)) {
		ret = enter(walk, readlink, arg, name, len);
		if (ret)
			return ret;
	}
	return 0;
}

int path_walk(path_readlink *readlink, void *arg, const char *path, struct strbuf *out)
{
	struct walk walk = { 0 };
	int ret;

	ret = strbuf_puts(&walk.rest, path);
	if (!ret)
		ret = walk_all(&walk, readlink, arg);
	if (!ret)
		ret = strbuf_puts(out, walk.done.len ? walk.done.text : "/");
	strbuf_free(&walk.done);
	strbuf_free(&walk.rest);
	strbuf_free(&walk.target);
	return ret;
}
