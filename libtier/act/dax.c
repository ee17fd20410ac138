// SPDX-License-Identifier: LGPL-2.1-or-later
// The steps of a plan for dax devices, one after the other; when one fails, those before
// it are undone. Decides nothing that the plan has decided.
#include "dax.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "dax_act.h"
#include "errors.h"
#include "hotplug.h"

/*
 * For putting back, however short the limit for going on was: a write that was given up may hold
 * the kernel's hotplug lock until it notices.
 */
#define UNDO_LIMIT_MS 30000

static bool is_dax(enum tier_step_kind kind)
{
	return kind >= TIER_STEP_OBSTACLE && kind <= TIER_STEP_BLOCKS;
}

bool dax_has_steps(const struct tier_plan *plan)
{
	struct tier_step step;

	for (unsigned int i = 0; !tier_plan_step(plan, i, &step, sizeof(step)); i++)
		if (is_dax(step.kind))
			return true;
	return false;
}

/* ---- words ------------------------------------------------------------------------- */

int dax_fail(struct dax_act *act, int error, const char *format, ...)
{
	struct tier_report *report = act->report;
	va_list args;

	report->problems++;
	report->error = error;
	report->failed = act->step ? act->step->kind : TIER_STEP_UNKNOWN;
	va_start(args, format);
	vsnprintf(report->message, sizeof(report->message), format, args);
	va_end(args);
	return error;
}

int dax_fail_write(struct dax_act *act, int error, const char *path, const char *text)
{
	switch (error) {
	case -EROFS:
		return dax_fail(act, error,
				"%s: on a file system that is mounted read-only, as in a "
				"container; do it on the host",
				path);
	case -EACCES:
		return dax_fail(act, error, "%s: only root may write it", path);
	case -EPERM:
		return dax_fail(act, error, "%s: needs CAP_SYS_ADMIN", path);
	case -EINTR:
		return dax_fail(act, error, "interrupted");
	default:
		return dax_fail(act, error, "%s: write '%.40s': %s", path, text,
				errno_words(error));
	}
}

/* ---- module and switches -------------------------------------------------------------- */

static int has_driver(struct dax_act *act, const char *driver)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	char path[HOTPLUG_PATH];
	int ret;

	/* The folder itself. */
	(void)dax_driver_path(driver, "", path);
	path[strlen(path) - 1] = '\0';
	ret = act->root->ops->list(act->root, path, &names);
	if (ret == -ENOENT)
		return 0;
	return ret ? ret : 1;
}

static int load_module(struct dax_act *act, const char *name)
{
	const char *const args[] = { name, NULL };
	SCOPED_STRBUF struct strbuf words = { 0 };
	int ret = has_driver(act, name);

	if (ret)
		return ret < 0 ? dax_fail(act, ret, "module %s: %s", name,
					  errno_words(ret)) :
				 0;
	ret = dax_note_undo(act, &(struct undo){ .kind = UNDO_MODULE, .what = name });
	if (ret)
		return dax_fail(act, ret, "%s", errno_words(ret));
	ret = act->sys->modprobe(args, &words);
	if (!ret)
		return 0;
	act->n_undo--;
	if (ret == -ENOENT)
		return dax_fail(act, -EOPNOTSUPP,
				"module %s: there is no modprobe to load it (package "
				"kmod)",
				name);
	return dax_fail(act, ret == -ENODEV ? -EOPNOTSUPP : ret,
			"module %s could not be loaded: %.200s", name,
			words.len ? words.text : errno_words(ret));
}

static int do_module(struct dax_act *act)
{
	return load_module(act, act->step->wants);
}

static int do_meanwhile(struct dax_act *act)
{
	const char *file = act->step->file, *wants = act->step->wants;
	SCOPED_STRBUF struct strbuf has = { 0 };
	int ret = act->root->ops->read(act->root, file, &has);

	if (ret)
		return dax_fail(act, ret, "%s: read: %s", file, errno_words(ret));
	strbuf_truncate(&has, strcspn(strbuf_text(&has), "\n"));
	if (!strcmp(strbuf_text(&has), wants))
		return 0;
	ret = dax_note_undo(act, &(struct undo){ .kind = UNDO_SWITCH,
						 .what = file,
						 .has = strbuf_text(&has),
						 .put = wants });
	if (ret)
		return dax_fail(act, ret, "%s", errno_words(ret));
	ret = act->root->ops->write(act->root, file, wants);
	return ret ? dax_fail_write(act, ret, file, wants) : 0;
}

/* ---- drivers ----------------------------------------------------------------------------- */

