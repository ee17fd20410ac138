// SPDX-License-Identifier: GPL-2.0-or-later
// Counts what a test says.
#include "fake_perf.h"

#include <errno.h>
#include <limits.h>

#include "fault.h"
#include "unit.h"

struct fake_counter fake_counters[FAKE_COUNTERS];
int fake_perf_opens, fake_perf_error, fake_perf_fails;

static int perf_open(uint32_t type, const struct pmu_config *config, unsigned int cpu)
{
	if (fault_point())
		return fault_sys_error();
	assert_true(fake_perf_opens < FAKE_COUNTERS);
	if (fake_perf_opens >= fake_perf_fails)
		return fake_perf_error;
	fake_counters[fake_perf_opens] = (struct fake_counter){
		.is_open = true,
		.type = type,
		.config = *config,
		.cpu = cpu,
	};
	return fake_perf_opens++;
}

static int perf_read(int fd, struct perf_count *count)
{
	if (fault_point())
		return fault_sys_error();
	assert_true(fake_counters[fd].is_open);
	*count = fake_counters[fd].count;
	return fake_counters[fd].error;
}

static void perf_close(int fd)
{
	assert_true(fake_counters[fd].is_open);
	fake_counters[fd].is_open = false;
}

const struct perf_ops fake_perf = {
	.open = perf_open,
	.read = perf_read,
	.close = perf_close,
};

void fake_perf_reset(void)
{
	memset(fake_counters, 0, sizeof(fake_counters));
	fake_perf_opens = 0;
	fake_perf_fails = INT_MAX;
}

int fake_perf_open(void)
{
	int n = 0;

	for (int i = 0; i < FAKE_COUNTERS; i++)
		n += fake_counters[i].is_open;
	return n;
}

void fake_perf_run(uint64_t config, uint64_t value, uint64_t running_ns,
		   uint64_t enabled_ns)
{
	for (int i = 0; i < FAKE_COUNTERS; i++) {
		if (!fake_counters[i].is_open ||
		    fake_counters[i].config.word[0] != config)
			continue;
		fake_counters[i].count.value += value;
		fake_counters[i].count.running_ns += running_ns;
		fake_counters[i].count.enabled_ns += enabled_ns;
	}
}
