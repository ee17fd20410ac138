// SPDX-License-Identifier: GPL-2.0-or-later
// Each check of the doctor on a machine that has what it looks for, and on one that only
// nearly has. What depends on this very process is in test_doctor.c.
#include "patient.h"
#include "unit.h"

#define NODE_DIR    "/sys/devices/system/node/"
#define TIERING	    "/sys/devices/virtual/memory_tiering/"
#define DEMOTION    "/sys/kernel/mm/numa/demotion_enabled"
#define BALANCING   "/proc/sys/kernel/numa_balancing"
#define AUTO_ONLINE "/sys/devices/system/memory/auto_online_blocks"
#define WEIGHT	    "/sys/kernel/mm/mempolicy/weighted_interleave/"
#define LEFT_BEHIND "/sys/bus/dax/drivers/kmem/left_behind"
#define STATUS	    "/proc/self/status"
#define RECLAIM	    "/proc/sys/vm/zone_reclaim_mode"
#define FAILURES    "memory_failure/total"
#define ON	    TIER_HEALTH_OK
#define BAD	    TIER_HEALTH_PROBLEM
#define NOTE	    TIER_HEALTH_NOTE
#define NONE	    TIER_HEALTH_NOT_APPLICABLE
#define DARK	    TIER_HEALTH_UNKNOWN

struct row {
	const char *check;
	const char *machine;
	enum tier_health health; /* of a finding that there must be */
	const char *says;	 /* part of its evidence */
	const char *mend;	 /* the command, exactly; NULL: none */
	const char *node_words;
	struct test_file files[5]; /* read in place of the machine's */
};

/* On the machine as it is; without and with a command. */
#define IS(...)                           \
	{                                 \
		__VA_ARGS__, .mend = NULL \
	}
#define MENDS(...)                              \
	{                                       \
		__VA_ARGS__, .node_words = NULL \
	}

