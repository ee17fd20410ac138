// SPDX-License-Identifier: GPL-2.0-or-later
// Reads cpufreq's files.
#include "frequency.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "parse.h"
#include "read_text.h"

/* A number of kHz; some drivers say "<unknown>", which is none. */
static int read_khz(const char *root, int cpu, const char *name, uint64_t *khz)
{
	char path[PATH_MAX], text[32];
	int ret;

	if (snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/cpu%d/cpufreq/%s",
		     root, cpu, name) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	ret = read_text(path, text, sizeof(text));
	if (ret)
		return ret;
	return parse_u64(text, khz) || !*khz ? -ENODATA : 0;
}

static int look_at(const char *root, int cpu, struct frequency *found)
{
	uint64_t khz = 0;
	int ret = read_khz(root, cpu, "scaling_cur_freq", &khz);

	if (ret)
		return ret;
	if (!found->low_khz || khz < found->low_khz)
		found->low_khz = khz;
	if (khz > found->high_khz)
		found->high_khz = khz;
	if (!found->rated_khz && (!read_khz(root, cpu, "base_frequency", &khz) ||
				  !read_khz(root, cpu, "cpuinfo_max_freq", &khz)))
		found->rated_khz = khz;
	return 0;
}

int frequency_look(const char *root, const int *cpus, size_t count,
		   struct frequency *found)
{
	int first = 0;
	size_t told = 0;

	for (size_t i = 0; i < count; i++) {
		int ret = look_at(root, cpus[i], found);

		told += !ret;
		first = first ? first : ret;
	}
	if (told)
		return 0;
	return first ? first : -ENODATA;
}
