// SPDX-License-Identifier: LGPL-2.1-or-later
// What it takes to make memory of dax devices and devices of memory: the steps, what
// they cost, and what stands in the way. Pure: the devices were read before.
#include "dax_wish.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "diag.h"
#include "parse.h"
#include "strbuf.h"
#include "topology.h"

#define DEFAULT_LIMIT_SECONDS 30

/* Enough for each place that adds one: of the wish, and of a device. */
#define WISH_STEPS     3
#define WISH_REMARKS   4
#define DEVICE_STEPS   5
#define DEVICE_REMARKS 6

struct dax_wish {
	const struct tier_topology *t;
	const struct hotplug *now;
	const struct tier_dax_wish *wish;
	struct tier_plan *plan;
	struct tier_diag *diag;
};

/* A device that is wished for, as both know it. */
struct wanted {
	const struct dax_state *dax;
	struct tier_dax_info info;
	struct tier_dax_memory memory;
};

/* ---- adding to the plan ----------------------------------------------------------------- */

static int add_step(struct dax_wish *wish, const struct tier_step *step)
{
	struct arena *arena = &wish->plan->arena;
	struct tier_step kept = *step;
	const struct {
		const char *text;
		const char **copy;
	} texts[] = {
		{ step->file, &kept.file },	{ step->has, &kept.has },
		{ step->wants, &kept.wants },	{ step->why, &kept.why },
		{ step->device, &kept.device },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (!texts[i].text)
			continue;
		*texts[i].copy = arena_strdup(arena, texts[i].text);
		if (!*texts[i].copy)
			return -ENOMEM;
	}
	plan_add_step(wish->plan, &kept);
	return 0;
}

static int obstacle(struct dax_wish *wish, const struct wanted *wanted, const char *why)
{
	return add_step(wish, &(struct tier_step){ .kind = TIER_STEP_OBSTACLE,
						   .device = wanted->dax->name,
						   .why = why });
}

/* "192 MiB", "2 GiB": memory blocks and what is left of them are round. */
static const char *size_text(uint64_t bytes, char buf[32])
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	size_t unit = 0;

	while (unit + 1 < ARRAY_SIZE(units) && bytes && bytes % 1024 == 0) {
		bytes /= 1024;
		unit++;
	}
	snprintf(buf, 32, "%" PRIu64 " %s", bytes, units[unit]);
	return buf;
}

/* "memory32-39,48-55": the blocks, or where they would be. */
static int blocks_text(const struct dax_wish *wish, const struct dax_state *dax,
		       struct strbuf *text)
{
	uint64_t size = wish->now->block_bytes.value;
	int ret = strbuf_puts(text, "memory");

	for (size_t i = 0; !ret && dax->knows_spans && i < dax->n_spans; i++) {
		uint64_t first =
			dax->spans[i].first / size + !!(dax->spans[i].first % size);
		uint64_t behind = (dax->spans[i].last + 1) / size;

		if (behind <= first)
			continue;
		ret = strbuf_printf(text, "%s%" PRIu64, text->len > 6 ? "," : "", first);
		if (!ret && behind - first > 1)
			ret = strbuf_printf(text, "-%" PRIu64, behind - 1);
	}
	return ret;
}

/* ---- memory blocks ------------------------------------------------------------------------ */

static const char *zone_word(const struct dax_wish *wish)
{
	return wish->wish->flags & TIER_DAX_ZONE_NORMAL ? "online_kernel" :
							  "online_movable";
}

static const char *const online_why[] = {
	"movable: only what programs use goes there, so that it can be taken back later",
	"normal: kernel data may go there too, and then it cannot be taken back until the "
	"next boot",
};

static int add_blocks(struct dax_wish *wish, const struct wanted *wanted,
		      const char *wants, const char *why)
{
	SCOPED_STRBUF struct strbuf blocks = { 0 };
	uint32_t seconds = wish->wish->limit_seconds;
	struct tier_step step = {
		.kind = TIER_STEP_BLOCKS,
		.device = wanted->dax->name,
		.wants = wants,
		.why = why,
		.limit_ms = (seconds ? seconds : DEFAULT_LIMIT_SECONDS) * 1000ULL,
	};
	int ret = blocks_text(wish, wanted->dax, &blocks);

	if (ret)
		return ret;
	step.file = strbuf_text(&blocks);
	return add_step(wish, &step);
}

