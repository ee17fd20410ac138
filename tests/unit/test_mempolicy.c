// SPDX-License-Identifier: GPL-2.0-or-later
// Memory policy calls: the words that the kernel is given, what is made of its
// answers, and, where this kernel allows it, the real thing with and without a
// filter in between.
#include "mempolicy.h"

#include <linux/mempolicy.h>
#include <sys/syscall.h>

#include "child.h"
#include "fault.h"
#include "nodeset.h"
#include "unit.h"

/* ---- a kernel made of variables ---------------------------------------------------- */

static struct {
	int calls;
	int mode;
	bool has_mask;
	bool is_unreadable;
	struct mempolicy_mask mask;
	unsigned long maxnode;
	/* What it answers. */
	int result;
	int policy;
	struct mempolicy_mask asked;
	struct mempolicy_mask allowed;
	int allowed_result;
} fake;

static int fake_set(int mode, const unsigned long *mask, unsigned long maxnode)
{
	fake.calls++;
	fake.mode = mode;
	fake.has_mask = mask;
	fake.is_unreadable = mask == MEMPOLICY_UNREADABLE;
	fake.maxnode = maxnode;
	if (mask && !fake.is_unreadable)
		memcpy(&fake.mask, mask, sizeof(fake.mask));
	return fake.result;
}

static int fake_get(int *mode, unsigned long *mask, unsigned long maxnode,
		    unsigned long flags)
{
	assert_int_equal(maxnode, MEMPOLICY_MAXNODE);
	if (flags == MEMPOLICY_MEMS_ALLOWED) {
		memcpy(mask, &fake.allowed, sizeof(fake.allowed));
		return fake.allowed_result;
	}
	assert_int_equal(flags, 0);
	*mode = fake.policy;
	memcpy(mask, &fake.asked, sizeof(fake.asked));
	return fake.result;
}

static const struct sys_ops fake_sys = {
	.set_mempolicy = fake_set,
	.get_mempolicy = fake_get,
};

static struct tier_nodeset nodes_of(const char *list)
{
	struct tier_nodeset nodes = { 0 };

	assert_int_equal(tier_nodeset_parse(list, &nodes, NULL), 0);
	return nodes;
}

static int reset(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	return 0;
}

/* ---- setting ------------------------------------------------------------------------ */

static void test_mempolicy__words_of_each_mode(void **state)
{
	static const struct {
		enum tier_mode mode;
		const char *nodes;
		int word;
	} rows[] = {
		{ TIER_MODE_PREFER, "0", MPOL_PREFERRED },
		{ TIER_MODE_PREFER, "1023", MPOL_PREFERRED },
		{ TIER_MODE_PREFER, "0-1", MPOL_PREFERRED_MANY },
		{ TIER_MODE_BIND, "3", MPOL_BIND },
		{ TIER_MODE_BIND, "0,63-64,1023", MPOL_BIND },
		{ TIER_MODE_INTERLEAVE, "0-1023", MPOL_INTERLEAVE },
		{ TIER_MODE_WEIGHTED, "0,2", 6 },
	};

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_nodeset nodes = nodes_of(rows[i].nodes), back;

		assert_int_equal(mempolicy_set(&fake_sys, rows[i].mode, &nodes), 0);
		assert_int_equal(fake.calls, i + 1);
		assert_int_equal(fake.mode, rows[i].word | MPOL_F_STATIC_NODES);
		assert_true(fake.has_mask);
		/* The kernel looks at one bit less than this. */
		assert_int_equal(fake.maxnode, TIER_MAX_NODES + 1);
		back = mempolicy_nodes(&fake.mask);
		assert_true(nodeset_equal(&back, &nodes));
	}
}

static void test_mempolicy__default_has_no_mask(void **state)
{
	struct tier_nodeset nodes = nodes_of("0-3");

	(void)state;

	assert_int_equal(mempolicy_set(&fake_sys, TIER_MODE_DEFAULT, NULL), 0);
	assert_int_equal(mempolicy_set(&fake_sys, TIER_MODE_DEFAULT, &nodes), 0);
	assert_int_equal(fake.calls, 2);
	assert_int_equal(fake.mode, MPOL_DEFAULT);
	assert_false(fake.has_mask);
	assert_int_equal(fake.maxnode, 0);
}