static int fail_bind(struct dax_act *act, int error)
{
	const char *name = act->step->device, *driver = act->step->wants;

	switch (error) {
	case -ENODEV:
		return dax_fail(act, error, "%s: the device is gone", name);
	case -EEXIST:
		return dax_fail(
			act, error,
			"%s: %s refuses it: data lies on it (the kernel's log says "
			"what); --yes destroys it",
			name, driver);
	case -EBUSY:
		return dax_fail(act, error,
				"%s: %s: its addresses are taken; /proc/iomem shows by "
				"whom",
				name, driver);
	case -EINVAL:
		return dax_fail(act, error,
				"%s: %s refuses it: no node of its own, or no whole good "
				"memory block; the kernel's log says which",
				name, driver);
	case -EACCES:
	case -EPERM:
	case -EROFS:
		return dax_fail(act, error, "%s: bind to %s: %s: needs root on the host",
				name, driver, errno_words(error));
	default:
		return dax_fail(act, error, "%s: bind to %s: %s", name, driver,
				errno_words(error));
	}
}

/* Unbinding is the one chance to take the memory away: what is online then would stay,
 * with the kernel's own driver until the next boot. */
static int check_offline(struct dax_act *act, const struct hotplug *now)
{
	const struct dax_state *dax = hotplug_find(now, act->step->device);

	if (!dax)
		return fail_bind(act, -ENODEV);
	for (size_t i = 0; i < dax->n_blocks; i++)
		if (dax->blocks[i].is_online)
			return dax_fail(act, -EBUSY,
					"memory%" PRIu64
					" of %s is online again: another "
					"program brings memory online",
					dax->blocks[i].id, dax->name);
	return 0;
}

static int check_gone(struct dax_act *act, const struct hotplug *now)
{
	const struct dax_state *dax = hotplug_find(now, act->step->device);

	if (dax && dax->n_blocks)
		return dax_fail(act, -EBUSY,
				"%s: the kernel did not take memory%" PRIu64 " away",
				dax->name, dax->blocks[0].id);
	return 0;
}

static int check_memory(struct dax_act *act,
			int (*check)(struct dax_act *, const struct hotplug *))
{
	struct hotplug now;
	int ret = hotplug_read(act->root, &now);

	if (ret)
		return dax_fail(act, ret, "%s", errno_words(ret));
	ret = check(act, &now);
	hotplug_free(&now);
	return ret;
}

static int do_driver(struct dax_act *act)
{
	const struct tier_step *step = act->step;
	bool leaves_ram = !strcmp(step->has, DAX_DRIVER_RAM);
	int ret = load_module(act, step->wants);

	if (!ret && leaves_ram)
		ret = check_memory(act, check_offline);
	if (ret)
		return ret;
	ret = dax_note_undo(act, &(struct undo){ .kind = UNDO_DRIVER,
						 .what = step->device,
						 .has = step->has,
						 .limit_ms = UNDO_LIMIT_MS });
	if (ret)
		return dax_fail(act, ret, "%s", errno_words(ret));
	ret = dax_rebind(act, step->device, step->wants);
	if (ret)
		return fail_bind(act, ret);
	return leaves_ram ? check_memory(act, check_gone) : 0;
}

/* ---- memory blocks ----------------------------------------------------------------------------- */

static const char *state_word(const struct memory_block *block)
{
	if (!block->is_online)
		return "offline";
	return block->zone == BLOCK_ZONE_MOVABLE ? "online_movable" : "online_kernel";
}

static int fail_block(struct dax_act *act, const struct memory_block *block, int error)
{
	const struct tier_step *step = act->step;
	bool kernel = block->zone != BLOCK_ZONE_MOVABLE;

	if (strcmp(step->wants, "offline") != 0 && error != -EROFS && error != -EACCES &&
	    error != -EPERM && error != -EINTR)
		return dax_fail(act, error,
				"%s: memory%" PRIu64 " does not become %s: %s",
				step->device, block->id, step->wants, errno_words(error));
	switch (error) {
	case -EBUSY:
		return dax_fail(
			act, error, "%s: memory%" PRIu64 " does not go offline: %s",
			step->device, block->id,
			kernel ? "it is in zone normal, and kernel data lies in it" :
				 "pages in it cannot be moved, being pinned or the "
				 "kernel's");
	case -ETIMEDOUT:
		return dax_fail(act, error,
				"%s: memory%" PRIu64 " did not go offline within %" PRIu64
				" s: pages in it stay in use, or there is no room for "
				"them on other nodes; --timeout allows more",
				step->device, block->id, step->limit_ms / 1000);
	default: {
		char path[HOTPLUG_PATH];

		return dax_fail_write(act, error, memory_block_path(block->id, path),
				      step->wants);
	}
	}
}