/* Blocks that are online in the zone that is not wished for must go offline first. */
static int add_online(struct dax_wish *wish, const struct wanted *wanted)
{
	bool normal = wish->wish->flags & TIER_DAX_ZONE_NORMAL;
	const struct tier_dax_memory *memory = &wanted->memory;
	uint32_t wrong = normal ? memory->movable_blocks : memory->normal_blocks;
	char why[160];

	if (wrong) {
		snprintf(why, sizeof(why),
			 "%" PRIu32 " of its blocks are online in zone %s: take them "
			 "offline first",
			 wrong, normal ? "movable" : "normal");
		return obstacle(wish, wanted, why);
	}
	if (memory->flags & TIER_DAX_MEMORY_KNOWS_BLOCKS && memory->blocks &&
	    memory->online_blocks == memory->blocks)
		return 0;
	return add_blocks(wish, wanted, zone_word(wish), online_why[normal]);
}

static uint64_t first_fixed(const struct dax_state *dax)
{
	size_t i = 0;

	while (i + 1 < dax->n_blocks && !dax->blocks[i].is_fixed)
		i++;
	return dax->blocks[i].id;
}

static int add_offline(struct dax_wish *wish, const struct wanted *wanted)
{
	const struct tier_dax_memory *memory = &wanted->memory;
	char why[160];

	if (memory->flags & TIER_DAX_MEMORY_KNOWS_BLOCKS && !memory->online_blocks)
		return 0;
	if (memory->fixed_blocks) {
		snprintf(why, sizeof(why),
			 "memory%" PRIu64 "%s cannot be removed: the kernel says so in "
			 "the file `removable`",
			 first_fixed(wanted->dax),
			 memory->fixed_blocks > 1 ? " and others of its blocks" : "");
		return obstacle(wish, wanted, why);
	}
	if (memory->normal_blocks) {
		int ret = plan_add_remark(
			wish->plan,
			"%s: %" PRIu32 " of its %" PRIu32
			" online blocks are in zone normal: where kernel data has "
			"settled they may not go offline",
			wanted->dax->name, memory->normal_blocks, memory->online_blocks);

		if (ret)
			return ret;
	}
	return add_blocks(wish, wanted, "offline",
			  "what programs have there moves to other nodes");
}

/* ---- one device, by what is wished ------------------------------------------------------------ */

static bool is_ram(const struct wanted *wanted)
{
	return !strcmp(wanted->dax->driver, DAX_DRIVER_RAM);
}

static int add_driver(struct dax_wish *wish, const struct wanted *wanted,
		      const char *driver, const char *why)
{
	char file[HOTPLUG_PATH];

	return add_step(wish,
			&(struct tier_step){ .kind = TIER_STEP_DRIVER,
					     .device = wanted->dax->name,
					     .file = dax_device_path(wanted->dax->name,
								     "driver", file),
					     .has = wanted->dax->driver,
					     .wants = driver,
					     .why = why });
}

static int remark_costs(struct dax_wish *wish, const struct wanted *wanted)
{
	const struct tier_dax_memory *memory = &wanted->memory;
	const char *name = wanted->dax->name;
	char whole[32], lost[32], block[32], structs[32];
	int ret = 0;

	if (!(memory->flags & TIER_DAX_MEMORY_KNOWS_RANGES))
		return plan_add_remark(wish->plan,
				       "%s: its ranges are not known here, so neither is "
				       "what it costs",
				       name);
	size_text(wish->now->block_bytes.value, block);
	ret = plan_add_remark(wish->plan,
			      "%s: %s in blocks of %s; the kernel takes %s of other "
			      "memory (%.1f %%) to manage it",
			      name, size_text(memory->whole_bytes, whole), block,
			      size_text(memory->page_struct_bytes, structs),
			      100.0 * (double)memory->page_struct_bytes /
				      (double)memory->whole_bytes);
	if (!ret && memory->lost_align_bytes)
		ret = plan_add_remark(wish->plan,
				      "%s: %s of it are in no whole block and are lost",
				      name, size_text(memory->lost_align_bytes, lost));
	return ret;
}