static void test_mempolicy__refuses_nonsense_before_any_call(void **state)
{
	struct tier_nodeset none = { 0 }, nodes = nodes_of("0");

	(void)state;

	assert_int_equal(mempolicy_set(&fake_sys, TIER_MODE_BIND, &none), -EINVAL);
	assert_int_equal(mempolicy_set(&fake_sys, TIER_MODE_UNKNOWN, &nodes), -EINVAL);
	assert_int_equal(mempolicy_set(&fake_sys, (enum tier_mode)99, &nodes), -EINVAL);
	assert_int_equal(mempolicy_set(&fake_sys, (enum tier_mode) - 1, &nodes), -EINVAL);
	assert_int_equal(mempolicy_has_mode(&fake_sys, TIER_MODE_UNKNOWN), 0);
	assert_int_equal(fake.calls, 0);
}

static void test_mempolicy__mask_and_back(void **state)
{
	static const char *const lists[] = {
		"",   "0",  "1",      "31",   "32",	      "63",
		"64", "65", "0-1023", "1023", "1,3,62-66,512"
	};

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		struct tier_nodeset nodes = nodes_of(lists[i]), back;
		struct mempolicy_mask mask = mempolicy_mask(&nodes);

		back = mempolicy_nodes(&mask);
		assert_true(nodeset_equal(&nodes, &back));
	}
}

/* ---- reading back -------------------------------------------------------------------- */

static void test_mempolicy__nodes_in_force(void **state)
{
	static const struct {
		int policy;
		const char *asked;
		const char *allowed;
		const char *effective;
	} rows[] = {
		{ MPOL_BIND | MPOL_F_STATIC_NODES, "0-3", "0-1", "0-1" },
		{ MPOL_BIND | MPOL_F_STATIC_NODES, "2-3", "0-1", "" },
		{ MPOL_BIND, "0-1", "0-1023", "0-1" },
		{ MPOL_INTERLEAVE | MPOL_F_STATIC_NODES, "0,64,1023", "64-1023",
		  "64,1023" },
		{ MPOL_PREFERRED_MANY | MPOL_F_STATIC_NODES, "0-3", "1-3", "1-3" },
		/* Only the first of a preferred mask is used. */
		{ MPOL_PREFERRED | MPOL_F_STATIC_NODES, "0-3", "1-3", "1" },
		{ MPOL_PREFERRED, "2", "0-3", "2" },
		{ MPOL_PREFERRED | MPOL_F_STATIC_NODES, "2", "0-1", "" },
		{ MPOL_DEFAULT, "", "0-1", "" },
	};

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_nodeset asked = nodes_of(rows[i].asked);
		struct tier_nodeset allowed = nodes_of(rows[i].allowed);
		struct tier_nodeset expected = nodes_of(rows[i].effective), effective;
		int mode = -1;

		fake.policy = rows[i].policy;
		fake.asked = mempolicy_mask(&asked);
		fake.allowed = mempolicy_mask(&allowed);

		assert_int_equal(mempolicy_get(&fake_sys, &mode, &effective), 0);
		assert_int_equal(mode, rows[i].policy);
		assert_true(nodeset_equal(&effective, &expected));
		assert_int_equal(mempolicy_get(&fake_sys, NULL, NULL), 0);
	}
}

static void test_mempolicy__reading_may_fail(void **state)
{
	struct tier_nodeset effective = nodes_of("7");
	int mode = 42;

	(void)state;

	fake.result = -EPERM;
	assert_int_equal(mempolicy_get(&fake_sys, &mode, &effective), -EPERM);
	fake.result = 0;
	fake.allowed_result = -ENOSYS;
	assert_int_equal(mempolicy_get(&fake_sys, &mode, &effective), -ENOSYS);
	assert_int_equal(mode, 42);
	assert_true(tier_nodeset_has(&effective, 7));
}

/* ---- probing and refusals -------------------------------------------------------------- */

static void test_mempolicy__probe(void **state)
{
	static const struct {
		int result;
		int has;
	} rows[] = {
		{ -EFAULT, 1 },	      { -EINVAL, 0 }, { -EPERM, -EPERM },
		{ -ENOSYS, -ENOSYS }, { 0, -EIO },
	};

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fake.result = rows[i].result;
		assert_int_equal(mempolicy_has_mode(&fake_sys, TIER_MODE_WEIGHTED),
				 rows[i].has);
		assert_true(fake.is_unreadable);
		assert_int_equal(fake.mode, 6);
		assert_true(fake.maxnode > 1);
	}
	/* Which of the two a prefer becomes is known by the number of nodes; asked for
	 * is the one that may be missing. */
	fake.result = -EFAULT;
	assert_int_equal(mempolicy_has_mode(&fake_sys, TIER_MODE_PREFER), 1);
	assert_int_equal(fake.mode, MPOL_PREFERRED_MANY);
}