/* As many zones as it may be in, or the one that it is in. */
static int check_zone(struct dax_act *act, const struct memory_block *block)
{
	const struct tier_step *step = act->step;

	if (!strcmp(state_word(block), step->wants))
		return 0;
	return dax_fail(act, -EBUSY,
			"%s: memory%" PRIu64
			" is %s and not %s: another program, such as "
			"a rule of udev, was faster",
			step->device, block->id, state_word(block), step->wants);
}

static int change_block(struct dax_act *act, const struct memory_block *block)
{
	const struct tier_step *step = act->step;
	char path[HOTPLUG_PATH];
	struct undo undo = { .kind = UNDO_BLOCK,
			     .what = memory_block_path(block->id, path),
			     .has = state_word(block),
			     .limit_ms = step->limit_ms > UNDO_LIMIT_MS ? step->limit_ms :
									  UNDO_LIMIT_MS };
	int ret = dax_note_undo(act, &undo);

	if (ret)
		return dax_fail(act, ret, "%s", errno_words(ret));
	ret = dax_write_block(act, path, step->wants, step->limit_ms,
			      act->sys->interrupted);
	if (!ret)
		return 0;
	/* It is as it was. */
	act->n_undo--;
	return fail_block(act, block, ret);
}

/* From the highest down when they go: that is how the kernel filled the zone. */
static int change_blocks(struct dax_act *act, const struct hotplug *now)
{
	const struct dax_state *dax = hotplug_find(now, act->step->device);
	bool offline = !strcmp(act->step->wants, "offline");
	int ret = 0;

	if (!dax)
		return fail_bind(act, -ENODEV);
	if (!dax->knows_blocks)
		return dax_fail(act, -EACCES, "%s: its ranges cannot be read: needs root",
				dax->name);
	for (size_t i = 0; !ret && i < dax->n_blocks; i++) {
		const struct memory_block *block =
			&dax->blocks[offline ? dax->n_blocks - 1 - i : i];

		if (block->is_online != offline)
			continue;
		ret = change_block(act, block);
	}
	return ret;
}

static int check_blocks(struct dax_act *act, const struct hotplug *now)
{
	const struct dax_state *dax = hotplug_find(now, act->step->device);
	int ret = 0;

	if (!dax)
		return fail_bind(act, -ENODEV);
	if (!dax->n_blocks)
		return dax_fail(act, -ENODATA,
				"%s: the driver made no memory of it; the kernel's log "
				"says why",
				dax->name);
	for (size_t i = 0; !ret && i < dax->n_blocks; i++)
		ret = check_zone(act, &dax->blocks[i]);
	return ret;
}

static int do_blocks(struct dax_act *act)
{
	int ret = check_memory(act, change_blocks);

	return ret ? ret : check_memory(act, check_blocks);
}

/* ---- all --------------------------------------------------------------------------------------------- */

static int do_step(struct dax_act *act)
{
	static int (*const doing[])(struct dax_act *) = {
		[TIER_STEP_MODULE] = do_module,
		[TIER_STEP_MEANWHILE] = do_meanwhile,
		[TIER_STEP_DRIVER] = do_driver,
		[TIER_STEP_BLOCKS] = do_blocks,
	};
	int ret = act->sys->interrupted();

	if (ret > 0)
		return dax_fail(act, -EINTR, "interrupted");
	if (ret < 0)
		return dax_fail(act, ret, "%s", errno_words(ret));
	return doing[act->step->kind](act);
}

/* Nothing is begun where something stands in the way. */
static int find_obstacle(struct dax_act *act)
{
	struct tier_step step;

	for (unsigned int i = 0; !tier_plan_step(act->plan, i, &step, sizeof(step));
	     i++) {
		if (step.kind == TIER_STEP_OBSTACLE)
			return dax_fail(act, -EBUSY, "%s: %s", step.device, step.why);
	}
	return 0;
}

static int do_steps(struct dax_act *act)
{
	struct tier_step step;
	int ret = find_obstacle(act);

	for (unsigned int i = 0;
	     !ret && !tier_plan_step(act->plan, i, &step, sizeof(step)); i++) {
		act->step = &step;
		ret = do_step(act);
		act->report->turned += !ret;
	}
	act->step = NULL;
	return ret;
}

int dax_apply(struct root *root, const struct sys_ops *sys, const struct tier_plan *plan,
	      struct tier_report *report)
{
	struct dax_act act = { .root = root, .sys = sys, .plan = plan, .report = report };
	int ret = do_steps(&act);

	if (ret) {
		(void)dax_undo(&act, false);
		report->turned = 0;
	} else {
		/* What was done stays done, though this is a failure. */
		ret = dax_undo(&act, true);
		report->problems += !!ret;
		report->error = ret;
	}
	arena_free(&act.arena);
	return ret;
}