static bool is_ours(const struct dax_wish *wish)
{
	return wish->now->module == KMEM_MODULE_LOADED_OURS ||
	       wish->now->module == KMEM_MODULE_LOADABLE_OURS;
}

/* tierkit's driver looks what lies on a device before it takes it; no other does. */
static int check_data(struct dax_wish *wish, const struct wanted *wanted)
{
	if (wanted->info.kind != TIER_KIND_PMEM)
		return 0;
	if (wish->wish->flags & TIER_DAX_DESTROY)
		return plan_add_remark(
			wish->plan, "%s: it is persistent, and what lies on it is lost",
			wanted->dax->name);
	if (is_ours(wish))
		return plan_add_remark(wish->plan,
				       "%s: it is persistent, and what lies on it is "
				       "lost; tierkit's kmem refuses it where it sees a "
				       "file system, an encrypted volume or a pool",
				       wanted->dax->name);
	return add_step(
		wish,
		&(struct tier_step){
			.kind = TIER_STEP_OBSTACLE,
			.device = wanted->dax->name,
			.wants = "destroy",
			.why = "it is persistent, what lies on it will be lost, and "
			       "only tierkit's kmem would look what that is: --yes "
			       "takes it" });
}

/* What keeps kmem from taking it: 1, said; 0, nothing. */
static int check_ram(struct dax_wish *wish, const struct wanted *wanted)
{
	char why[160], block[32];
	int ret = 0, found = 0;

	if (wanted->info.target_node < 0) {
		ret = obstacle(wish, wanted,
			       "the firmware gave it no node of its own, so kmem refuses "
			       "it");
		found = 1;
	}
	if (!ret && wanted->memory.flags & TIER_DAX_MEMORY_KNOWS_RANGES &&
	    !wanted->memory.whole_bytes) {
		snprintf(why, sizeof(why), "there is no whole memory block of %s in it",
			 size_text(wish->now->block_bytes.value, block));
		ret = obstacle(wish, wanted, why);
		found = 1;
	}
	return ret ? ret : found;
}

static int use_as_ram(struct dax_wish *wish, const struct wanted *wanted)
{
	char why[64];
	int ret;

	if (is_ram(wanted))
		return wish->wish->flags & TIER_DAX_NO_ONLINE ? 0 :
								add_online(wish, wanted);
	ret = check_ram(wish, wanted);
	if (ret)
		return ret < 0 ? ret : 0;
	snprintf(why, sizeof(why), "it becomes memory of node %d",
		 (int)wanted->info.target_node);
	ret = add_driver(wish, wanted, DAX_DRIVER_RAM, why);
	if (!ret && !(wish->wish->flags & TIER_DAX_NO_ONLINE))
		ret = add_online(wish, wanted);
	if (!ret)
		ret = remark_costs(wish, wanted);
	return ret ? ret : check_data(wish, wanted);
}

static int use_as_device(struct dax_wish *wish, const struct wanted *wanted)
{
	int ret;

	if (!strcmp(wanted->dax->driver, DAX_DRIVER_DEVICE))
		return 0;
	ret = is_ram(wanted) ? add_offline(wish, wanted) : 0;
	if (ret)
		return ret;
	return add_driver(wish, wanted, DAX_DRIVER_DEVICE,
			  "its memory is taken away, and programs can map it");
}

static int refuse_device(struct dax_wish *wish, const struct wanted *wanted)
{
	char why[160];

	snprintf(why, sizeof(why),
		 "it is not in use as RAM (driver: %s): tierctl dax use-as-ram %.40s",
		 *wanted->dax->driver ? wanted->dax->driver : "none", wanted->dax->name);
	return obstacle(wish, wanted, why);
}

