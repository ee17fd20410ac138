// SPDX-License-Identifier: GPL-2.0-or-later
// Figures and lists as text. What is not known is "-", never 0.
#include "out.h"

#include <inttypes.h>
#include <string.h>

#include "tier.h"

static const char *unknown(char buf[FIGURE_BYTES])
{
	return strcpy(buf, "-");
}

/* Three digits that matter: "1.5 GiB", "62.8 GiB", "503 GiB". */
static const char *scaled(uint64_t value, unsigned int step, const char *const *units,
			  char buf[FIGURE_BYTES])
{
	double figure = (double)value;
	size_t unit = 0;

	/* 999.5 would be printed as 1000, and 1023.6 as 1024. */
	while (figure >= step - 0.5 && units[unit + 1]) {
		figure /= step;
		unit++;
	}
	if (unit == 0 || figure >= 99.95)
		snprintf(buf, FIGURE_BYTES, "%.0f %s", figure, units[unit]);
	else
		snprintf(buf, FIGURE_BYTES, "%.1f %s", figure, units[unit]);
	return buf;
}

static const char *exact(uint64_t value, char buf[FIGURE_BYTES])
{
	snprintf(buf, FIGURE_BYTES, "%" PRIu64, value);
	return buf;
}

const char *figure_size(const struct out *out, bool known, uint64_t bytes,
			char buf[FIGURE_BYTES])
{
	static const char *const units[] = { "B",   "KiB", "MiB", "GiB",
					     "TiB", "PiB", "EiB", NULL };

	if (!known)
		return unknown(buf);
	return out->bytes ? exact(bytes, buf) : scaled(bytes, 1024, units, buf);
}

const char *figure_rate(const struct out *out, bool known, uint64_t bytes_per_sec,
			char buf[FIGURE_BYTES])
{
	static const char *const units[] = { "B/s",  "kB/s", "MB/s", "GB/s",
					     "TB/s", "PB/s", "EB/s", NULL };

	if (!known)
		return unknown(buf);
	return out->bytes ? exact(bytes_per_sec, buf) :
			    scaled(bytes_per_sec, 1000, units, buf);
}

const char *figure_time(const struct out *out, bool known, uint64_t ns,
			char buf[FIGURE_BYTES])
{
	if (!known)
		return unknown(buf);
	if (out->bytes)
		return exact(ns, buf);
	snprintf(buf, FIGURE_BYTES, "%" PRIu64 " ns", ns);
	return buf;
}

const char *figure_duration(bool known, uint64_t ns, char buf[FIGURE_BYTES])
{
	double seconds = (double)ns / 1e9;

	if (!known)
		return unknown(buf);
	if (seconds < 9.95)
		snprintf(buf, FIGURE_BYTES, "%.1f s", seconds);
	else if (seconds < 99.5)
		snprintf(buf, FIGURE_BYTES, "%.0f s", seconds);
	else if (seconds < 5970)
		snprintf(buf, FIGURE_BYTES, "%.0f min", seconds / 60);
	else
		snprintf(buf, FIGURE_BYTES, "%.1f h", seconds / 3600);
	return buf;
}

const char *figure_count(bool known, uint64_t count, char buf[FIGURE_BYTES])
{
	return known ? exact(count, buf) : unknown(buf);
}

const char *figure_share(uint64_t part, uint64_t whole, char buf[FIGURE_BYTES])
{
	if (!whole)
		return unknown(buf);
	snprintf(buf, FIGURE_BYTES, "%.1f %%", 100.0 * (double)part / (double)whole);
	return buf;
}

const char *list_short(const char *list, char *buf, size_t size)
{
	size_t len = strlen(list), keep;

	if (!len)
		return strcpy(buf, "-");
	if (len < size)
		return strcpy(buf, list);
	/* Cut behind a comma, so that no number is shown in half. */
	for (keep = size - 3; keep > 0 && list[keep - 1] != ','; keep--)
		;
	memcpy(buf, list, keep);
	strcpy(buf + keep, "..");
	return buf;
}

const char *nodes_text(const struct tier_nodeset *set, char *buf, size_t size)
{
	char whole[NODES_TEXT_BYTES];

	tier_nodeset_format(set, whole, sizeof(whole));
	return list_short(whole, buf, size);
}
