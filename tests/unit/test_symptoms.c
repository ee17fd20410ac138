// SPDX-License-Identifier: GPL-2.0-or-later
// What a diagnosis reads of the outside: files as kernels write them, and calls.
#include "exam.h"
#include "fake_kernel.h"
#include "fault.h"
#include "machine.h"
#include "mempolicy.h"
#include "symptoms.h"
#include "unit.h"

#define MOUNTS "/proc/self/mounts"
#define GROUP  "/proc/self/cgroup"

/* Where the task's cpuset is, by its mounts and groups; NULL: not known. */
static const struct {
	const char *mounts;
	const char *groups;
	const char *file;
	bool is_v1;
} groups[] = {
	{ "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "0::/a/b\n",
	  "/sys/fs/cgroup/a/b/cpuset.mems", false },
	{ "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "0::/\n",
	  "/sys/fs/cgroup/cpuset.mems", false },
	{ "cgroup /cg/cpuset cgroup rw,nosuid,cpuset 0 0\n"
	  "cgroup2 /cg/unified cgroup2 rw 0 0\n",
	  "5:cpu,cpuacct:/x\n3:cpuset:/y\n0::/z\n", "/cg/cpuset/y/cpuset.mems", true },
	/* Outside of what this namespace shows, not mounted, or broken. */
	{ "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "0::/../../x\n", NULL, false },
	{ "proc /proc proc rw 0 0\n", "0::/a\n", NULL, false },
	{ "cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n", "0:/a\n", NULL, false },
	{ "cgroup2 /sys/fs/cgroup\n\n", "0::/a\n", NULL, false },
};

static void test_symptoms__finds_the_cpuset(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		const struct test_file files[] = { { MOUNTS, groups[i].mounts, 0 },
						   { GROUP, groups[i].groups, 0 },
						   { 0 } };
		struct root *root = files_root(files);
		struct symptoms symptoms;

		assert_int_equal(symptoms_read(root, NULL, &symptoms), 0);
		if (!groups[i].file != !symptoms.cpuset_file ||
		    (groups[i].file &&
		     (strcmp(groups[i].file, symptoms.cpuset_file) != 0 ||
		      groups[i].is_v1 != symptoms.is_cpuset_v1)))
			ROW_FAILS(failures, "row %zu: %s\n", i,
				  symptoms.cpuset_file ? symptoms.cpuset_file : "none");
		symptoms_free(&symptoms);
		root_close(root);
	}
	assert_rows(failures);
}

#define TABLES "/sys/firmware/acpi/tables/"

