// SPDX-License-Identifier: GPL-2.0-or-later
// Captures: any bytes are refused with a place, or are a tree that can be walked,
// captured, and captured again to the same bytes.
#include "fuzz.h"
#include "platform.h"

#define MOST_DEPTH 64

static void walk(struct root *root, const char *path, int depth)
{
	SCOPED_STRBUF struct strbuf names = { 0 }, text = { 0 }, real = { 0 };
	const char *name;
	int is_link = root->ops->readlink(root, path, &text) == 0;

	if (root->ops->realpath(root, path, &real) == 0) {
		MUST(real.text[0] == '/');
		MUST(root->ops->realpath(root, real.text, &text) == 0);
	}
	(void)!root->ops->read(root, path, &text);
	if (is_link || depth == MOST_DEPTH || root->ops->list(root, path, &names))
		return;
	for (size_t at = 0; at < names.len; at += strlen(name) + 1) {
		SCOPED_STRBUF struct strbuf below = { 0 };

		name = names.text + at;
		MUST(*name && !strchr(name, '/'));
		MUST(!strbuf_printf(&below, "%s/%s", depth ? path : "", name));
		walk(root, below.text, depth + 1);
	}
}

static void capture_twice(struct root *root)
{
	SCOPED_STRBUF struct strbuf once = { 0 }, twice = { 0 };
	struct root *copy;

	MUST(capture_write(root, NULL, &once) >= 0);
	MUST(!root_capture_parse(once.text, once.len, &copy, NULL));
	MUST(capture_write(copy, NULL, &twice) >= 0);
	MUST(once.len == twice.len && !memcmp(once.text, twice.text, once.len));
	root_close(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct tier_diag diag = { 0 };
	struct root *root;
	int ret = root_capture_parse((const char *)data, size, &root, &diag);

	if (ret) {
		MUST(ret == -EINVAL && diag.line && diag.column && diag.message[0]);
		return 0;
	}
	walk(root, "/", 0);
	capture_twice(root);
	root_close(root);
	return 0;
}