static void test_mempolicy__refusals(void **state)
{
	static const struct {
		int error;
		int probe;
		enum mempolicy_refusal refusal;
	} rows[] = {
		{ -EPERM, 0, MEMPOLICY_BLOCKED },
		{ -EACCES, 0, MEMPOLICY_BLOCKED },
		{ -ENOSYS, 0, MEMPOLICY_NO_NUMA },
		{ -EINVAL, -EINVAL, MEMPOLICY_TOO_OLD },
		{ -EINVAL, -EFAULT, MEMPOLICY_NODES_GONE },
		{ -EINVAL, -EPERM, MEMPOLICY_REFUSED_OTHER },
		{ -ENOMEM, -EFAULT, MEMPOLICY_REFUSED_OTHER },
		{ -EFAULT, -EFAULT, MEMPOLICY_REFUSED_OTHER },
	};

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		fake.result = rows[i].probe;
		assert_int_equal(mempolicy_refusal(&fake_sys, rows[i].error,
						   TIER_MODE_BIND),
				 rows[i].refusal);
	}
}

static int set_and_get(void *arg)
{
	const struct sys_ops *sys = fault_sys(&fake_sys);
	struct tier_nodeset nodes = nodes_of("0-1"), effective;
	int ret = mempolicy_set(sys, TIER_MODE_BIND, &nodes);

	(void)arg;
	return ret ? ret : mempolicy_get(sys, NULL, &effective);
}

static void test_mempolicy__survives_faults(void **state)
{
	(void)state;

	assert_int_equal(fault_each(set_and_get, NULL), 3);
}

/* ---- this kernel ------------------------------------------------------------------------- */

/* Whether policies work here at all; says why not. */
static bool has_policies(void)
{
	int ret = mempolicy_has_mode(&sys_linux, TIER_MODE_BIND);

	if (ret == 1 && !mempolicy_get(&sys_linux, NULL, NULL))
		return true;
	print_message("skip: set_mempolicy cannot be used here: %s\n",
		      tier_strerror(ret < 0 ? ret : -EPERM));
	return false;
}

/* A node that this task may use. */
static unsigned int some_node(void)
{
	struct mempolicy_mask mask = { 0 };
	struct tier_nodeset nodes;

	assert_int_equal(sys_linux.get_mempolicy(NULL, mask.words, MEMPOLICY_MAXNODE,
						 MEMPOLICY_MEMS_ALLOWED),
			 0);
	nodes = mempolicy_nodes(&mask);
	assert_false(nodeset_is_empty(&nodes));
	return (unsigned int)tier_nodeset_next(&nodes, -1);
}

/* An absent node goes without a word; it is seen to be gone. */
static void test_mempolicy_live__dropped_nodes_are_seen(void **state)
{
	struct tier_nodeset asked = { 0 }, effective;
	unsigned int node;
	int mode;

	(void)state;
	if (!has_policies())
		skip();
	node = some_node();
	assert_int_equal(tier_nodeset_add(&asked, node), 0);
	assert_int_equal(tier_nodeset_add(&asked, 1023), 0);

	assert_int_equal(mempolicy_set(&sys_linux, TIER_MODE_BIND, &asked), 0);
	assert_int_equal(mempolicy_get(&sys_linux, &mode, &effective), 0);

	assert_int_equal(mode, MPOL_BIND | MPOL_F_STATIC_NODES);
	assert_true(tier_nodeset_has(&effective, node));
	assert_int_equal(tier_nodeset_count(&effective), 1);
	assert_int_equal(mempolicy_set(&sys_linux, TIER_MODE_DEFAULT, NULL), 0);
}

static void test_mempolicy_live__no_node_left(void **state)
{
	struct tier_nodeset absent = nodes_of("1023");
	int ret;

	(void)state;
	if (!has_policies())
		skip();

	ret = mempolicy_set(&sys_linux, TIER_MODE_BIND, &absent);
	assert_int_equal(ret, -EINVAL);
	assert_int_equal(mempolicy_refusal(&sys_linux, ret, TIER_MODE_BIND),
			 MEMPOLICY_NODES_GONE);
}