static const struct row rows[] = {
	IS("files", "broken-list", BAD, "is not a list of nodes"),
	{
		"files",
		"2s-pmem",
		BAD,
		RECLAIM ": is not a number",
		.files = { { RECLAIM, "maybe\n", 0 } },
	},
	IS("files", "2s-pmem", ON, "make sense"),

	{
		"node-words",
		"2s-pmem",
		BAD,
		"node 7",
		.node_words = "node:7 kind=cxl",
	},
	{
		"node-words",
		"2s-pmem",
		ON,
		"node 3 is as",
		.node_words = "node:3 kind=cxl",
	},
	IS("node-words", "2s-pmem", NONE, "said nothing"),

	MENDS("fake-numa", "fake-numa", BAD, "numa=fake= is on",
	      "sed -i \"s/ *numa=fake=[^ '\\\"]*//\" /etc/default/grub && "
	      "update-grub"),
	IS("fake-numa", "2s-pmem", ON, "is not on"),

	IS("figures", "doctor-ill", NOTE, "the firmware has no HMAT"),
	IS("figures", "hmem-undecided", NOTE, "is not known"),
	IS("figures", "access0-only", NOTE, "are from access0 only"),
	IS("figures", "2s-pmem", ON, "access1"),
	IS("figures", "laptop", ON, "none are needed"),
	/* Two equal firmware nodes and one that nothing places. */
	{
		"figures",
		"doctor-ill",
		BAD,
		"node 3",
		.mend = "echo 'node:3 kind=KIND read_bandwidth=RATE read_latency=TIME' >> "
			"/etc/tierkit.conf",
		.files = { { TIERING "memory_tier4/nodelist", NULL, -ENOENT },
			   { TIERING "memory_tier22/nodelist", NULL, -ENOENT } },
	},

	{
		"distances",
		"2s-pmem",
		NOTE,
		"node 1 without distances",
		.files = { { NODE_DIR "node1/distance", NULL, -ENOENT } },
	},
	IS("distances", "2s-pmem", ON, "has its distances"),

	IS("cpu-maps", "overlapping-cpus", BAD, "claims CPUs"),
	IS("cpu-maps", "2s-pmem", ON, "of one node"),
	IS("cpu-maps", "fake-numa", NONE, "see fake-numa"),

	IS("cpus-without-memory", "memoryless-cpu", NOTE, "has CPUs and no memory"),
	IS("cpus-without-memory", "gpu-grace", ON, "has memory"),

	IS("empty-nodes", "gpu-grace", NOTE, "has neither memory nor CPUs"),
	IS("empty-nodes", "empty-node", ON, "has memory or CPUs"),
	IS("empty-nodes", "2s-pmem", ON, "has memory or CPUs"),

	IS("node-numbers", "no-node0", NOTE, "node 0 is not online"),
	IS("node-numbers", "sparse-ids", NOTE, "is not online, others"),
	IS("node-numbers", "2s-pmem", ON, "count up from 0"),

	/* The kernel's files alone: nobody asked hwloc. */
	IS("hwloc", "2s-pmem", DARK, "was not asked"),

	IS("side-cache", "2lm-cache", NOTE, "cached by faster"),
	IS("side-cache", "2s-pmem", ON, "no node is cached"),

	IS("gpu-memory", "gpu-grace", NOTE, "node 1 is memory of a GPU"),
	{
		"gpu-memory",
		"gpu-grace",
		NOTE,
		"node 1 is memory of a GPU",
		.files = { { DEMOTION, "true\n", 0 } },
	},
	IS("gpu-memory", "2s-pmem", NONE, "no node is known"),

	IS("kernel-tiers", "all-in-one-tier", BAD, "node 2 is in the same kernel tier"),
	IS("kernel-tiers", "2s-pmem", ON, "2 tiers (4: node 0-1, 84: node 2-3)"),
	IS("kernel-tiers", "2s", NONE, "of one tier"),
	{
		"kernel-tiers",
		"2s-pmem",
		DARK,
		"shows no tiers",
		.files = { { TIERING "memory_tier4/nodelist", NULL, -ENOENT },
			   { TIERING "memory_tier84/nodelist", NULL, -ENOENT } },
	},

	MENDS("kernel-order", "hbm-wrong-tier", BAD, "is the reverse",
	      "tierctl tiering demotion off"),
	{
		"kernel-order",
		"hbm-wrong-tier",
		BAD,
		"is the reverse",
		.mend = "tierctl tiering demotion off promotion off",
		.files = { { BALANCING, "3\n", 0 } },
	},
	{
		"kernel-order",
		"hbm-wrong-tier",
		NOTE,
		"is the reverse",
		.files = { { DEMOTION, "false\n", 0 } },
	},
	IS("kernel-order", "2s-pmem", ON, "nothing contradicts"),
	IS("kernel-order", "all-in-one-tier", NONE, "no order"),

	IS("equal-dram", "dram-unequal", BAD, "more than 10 %"),
	IS("equal-dram", "ten-percent", ON, "within 10 %"),
	IS("equal-dram", "old-kernel", NONE, "no DRAM has figures"),

	IS("promotion-reach", "2s-pmem", ON, "can be promoted"),
	IS("promotion-reach", "qemu-hbm-cxl-6.12", NOTE, "node 0 is not the fastest"),
	IS("promotion-reach", "hbm-wrong-tier", NONE, "kernel-order"),
	IS("promotion-reach", "2s", NONE, "no tiers"),

	MENDS("demotion", "2s-pmem", BAD, DEMOTION " is false",
	      "tierctl tiering demotion on"),
	{
		"demotion",
		"2s-pmem",
		BAD,
		"promotion is on",
		.mend = "tierctl tiering demotion on",
		.files = { { BALANCING, "2\n", 0 } },
	},
	{
		"demotion",
		"2s-pmem",
		ON,
		"is true",
		.files = { { DEMOTION, "true\n", 0 } },
	},
	{
		"demotion",
		"2s-pmem",
		DARK,
		DEMOTION,
		.files = { { DEMOTION, NULL, -ENOENT } },
	},
	{
		"demotion",
		"hbm-wrong-tier",
		ON,
		"as it should be",
		.files = { { DEMOTION, "false\n", 0 } },
	},
	IS("demotion", "all-in-one-tier", NONE, "kernel-tiers"),
	IS("demotion", "2s", NONE, "of one tier"),

	{
		"promotion",
		"2s-pmem",
		BAD,
		"numa_balancing is 1",
		.mend = "tierctl tiering promotion on",
		.files = { { BALANCING, "1\n", 0 } },
	},
	{
		"promotion",
		"2s-pmem",
		ON,
		"numa_balancing is 3",
		.files = { { BALANCING, "3\n", 0 } },
	},
	{
		"promotion",
		"2s-pmem",
		DARK,
		BALANCING,
		.files = { { BALANCING, NULL, -ENOENT } },
	},
	IS("promotion", "hbm-wrong-tier", ON, "as it should be"),

	MENDS("weights", "2s-pmem", BAD,
	      "by its weight of 1 node 2 gets 25 % of the pages, by its bandwidth it should "
	      "get 8 %",
	      "tierctl weights auto"),
	{
		"weights",
		"2s-pmem",
		ON,
		"that of its bandwidth",
		.files = { { WEIGHT "node0", "10\n", 0 },
			   { WEIGHT "node1", "10\n", 0 },
			   { WEIGHT "node2", "2\n", 0 },
			   { WEIGHT "node3", "2\n", 0 } },
	},
	IS("weights", "weights-auto", ON, "sets the weights itself"),
	IS("weights", "old-kernel", NONE, "no weighted interleave"),
	IS("weights", "dax-errors", DARK, "bandwidth of node 0-3"),
	IS("weights", "2s", NONE, "of one tier"),

	MENDS("zone-reclaim", "doctor-ill", BAD, "zone_reclaim_mode is 1",
	      "sysctl -w vm.zone_reclaim_mode=0"),
	IS("zone-reclaim", "doctor-well", ON, "is 0"),
	IS("zone-reclaim", "2s-pmem", DARK, "could not be read"),
	{
		"zone-reclaim",
		"laptop",
		NONE,
		"one node",
		.files = { { RECLAIM, "1\n", 0 } },
	},

	IS("damon", "2s-pmem", NONE, "no DAMON"),

	IS("movable-only", "2s-pmem", NOTE, "node 2-3 holds movable"),
	{
		"movable-only",
		"2s-pmem",
		BAD,
		"may use no other",
		.files = { { STATUS, "Mems_allowed_list:\t2-3\n", 0 } },
	},
	IS("movable-only", "2s", ON, "no usable node"),
	{
		"movable-only",
		"2s-pmem",
		DARK,
		"has_normal_memory",
		.files = { { NODE_DIR "has_normal_memory", NULL, -ENOENT } },
	},

	MENDS("spill", "2s-pmem", BAD, "demotion is off", "tierctl tiering demotion on"),
	{
		"spill",
		"2s-pmem",
		ON,
		"makes room",
		.files = { { DEMOTION, "true\n", 0 } },
	},
	{
		"spill",
		"all-in-one-tier",
		BAD,
		"demotion is off",
		.files = { { DEMOTION, "false\n", 0 } },
	},
	{
		"spill",
		"hbm-wrong-tier",
		BAD,
		"demotion is off",
		.files = { { DEMOTION, "false\n", 0 } },
	},
	IS("spill", "2s", NONE, "both sorts"),
	{
		"spill",
		"2s-pmem",
		DARK,
		"not known",
		.files = { { DEMOTION, NULL, -ENOENT } },
	},

	IS("zones", "movable-mixed", NOTE, "on node 3 is not in zone"),
	IS("zones", "2s-pmem", ON, "movable only"),
	IS("zones", "2s", NONE, "no dax device is memory"),

	MENDS("auto-online", "doctor-ill", BAD, "auto_online_blocks is online",
	      "echo online_movable > /sys/devices/system/memory/auto_online_blocks"),
	IS("auto-online", "doctor-well", ON, "online_movable"),
	IS("auto-online", "2s-pmem", ON, "offline"),
	{
		"auto-online",
		"2s-pmem",
		DARK,
		"could not be read",
		.files = { { AUTO_ONLINE, NULL, -ENOENT } },
	},
	{
		"auto-online",
		"2s",
		NONE,
		"no dax device",
		.files = { { AUTO_ONLINE, "online\n", 0 } },
	},

	MENDS("unused-devices", "doctor-ill", BAD, "dax1.0 is bound to kmem",
	      "tierctl dax online dax1.0"),
	MENDS("unused-devices", "dax-errors", BAD, "unplugged",
	      "tierctl dax online dax4.0"),
	IS("unused-devices", "dax-devdax", NOTE, "character device"),
	IS("unused-devices", "2s-pmem", ON, "that can be memory is"),

	IS("target-node", "dax-no-target", BAD, "has no target node"),
	IS("target-node", "dax-target-zero", BAD, "which has CPUs"),
	IS("target-node", "2s-pmem", ON, "a node of its own"),

	IS("device-size", "dax-too-small", BAD, "smaller than"),
	IS("device-size", "2s-pmem", ON, "at least"),
	IS("device-size", "2s", NONE, "no dax device"),

	IS("kmem-module", "doctor-well", ON, "tierkit's is loaded"),
	IS("kmem-module", "dax-devdax", DARK, "not known here"),
	IS("kmem-module", "2s", NONE, "no dax device"),

	IS("udev-rules", "2s-pmem", DARK, "not in a capture"),
	IS("udev-rules", "2s", NONE, "no dax device"),

	IS("daxctl", "2s-pmem", DARK, "not in a capture"),
	IS("daxctl", "2s", NONE, "no dax device"),

	IS("alignment", "dax-errors", NOTE, "126 MiB of dax0.0"),
	IS("alignment", "doctor-well", ON, "nothing is lost"),
	IS("alignment", "2s-pmem", DARK, "not known of dax0.0 dax1.0"),
	IS("alignment", "2s", NONE, "no dax device is memory"),

	MENDS("bad-blocks", "dax-errors", BAD, "128 MiB of dax0.0 skipped",
	      "echo all > /sys/bus/dax/devices/dax0.0/kmem/clear_skipped"),
	IS("bad-blocks", "doctor-well", ON, "nothing is skipped"),

	IS("not-added", "dax-errors", BAD, "128 MiB of dax3.0 missing"),
	IS("not-added", "doctor-well", ON, "added all"),

	MENDS("poison", "dax-errors", BAD, "2 pages of dax1.0 poisoned",
	      "tierctl dax use-as-device dax1.0 && ndctl clear-errors -r region1 all && "
	      "tierctl dax use-as-ram dax1.0"),
	IS("poison", "doctor-well", ON, "no page"),

	IS("memory-failures", "dax-errors", BAD, "on node 2"),
	IS("memory-failures", "doctor-well", ON, "none but"),
	IS("memory-failures", "old-kernel", DARK, "does not count"),

	IS("left-behind", "dax-errors", BAD, "without a device"),
	{
		"left-behind",
		"dax-devdax",
		BAD,
		"without a device",
		.mend = "tierctl dax use-as-ram dax0.0",
		.files = { { LEFT_BEHIND, "0x1000-0x1fff\n", 0 } },
	},
	IS("left-behind", "doctor-well", ON, "no memory is without"),
	IS("left-behind", "2s-pmem", NONE, "not loaded"),

	IS("cpuset", "cpuset-restricted", NOTE, "node 1,3"),
	{
		"cpuset",
		"2s-pmem",
		BAD,
		"node 2-3",
		.files = { { STATUS, "Mems_allowed_list:\t0-1\n", 0 } },
	},
	{
		"cpuset",
		"2s-pmem",
		BAD,
		"node 2-3",
		.mend = "echo 0-3 > /run/cg/user.slice/x/cpuset.mems",
		.files = { { STATUS, "Mems_allowed_list:\t0-1\n", 0 },
			   { "/proc/self/mounts", "none /run/cg cgroup2 rw,nosuid 0 0\n",
			     0 },
			   { "/proc/self/cgroup", "0::/user.slice/x\n", 0 } },
	},
	IS("cpuset", "2s-pmem", ON, "may use every node"),
	{
		"cpuset",
		"2s-pmem",
		DARK,
		"Mems_allowed_list",
		.files = { { STATUS, NULL, -ENOENT } },
	},

	{
		"cpuset-demotion",
		"cpuset-restricted",
		NOTE,
		"from node 1,3",
		.files = { { DEMOTION, "true\n", 0 } },
	},
	IS("cpuset-demotion", "cpuset-restricted", ON, "does not demote"),
	{
		"cpuset-demotion",
		"cpuset-restricted",
		DARK,
		"not known",
		.files = { { DEMOTION, NULL, -ENOENT } },
	},
	IS("cpuset-demotion", "2s-cxl", NONE, "no cpuset"),

	IS("seccomp", "doctor-ill", DARK, "had a seccomp filter"),
	IS("seccomp", "doctor-well", ON, "no seccomp filter"),
	IS("seccomp", "2s-pmem", DARK, "not in a capture"),

	IS("policy-modes", "2s-pmem", DARK, "not in a capture"),

	IS("sysfs", "2s-pmem", DARK, "not in a capture"),
	{
		"sysfs",
		"2s-pmem",
		NOTE,
		"read-only",
		.files = { { "/proc/self/mounts",
			     "sysfs /sys sysfs rw 0 0\nsysfs /sys sysfs ro,noexec 0 0\n",
			     0 } },
	},
	{
		"sysfs",
		"2s-pmem",
		ON,
		"writable",
		.files = { { "/proc/self/mounts", "sysfs /sys sysfs rw,errors=ro 0 0\n",
			     0 } },
	},
};

