// SPDX-License-Identifier: GPL-2.0-or-later
// The doctor's calls, and what it makes of findings that are in no file: of this process,
// of libraries, of hwloc. The checks one by one are in test_checks.c.
#include "patient.h"
#include "unit.h"

#define DEMOTION "/sys/kernel/mm/numa/demotion_enabled"
#define NODE_DIR "/sys/devices/system/node/"
#define KDAMONDS "/sys/kernel/mm/damon/admin/kdamonds/nr_kdamonds"
#define STAT	 "/sys/module/damon_stat/parameters/"
#define RELEASE	 "/proc/sys/kernel/osrelease"
#define MODULES	 "/lib/modules/6.1/modules.dep"

/* ---- what is in no file --------------------------------------------------------------------- */

static const struct tier_finding *finding_of(const struct patient *patient,
					     const char *check)
{
	for (size_t i = 0; i < patient->exam.count; i++)
		if (!strcmp(patient->exam.findings[i].check, check))
			return &patient->exam.findings[i];
	fail_msg("no finding of %s", check);
	return NULL;
}

static const struct test_file as_it_is[] = { { 0 } };

static void test_doctor__refused_calls(void **state)
{
	struct patient patient;
	const struct tier_finding *finding;

	(void)state;
	patient_admit(&patient, "2s-pmem", as_it_is, NULL);
	patient.symptoms.knows_calls = true;

	patient_examine(&patient);
	assert_int_equal(finding_of(&patient, "seccomp")->health, TIER_HEALTH_OK);

	patient.symptoms.refusal[CALL_MBIND] = -EPERM;
	patient.symptoms.refusal[CALL_MOVE_PAGES] = -ENOSYS;
	patient_examine(&patient);
	finding = finding_of(&patient, "seccomp");
	assert_int_equal(finding->health, TIER_HEALTH_PROBLEM);
	assert_says(finding->evidence, "refused: mbind (");
	assert_says(finding->evidence, ", move_pages (");
	assert_null(strstr(finding->evidence, "set_mempolicy"));
	patient_release(&patient);
}

static void test_doctor__old_daxctl(void **state)
{
	static const enum tier_health healths[] = {
		[DAXCTL_UNKNOWN] = TIER_HEALTH_UNKNOWN,
		[DAXCTL_MISSING] = TIER_HEALTH_NOT_APPLICABLE,
		[DAXCTL_BEFORE_79] = TIER_HEALTH_NOTE,
		[DAXCTL_79] = TIER_HEALTH_OK,
	};
	struct patient patient;

	(void)state;
	patient_admit(&patient, "2s-pmem", as_it_is, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(healths); i++) {
		patient.symptoms.daxctl = (enum daxctl_age)i;
		patient_examine(&patient);
		assert_int_equal(finding_of(&patient, "daxctl")->health, healths[i]);
	}
	patient_release(&patient);
}

static void test_doctor__missing_modes(void **state)
{
	static const struct {
		int many;
		int weighted;
		enum tier_health health;
		const char *says;
	} rows[] = {
		{ 1, 1, TIER_HEALTH_OK, "it has prefer-many" },
		{ 1, 0, TIER_HEALTH_NOTE, "it has no weighted interleave (Linux 6.9)" },
		{ 0, 0, TIER_HEALTH_NOTE,
		  "it has no prefer-many (Linux 5.15) and no weighted interleave" },
		{ -EPERM, -EPERM, TIER_HEALTH_UNKNOWN, "see seccomp" },
	};
	struct patient patient;

	(void)state;
	patient_admit(&patient, "2s-pmem", as_it_is, NULL);
	patient.symptoms.knows_calls = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct tier_finding *finding;

		patient.symptoms.has_many = rows[i].many;
		patient.symptoms.has_weighted = rows[i].weighted;
		patient_examine(&patient);
		finding = finding_of(&patient, "policy-modes");
		assert_int_equal(finding->health, rows[i].health);
		assert_says(finding->evidence, rows[i].says);
	}
	patient_release(&patient);
}

static void test_doctor__udev_rules(void **state)
{
	static const struct {
		struct udev_rule rule;
		enum tier_health health;
		const char *mend;
	} rows[] = {
		{ { UDEV_OWN_RULES, "a.rules", "online", true },
		  TIER_HEALTH_NOTE,
		  "sed -i '/SUBSYSTEM==\"memory\".*ATTR{state}=\"online/s/^/#/' "
		  "/etc/udev/rules.d/a.rules && udevadm control --reload" },
		{ { "/usr/lib/udev/rules.d", "40-a.rules", "online_kernel", true },
		  TIER_HEALTH_NOTE,
		  "sed '/SUBSYSTEM==\"memory\".*ATTR{state}=\"online/s/^/#/' "
		  "/usr/lib/udev/rules.d/40-a.rules > /etc/udev/rules.d/40-a.rules && "
		  "udevadm control --reload" },
		{ { "/run/udev/rules.d", "a.rules", "online", false },
		  TIER_HEALTH_NOTE,
		  "" },
		{ { "/run/udev/rules.d", "a b;.rules", "online", true },
		  TIER_HEALTH_NOTE,
		  "" },
		{ { "/run/udev/rules.d", "a.rules", "online_movable", true },
		  TIER_HEALTH_OK,
		  "" },
	};
	struct patient patient;

	(void)state;
	patient_admit(&patient, "2s-pmem", as_it_is, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct udev_rule rule = rows[i].rule;
		const struct tier_finding *finding;

		patient.symptoms.rules = (struct udev_rules){ true, &rule, 1 };
		patient_examine(&patient);
		finding = finding_of(&patient, "udev-rules");
		assert_int_equal(finding->health, rows[i].health);
		assert_string_equal(finding->mend, rows[i].mend);
	}
	patient_release(&patient);
}