static void test_mempolicy_live__probing_changes_nothing(void **state)
{
	struct tier_nodeset asked = { 0 }, before, after;
	int mode_before, mode_after;

	(void)state;
	if (!has_policies())
		skip();
	assert_int_equal(tier_nodeset_add(&asked, some_node()), 0);
	assert_int_equal(mempolicy_set(&sys_linux, TIER_MODE_INTERLEAVE, &asked), 0);
	assert_int_equal(mempolicy_get(&sys_linux, &mode_before, &before), 0);

	for (int mode = TIER_MODE_DEFAULT; mode <= TIER_MODE_WEIGHTED; mode++)
		assert_in_range(mempolicy_has_mode(&sys_linux, (enum tier_mode)mode), 0,
				1);

	assert_int_equal(mempolicy_get(&sys_linux, &mode_after, &after), 0);
	assert_int_equal(mode_before, mode_after);
	assert_true(nodeset_equal(&before, &after));
	assert_int_equal(mempolicy_set(&sys_linux, TIER_MODE_DEFAULT, NULL), 0);
}

/* ---- a filter between us and the kernel ------------------------------------------------------ */

struct filtered {
	int error;
	int mode; /* of the kernel, -1: all */
	int result;
	enum mempolicy_refusal refusal;
};

static int set_filtered(void *arg)
{
	const struct filtered *row = arg;
	struct tier_nodeset nodes = { 0 };
	int ret;

	if (tier_nodeset_add(&nodes, some_node()) || tier_nodeset_add(&nodes, 1022))
		return 10;
	if (refuse_call(SYS_set_mempolicy, row->error, row->mode))
		return 11;
	ret = mempolicy_set(&sys_linux, TIER_MODE_PREFER, &nodes);
	if (ret != row->result)
		return 1;
	if (ret && mempolicy_refusal(&sys_linux, ret, TIER_MODE_PREFER) != row->refusal)
		return 2;
	/* One node needs no prefer-many. */
	if (row->mode == MPOL_PREFERRED_MANY) {
		tier_nodeset_zero(&nodes);
		if (tier_nodeset_add(&nodes, some_node()) ||
		    mempolicy_set(&sys_linux, TIER_MODE_PREFER, &nodes))
			return 3;
	}
	return 0;
}

/* As in a container without CAP_SYS_NICE, on a kernel without NUMA, on one before
 * 5.15, and on one before 6.9. */
static void test_mempolicy_live__behind_a_filter(void **state)
{
	static struct filtered rows[] = {
		{ EPERM, -1, -EPERM, MEMPOLICY_BLOCKED },
		{ ENOSYS, -1, -ENOSYS, MEMPOLICY_NO_NUMA },
		{ EINVAL, MPOL_PREFERRED_MANY, -EINVAL, MEMPOLICY_TOO_OLD },
		{ EINVAL, 6, 0, MEMPOLICY_REFUSED_OTHER },
	};

	(void)state;
	if (!has_policies())
		skip();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(in_child(set_filtered, &rows[i]), 0);
}

static int get_filtered(void *arg)
{
	struct tier_nodeset nodes;

	if (refuse_call(SYS_get_mempolicy, *(int *)arg, -1))
		return 11;
	return mempolicy_get(&sys_linux, NULL, &nodes) != -*(int *)arg;
}

static void test_mempolicy_live__reading_behind_a_filter(void **state)
{
	static int errors[] = { EPERM, ENOSYS };

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		assert_int_equal(in_child(get_filtered, &errors[i]), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_mempolicy__words_of_each_mode, reset),
		cmocka_unit_test_setup(test_mempolicy__default_has_no_mask, reset),
		cmocka_unit_test_setup(test_mempolicy__refuses_nonsense_before_any_call,
				       reset),
		cmocka_unit_test(test_mempolicy__mask_and_back),
		cmocka_unit_test_setup(test_mempolicy__nodes_in_force, reset),
		cmocka_unit_test_setup(test_mempolicy__reading_may_fail, reset),
		cmocka_unit_test_setup(test_mempolicy__probe, reset),
		cmocka_unit_test_setup(test_mempolicy__refusals, reset),
		cmocka_unit_test_setup(test_mempolicy__survives_faults, reset),
		cmocka_unit_test(test_mempolicy_live__dropped_nodes_are_seen),
		cmocka_unit_test(test_mempolicy_live__no_node_left),
		cmocka_unit_test(test_mempolicy_live__probing_changes_nothing),
		cmocka_unit_test(test_mempolicy_live__behind_a_filter),
		cmocka_unit_test(test_mempolicy_live__reading_behind_a_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
