// SPDX-License-Identifier: LGPL-2.1-or-later
// A root that is a capture: one text that holds the files of a machine. Knows no
// path in it.
#include <errno.h>
#include <string.h>

#include "capture_parse.h"
#include "diag.h"
#include "path_walk.h"
#include "platform.h"

struct root_capture {
	struct root root;
	struct capture capture;
};

/* Where a path leads. */
struct place {
	const struct capture_entry *entry; /* NULL: a directory, seen from below */
	size_t below;			   /* of the entries: the first below it */
};

/* How many bytes from `skip` on are the same in both, `skip` included. */
static size_t common_length(const char *a, const char *b, size_t skip)
{
	while (a[skip] && a[skip] == b[skip])
		skip++;
	return skip;
}

/*
 * The first entry that is not before `path`. All entries between the bounds begin
 * with what both bounds have in common with the path, and paths have much in
 * common: those bytes are not compared again.
 */
static size_t lower_bound(const struct capture *capture, const char *path)
{
	size_t low = 0, high = capture->count;
	size_t low_common = 0, high_common = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const char *entry = capture->entries[middle].path;
		size_t skip = low_common < high_common ? low_common : high_common;

		skip = common_length(entry, path, skip);
		if (capture_compare(entry + skip, path + skip) < 0) {
			low = middle + 1;
			low_common = skip;
		} else {
			high = middle;
			high_common = skip;
		}
	}
	return low;
}

/* What lies at a path that would lead through `above`. */
static int find_below(const struct capture_entry *above)
{
	switch (above->kind) {
	case CAPTURE_LINK:
		return -ELOOP;
	case CAPTURE_FILE:
		return -ENOTDIR;
	case CAPTURE_FAIL:
		return -above->error;
	default:
		return -ENOENT;
	}
}

/*
 * Look a path up, following no link. -ELOOP: it leads through one. As nothing is
 * below a link, a link on the way is the entry right before the path's place.
 */
static int find(const struct capture *capture, const char *path, struct place *place)
{
	const struct capture_entry *entries = capture->entries;
	size_t at;

	if (!strcmp(path, "/"))
		path = "";
	at = lower_bound(capture, path);
	*place = (struct place){ .below = at };
	if (at < capture->count && !strcmp(entries[at].path, path)) {
		place->entry = &entries[at];
		place->below = at + 1;
		return 0;
	}
	if (!*path || (at < capture->count && capture_is_below(entries[at].path, path)))
		return 0;
	if (at > 0 && capture_is_below(path, entries[at - 1].path))
		return find_below(&entries[at - 1]);
	return -ENOENT;
}

static bool is_link(const struct place *place)
{
	return place->entry && place->entry->kind == CAPTURE_LINK;
}

static int walk_readlink(void *arg, const char *path, struct strbuf *target)
{
	struct place place;
	int ret = find(arg, path, &place);

	if (ret)
		return ret;
	return is_link(&place) ? strbuf_puts(target, place.entry->bytes) : -EINVAL;
}

/*
 * Look a path up with all links followed. `walked` gets the path that it led to;
 * it stays empty when that is `path` itself, which is nearly always so.
 */
static int locate(struct root *root, const char *path, struct place *place,
		  struct strbuf *walked)
{
	struct capture *capture = &((struct root_capture *)root)->capture;
	int ret = find(capture, path, place);

	if (ret != -ELOOP && !(ret == 0 && is_link(place)))
		return ret;
	ret = path_walk(walk_readlink, capture, path, walked);
	return ret ? ret : find(capture, walked->text, place);
}

static int capture_read(struct root *root, const char *path, struct strbuf *out)
{
	SCOPED_STRBUF struct strbuf walked = { 0 };
	struct place place;
	int ret = locate(root, path, &place, &walked);

	if (ret)
		return ret;
	if (!place.entry || place.entry->kind == CAPTURE_DIR)
		return -EISDIR;
	if (place.entry->kind == CAPTURE_FAIL)
		return -place.entry->error;
	return strbuf_add(out, place.entry->bytes, place.entry->len);
}

/* Names of what is right below `path`, out of all that is below. */
static int add_names(const struct capture *capture, size_t at, const char *path,
		     struct strbuf *out)
{
	size_t skip = strcmp(path, "/") ? strlen(path) + 1 : 1;
	const char *before = "";
	size_t before_len = 0;

