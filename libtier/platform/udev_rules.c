// SPDX-License-Identifier: LGPL-2.1-or-later
// Finds rules of udev that write "online" to memory blocks. Those that do it by a program
// of theirs are not seen.
#include "udev_rules.h"

#include <errno.h>
#include <string.h>

#include "platform.h"

/* In udev's order: of files of one name only the first counts. */
static const char *const folders[] = {
	UDEV_OWN_RULES,		 "/run/udev/rules.d", "/usr/local/lib/udev/rules.d",
	"/usr/lib/udev/rules.d", "/lib/udev/rules.d",
};

struct reader {
	struct root *root;
	struct arena *arena;
	struct udev_rules *rules;
	struct strbuf seen; /* names of files, each followed by a NUL */
	const char *folder;
	const char *name;
};

static const char *next_of(const struct strbuf *names, const char *before)
{
	const char *next = before ? before + strlen(before) + 1 : names->text;

	return next && next < names->text + names->len ? next : NULL;
}

static bool is_seen(const struct reader *reader, const char *name)
{
	for (const char *at = NULL; (at = next_of(&reader->seen, at));)
		if (!strcmp(at, name))
			return true;
	return false;
}

/* ---- one rule ------------------------------------------------------------------------- */

static int add_rule(struct reader *reader, const char *state, bool is_plain)
{
	struct udev_rules *rules = reader->rules;
	struct udev_rule *list =
		arena_grow(reader->arena, rules->list, rules->count, sizeof(*list));
	struct udev_rule *rule;

	if (!list)
		return -ENOMEM;
	rules->list = list;
	rule = &list[rules->count];
	*rule = (struct udev_rule){
		.folder = reader->folder,
		.name = arena_strdup(reader->arena, reader->name),
		.state = arena_strndup(reader->arena, state, strcspn(state, "\"")),
		.is_plain = is_plain,
	};
	if (!rule->name || !rule->state)
		return -ENOMEM;
	rules->count++;
	return 0;
}

/* A whole rule, its lines joined. Blanks between its parts mean nothing. */
static int take_rule(struct reader *reader, const char *rule, bool is_joined)
{
	static const char assigns[] = "ATTR{state}=\"";
	const char *memory = strstr(rule, UDEV_OF_MEMORY);
	SCOPED_STRBUF struct strbuf bare = { 0 };
	const char *state;
	int ret = 0;

	if (rule[strspn(rule, " \t")] == '#')
		return 0;
	for (const char *at = rule; !ret && *at; at++)
		if (*at != ' ' && *at != '\t')
			ret = strbuf_add(&bare, at, 1);
	if (ret)
		return ret;
	state = strstr(strbuf_text(&bare), UDEV_ONLINE);
	if (!state || !strstr(strbuf_text(&bare), UDEV_OF_MEMORY))
		return 0;
	return add_rule(reader, state + strlen(assigns),
			!is_joined && memory && strstr(memory, UDEV_ONLINE));
}

/* A backslash at a line's end joins it to the next. */
static int take_text(struct reader *reader, const char *text)
{
	SCOPED_STRBUF struct strbuf rule = { 0 };
	bool is_joined = false;
	int ret = 0;

	while (!ret && *text) {
		size_t len = strcspn(text, "\n");
		bool goes_on = len && text[len - 1] == '\\';

		ret = strbuf_add(&rule, text, goes_on ? len - 1 : len);
		text += len + (text[len] == '\n');
		if (!ret && (!goes_on || !*text)) {
			ret = take_rule(reader, strbuf_text(&rule), is_joined);
			strbuf_reset(&rule);
		}
		is_joined = goes_on;
	}
	return ret;
}

/* ---- files --------------------------------------------------------------------------- */

static bool is_rules_file(const char *name)
{
	size_t len = strlen(name), end = strlen(".rules");

	return len > end && !strcmp(name + len - end, ".rules");
}

/* Also a link to /dev/null counts as seen: so rules are turned off. */
static int read_file(struct reader *reader)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	char path[512];
	int ret;

	if (!is_rules_file(reader->name) || is_seen(reader, reader->name))
		return 0;
	ret = strbuf_add(&reader->seen, reader->name, strlen(reader->name) + 1);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), "%s/%.255s", reader->folder, reader->name);
	ret = reader->root->ops->read(reader->root, path, &text);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	return take_text(reader, strbuf_text(&text));
}

static int read_folder(struct reader *reader)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret = reader->root->ops->list(reader->root, reader->folder, &names);

	if (ret)
		return ret == -ENOMEM ? ret : 0;
	reader->rules->known = true;
	for (const char *at = NULL; !ret && (at = next_of(&names, at));) {
		reader->name = at;
		ret = read_file(reader);
	}
	return ret;
}

int udev_rules_read(struct root *root, struct arena *arena, struct udev_rules *rules)
{
	struct reader reader = { .root = root, .arena = arena, .rules = rules };
	int ret = 0;

	*rules = (struct udev_rules){ .known = root->is_live };
	for (size_t i = 0; !ret && i < ARRAY_SIZE(folders); i++) {
		reader.folder = folders[i];
		ret = read_folder(&reader);
	}
	strbuf_free(&reader.seen);
	return ret;
}