struct reading_row {
	struct test_file files[4];
	enum tier_health health;
	const char *says;
	const char *mend;
};

static void check_reading(const struct reading_row *rows, size_t count,
			  const char *machine, const char *check)
{
	int failures = 0;

	for (size_t i = 0; i < count; i++) {
		const struct tier_finding *finding;
		struct patient patient;

		patient_admit(&patient, machine, rows[i].files, NULL);
		finding = finding_of(&patient, check);
		if (finding->health != rows[i].health ||
		    !strstr(finding->evidence, rows[i].says) ||
		    strcmp(finding->mend, rows[i].mend) != 0)
			ROW_FAILS(failures, "row %zu: %d: '%s' mend '%s'\n", i,
				  finding->health, finding->evidence, finding->mend);
		patient_release(&patient);
	}
	assert_rows(failures);
}

static void test_doctor__kmem_module(void **state)
{
	static const struct reading_row rows[] = {
		{ { { RELEASE, "6.1\n", 0 }, { MODULES, "kernel/a.ko:\n", 0 } },
		  TIER_HEALTH_PROBLEM,
		  "has no kmem",
		  "" },
		{ { { RELEASE, "6.1\n", 0 }, { MODULES, "kernel/dax/kmem.ko:\n", 0 } },
		  TIER_HEALTH_OK,
		  "the kernel's own is loaded when",
		  "" },
		{ { { RELEASE, "6.1\n", 0 }, { MODULES, "updates/kmem.ko:\n", 0 } },
		  TIER_HEALTH_OK,
		  "tierkit's is loaded when",
		  "" },
	};

	(void)state;
	check_reading(rows, ARRAY_SIZE(rows), "dax-devdax", "kmem-module");
}

static void test_doctor__damon(void **state)
{
	static const struct reading_row rows[] = {
		{ { { KDAMONDS, "0\n", 0 },
		    { STAT "enabled", "Y\n", 0 },
		    { STAT "kdamond_pid", "77\n", 0 } },
		  TIER_HEALTH_NOTE,
		  "the kernel's module damon_stat runs a kdamond (pid 77)",
		  "echo N > " STAT "enabled" },
		{ { { KDAMONDS, "1\n", 0 } }, TIER_HEALTH_UNKNOWN, "in a capture", "" },
		{ { { KDAMONDS, "1\n", 0 }, { "/run/tierkit/auto", "x\n", 0 } },
		  TIER_HEALTH_OK,
		  "tierctl auto has it",
		  "" },
		{ { { KDAMONDS, "0\n", 0 } }, TIER_HEALTH_OK, "nobody has it", "" },
		{ { { KDAMONDS, NULL, -EACCES } },
		  TIER_HEALTH_UNKNOWN,
		  "could not be read",
		  "" },
	};

	(void)state;
	check_reading(rows, ARRAY_SIZE(rows), "2s-pmem", "damon");
}

static void test_doctor__somebody_has_damon(void **state)
{
	struct patient patient;
	const struct tier_finding *finding;

	(void)state;
	patient_admit(&patient, "2s-pmem", as_it_is, NULL);
	patient.symptoms.knows_calls = true;
	patient.symptoms.damon = (struct damon){ .kdamonds = 1, .who = "a program" };

	patient_examine(&patient);

	finding = finding_of(&patient, "damon");
	assert_int_equal(finding->health, TIER_HEALTH_NOTE);
	assert_string_equal(finding->evidence, "a program");
	assert_string_equal(finding->mend, "");
	patient_release(&patient);
}

/* hwloc's view of a node of 2s-pmem, told to have CPUs. */
static int look(struct root *root, struct facts *facts)
{
	struct node_fact *node = facts_add_node(facts, 2);

	(void)root;
	assert_non_null(node);
	node->cpus = arena_strdup(&facts->arena, "0-1");
	assert_non_null(node->cpus);
	return 0;
}

static void test_doctor__hwloc(void **state)
{
	static const struct witness_ops hwloc = { .name = "hwloc", .load = look };
	struct topology_source source = { .hwloc = &hwloc };
	struct patient patient;

	(void)state;
	patient_admit(&patient, "2s-pmem", as_it_is, NULL);
	tier_topology_unref(patient.machine.t);
	source.root = patient.machine.root;
	assert_int_equal(topology_read(&source, &patient.machine.t, NULL), 0);

	patient_examine(&patient);

	assert_int_equal(finding_of(&patient, "hwloc")->health, TIER_HEALTH_NOTE);
	assert_says(finding_of(&patient, "hwloc")->evidence, "node 2");
	patient_release(&patient);
}

