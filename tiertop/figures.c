// SPDX-License-Identifier: GPL-2.0-or-later
// Figures that fit into narrow columns. What is not known is n/a, never 0.
#include <stdio.h>
#include <string.h>

#include "views.h"

const char *short_bytes(double bytes, char buf[SHORT_BYTES])
{
	static const char units[] = "BKMGTPE";
	size_t unit = 0;

	while (bytes >= 999.5 && units[unit + 1]) {
		bytes /= 1024;
		unit++;
	}
	if (bytes < 0.05)
		return strcpy(buf, "0");
	if (unit && bytes < 99.95)
		snprintf(buf, SHORT_BYTES, "%.1f%c", bytes, units[unit]);
	else
		snprintf(buf, SHORT_BYTES, "%.0f%c", bytes, units[unit]);
	return buf;
}

const char *short_known(const struct known *known, char buf[SHORT_BYTES])
{
	return known->is_known ? short_bytes(known->value, buf) : strcpy(buf, "n/a");
}

const char *short_seconds(double seconds, char buf[SHORT_BYTES])
{
	if (seconds < 9.95)
		snprintf(buf, SHORT_BYTES, "%.1fs", seconds);
	else if (seconds < 599.5)
		snprintf(buf, SHORT_BYTES, "%.0fs", seconds);
	else if (seconds < 1e7)
		snprintf(buf, SHORT_BYTES, "%.0fm", seconds / 60);
	else
		strcpy(buf, "long");
	return buf;
}

double placed_bytes(const struct rec_process *process, size_t n_tiers)
{
	double sum = 0;

	for (size_t i = 0; process->tiers && i <= n_tiers; i++)
		sum += process->tiers[i].value;
	return sum;
}

const char *amount_text(const struct rec_process *process, size_t tier,
			char buf[SHARE_BYTES])
{
	char text[SHORT_BYTES], half[SHORT_BYTES];
	const struct estimate *place;

	if (process->how == PLACED_REFUSED)
		return strcpy(buf, "?");
	if (!process->tiers)
		return strcpy(buf, ".");
	place = &process->tiers[tier];
	short_bytes(place->value, text);
	if (process->how == PLACED_EXACT)
		snprintf(buf, SHARE_BYTES, "=%s", text);
	else
		snprintf(buf, SHARE_BYTES, "~%s+-%s", text,
			 short_bytes((place->highest - place->lowest) / 2, half));
	return buf;
}

const char *share_text(const struct rec_process *process, size_t n_tiers, size_t tier,
		       char buf[SHARE_BYTES])
{
	double whole = placed_bytes(process, n_tiers);
	const struct estimate *place;
	double half;

	if (process->how == PLACED_REFUSED)
		return strcpy(buf, "?");
	if (!process->tiers || whole <= 0)
		return strcpy(buf, ".");
	place = &process->tiers[tier];
	if (process->how == PLACED_EXACT) {
		snprintf(buf, SHARE_BYTES, "=%.1f%%", 100 * place->value / whole);
		return buf;
	}
	half = (place->highest - place->lowest) / 2;
	snprintf(buf, SHARE_BYTES,
		 place->value > 0.9995 * whole ? "~%.0f+-%.1f" : "~%.1f+-%.1f",
		 100 * place->value / whole, 100 * half / whole);
	return buf;
}