static int online(struct dax_wish *wish, const struct wanted *wanted)
{
	return is_ram(wanted) ? add_online(wish, wanted) : refuse_device(wish, wanted);
}

static int offline(struct dax_wish *wish, const struct wanted *wanted)
{
	return is_ram(wanted) ? add_offline(wish, wanted) : refuse_device(wish, wanted);
}

/* ---- what comes before the devices --------------------------------------------------------------- */

static int add_module(struct dax_wish *wish)
{
	const struct hotplug *now = wish->now;
	bool ours = now->module == KMEM_MODULE_LOADABLE_OURS;

	if (now->module == KMEM_MODULE_MISSING)
		return diag_set(
			wish->diag, -EOPNOTSUPP,
			"this kernel has no kmem module, which makes memory of dax "
			"devices: install tierkit-kmem, or a kernel that was built "
			"with CONFIG_DEV_DAX_KMEM");
	if (now->module == KMEM_MODULE_UNKNOWN)
		return plan_add_remark(wish->plan, "whether the kernel has a kmem module "
						   "is not known here");
	if (!now->module_file)
		return plan_add_remark(wish->plan, "kmem is loaded: %s",
				       now->module == KMEM_MODULE_LOADED_OURS ?
					       "tierkit's" :
					       "the kernel's own");
	return add_step(
		wish,
		&(struct tier_step){
			.kind = TIER_STEP_MODULE,
			.file = now->module_file,
			.wants = DAX_DRIVER_RAM,
			.why = ours ? "the driver that makes memory of dax devices, as "
				      "installed beside the kernel's own" :
				      "the kernel's own driver that makes memory of dax "
				      "devices" });
}

static int add_policy(struct dax_wish *wish)
{
	const char *policy = wish->now->auto_online;

	if (!policy || !strcmp(policy, "offline"))
		return 0;
	return add_step(wish, &(struct tier_step){
				      .kind = TIER_STEP_MEANWHILE,
				      .file = auto_online_path,
				      .has = policy,
				      .wants = "offline",
				      .why = "or the kernel brings new memory online "
					     "itself; put back when all is done" });
}

/* One that does the same does no harm. What another does is found out when blocks have
 * come online. */
static int remark_rule(struct dax_wish *wish)
{
	bool leaves_offline = wish->wish->flags & TIER_DAX_NO_ONLINE;
	const struct udev_rules *rules = &wish->now->rules;

	for (size_t i = 0; i < rules->count; i++) {
		const struct udev_rule *rule = &rules->list[i];

		if (!leaves_offline && !strcmp(rule->state, zone_word(wish)))
			continue;
		return plan_add_remark(
			wish->plan,
			"%s/%.60s is a rule of udev that writes '%.20s' to "
			"new memory: if it is the faster, all is undone",
			rule->folder, rule->name, rule->state);
	}
	return 0;
}

static int add_overwrite(struct dax_wish *wish)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret = 0;

	if (!(wish->wish->flags & TIER_DAX_DESTROY) || !is_ours(wish))
		return 0;
	for (uint32_t i = 0; !ret && i < wish->wish->n_devices; i++)
		ret = strbuf_printf(&names, "%s%s", i ? "," : "", wish->wish->devices[i]);
	if (ret)
		return ret;
	return add_step(
		wish, &(struct tier_step){
			      .kind = TIER_STEP_MEANWHILE,
			      .file = kmem_overwrite_path,
			      .has = wish->now->overwrite,
			      .wants = strbuf_text(&names),
			      .why = "their data may be destroyed; put back when all is "
				     "done" });
}

static bool has_step(const struct tier_plan *plan, enum tier_step_kind kind)
{
	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind == kind)
			return true;
	return false;
}

/* ---- all --------------------------------------------------------------------------------------------- */

static int no_device(const struct dax_wish *wish, const char *name)
{
	SCOPED_STRBUF struct strbuf names = { 0 };
	int ret = 0;

	for (size_t i = 0; !ret && i < wish->now->n_devices; i++)
		ret = strbuf_printf(&names, "%s%s", i ? ", " : "",
				    wish->now->devices[i].name);
	if (ret)
		return ret;
	if (!names.len)
		return diag_set(wish->diag, -ENODEV,
				"%.40s: there is no dax device at all", name);
	return diag_set(wish->diag, -ENODEV, "%.40s: no such dax device; there is %s",
			name, names.text);
}

