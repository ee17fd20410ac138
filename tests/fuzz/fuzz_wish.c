// SPDX-License-Identifier: GPL-2.0-or-later
// Wishes for switches: refused with words, or a plan of files that are there, each to read
// something else than it does. And the kernel's counters as any text.
#include "fuzz.h"
#include "machine.h"
#include "traffic.h"
#include "wish.h"

#define WEIGHTS "/sys/kernel/mm/mempolicy/weighted_interleave/"

static const char switches_text[] =
	"tierkit-capture 1\n"
	"file /proc/sys/kernel/numa_balancing\n\t1\n"
	"file /proc/sys/kernel/numa_balancing_promote_rate_limit_MBps\n\t65536\n"
	"fail /sys/devices/system/node/node0/reclaim\n\tEACCES\n"
	"fail /sys/devices/system/node/node1/reclaim\n\tEACCES\n"
	"file " WEIGHTS "auto\n\ttrue\n"
	"file " WEIGHTS "node0\n\t5\n"
	"file " WEIGHTS "node1\n\t5\n"
	"file " WEIGHTS "node2\n\t1\n"
	"file /sys/kernel/mm/numa/demotion_enabled\n\tfalse\n";

static void check_plan(const struct tier_plan *plan)
{
	struct tier_step step;

	for (unsigned int i = 0; !tier_plan_step(plan, i, &step, sizeof(step)); i++) {
		MUST(step.kind == TIER_STEP_SWITCH || step.kind == TIER_STEP_ORDER);
		MUST(step.file && step.file[0] == '/');
		MUST(step.wants && *step.wants && step.why && *step.why);
		MUST(!step.has || strcmp(step.has, step.wants) != 0);
		MUST(step.weight <= 255);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size);
	struct tier_traffic traffic = { 0 };
	struct tier_diag diag = { 0 };
	struct tier_plan *plan = NULL;
	int ret = wish_resolve(machine_topology(), machine_switches(switches_text), text,
			       &plan, &diag);

	if (ret) {
		MUST(ret == -EINVAL || ret == -ENXIO || ret == -ENODATA ||
		     ret == -EOPNOTSUPP);
		MUST(diag.message[0]);
	} else {
		check_plan(plan);
		tier_plan_free(plan);
	}
	traffic_parse(text, &traffic);
	free(text);
	return 0;
}
