// SPDX-License-Identifier: GPL-2.0-or-later
// The public calls at their edges: older and newer callers, indexes behind the last,
// machines that are not this one, threads that share.
#include <fcntl.h>
#include <pthread.h>
#include <unistd.h>

#include "unit.h"

#define MACHINE(name) TEST_FIXTURES "/" name "/capture"

static struct tier_ctx *open_machine(const char *root)
{
	struct tier_ctx_config config = { .root = root };
	struct tier_diag diag = { 0 };
	struct tier_ctx *ctx;

	if (tier_ctx_new(&ctx, &config, sizeof(config), &diag))
		fail_msg("%s: %s", root, diag.message);
	return ctx;
}

static struct tier_topology *load_machine(const char *root)
{
	struct tier_ctx *ctx = open_machine(root);
	struct tier_topology *t;

	assert_int_equal(tier_topology_load(ctx, TIER_LOAD_CHEAP, &t, NULL), 0);
	/* A topology needs its context no more. */
	tier_ctx_unref(ctx);
	return t;
}

/* ---- contexts ---------------------------------------------------------------------- */

static void test_api__context_errors(void **state)
{
	static const struct {
		struct tier_ctx_config config;
		int error;
		const char *says;
	} rows[] = {
		{ { .flags = 1 }, -EINVAL, "unknown flags" },
		{ { .root = MACHINE("laptop"), .flags = 1ULL << 63 },
		  -EINVAL,
		  "unknown flags" },
		{ { .root = "/nonexistent" }, -ENOENT, "No such file" },
		{ { .root = "" }, -ENOENT, "No such file" },
		{ { .root = "/dev/null" }, -EINVAL, "neither a directory nor a file" },
		{ { .root = TEST_FIXTURES }, -EINVAL, "" },
		{ { .root = TEST_FIXTURES "/laptop/card" }, -EINVAL, "expected" },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_ctx *ctx = NULL;
		struct tier_diag diag = { 0 };
		int ret = tier_ctx_new(&ctx, &rows[i].config, sizeof(rows[i].config),
				       &diag);

		if (ret != rows[i].error || !strstr(diag.message, rows[i].says) || ctx)
			ROW_FAILS(failures, "row %zu: %d: %s\n", i, ret, diag.message);
		if (tier_ctx_new(&ctx, &rows[i].config, sizeof(rows[i].config), NULL) !=
		    ret)
			ROW_FAILS(failures, "row %zu: other without diag\n", i);
	}
	assert_rows(failures);
}

/* The struct as it may be one day. */
struct newer_config {
	struct tier_ctx_config known;
	uint64_t unknown;
};

static void test_api__newer_and_older_callers(void **state)
{
	struct newer_config newer = { { .root = MACHINE("laptop") }, 0 };
	struct tier_ctx_config older = { .root = MACHINE("laptop"),
					 .node_words = (const char *)&older,
					 .flags = UINT64_MAX };
	struct tier_diag diag = { 0 };
	struct tier_ctx *ctx = NULL;

	(void)state;
	assert_int_equal(tier_ctx_new(&ctx, &newer.known, sizeof(newer), NULL), 0);
	tier_ctx_unref(ctx);
	ctx = NULL;

	/* What it asks for must not be passed over. */
	newer.unknown = 1;
	assert_int_equal(tier_ctx_new(&ctx, &newer.known, sizeof(newer), &diag), -E2BIG);
	assert_true(*diag.message);
	assert_null(ctx);

	/* One that knows of the root alone: what is behind that is not read. */
	assert_int_equal(tier_ctx_new(&ctx, &older, sizeof(older.root), NULL), 0);
	assert_false(tier_ctx_is_live(ctx));
	tier_ctx_unref(ctx);
}

static void test_api__this_machine(void **state)
{
	static const char *const roots[] = { NULL, "/" };
	struct tier_ctx *ctx;

	(void)state;
	assert_int_equal(tier_ctx_new(&ctx, NULL, 0, NULL), 0);
	assert_true(tier_ctx_is_live(ctx));
	assert_ptr_equal(tier_ctx_ref(ctx), ctx);
	tier_ctx_unref(ctx);
	assert_true(tier_ctx_is_live(ctx));
	tier_ctx_unref(ctx);
	tier_ctx_unref(NULL);

	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		ctx = open_machine(roots[i]);
		assert_true(tier_ctx_is_live(ctx));
		tier_ctx_unref(ctx);
	}
}