/* ---- running them ------------------------------------------------------------------------ */

static bool fits(const struct tier_finding *finding, const struct row *row)
{
	return !strcmp(finding->check, row->check) && finding->health == row->health &&
	       strstr(finding->evidence, row->says) &&
	       !strcmp(finding->mend, row->mend ? row->mend : "");
}

static int look_for(const struct row *row, const struct exam *exam)
{
	int found = 0, failures = 0;

	for (size_t i = 0; i < exam->count; i++)
		found += fits(&exam->findings[i], row);
	if (found)
		return 0;
	for (size_t i = 0; i < exam->count; i++)
		if (!strcmp(exam->findings[i].check, row->check))
			ROW_FAILS(failures, "%s on %s: %d: '%s', mend '%s'\n", row->check,
				  row->machine, exam->findings[i].health,
				  exam->findings[i].evidence, exam->findings[i].mend);
	return failures ? failures : 1;
}

/* What is wrong has a consequence and a way out; what is not has none. */
static int look_at(const struct tier_finding *finding, const char *machine)
{
	bool is_wrong = finding->health == TIER_HEALTH_PROBLEM ||
			finding->health == TIER_HEALTH_NOTE;
	bool has_way_out = *finding->mend || *finding->advice;

	if (*finding->evidence && *finding->title && *finding->see &&
	    is_wrong == !!*finding->consequence && is_wrong == has_way_out)
		return 0;
	print_error("%s on %s: '%s' '%s'\n", finding->check, machine, finding->evidence,
		    finding->consequence);
	return 1;
}