static void test_symptoms__hmat(void **state)
{
	static const struct {
		struct test_file files[3];
		struct figure expected;
	} cases[] = {
		{ { { TABLES "SRAT", "", 0 }, { TABLES "HMAT", "", 0 } }, { true, 1 } },
		{ { { TABLES "SRAT", "", 0 } }, { true, 0 } },
		{ { { TABLES "DSDT", "", 0 } }, { false, 0 } },
		/* Not for everybody to read, but there. */
		{ { { TABLES "SRAT", NULL, -EACCES }, { TABLES "HMAT", NULL, -EACCES } },
		  { true, 1 } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct root *root = patched_root(fixture_root("2s-pmem"), cases[i].files);
		struct symptoms symptoms;

		assert_int_equal(symptoms_read(root, NULL, &symptoms), 0);
		assert_int_equal(symptoms.has_hmat.known, cases[i].expected.known);
		assert_int_equal(symptoms.has_hmat.value, cases[i].expected.value);
		symptoms_free(&symptoms);
		root_close(root);
	}
}

static void test_symptoms__asks_a_kernel(void **state)
{
	struct root *root = fixture_root("2s-pmem");
	struct symptoms symptoms;

	(void)state;
	fake_kernel_reset();
	fake_kernel.refusal = -EPERM;

	assert_int_equal(symptoms_read(root, &fake_sys, &symptoms), 0);

	assert_true(symptoms.knows_calls);
	assert_int_equal(symptoms.refusal[CALL_GET_MEMPOLICY], 0);
	assert_int_equal(symptoms.refusal[CALL_MBIND], -EPERM);
	assert_int_equal(symptoms.has_many, -EPERM);
	assert_int_equal(fake_kernel.set_calls, 0);
	/* Debian 12 has 76. */
	assert_int_not_equal(symptoms.daxctl, DAXCTL_UNKNOWN);
	symptoms_free(&symptoms);
	root_close(root);
}

/* Which of the newer policies it has, and its own stays. */
static void test_symptoms__asks_for_modes(void **state)
{
	static const struct {
		int newest;
		int has_many;
		int has_weighted;
	} kernels[] = {
		{ MEMPOLICY_PREFERRED, 0, 0 },
		{ MEMPOLICY_PREFERRED_MANY, 1, 0 },
		{ MEMPOLICY_WEIGHTED_INTERLEAVE, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kernels); i++) {
		struct root *root = fixture_root("2s-pmem");
		struct symptoms symptoms;

		fake_kernel_reset();
		fake_kernel.newest_mode = kernels[i].newest;

		assert_int_equal(symptoms_read(root, &fake_sys, &symptoms), 0);

		assert_int_equal(symptoms.has_many, kernels[i].has_many);
		assert_int_equal(symptoms.has_weighted, kernels[i].has_weighted);
		assert_int_equal(fake_kernel.set_calls, 0);
		symptoms_free(&symptoms);
		root_close(root);
	}
}

/* Asking must not change what it asks for. */
static void test_symptoms__asks_this_kernel(void **state)
{
	int before = -1, after = -1;
	int can_read = sys_linux.get_mempolicy(&before, NULL, 0, 0);

	(void)state;
	for (enum policy_call call = 0; call < POLICY_CALLS; call++)
		assert_int_equal(sys_linux.ask(call), can_read);
	assert_int_equal(sys_linux.get_mempolicy(&after, NULL, 0, 0), can_read);
	assert_int_equal(before, after);
}

/* ---- with everything that can fail failing ----------------------------------------------- */

static struct machine kept;

/* Reads of the machine that is kept, so that none has to be parsed. */
static int kept_read(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	return kept.root->ops->read(kept.root, path, out);
}

static int kept_list(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	return kept.root->ops->list(kept.root, path, out);
}

static void kept_close(struct root *root)
{
	(void)root;
}

static int run_exam(struct root *root, struct symptoms *symptoms,
		    struct switches *switches, struct exam *exam)
{
	const struct exam_input input = { .t = kept.t,
					  .symptoms = symptoms,
					  .switches = switches };
	struct tier_nodeset nodes;
	int ret;

	tier_topology_nodes(kept.t, &nodes);
	ret = switches_read(root, &nodes, switches);
	if (!ret)
		ret = symptoms_read(root, fault_sys(&fake_sys), symptoms);
	return ret ? ret : exam_run(exam, &input);
}

static int diagnose(void *arg)
{
	static const struct root_ops ops = { .read = kept_read,
					     .list = kept_list,
					     .close = kept_close };
	static struct root bare = { .ops = &ops };
	struct root *root = fault_root(&bare);
	struct symptoms symptoms = { 0 };
	struct switches switches = { 0 };
	struct exam exam = { 0 };
	int ret;

	(void)arg;
	if (!root)
		return -ENOMEM;
	ret = run_exam(root, &symptoms, &switches, &exam);
	exam_free(&exam);
	symptoms_free(&symptoms);
	switches_free(&switches);
	root_close(root);
	/* A file that cannot be read costs a fact, not the diagnosis. */
	return ret == 0 || ret == -ENOMEM ? ret : 1;
}

static void test_symptoms__survive_faults(void **state)
{
	(void)state;
	fake_kernel_reset();
	kept = machine_fixture("doctor-ill");
	assert_true(fault_each(diagnose, NULL) > 30);
	machine_close(&kept);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_symptoms__finds_the_cpuset),
		cmocka_unit_test(test_symptoms__hmat),
		cmocka_unit_test(test_symptoms__asks_a_kernel),
		cmocka_unit_test(test_symptoms__asks_for_modes),
		cmocka_unit_test(test_symptoms__asks_this_kernel),
		cmocka_unit_test(test_symptoms__survive_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
