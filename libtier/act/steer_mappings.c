// SPDX-License-Identifier: LGPL-2.1-or-later
// Mappings get a policy of their own by mbind(2), which any thread may call for all.
#include <errno.h>

#include "numa_maps.h"
#include "policies.h"
#include "proc_text.h"
#include "steer.h"

static int tell(struct steer *steer, const struct mapping *mapping, uint64_t stopped_ns)
{
	SCOPED_STRBUF struct strbuf name = { 0 }, call = { 0 };
	uint64_t bytes = mapping->end - mapping->start;
	struct tier_steered what = { .kind = TIER_STEERED_MAPPING,
				     .start = mapping->start,
				     .bytes = bytes,
				     .stopped_ns = stopped_ns };

	if (strbuf_add(&name, mapping->name, mapping->name_len) ||
	    strbuf_printf(&call, "mbind(0x%llx, %llu, %s, 0)",
			  (unsigned long long)mapping->start, (unsigned long long)bytes,
			  strbuf_text(&steer->call)))
		return -ENOMEM;
	what.name = strbuf_text(&name);
	what.call = strbuf_text(&call);
	if (!(steer->wish->flags & TIER_STEER_DRY))
		what.flags |= TIER_STEERED_DONE;
	steer_tell(steer->tell, &what);
	return 0;
}

/* The next mapping that is meant: 1, or 0. */
static int next_meant(struct steer *steer, const char **at, struct mapping *mapping)
{
	int ret;

	while ((ret = maps_next(at, mapping)) > 0)
		if (mapping_is(mapping, steer->wish->mapping))
			return 1;
	return ret ? steer_fail(steer, -EIO, "the kernel's maps do not parse") : 0;
}

static int tell_all(struct steer *steer, unsigned int most, uint64_t stopped_ns)
{
	const char *at = strbuf_text(&steer->maps);
	struct mapping mapping;
	int ret = 1;

	while (most-- > 0 && (ret = next_meant(steer, &at, &mapping)) > 0) {
		ret = tell(steer, &mapping, stopped_ns);
		if (ret)
			return ret;
	}
	return ret < 0 ? ret : 0;
}

/* Of a preview. */
static int tell_calls(struct steer *steer)
{
	int ret = steer_tell_helper(steer, STEER_MAPS, 0);

	if (!ret)
		ret = tell_all(steer, UINT32_MAX, 0);
	return ret ? ret : steer_tell_helper(steer, STEER_UNMAPS, 0);
}

static int bind_all(struct steer *steer, struct puppet *puppet)
{
	const char *at = strbuf_text(&steer->maps);
	struct mapping mapping;
	int ret = steer_map_scratch(steer, puppet), more = 0;

	while (!ret && (more = next_meant(steer, &at, &mapping)) > 0) {
		ret = steer_set_range(steer, puppet, mapping.start,
				      mapping.end - mapping.start);
		if (!ret)
			steer->report->changed++;
	}
	return ret ? ret : more;
}

static int change(struct steer *steer)
{
	struct puppet puppet;
	uint64_t stopped_ns;
	int ret = steer_hold_any(steer, &puppet), ret_go, ret_tell;

	if (ret < 0)
		return ret;
	ret = bind_all(steer, &puppet);
	ret_go = steer_let_go(steer, &puppet, &stopped_ns);
	ret_tell = tell_all(steer, steer->report->changed, stopped_ns);
	if (!ret)
		ret = ret_go;
	return ret ? ret : ret_tell;
}

int steer_mappings(struct steer *steer)
{
	const char *at = strbuf_text(&steer->maps);
	struct mapping mapping;
	int ret = next_meant(steer, &at, &mapping);

	if (!ret)
		return steer_fail(steer, -ENOENT, "has no mapping '%.200s'",
				  steer->wish->mapping);
	if (ret < 0)
		return ret;
	if (steer->wish->flags & TIER_STEER_DRY)
		return tell_calls(steer);
	return change(steer);
}
