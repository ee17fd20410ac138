// SPDX-License-Identifier: LGPL-2.1-or-later
// A plan's steps as system calls, and words for what the kernel made of them.
// Decides nothing that the plan has decided.
#include "apply.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>

#include "auto.h"
#include "cpus.h"
#include "dax.h"
#include "errors.h"
#include "mempolicy.h"
#include "nodeset.h"
#include "proportion.h"
#include "turn.h"

struct apply {
	struct root *root;
	const struct sys_ops *sys;
	const struct tier_plan *plan;
	struct tier_report *report;
};

/* Only the first problem keeps its words; all are counted. */
static int fail(struct apply *apply, enum tier_step_kind kind, int error,
		const char *format, ...) PRINTF_LIKE(4, 5);

static int fail(struct apply *apply, enum tier_step_kind kind, int error,
		const char *format, ...)
{
	struct tier_report *report = apply->report;
	va_list args;

	if (report->problems++)
		return error;
	report->error = error;
	report->failed = kind;
	va_start(args, format);
	vsnprintf(report->message, sizeof(report->message), format, args);
	va_end(args);
	return error;
}

/* The plan's step of this kind, from *index on; false when there is none. */
static bool next_step(const struct apply *apply, enum tier_step_kind kind,
		      unsigned int *index, struct tier_step *step)
{
	while (!tier_plan_step(apply->plan, (*index)++, step, sizeof(*step)))
		if (step->kind == kind)
			return true;
	return false;
}

static bool find_step(const struct apply *apply, enum tier_step_kind kind,
		      struct tier_step *step)
{
	unsigned int index = 0;

	return next_step(apply, kind, &index, step);
}

/* ---- CPUs ----------------------------------------------------------------- */

static int apply_cpus(struct apply *apply)
{
	struct tier_step step;
	struct cpus cpus;
	int ret;

	if (!find_step(apply, TIER_STEP_CPUS, &step))
		return 0;
	ret = cpus_parse(step.cpus, &cpus);
	if (ret)
		return fail(apply, step.kind, ret, "CPUs %.100s: not a list of CPUs",
			    step.cpus);
	ret = apply->sys->setaffinity(sizeof(cpus.set), cpus.set);
	if (ret == -EINVAL)
		return fail(apply, step.kind, ret,
			    "CPUs %.100s: this task may run on none of them (cpuset)",
			    step.cpus);
	if (ret)
		return fail(apply, step.kind, ret, "CPUs %.100s: %s", step.cpus,
			    errno_words(ret));
	apply->report->flags |= TIER_REPORT_CPUS_SET;
	return 0;
}

/* ---- weights ---------------------------------------------------------------- */

static int read_weight(struct apply *apply, unsigned int node, uint64_t *has)
{
	char path[96];
	int ret = kernel_weight(apply->root, node, has);

	if (!ret)
		return 0;
	kernel_weight_path(node, path, sizeof(path));
	if (ret == -ENOENT)
		return fail(
			apply, TIER_STEP_WEIGHT, -EINVAL,
			"weighted interleave is missing here: it came with Linux 6.9, "
			"as %s and mode 6 of set_mempolicy(2)",
			path);
	return fail(apply, TIER_STEP_WEIGHT, ret, "%s: %s", path, errno_words(ret));
}

/* The first node with another weight than asked for, and what that is. */
struct odd_node {
	unsigned int node;
	uint64_t asked;
	uint64_t has;
};

/* All that the plan asks, as `tierctl weights set` takes it. */
static int list_weights(const struct apply *apply, struct strbuf *list)
{
	unsigned int index = 0;
	struct tier_step step;
	int ret = 0;

	while (!ret && next_step(apply, TIER_STEP_WEIGHT, &index, &step)) {
		char nodes[NODESET_TEXT];

		tier_nodeset_format(&step.nodes, nodes, sizeof(nodes));
		ret = strbuf_printf(list, "%snode:%s=%u", list->len ? "," : "", nodes,
				    step.weight);
	}
	return ret;
}

static int refuse_weights(struct apply *apply, const struct odd_node *odd)
{
	SCOPED_STRBUF struct strbuf list = { 0 };
	int ret = list_weights(apply, &list);

	if (ret)
		return fail(apply, TIER_STEP_WEIGHT, ret, "%s", errno_words(ret));
	return fail(apply, TIER_STEP_WEIGHT, -EAGAIN,
		    "weights are system-wide, and node %u has %" PRIu64 " where %" PRIu64
		    " is asked: as root, tierctl weights set %s",
		    odd->node, odd->has, odd->asked, strbuf_text(&list));
}

/* Weights of nodes that the policy does not use do not matter. */
static int check_weights(struct apply *apply)
{
	struct tier_step step, policy = { 0 };
	struct proportion proportion = { 0 };
	struct odd_node odd = { 0 };
	unsigned int index = 0;

	(void)find_step(apply, TIER_STEP_MEMPOLICY, &policy);
	while (next_step(apply, TIER_STEP_WEIGHT, &index, &step)) {
		struct tier_nodeset nodes = nodeset_and(&step.nodes, &policy.nodes);

		for_each_node(node, &nodes) {
			uint64_t has;
			int ret = read_weight(apply, (unsigned int)node, &has);

			if (ret)
				return ret;
			proportion_add(&proportion, (unsigned int)node, step.weight, has);
			if (!odd.asked && has != step.weight)
				odd = (struct odd_node){ (unsigned int)node, step.weight,
							 has };
		}
	}
	return proportion.is_off ? refuse_weights(apply, &odd) : 0;
}

/* ---- the policy ----------------------------------------------------------------- */

