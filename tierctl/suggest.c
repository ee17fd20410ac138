// SPDX-License-Identifier: GPL-2.0-or-later
// Edit distance between short words. Knows neither commands nor options.
#include "suggest.h"

#include <string.h>

#define WORD_BYTES 32

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Insertions, deletions, changes and swaps of neighbours that lead from a to b. */
static unsigned int distance_between(const char *a, const char *b)
{
	unsigned int d[WORD_BYTES + 1][WORD_BYTES + 1];
	size_t n = strlen(a), m = strlen(b);

	for (size_t i = 0; i <= n; i++)
		d[i][0] = (unsigned int)i;
	for (size_t j = 0; j <= m; j++)
		d[0][j] = (unsigned int)j;
	for (size_t i = 1; i <= n; i++) {
		for (size_t j = 1; j <= m; j++) {
			d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1,
					d[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < d[i][j])
				d[i][j] = d[i - 2][j - 2] + 1;
		}
	}
	return d[n][m];
}

void suggest_consider(struct suggestion *suggestion, const char *known)
{
	size_t typed_len = strnlen(suggestion->typed, WORD_BYTES + 1);
	size_t known_len = strlen(known);
	unsigned int distance;

	if (!typed_len || typed_len > WORD_BYTES || known_len > WORD_BYTES)
		return;
	distance = distance_between(suggestion->typed, known);
	/* A third of the letters may be wrong: "shaw" is show, "cat" is nothing. */
	if (distance > known_len / 3 + (known_len > 3))
		return;
	if (!suggestion->best || distance < suggestion->distance) {
		suggestion->best = known;
		suggestion->distance = distance;
	}
}
