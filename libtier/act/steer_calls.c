// SPDX-License-Identifier: LGPL-2.1-or-later
// What a held thread is made to do, one call each. Masks lie in a page that it maps for us:
// stacks may be too small for them (coroutines), and no other memory is free for certain.
#include <assert.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "pages.h"
#include "parse.h"
#include "proc_text.h"
#include "steer.h"

/* How the page begins. What is written or read together lies together: each access is one
 * more call of ours while the thread stands. */
struct scratch {
	char mark[16];
	struct mempolicy_mask new_mask;
	struct scratch_old {
		int mode;
		struct mempolicy_mask mask;
	} old;
};

/* With room below, should a handler run on it. */
#define SCRATCH_NET   12288
#define SCRATCH_BYTES 16384

static_assert(sizeof(struct scratch) <= SCRATCH_NET / 2, "room for a handler");
static_assert(SCRATCH_NET + NET_BYTES <= SCRATCH_BYTES, "and a net");

#define SCRATCH_AT(steer, member) ((steer)->scratch + offsetof(struct scratch, member))

/* By it the page is known again. */
#define MARK "tierkit steers"

/* mmap(2), the same on both processors. */
#define READ_WRITE	  3
#define PRIVATE_ANONYMOUS 0x22
#define NO_FILE		  UINT64_MAX

/* A result of a call that the kernel refused. */
static bool is_error(int64_t result)
{
	return result < 0 && result > -4096;
}

static int call(struct steer *steer, struct puppet *puppet, const struct regs_call *call,
		int64_t *result)
{
	int ret = puppet_call(puppet, call, result);

	if (ret == -ESRCH)
		return ret;
	if (ret)
		return steer_fail(steer, ret, "thread %d: ptrace: %s", puppet->tid,
				  tier_strerror(ret));
	return 0;
}

/* The page is still there, and ours: the process may have executed something else. */
static int check_scratch(struct steer *steer, const struct puppet *puppet)
{
	char found[sizeof(MARK)];
	int ret = puppet->ops->read(puppet->pid, SCRATCH_AT(steer, mark), found,
				    sizeof(found));

	if (ret == -ESRCH)
		return ret;
	if (ret || memcmp(found, MARK, sizeof(MARK)) != 0)
		return steer_fail(
			steer, -ESTALE,
			"it executed another program, or freed our page, meanwhile");
	return 0;
}

static int write_scratch(struct steer *steer, const struct puppet *puppet)
{
	const struct scratch page = { .mark = MARK,
				      .new_mask = mempolicy_mask(&steer->policy.nodes) };
	int ret = puppet->ops->write(puppet->pid, steer->scratch, &page, sizeof(page));

	if (ret && ret != -ESRCH)
		return steer_fail(steer, ret, "write to its memory: %s",
				  tier_strerror(ret));
	return ret;
}

/* Whole pages. */
static size_t scratch_bytes(void)
{
	return page_bytes() > SCRATCH_BYTES ? page_bytes() : SCRATCH_BYTES;
}

/* Below the 128 bytes that a function may use there (the red zone). */
#define BELOW_STACK 128

/* Before there is our page, and when it goes, a net can only lie on the thread's own stack:
 * if that is the one that the kernel has made, which has room. */
static void spread_on_stack(struct steer *steer, struct puppet *puppet)
{
	const char *at = strbuf_text(&steer->maps);
	struct mapping mapping;
	uint64_t stack;

	if (!puppet->restorer)
		return;
	stack = puppet->arch->net->stack(&puppet->regs);
	while (maps_next(&at, &mapping) > 0) {
		uint64_t net = (stack - BELOW_STACK - NET_BYTES) & ~(uint64_t)63;

		if (span_is(mapping.name, mapping.name_len, "[stack]") &&
		    stack <= mapping.end && stack > mapping.start &&
		    stack - mapping.start > BELOW_STACK + NET_BYTES + 64)
			puppet_spread_net(puppet, net, true);
	}
}

static int map_scratch(struct steer *steer, struct puppet *puppet)
{
	const struct regs_call map = { puppet->arch->mmap,
				       { 0, scratch_bytes(), READ_WRITE,
					 PRIVATE_ANONYMOUS, NO_FILE, 0 } };
	int64_t result = 0;
	int ret;

	spread_on_stack(steer, puppet);
	ret = call(steer, puppet, &map, &result);
	if (ret)
		return ret;
	if (is_error(result))
		return steer_fail(steer, (int)result, "mmap of a page in it: %s",
				  tier_strerror((int)result));
	steer->scratch = (uint64_t)result;
	return write_scratch(steer, puppet);
}

int steer_map_scratch(struct steer *steer, struct puppet *puppet)
{
	int ret = steer->scratch ? check_scratch(steer, puppet) :
				   map_scratch(steer, puppet);

	if (!ret)
		puppet_spread_net(puppet, steer->scratch + SCRATCH_NET, false);
	return ret;
}