static int find(const struct dax_wish *wish, uint32_t index, struct wanted *wanted)
{
	const char *name = wish->wish->devices[index];

	for (uint32_t i = 0; i < index; i++)
		if (!strcmp(wish->wish->devices[i], name))
			return diag_set(wish->diag, -EINVAL, "%.40s: named twice", name);
	*wanted = (struct wanted){ .dax = hotplug_find(wish->now, name) };
	if (!wanted->dax)
		return no_device(wish, name);
	wanted->info.target_node = -1;
	for (size_t i = 0; i < wish->t->n_dax; i++)
		if (!strcmp(wish->t->dax[i].name, name))
			wanted->info = wish->t->dax[i];
	dax_sum(wish->now, wanted->dax, &wanted->memory);
	return 0;
}

typedef int act_on(struct dax_wish *wish, const struct wanted *wanted);

static int add_devices(struct dax_wish *wish, act_on *act)
{
	for (uint32_t i = 0; i < wish->wish->n_devices; i++) {
		struct wanted wanted = { 0 };
		int ret = find(wish, i, &wanted);

		if (!ret && wanted.dax)
			ret = act(wish, &wanted);
		if (ret)
			return ret;
	}
	return 0;
}

/* The devices tell whether anything must come before them: their steps are kept aside. */
static int add_ram(struct dax_wish *wish)
{
	struct tier_plan *plan = wish->plan;
	size_t first = 0, count;
	int ret = add_devices(wish, use_as_ram);

	count = plan->n_steps;
	if (ret || !has_step(plan, TIER_STEP_DRIVER))
		return ret;
	ret = add_module(wish);
	if (!ret)
		ret = remark_rule(wish);
	if (!ret)
		ret = add_policy(wish);
	if (!ret)
		ret = add_overwrite(wish);
	/* Rotate: what was added last comes first. */
	for (; !ret && count < plan->n_steps; first++, count++) {
		struct tier_step step = plan->steps[count];

		memmove(&plan->steps[first + 1], &plan->steps[first],
			(count - first) * sizeof(step));
		plan->steps[first] = step;
	}
	return ret;
}

static int add_all(struct dax_wish *wish)
{
	static act_on *const acts[] = {
		[TIER_DAX_USE_AS_DEVICE] = use_as_device,
		[TIER_DAX_ONLINE] = online,
		[TIER_DAX_OFFLINE] = offline,
	};

	if (wish->wish->action == TIER_DAX_USE_AS_RAM)
		return add_ram(wish);
	return add_devices(wish, acts[wish->wish->action]);
}

int dax_resolve(const struct tier_topology *t, const struct hotplug *now,
		const struct tier_dax_wish *asked, struct tier_plan **out,
		struct tier_diag *diag)
{
	const uint64_t known = TIER_DAX_ZONE_NORMAL | TIER_DAX_NO_ONLINE |
			       TIER_DAX_DESTROY;
	struct dax_wish wish = { .t = t, .now = now, .wish = asked, .diag = diag };
	int ret;

	if (asked->action < TIER_DAX_USE_AS_RAM || asked->action > TIER_DAX_OFFLINE ||
	    asked->flags & ~known)
		return diag_set(diag, -EINVAL, "no such action, or unknown flags");
	wish.plan = plan_new(WISH_STEPS + (size_t)asked->n_devices * DEVICE_STEPS,
			     WISH_REMARKS + (size_t)asked->n_devices * DEVICE_REMARKS);
	if (!wish.plan)
		return diag_set(diag, -ENOMEM, "out of memory");
	ret = add_all(&wish);
	if (ret) {
		tier_plan_free(wish.plan);
		return ret == -ENOMEM ? diag_set(diag, ret, "out of memory") : ret;
	}
	*out = wish.plan;
	return 0;
}
