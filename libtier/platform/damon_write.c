// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks DAMON again where its lock was taken.
#include "damon_write.h"

#include <errno.h>
#include <time.h>

#include "platform.h"

/* Doubled from 1 ms: half a second in all, more than a kdamond ever holds it for itself. */
#define LONGEST_PAUSE_MS 256
#define MS_NS		 1000000L

int damon_write(struct root *root, const char *path, const char *text)
{
	int ret = root->ops->write(root, path, text);

	for (long ms = 1; ret == -EBUSY && ms <= LONGEST_PAUSE_MS; ms *= 2) {
		nanosleep(&(struct timespec){ 0, ms * MS_NS }, NULL);
		ret = root->ops->write(root, path, text);
	}
	return ret;
}