int steer_unmap_scratch(struct steer *steer, struct puppet *puppet)
{
	const struct regs_call unmap = { puppet->arch->munmap,
					 { steer->scratch, scratch_bytes() } };
	int64_t result = 0;
	int ret = check_scratch(steer, puppet);

	if (!ret)
		spread_on_stack(steer, puppet);
	if (!ret)
		ret = call(steer, puppet, &unmap, &result);
	if (!ret)
		steer->scratch = 0;
	return ret;
}

/* ---- previews -------------------------------------------------------------------- */

int steer_tell_helper(struct steer *steer, enum steer_helper helper, int tid)
{
	SCOPED_STRBUF struct strbuf call = { 0 };
	struct tier_steered what = { .kind = TIER_STEERED_HELPER,
				     .tid = tid,
				     .name = "" };
	int ret = 0;

	switch (helper) {
	case STEER_MAPS:
		ret = strbuf_printf(&call,
				    "mmap(NULL, %zu, PROT_READ|PROT_WRITE, "
				    "MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)",
				    scratch_bytes());
		break;
	case STEER_ASKS:
		ret = strbuf_printf(&call, "get_mempolicy(MODE, NODES, %lu, NULL, 0)",
				    MEMPOLICY_MAXNODE);
		break;
	case STEER_UNMAPS:
		ret = strbuf_printf(&call, "munmap(START, %zu)", scratch_bytes());
		break;
	}
	if (ret)
		return ret;
	what.call = strbuf_text(&call);
	steer_tell(steer->tell, &what);
	return 0;
}

/* ---- policies -------------------------------------------------------------------- */

/* The kernel's answer in words; what it says is what it would say to the process. */
static int refused(struct steer *steer, int tid, const char *name, int error)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		return steer_fail(
			steer, error,
			"thread %d: %s is forbidden to it (%s): a seccomp filter, as "
			"containers have it without CAP_SYS_NICE",
			tid, name, error == -EPERM ? "EPERM" : "EACCES");
	case -EINVAL:
		return steer_fail(
			steer, error,
			"thread %d: %s: this kernel lacks the mode, or none of the "
			"nodes may be used by it",
			tid, name);
	default:
		return steer_fail(steer, error, "thread %d: %s: %s", tid, name,
				  tier_strerror(error));
	}
}

int steer_get_policy(struct steer *steer, struct puppet *puppet,
		     struct steer_before *before)
{
	const struct regs_call get = { puppet->arch->get_mempolicy,
				       { SCRATCH_AT(steer, old.mode),
					 SCRATCH_AT(steer, old.mask),
					 MEMPOLICY_MAXNODE } };
	struct scratch_old old = { 0 };
	int64_t result = 0;
	int ret = call(steer, puppet, &get, &result);

	if (ret)
		return ret;
	if (is_error(result))
		return refused(steer, puppet->tid, "get_mempolicy", (int)result);
	ret = puppet->ops->read(puppet->pid, SCRATCH_AT(steer, old), &old, sizeof(old));
	*before = (struct steer_before){ .tid = puppet->tid,
					 .mode = old.mode,
					 .mask = old.mask };
	if (ret && ret != -ESRCH)
		return steer_fail(steer, ret, "read its memory: %s", tier_strerror(ret));
	return ret;
}

int steer_set_policy(struct steer *steer, struct puppet *puppet)
{
	bool has_nodes = steer->policy.mode != TIER_MODE_DEFAULT;
	const struct regs_call set = { puppet->arch->set_mempolicy,
				       { (uint64_t)steer->mode,
					 has_nodes ? SCRATCH_AT(steer, new_mask) : 0,
					 has_nodes ? MEMPOLICY_MAXNODE : 0 } };
	int64_t result = 0;
	int ret = call(steer, puppet, &set, &result);

	if (!ret && is_error(result))
		return refused(steer, puppet->tid, "set_mempolicy", (int)result);
	return ret;
}

int steer_put_policy_back(struct steer *steer, struct puppet *puppet,
			  const struct steer_before *before)
{
	const struct regs_call set = {
		puppet->arch->set_mempolicy,
		{ (uint64_t)before->mode, SCRATCH_AT(steer, old.mask), MEMPOLICY_MAXNODE }
	};
	int64_t result = 0;
	int ret = puppet->ops->write(puppet->pid, SCRATCH_AT(steer, old.mask),
				     &before->mask, sizeof(before->mask));

	if (!ret)
		ret = puppet_call(puppet, &set, &result);
	return !ret && is_error(result) ? (int)result : ret;
}

int steer_set_range(struct steer *steer, struct puppet *puppet, uint64_t start,
		    uint64_t bytes)
{
	bool has_nodes = steer->policy.mode != TIER_MODE_DEFAULT;
	const struct regs_call bind = { puppet->arch->mbind,
					{ start, bytes, (uint64_t)steer->mode,
					  has_nodes ? SCRATCH_AT(steer, new_mask) : 0,
					  has_nodes ? MEMPOLICY_MAXNODE : 0, 0 } };
	int64_t result = 0;
	int ret = call(steer, puppet, &bind, &result);

	if (!ret && is_error(result))
		return refused(steer, puppet->tid, "mbind", (int)result);
	return ret;
}