/* Of several preferred nodes see prefer_one(). */
static const char *mode_words(enum tier_mode mode)
{
	return mode == TIER_MODE_WEIGHTED ? "weighted interleave (Linux 6.9)" :
					    tier_mode_name(mode);
}

/* One preferred node is all that the oldest kernel knows too, so it must be gone. */
static enum mempolicy_refusal find_refusal(const struct apply *apply,
					   const struct tier_step *step, int error)
{
	if (error == -EINVAL && step->mode == TIER_MODE_PREFER &&
	    tier_nodeset_count(&step->nodes) == 1)
		return MEMPOLICY_NODES_GONE;
	return mempolicy_refusal(apply->sys, error, step->mode);
}

static int nodes_gone(struct apply *apply, const struct tier_step *step)
{
	char nodes[64];

	return fail(apply, step->kind, -EINVAL,
		    "none of node %s can be used by this task now",
		    nodeset_brief(&step->nodes, nodes, sizeof(nodes)));
}

static int refused(struct apply *apply, const struct tier_step *step, int error)
{
	switch (find_refusal(apply, step, error)) {
	case MEMPOLICY_BLOCKED:
		return fail(
			apply, step->kind, error,
			"set_mempolicy is blocked (EPERM): a seccomp filter forbids it, "
			"as containers do without CAP_SYS_NICE (moby#37241)");
	case MEMPOLICY_NO_NUMA:
		return fail(apply, step->kind, error,
			    "set_mempolicy is missing (ENOSYS): a kernel without NUMA "
			    "policies, or a seccomp filter that hides it");
	case MEMPOLICY_TOO_OLD:
		return fail(apply, step->kind, error, "this kernel has no %s",
			    mode_words(step->mode));
	case MEMPOLICY_NODES_GONE:
		return nodes_gone(apply, step);
	case MEMPOLICY_REFUSED_OTHER:
		break;
	}
	return fail(apply, step->kind, error, "set_mempolicy: %s", errno_words(error));
}

/* Before 5.15 only one node can be preferred: the one this thread runs on when it is
 * asked for, else the first that can be used. */
static int prefer_one(struct apply *apply, const struct tier_step *step)
{
	struct tier_report *report = apply->report;
	struct tier_nodeset left = step->nodes;
	unsigned int here;
	int node, ret;

	node = apply->sys->getnode(&here) || !tier_nodeset_has(&left, here) ?
		       tier_nodeset_next(&left, -1) :
		       (int)here;
	do {
		struct tier_nodeset one = { 0 };

		(void)tier_nodeset_add(&one, (unsigned int)node);
		ret = mempolicy_set(apply->sys, TIER_MODE_PREFER, &one);
		if (ret != -EINVAL)
			break;
		left = nodeset_minus(&left, &one);
		node = tier_nodeset_next(&left, -1);
	} while (node >= 0);
	if (ret)
		return ret == -EINVAL ? nodes_gone(apply, step) :
					refused(apply, step, ret);
	report->flags |= TIER_REPORT_ONE_NODE_ONLY;
	if (!report->problems)
		snprintf(report->message, sizeof(report->message),
			 "this kernel has no prefer-many (Linux 5.15): only node %d is "
			 "preferred",
			 node);
	return 0;
}

static int set_policy(struct apply *apply, const struct tier_step *step)
{
	int ret = mempolicy_set(apply->sys, step->mode, &step->nodes);

	if (!ret)
		return 0;
	if (step->mode == TIER_MODE_PREFER &&
	    find_refusal(apply, step, ret) == MEMPOLICY_TOO_OLD)
		return prefer_one(apply, step);
	return refused(apply, step, ret);
}

/* The kernel drops nodes without a word: ask what it made of the mask. */
static int read_back(struct apply *apply, const struct tier_step *step)
{
	struct tier_report *report = apply->report;

	report->flags |= TIER_REPORT_POLICY_SET;
	if (step->mode == TIER_MODE_DEFAULT)
		return 0;
	if (mempolicy_get(apply->sys, NULL, &report->nodes))
		return 0;
	report->flags |= TIER_REPORT_KNOWS_NODES;
	if (nodeset_is_empty(&report->nodes))
		return fail(apply, step->kind, -EINVAL,
			    "the kernel left no node of the policy in force");
	if (!(report->flags & TIER_REPORT_ONE_NODE_ONLY))
		report->dropped = nodeset_minus(&step->nodes, &report->nodes);
	return 0;
}

static int apply_policy(struct apply *apply)
{
	struct tier_step step;
	int ret;

	if (!find_step(apply, TIER_STEP_MEMPOLICY, &step))
		return 0;
	ret = set_policy(apply, &step);
	return ret ? ret : read_back(apply, &step);
}

static int apply_switches(struct apply *apply)
{
	return turn_switches(apply->root, apply->sys, apply->plan, apply->report);
}

int plan_check_weights(struct root *root, const struct tier_plan *plan,
		       struct tier_report *report)
{
	struct apply apply = { root, NULL, plan, report };

	*report = (struct tier_report){ 0 };
	return check_weights(&apply);
}

int plan_apply(struct root *root, const struct sys_ops *sys, const struct tier_plan *plan,
	       uint64_t flags, struct tier_report *report)
{
	/* What changes nothing comes first. */
	static int (*const parts[])(struct apply *) = { check_weights, apply_cpus,
							apply_policy, apply_switches };
	struct apply apply = { root, sys, plan, report };

	*report = (struct tier_report){ 0 };
	if (dax_has_steps(plan))
		return dax_apply(root, sys, plan, report);
	if (auto_has_steps(plan))
		return auto_apply(root, sys, plan, report);
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++) {
		int ret = parts[i](&apply);

		if (ret && !(flags & TIER_APPLY_BEST_EFFORT))
			return ret;
	}
	return 0;
}