	for (; at < capture->count; at++) {
		const char *below = capture->entries[at].path;
		const char *name = below + skip;
		size_t len = strcspn(name, "/");
		int ret;

		if (skip > 1 && !capture_is_below(below, path))
			break;
		if (len == before_len && !memcmp(name, before, len))
			continue;
		before = name;
		before_len = len;
		ret = strbuf_add(out, name, len);
		if (!ret)
			ret = strbuf_add(out, "", 1);
		if (ret)
			return ret;
	}
	return 0;
}

static int capture_list(struct root *root, const char *path, struct strbuf *out)
{
	const struct capture *capture = &((struct root_capture *)root)->capture;
	SCOPED_STRBUF struct strbuf walked = { 0 };
	size_t len = out->len;
	struct place place;
	int ret = locate(root, path, &place, &walked);

	if (ret)
		return ret;
	if (place.entry && place.entry->kind == CAPTURE_FAIL)
		return -place.entry->error;
	if (place.entry && place.entry->kind != CAPTURE_DIR)
		return -ENOTDIR;
	ret = add_names(capture, place.below, walked.len ? walked.text : path, out);
	if (ret)
		strbuf_truncate(out, len);
	return ret;
}

static int capture_realpath(struct root *root, const char *path, struct strbuf *out)
{
	SCOPED_STRBUF struct strbuf walked = { 0 };
	struct place place;
	int ret = locate(root, path, &place, &walked);

	return ret ? ret : strbuf_puts(out, walked.len ? walked.text : path);
}

/* The path with links followed, but not the one that it may itself be. */
static int resolve_parent(struct root *root, const char *path, struct strbuf *out)
{
	SCOPED_STRBUF struct strbuf parent = { 0 };
	const char *name = strrchr(path, '/');
	int ret;

	ret = strbuf_add(&parent, path, (size_t)(name - path));
	if (!ret)
		ret = capture_realpath(root, parent.len ? parent.text : "/", out);
	return ret ? ret : strbuf_puts(out, name);
}

static int capture_readlink(struct root *root, const char *path, struct strbuf *out)
{
	const struct capture *capture = &((struct root_capture *)root)->capture;
	SCOPED_STRBUF struct strbuf resolved = { 0 };
	struct place place;
	int ret = find(capture, path, &place);

	if (ret == -ELOOP) {
		ret = resolve_parent(root, path, &resolved);
		if (!ret)
			ret = find(capture, resolved.text, &place);
	}
	if (ret)
		return ret;
	return is_link(&place) ? strbuf_puts(out, place.entry->bytes) : -EINVAL;
}

static int capture_refuse(struct root *root, const char *path, const char *text)
{
	(void)root;
	(void)path;
	(void)text;
	return -EOPNOTSUPP;
}

static int capture_refuse_for(struct root *root, const char *path, const char *text,
			      uint64_t limit_ms, int (*stop)(void))
{
	(void)limit_ms;
	(void)stop;
	return capture_refuse(root, path, text);
}

static int capture_refuse_keep(struct root *root, const char *path, const char *text,
			       bool only_new)
{
	(void)only_new;
	return capture_refuse(root, path, text);
}

static int capture_refuse_drop(struct root *root, const char *path)
{
	return capture_refuse(root, path, NULL);
}

static void capture_close(struct root *root)
{
	struct root_capture *capture = (struct root_capture *)root;

	arena_free(&capture->capture.arena);
	free(capture);
}

static const struct root_ops capture_ops = {
	.read = capture_read,
	.list = capture_list,
	.readlink = capture_readlink,
	.realpath = capture_realpath,
	.write = capture_refuse,
	.write_for = capture_refuse_for,
	.keep = capture_refuse_keep,
	.drop = capture_refuse_drop,
	.close = capture_close,
};

int root_capture_parse(const char *text, size_t len, struct root **out,
		       struct tier_diag *diag)
{
	struct root_capture *root = calloc(1, sizeof(*root));
	int ret;

	if (!root)
		return diag_set(diag, -ENOMEM, "%s", tier_strerror(-ENOMEM));
	root->root.ops = &capture_ops;
	ret = capture_parse(text, len, &root->capture, diag);
	if (ret == -ENOMEM)
		diag_set(diag, ret, "%s", tier_strerror(ret));
	if (ret) {
		free(root);
		return ret;
	}
	*out = &root->root;
	return 0;
}