/* Each check says something, in the order of the table. */
static int look_at_all(const struct exam *exam, const char *machine)
{
	int failures = 0;
	size_t at = 0;

	for (size_t i = 0; check_get(i); i++) {
		size_t first = at;

		while (at < exam->count &&
		       !strcmp(exam->findings[at].check, check_get(i)->info.name))
			failures += look_at(&exam->findings[at++], machine);
		if (at == first)
			ROW_FAILS(failures, "%s says nothing on %s\n",
				  check_get(i)->info.name, machine);
	}
	assert_int_equal(at, exam->count);
	return failures;
}

static void test_checks__each(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct patient patient;

		patient_admit(&patient, rows[i].machine, rows[i].files,
			      rows[i].node_words);
		failures += look_for(&rows[i], &patient.exam);
		failures += look_at_all(&patient.exam, rows[i].machine);
		patient_release(&patient);
	}
	assert_rows(failures);
}

static bool is_fired(const struct row *row)
{
	return row->health == TIER_HEALTH_PROBLEM || row->health == TIER_HEALTH_NOTE;
}

/* These see what is not in a file: tests of their own fire them. */
static bool fires_elsewhere(const char *name)
{
	static const char *const names[] = { "hwloc",	   "daxctl",	   "seccomp",
					     "udev-rules", "policy-modes", "damon",
					     "kmem-module" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return true;
	return false;
}

static void test_checks__rows_cover_each_check(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; check_get(i); i++) {
		const char *name = check_get(i)->info.name;
		int fired = fires_elsewhere(name), calm = 0;

		for (size_t k = 0; k < ARRAY_SIZE(rows); k++) {
			if (strcmp(rows[k].check, name) != 0)
				continue;
			fired += is_fired(&rows[k]);
			calm += !is_fired(&rows[k]);
		}
		if (!fired || !calm)
			ROW_FAILS(failures, "%s: %d rows fire it, %d do not\n", name,
				  fired, calm);
	}
	assert_rows(failures);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checks__each),
		cmocka_unit_test(test_checks__rows_cover_each_check),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