/* The caller may reuse what it passed. */
static void test_api__words_are_copied(void **state)
{
	char words[] = "node:0 kind=hbm";
	struct tier_ctx_config config = { .root = MACHINE("laptop"),
					  .node_words = words };
	struct tier_node_info info;
	struct tier_topology *t;
	struct tier_ctx *ctx;

	(void)state;
	assert_int_equal(tier_ctx_new(&ctx, &config, sizeof(config), NULL), 0);
	memset(words, 'x', sizeof(words) - 1);

	assert_int_equal(tier_topology_load(ctx, TIER_LOAD_CHEAP, &t, NULL), 0);
	tier_ctx_unref(ctx);

	assert_int_equal(tier_node_get(t, 0, &info, sizeof(info)), 0);
	assert_int_equal(info.kind, TIER_KIND_HBM);
	tier_topology_unref(t);
}

static void test_api__capture(void **state)
{
	struct tier_ctx *ctx = open_machine(MACHINE("2s-pmem"));
	int full = open("/dev/full", O_WRONLY), null = open("/dev/null", O_WRONLY);

	(void)state;
	assert_true(full >= 0 && null >= 0);

	assert_true(tier_ctx_capture(ctx, null) > 50);
	assert_int_equal(tier_ctx_capture(ctx, full), -ENOSPC);
	assert_int_equal(tier_ctx_capture(ctx, -1), -EBADF);

	close(full);
	close(null);
	tier_ctx_unref(ctx);
}

/* ---- topologies -------------------------------------------------------------------- */

static void test_api__load_flags(void **state)
{
	struct tier_ctx *ctx = open_machine(MACHINE("laptop"));
	struct tier_topology *t = NULL;
	struct tier_diag diag = { 0 };

	(void)state;
	assert_int_equal(tier_topology_load(ctx, 2, &t, &diag), -EINVAL);
	assert_says(diag.message, "unknown flags");
	assert_int_equal(tier_topology_load(ctx, 1ULL << 40, &t, NULL), -EINVAL);
	assert_null(t);
	tier_ctx_unref(ctx);
}

static void test_api__indexes(void **state)
{
	struct tier_topology *t = load_machine(MACHINE("2s-pmem"));
	struct tier_node_info node = { .node = 77 };
	struct tier_info tier = { .rank = 77 };
	struct tier_dax_info dax = { .size_bytes = 77 };
	struct tier_note note = { .id = "x" };
	struct tier_nodeset nodes;

	(void)state;
	tier_topology_nodes(t, &nodes);
	assert_int_equal(tier_nodeset_count(&nodes), 4);
	assert_int_equal(tier_count(t), 2);

	assert_int_equal(tier_node_get(t, 4, &node, sizeof(node)), -ENOENT);
	assert_int_equal(tier_node_get(t, UINT32_MAX, &node, sizeof(node)), -ENOENT);
	assert_int_equal(node.node, 77);
	assert_int_equal(tier_get(t, 2, &tier, sizeof(tier)), -ENOENT);
	assert_int_equal(tier_get(t, UINT32_MAX, &tier, sizeof(tier)), -ENOENT);
	assert_int_equal(tier.rank, 77);
	assert_int_equal(tier_dax_get(t, 2, &dax, sizeof(dax)), -ENOENT);
	assert_int_equal(tier_dax_get(t, UINT32_MAX, &dax, sizeof(dax)), -ENOENT);
	assert_int_equal(dax.size_bytes, 77);
	assert_int_equal(tier_dax_get(t, 1, &dax, sizeof(dax)), 0);
	assert_int_equal(tier_note_get(t, 0, &note, sizeof(note)), -ENOENT);
	assert_string_equal(note.id, "x");
	tier_topology_unref(t);
}

static void test_api__distances(void **state)
{
	static const struct {
		const char *root;
		unsigned int from, to;
		int distance;
	} rows[] = {
		{ MACHINE("2s-pmem"), 0, 0, 10 },
		{ MACHINE("2s-pmem"), 0, 4, -ENOENT },
		{ MACHINE("2s-pmem"), 4, 0, -ENOENT },
		{ MACHINE("2s-pmem"), UINT32_MAX, 0, -ENOENT },
		/* By node, not by place in the row. */
		{ MACHINE("sparse-ids"), 33, 33, 10 },
		{ MACHINE("sparse-ids"), 73, 73, 10 },
		{ MACHINE("sparse-ids"), 3, 33, -ENOENT },
		/* A node that is not online is in no row and has none. */
		{ MACHINE("dax-devdax"), 0, 2, -ENODATA },
		{ MACHINE("dax-devdax"), 2, 0, -ENODATA },
		{ MACHINE("dax-devdax"), 2, 2, -ENODATA },
		{ MACHINE("broken-distance"), 1, 0, -ENODATA },
		{ MACHINE("broken-distance"), 0, 1, 21 },
	};
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct tier_topology *t = load_machine(rows[i].root);
		int distance = tier_node_distance(t, rows[i].from, rows[i].to);

		if (distance != rows[i].distance)
			ROW_FAILS(failures, "%s: %u to %u: %d\n", rows[i].root,
				  rows[i].from, rows[i].to, distance);
		tier_topology_unref(t);
	}
	assert_rows(failures);
}

