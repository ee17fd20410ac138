// SPDX-License-Identifier: LGPL-2.1-or-later
// Puts back what was changed on the way to dax devices being used otherwise, last thing
// first. Goes on where something cannot be undone, and says so.
#include <errno.h>
#include <stdarg.h>
#include <string.h>

#include "dax_act.h"
#include "errors.h"
#include "hotplug.h"

int dax_note_undo(struct dax_act *act, const struct undo *undo)
{
	struct undo *list =
		arena_grow(&act->arena, act->undo, act->n_undo, sizeof(*list));
	struct undo *kept;

	if (!list)
		return -ENOMEM;
	act->undo = list;
	kept = &list[act->n_undo];
	*kept = *undo;
	kept->what = arena_strdup(&act->arena, undo->what);
	kept->has = arena_strdup(&act->arena, undo->has ? undo->has : "");
	kept->put = arena_strdup(&act->arena, undo->put ? undo->put : "");
	if (!kept->what || !kept->has || !kept->put)
		return -ENOMEM;
	act->n_undo++;
	return 0;
}

/* ---- memory blocks ------------------------------------------------------------------- */

/* The file says "online", whatever kind of that was written. */
static bool has_state(struct dax_act *act, const char *path, const char *state)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	size_t len;

	if (act->root->ops->read(act->root, path, &now))
		return false;
	len = strcspn(strbuf_text(&now), "\n");
	return len && !strncmp(strbuf_text(&now), state, len);
}

/* A writer that was killed says nothing, but offline_pages() heeds that only while it moves pages
 * (6.1, 6.12): behind that the block goes all the same. */
int dax_write_block(struct dax_act *act, const char *path, const char *state,
		    uint64_t limit_ms, int (*stop)(void))
{
	int ret = act->root->ops->write_for(act->root, path, state, limit_ms, stop);
	bool is_given_up = ret == -ETIMEDOUT || ret == -EINTR;

	return is_given_up && has_state(act, path, state) ? 0 : ret;
}

/* ---- drivers ------------------------------------------------------------------------- */

/* An id that stays would hand the device back to its old driver. A driver without such a
 * file, or without that id, has nothing to forget. */
static int leave(struct dax_act *act, const char *name, const char *driver)
{
	char path[HOTPLUG_PATH];

	(void)!act->root->ops->write(act->root,
				     dax_driver_path(driver, "remove_id", path), name);
	return act->root->ops->write(act->root, dax_driver_path(driver, "unbind", path),
				     name);
}

/* 1: that driver has it; 0: another or none has. */
static int is_bound(struct dax_act *act, const char *name, const char *driver)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = dax_driver_now(act->root, name, &now);

	return ret ? ret : !strcmp(strbuf_text(&now), driver);
}

/* new_id binds already and tells nobody how that ended; bind has the driver's answer. */
static int join(struct dax_act *act, const char *name, const char *driver)
{
	char path[HOTPLUG_PATH];
	int ret = act->root->ops->write(act->root,
					dax_driver_path(driver, "new_id", path), name);

	if (ret)
		return ret;
	ret = is_bound(act, name, driver);
	if (ret)
		return ret < 0 ? ret : 0;
	ret = act->root->ops->write(act->root, dax_driver_path(driver, "bind", path),
				    name);
	if (!ret)
		ret = is_bound(act, name, driver);
	if (ret > 0)
		return 0;
	(void)!act->root->ops->write(act->root,
				     dax_driver_path(driver, "remove_id", path), name);
	return ret ? ret : -EIO;
}

int dax_rebind(struct dax_act *act, const char *name, const char *driver)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = dax_driver_now(act->root, name, &now);

	if (ret)
		return ret;
	if (!strcmp(strbuf_text(&now), driver))
		return 0;
	if (now.len)
		ret = leave(act, name, strbuf_text(&now));
	if (ret || !*driver)
		return ret;
	return join(act, name, driver);
}

/* ---- putting back ------------------------------------------------------------------------ */

