// SPDX-License-Identifier: LGPL-2.1-or-later
// CPU lists to the mask that sched_setaffinity(2) takes.
#include "cpus.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

static int parse_range(const char **text, struct cpus *cpus)
{
	uint64_t first, last;
	int ret = parse_digits(text, &first);

	if (ret)
		return ret;
	last = first;
	if (**text == '-') {
		(*text)++;
		ret = parse_digits(text, &last);
		if (ret)
			return ret;
	}
	if (first > last)
		return -EINVAL;
	if (last >= CPUS_MAX)
		return -ERANGE;
	for (; first <= last; first++)
		CPU_SET_S(first, sizeof(cpus->set), cpus->set);
	return 0;
}

int cpus_parse(const char *text, struct cpus *cpus)
{
	*cpus = (struct cpus){ 0 };
	for (;;) {
		int ret = parse_range(&text, cpus);

		if (ret)
			return ret;
		if (!*text)
			return 0;
		if (*text++ != ',')
			return -EINVAL;
	}
}

static bool has(const struct cpus *cpus, unsigned int cpu)
{
	return cpu < CPUS_MAX && CPU_ISSET_S(cpu, sizeof(cpus->set), cpus->set);
}

int cpus_format(const struct cpus *cpus, struct strbuf *out)
{
	const char *comma = "";
	int ret = 0;

	for (unsigned int first = 0; !ret && first < CPUS_MAX; first++) {
		unsigned int last = first;

		if (!has(cpus, first))
			continue;
		while (has(cpus, last + 1))
			last++;
		if (first == last)
			ret = strbuf_printf(out, "%s%u", comma, first);
		else
			ret = strbuf_printf(out, "%s%u-%u", comma, first, last);
		comma = ",";
		first = last;
	}
	return ret;
}
