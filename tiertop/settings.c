// SPDX-License-Identifier: GPL-2.0-or-later
// Settings as text, "name=value": of the configuration file and of --set. Pure.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"
#include "ui.h"

const char *const theme_names[THEMES] = { "default", "dark", "light", "mono" };
const char *const column_names[COLUMN_TIER] = { "pid",	    "user",    "resident",
						"promoted", "demoted", "policy",
						"heap",	    "age",     "cgroup",
						"command" };

static int index_of(const char *const *names, int n, const char *text)
{
	for (int i = 0; i < n; i++)
		if (!strcmp(names[i], text))
			return i;
	return -EINVAL;
}

static int take_theme(struct ui *ui, const char *text)
{
	int theme = index_of(theme_names, THEMES, text);

	if (theme < 0)
		return theme;
	ui->theme = (enum theme)theme;
	return 0;
}

static int take_view(struct ui *ui, const char *text)
{
	int view = index_of(view_names, VIEW_MAPPINGS, text);

	if (view < 0)
		return view;
	ui->view = (enum view)view;
	return 0;
}

/* A column's name, or "tier0". */
static int take_sort(struct ui *ui, const char *text)
{
	int column = index_of(column_names, COLUMN_TIER, text);
	uint64_t tier;

	if (column < 0 && !strncmp(text, "tier", 4) && !parse_u64(text + 4, &tier) &&
	    tier < RECORD_TIERS)
		column = COLUMN_TIER + (int)tier;
	if (column < 0)
		return column;
	ui->sort = column;
	return 0;
}

static int take_bool(bool *value, const char *text)
{
	if (strcmp(text, "on") && strcmp(text, "off"))
		return -EINVAL;
	*value = !strcmp(text, "on");
	return 0;
}

static int take_reverse(struct ui *ui, const char *text)
{
	return take_bool(&ui->reverse, text);
}

static int take_tree(struct ui *ui, const char *text)
{
	return take_bool(&ui->tree, text);
}

static int take_bytes(struct ui *ui, const char *text)
{
	return take_bool(&ui->bytes, text);
}

static int take_ascii(struct ui *ui, const char *text)
{
	return take_bool(&ui->ascii, text);
}

/* Milliseconds. */
static int take_interval(struct ui *ui, const char *text)
{
	uint64_t ms;

	if (parse_u64(text, &ms) || ms < 100 || ms > 3600000)
		return -EINVAL;
	ui->interval = (double)ms / 1000;
	return 0;
}

/* Those that are hidden, with commas between. */
static int take_hidden(struct ui *ui, const char *text)
{
	uint32_t hidden = 0;

	while (*text) {
		char name[16];
		size_t len = strcspn(text, ",");
		int column;

		snprintf(name, sizeof(name), "%.*s", (int)(len < 15 ? len : 15), text);
		column = index_of(column_names, COLUMN_TIER, name);
		if (column < 0)
			return column;
		hidden |= 1U << column;
		text += len + (text[len] == ',');
	}
	ui->hidden = hidden;
	return 0;
}

static int take_filter(struct ui *ui, const char *text)
{
	if (strlen(text) >= sizeof(ui->filter))
		return -EINVAL;
	ui_set_filter(ui, text);
	return 0;
}

static const struct {
	const char *name;
	int (*take)(struct ui *ui, const char *text);
} settings[] = {
	{ "theme", take_theme },       { "view", take_view },
	{ "sort", take_sort },	       { "reverse", take_reverse },
	{ "tree", take_tree },	       { "ascii", take_ascii },
	{ "interval", take_interval }, { "hidden", take_hidden },
	{ "filter", take_filter },     { "bytes", take_bytes },
};

int setting_take(struct ui *ui, const char *line)
{
	size_t len = strcspn(line, "=");

	if (line[len] != '=')
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(settings); i++)
		if (span_is(line, len, settings[i].name))
			return settings[i].take(ui, line + len + 1);
	return -EINVAL;
}

static const char *on_off(bool value)
{
	return value ? "on" : "off";
}

static int add_hidden(const struct ui *ui, struct strbuf *out)
{
	int ret = strbuf_puts(out, "hidden="), n = 0;

	for (int column = 0; !ret && column < COLUMN_TIER; column++)
		if (ui->hidden & 1U << column)
			ret = strbuf_printf(out, "%s%s", n++ ? "," : "",
					    column_names[column]);
	return ret ? ret : strbuf_puts(out, "\n");
}

static int add_sort(const struct ui *ui, struct strbuf *out)
{
	if (ui->sort >= COLUMN_TIER)
		return strbuf_printf(out, "sort=tier%d\n", ui->sort - COLUMN_TIER);
	return strbuf_printf(out, "sort=%s\n", column_names[ui->sort]);
}

int settings_text(const struct ui *ui, struct strbuf *out)
{
	enum view view = ui->view < VIEW_HELP ? ui->view : ui->behind;
	int ret;

	if (view == VIEW_MAPPINGS || view == VIEW_HEAT)
		view = VIEW_PROCESSES;
	ret = strbuf_printf(out,
			    "theme=%s\nview=%s\nreverse=%s\ntree=%s\nascii=%s\n"
			    "bytes=%s\ninterval=%d\n",
			    theme_names[ui->theme], view_names[view], on_off(ui->reverse),
			    on_off(ui->tree), on_off(ui->ascii), on_off(ui->bytes),
			    (int)(ui->interval * 1000 + 0.5));
	if (!ret)
		ret = add_sort(ui, out);
	return ret ? ret : add_hidden(ui, out);
}