static void stays(struct dax_act *act, const char *format, ...) PRINTF_LIKE(2, 3);

static void stays(struct dax_act *act, const char *format, ...)
{
	char *message = act->report->message;
	size_t len = strlen(message);
	va_list args;

	act->report->stuck++;
	if (len)
		snprintf(message + len, sizeof(act->report->message) - len, "; ");
	len = strlen(message);
	va_start(args, format);
	vsnprintf(message + len, sizeof(act->report->message) - len, format, args);
	va_end(args);
}

/* What somebody else has turned meanwhile is his. An empty value is a line of its own:
 * writing nothing at all would be no write. */
static int undo_switch(struct dax_act *act, const struct undo *undo)
{
	SCOPED_STRBUF struct strbuf now = { 0 };
	int ret = act->root->ops->read(act->root, undo->what, &now);

	if (!ret) {
		strbuf_truncate(&now, strcspn(strbuf_text(&now), "\n"));
		if (strcmp(strbuf_text(&now), undo->put) != 0)
			return 0;
		ret = act->root->ops->write(act->root, undo->what,
					    *undo->has ? undo->has : "\n");
	}
	if (ret)
		stays(act, "%s could not be put back to '%.40s': %s", undo->what,
		      undo->has, errno_words(ret));
	return ret;
}

static int undo_block(struct dax_act *act, const struct undo *undo)
{
	int ret = dax_write_block(act, undo->what, undo->has, undo->limit_ms, NULL);

	if (ret)
		stays(act, "%s could not be put back to '%.40s': %s", undo->what,
		      undo->has, errno_words(ret));
	return ret;
}

/* kmem must not be left while a block is online, whoever brought it there. */
static int empty_device(struct dax_act *act, const char *name, uint64_t limit_ms)
{
	const struct dax_state *dax;
	struct hotplug now;
	int ret = hotplug_read(act->root, &now);

	if (ret)
		return ret;
	dax = hotplug_find(&now, name);
	for (size_t i = 0; !ret && dax && i < dax->n_blocks; i++) {
		char path[HOTPLUG_PATH];

		if (!dax->blocks[i].is_online || strcmp(dax->driver, DAX_DRIVER_RAM) != 0)
			continue;
		ret = dax_write_block(act, memory_block_path(dax->blocks[i].id, path),
				      "offline", limit_ms, NULL);
	}
	hotplug_free(&now);
	return ret;
}

static int undo_driver(struct dax_act *act, const struct undo *undo)
{
	int ret = empty_device(act, undo->what, undo->limit_ms);

	if (!ret)
		ret = dax_rebind(act, undo->what, undo->has);

	/* A device that is gone has no driver to go back to. */
	if (!ret || ret == -ENODEV)
		return 0;
	stays(act, "%s could not be given back to %s: %s", undo->what,
	      *undo->has ? undo->has : "no driver", errno_words(ret));
	return ret;
}

static int undo_module(struct dax_act *act, const struct undo *undo)
{
	const char *const args[] = { "-r", undo->what, NULL };
	SCOPED_STRBUF struct strbuf words = { 0 };
	int ret = act->sys->modprobe(args, &words);

	if (ret)
		stays(act, "module %s could not be unloaded: %.100s", undo->what,
		      words.len ? words.text : errno_words(ret));
	return ret;
}

int dax_undo(struct dax_act *act, bool only_switches)
{
	static int (*const undoing[])(struct dax_act *, const struct undo *) = {
		[UNDO_SWITCH] = undo_switch,
		[UNDO_BLOCK] = undo_block,
		[UNDO_DRIVER] = undo_driver,
		[UNDO_MODULE] = undo_module,
	};
	int first = 0;

	while (act->n_undo > 0) {
		const struct undo *undo = &act->undo[--act->n_undo];
		int ret;

		if (only_switches && undo->kind != UNDO_SWITCH)
			continue;
		ret = undoing[undo->kind](act, undo);
		if (!first)
			first = ret;
	}
	return first;
}
