// SPDX-License-Identifier: LGPL-2.1-or-later
// A bucket that fills with the clock. Holds no clock.
#include "pace.h"

#define NS_PER_SEC 1000000000ULL

/* Lateness up to this is made up for: a sleep that lasted too long, a slow batch. More
 * is forgotten, so that no burst follows a stop. */
#define SLACK_NS (NS_PER_SEC / 5)

#define BATCHES_PER_SEC 20

/* Past this the time left would be no figure for people (a hundred years). */
#define LEFT_MAX_NS 3.15e18

uint64_t pace_wait(const struct pace *pace, uint64_t now_ns)
{
	return pace->free_ns > now_ns ? pace->free_ns - now_ns : 0;
}

void pace_spend(struct pace *pace, uint64_t began_ns, uint64_t bytes)
{
	uint64_t earliest = began_ns > SLACK_NS ? began_ns - SLACK_NS : 0;

	if (!pace->bytes_per_sec)
		return;
	/* The first batch has nothing to make up for. */
	if (!pace->free_ns)
		earliest = began_ns;
	if (pace->free_ns < earliest)
		pace->free_ns = earliest;
	pace->free_ns += (uint64_t)((double)bytes * (double)NS_PER_SEC /
				    (double)pace->bytes_per_sec);
}

uint64_t pace_batch(const struct pace *pace, uint64_t most, uint64_t least)
{
	uint64_t part = pace->bytes_per_sec / BATCHES_PER_SEC;

	if (pace->bytes_per_sec && part < most)
		most = part;
	return most < least ? least : most / least * least;
}

bool pace_left(uint64_t done, uint64_t whole, uint64_t elapsed_ns, uint64_t *left_ns)
{
	double left;

	if (!done || !elapsed_ns)
		return false;
	if (done >= whole) {
		*left_ns = 0;
		return true;
	}
	left = (double)(whole - done) * (double)elapsed_ns / (double)done;
	if (left > LEFT_MAX_NS)
		return false;
	*left_ns = (uint64_t)left;
	return true;
}