/* On a GPU whose memory the kernel has in a slower tier. */
static void test_doctor__demotion_into_a_gpu(void **state)
{
	static const struct test_file files[] = { { DEMOTION, "true\n", 0 }, { 0 } };
	struct patient patient;
	const struct tier_finding *finding;

	(void)state;
	patient_admit(&patient, "gpu-grace", files, NULL);
	patient.machine.t->nodes[1].flags |= TIER_NODE_KNOWS_KERNEL_TIER;
	patient.machine.t->nodes[1].kernel_tier = 22;

	patient_examine(&patient);

	finding = finding_of(&patient, "gpu-memory");
	assert_int_equal(finding->health, TIER_HEALTH_PROBLEM);
	assert_string_equal(finding->mend, "tierctl tiering demotion off");
	patient_release(&patient);
}

/* ---- commands ------------------------------------------------------------------------------ */

/* More nodes than a sentence has room for: every other one. */
#define MANY  "0,2,4,6,8,10,12,14,16,18,20,22,24,26,28,30,32,34,36,38,40,42,44,46"
#define COUNT 24

static struct root *many_nodes(void)
{
	static char paths[COUNT][64], sizes[COUNT][64];
	struct test_file files[COUNT + 6] = {
		{ "/proc/self/status", "Mems_allowed_list:\t0\n", 0 },
		{ NODE_DIR "online", MANY "\n", 0 },
		{ NODE_DIR "has_memory", MANY "\n", 0 },
		{ "/proc/self/mounts", "none /run/cg cgroup2 rw 0 0\n", 0 },
		{ "/proc/self/cgroup", "0::/x\n", 0 },
	};

	for (int i = 0; i < COUNT; i++) {
		snprintf(paths[i], sizeof(paths[i]), NODE_DIR "node%d/meminfo", 2 * i);
		snprintf(sizes[i], sizeof(sizes[i]), "Node %d MemTotal: 4096 kB\n",
			 2 * i);
		files[5 + i] = (struct test_file){ paths[i], sizes[i], 0 };
	}
	return files_root(files);
}

/* What people read may end in "...", what a shell reads may not. */
static void test_doctor__a_command_has_all_nodes(void **state)
{
	struct patient patient;
	const struct tier_finding *finding;

	(void)state;
	patient_admit_root(&patient, many_nodes(), NULL);

	finding = finding_of(&patient, "cpuset");
	assert_says(finding->evidence, ",...");
	assert_string_equal(finding->mend, "echo " MANY " > /run/cg/x/cpuset.mems");

	patient_release(&patient);
}

/* ---- the public calls ------------------------------------------------------------------------- */

struct tally {
	int findings;
	int problems;
};

static void count(const struct tier_finding *finding, void *data)
{
	struct tally *tally = data;

	tally->findings++;
	tally->problems += finding->health == TIER_HEALTH_PROBLEM;
}

static void test_doctor__counts_problems(void **state)
{
	const struct tier_ctx_config config = { .root = TEST_FIXTURES
						"/doctor-ill/capture" };
	struct tally tally = { 0 };
	struct tier_topology *t;
	struct tier_ctx *ctx;
	int problems;

	(void)state;
	assert_int_equal(tier_ctx_new(&ctx, &config, sizeof(config), NULL), 0);
	assert_int_equal(tier_topology_load(ctx, TIER_LOAD_CHEAP, &t, NULL), 0);

	problems = tier_diagnose(ctx, t, count, &tally, sizeof(struct tier_finding));

	assert_int_equal(problems, 6);
	assert_int_equal(tally.problems, problems);
	assert_true(tally.findings > problems);
	tier_topology_unref(t);
	tier_ctx_unref(ctx);
}

static void test_doctor__names_are_unique(void **state)
{
	struct tier_check_info info, other;
	unsigned int i = 0;

	(void)state;
	for (; !tier_check_get(i, &info, sizeof(info)); i++)
		for (unsigned int k = 0; k < i; k++) {
			assert_int_equal(tier_check_get(k, &other, sizeof(other)), 0);
			assert_string_not_equal(info.name, other.name);
		}
	assert_true(i > 30);
	assert_int_equal(tier_check_get(i, &info, sizeof(info)), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_doctor__refused_calls),
		cmocka_unit_test(test_doctor__old_daxctl),
		cmocka_unit_test(test_doctor__missing_modes),
		cmocka_unit_test(test_doctor__udev_rules),
		cmocka_unit_test(test_doctor__kmem_module),
		cmocka_unit_test(test_doctor__damon),
		cmocka_unit_test(test_doctor__somebody_has_damon),
		cmocka_unit_test(test_doctor__hwloc),
		cmocka_unit_test(test_doctor__demotion_into_a_gpu),
		cmocka_unit_test(test_doctor__a_command_has_all_nodes),
		cmocka_unit_test(test_doctor__counts_problems),
		cmocka_unit_test(test_doctor__names_are_unique),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