/* An older caller's struct ends earlier, and nothing is written behind it. */
static void test_api__older_structs(void **state)
{
	struct tier_topology *t = load_machine(MACHINE("2s-pmem"));
	struct tier_node_info node;
	struct tier_info tier;

	(void)state;
	memset(&node, '#', sizeof(node));
	assert_int_equal(
		tier_node_get(t, 2, &node, offsetof(struct tier_node_info, kind_why)), 0);
	assert_int_equal(node.node, 2);
	assert_int_equal(node.kind, TIER_KIND_PMEM);
	assert_int_equal(*(unsigned char *)&node.kind_why, '#');

	memset(&tier, '#', sizeof(tier));
	assert_int_equal(tier_get(t, 1, &tier, offsetof(struct tier_info, nodes)), 0);
	assert_int_equal(tier.kind, TIER_KIND_PMEM);
	assert_int_equal(*(unsigned char *)&tier.nodes, '#');
	tier_topology_unref(t);
}

static void test_api__newer_structs(void **state)
{
	struct {
		struct tier_dax_info known;
		char unknown[16];
	} dax;
	struct tier_topology *t = load_machine(MACHINE("2s-pmem"));

	(void)state;
	memset(&dax, '#', sizeof(dax));
	assert_int_equal(tier_dax_get(t, 0, &dax.known, sizeof(dax)), 0);

	assert_string_equal(dax.known.name, "dax0.0");
	for (size_t i = 0; i < sizeof(dax.unknown); i++)
		assert_int_equal(dax.unknown[i], 0);
	tier_topology_unref(t);
	tier_topology_unref(NULL);
}

/* ---- applying where nothing may be changed -------------------------------------------- */

static void test_api__apply_elsewhere(void **state)
{
	struct tier_ctx *ctx = open_machine(MACHINE("laptop"));
	struct tier_report report = { 0 };
	struct tier_plan *plan;

	(void)state;
	assert_int_equal(
		tier_plan_decode("tier-plan 1 cpus=0 policy=bind:0", &plan, NULL), 0);

	assert_int_equal(tier_plan_apply(ctx, plan, 0, &report, sizeof(report)),
			 -EOPNOTSUPP);
	assert_says(report.message, "not this machine");
	assert_int_equal(report.error, -EOPNOTSUPP);
	assert_int_equal(report.flags, 0);
	/* Best effort is no way around that, and the report may be left out. */
	assert_int_equal(tier_plan_apply(ctx, plan, TIER_APPLY_BEST_EFFORT, NULL, 0),
			 -EOPNOTSUPP);
	assert_int_equal(tier_plan_apply(ctx, plan, 2, &report, sizeof(report)), -EINVAL);
	assert_says(report.message, "unknown flags");
	tier_plan_free(plan);
	tier_ctx_unref(ctx);
}

/* ---- threads --------------------------------------------------------------------------- */

/* What tier.h allows: a topology, a policy and a plan are shared by all. */
struct shared {
	struct tier_topology *t;
	struct tier_policy *policy;
};

static void *use_shared(void *arg)
{
	const struct shared *shared = arg;
	struct tier_topology *t = shared->t;

	for (int i = 0; i < 100; i++) {
		struct tier_plan *plan;
		struct tier_nodeset set;

		if (tier_policy_resolve(shared->policy, t, "near", &plan, NULL) ||
		    tier_select(t, "slow", &set, NULL) || tier_topology_check(t, NULL))
			return arg;
		tier_plan_free(plan);
	}
	tier_topology_unref(t);
	return NULL;
}

static void test_api__threads_share(void **state)
{
	struct shared shared = { .t = load_machine(MACHINE("2s-pmem")) };
	pthread_t threads[4];

	(void)state;
	assert_int_equal(tier_policy_parse("prefer:fast", &shared.policy, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		/* Each thread has a reference of its own. */
		tier_topology_ref(shared.t);
		assert_int_equal(pthread_create(&threads[i], NULL, use_shared, &shared),
				 0);
	}
	/* Whoever comes last frees it. */
	tier_topology_unref(shared.t);
	for (size_t i = 0; i < ARRAY_SIZE(threads); i++) {
		void *failed;

		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	tier_policy_free(shared.policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_api__context_errors),
		cmocka_unit_test(test_api__newer_and_older_callers),
		cmocka_unit_test(test_api__this_machine),
		cmocka_unit_test(test_api__words_are_copied),
		cmocka_unit_test(test_api__capture),
		cmocka_unit_test(test_api__load_flags),
		cmocka_unit_test(test_api__indexes),
		cmocka_unit_test(test_api__distances),
		cmocka_unit_test(test_api__older_structs),
		cmocka_unit_test(test_api__newer_structs),
		cmocka_unit_test(test_api__apply_elsewhere),
		cmocka_unit_test(test_api__threads_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
