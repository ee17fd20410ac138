// SPDX-License-Identifier: GPL-2.0-or-later
// Reads what CPUs worked, and takes away what we did. libtier has a hypervisor's part of the
// same file; of a neighbour's only a benchmark wants to know.
#include "others.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "parse.h"
#include "read_text.h"

/* Columns of the line of all CPUs, of which guest's are parts of the first two. */
enum { USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, COLUMNS };

/* Above this a product with microseconds of a second would not fit. */
#define TICKS_MOST (UINT64_MAX / 1000000 / COLUMNS)

/* Each of five columns is cut to 10 ms (USER_HZ): in that time that is a quarter of a CPU. */
#define LEAST_US 200000

static int parse_busy(const char *text, uint64_t *ticks)
{
	*ticks = 0;
	if (strncmp(text, "cpu ", 4) != 0)
		return -ENODATA;
	text += 3;
	for (int column = 0; column < COLUMNS; column++) {
		const bool is_work = column != IDLE && column != IOWAIT;
		uint64_t value;

		while (*text == ' ')
			text++;
		if (parse_digits(&text, &value) || value > TICKS_MOST ||
		    (*text != ' ' && *text != '\n'))
			return -ENODATA;
		*ticks += is_work ? value : 0;
	}
	return 0;
}

static uint64_t used_us(int who)
{
	struct rusage usage = { 0 };

	(void)getrusage(who, &usage);
	return (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

int others_look(const char *root, struct spent *spent)
{
	const uint64_t ticks_per_sec = (uint64_t)sysconf(_SC_CLK_TCK);
	char path[PATH_MAX], text[256];
	struct timespec now;
	uint64_t ticks;
	int ret;

	if (snprintf(path, sizeof(path), "%s/proc/stat", root) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	ret = read_text(path, text, sizeof(text));
	if (ret)
		return ret;
	if (parse_busy(text, &ticks))
		return -ENODATA;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	spent->wall_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	spent->all_us = ticks * 1000000 / ticks_per_sec;
	spent->own_us = used_us(RUSAGE_SELF) + used_us(RUSAGE_CHILDREN);
	return 0;
}

double others_between(const struct spent *from, const struct spent *to)
{
	const double wall_us = (double)(to->wall_us - from->wall_us);
	const double all_us = (double)to->all_us - (double)from->all_us;
	const double own_us = (double)to->own_us - (double)from->own_us;

	if (!from->wall_us || to->wall_us < from->wall_us + LEAST_US)
		return NAN;
	return fmax(0, (all_us - own_us) / wall_us);
}
