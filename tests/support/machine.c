// SPDX-License-Identifier: GPL-2.0-or-later
// Roots and topologies for tests. Concludes nothing.
#include "machine.h"

#include "nodeset.h"
#include "parse.h"
#include "unit.h"

struct root *fixture_root(const char *name)
{
	struct tier_diag diag = { 0 };
	struct root *root;
	char path[512];

	snprintf(path, sizeof(path), TEST_FIXTURES "/%s/capture", name);
	if (root_open(path, &root, &diag))
		fail_msg("%s: %s", path, diag.message);
	return root;
}

/* ---- a root with other files ------------------------------------------------------ */

struct patched {
	struct root root;
	struct root *below;
	const struct test_file *files;
};

static struct root *below(struct root *root)
{
	return ((struct patched *)root)->below;
}

static int patched_read(struct root *root, const char *path, struct strbuf *out)
{
	const struct test_file *file = ((struct patched *)root)->files;

	for (; file->path; file++) {
		if (strcmp(file->path, path))
			continue;
		return file->error ? file->error : strbuf_puts(out, file->content);
	}
	return below(root)->ops->read(below(root), path, out);
}

static int patched_list(struct root *root, const char *path, struct strbuf *out)
{
	return below(root)->ops->list(below(root), path, out);
}

static int patched_readlink(struct root *root, const char *path, struct strbuf *out)
{
	return below(root)->ops->readlink(below(root), path, out);
}

static int patched_realpath(struct root *root, const char *path, struct strbuf *out)
{
	return below(root)->ops->realpath(below(root), path, out);
}

static void patched_close(struct root *root)
{
	root_close(below(root));
	free(root);
}

struct root *patched_root(struct root *below, const struct test_file *files)
{
	static const struct root_ops ops = { .read = patched_read,
					     .list = patched_list,
					     .readlink = patched_readlink,
					     .realpath = patched_realpath,
					     .close = patched_close };
	struct patched *patched = calloc(1, sizeof(*patched));

	assert_non_null(patched);
	*patched = (struct patched){ { &ops, below->is_live }, below, files };
	return &patched->root;
}

struct root *files_root(const struct test_file *files)
{
	struct strbuf text = { 0 };
	struct tier_diag diag = { 0 };
	struct root *root;

	assert_int_equal(strbuf_puts(&text, "tierkit-capture 1\n"), 0);
	for (; files->path; files++) {
		const char *at = files->content, *line;
		size_t len;

		assert_int_equal(strbuf_printf(&text, "file %s\n", files->path), 0);
		while (next_line(&at, &line, &len))
			assert_int_equal(strbuf_printf(&text, "\t%.*s\n", (int)len, line),
					 0);
	}
	if (root_capture_parse(text.text, text.len, &root, &diag))
		fail_msg("line %u: %s", diag.line, diag.message);
	strbuf_free(&text);
	return root;
}

/* ---- machines --------------------------------------------------------------------------- */

struct machine machine_of_root(struct root *root, const char *node_words)
{
	struct topology_source source = { .root = root, .node_words = node_words };
	struct machine machine = { .root = root };
	struct tier_diag diag = { 0 };

	if (topology_read(&source, &machine.t, &diag))
		fail_msg("no topology: %s", diag.message);
	return machine;
}

struct machine machine_fixture(const char *name)
{
	return machine_of_root(fixture_root(name), NULL);
}

struct machine machine_patched(const char *name, const struct test_file *files)
{
	return machine_of_root(patched_root(fixture_root(name), files), NULL);
}

void machine_close(struct machine *machine)
{
	tier_topology_unref(machine->t);
	root_close(machine->root);
	*machine = (struct machine){ 0 };
}

/* ---- looking -------------------------------------------------------------------------------- */

const char *set_text(const struct tier_nodeset *set)
{
	static char texts[4][NODESET_TEXT];
	static unsigned int turn;
	char *text = texts[turn++ % ARRAY_SIZE(texts)];

	tier_nodeset_format(set, text, NODESET_TEXT);
	return text;
}

const struct tier_note *find_note(const struct tier_topology *t, const char *id)
{
	for (size_t i = 0; i < t->n_notes; i++)
		if (!strcmp(t->notes[i].id, id))
			return &t->notes[i];
	return NULL;
}
