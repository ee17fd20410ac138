// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks DAMON again where its lock was taken.
#include "damon_file.h"

#include <errno.h>
#include <time.h>

#include "platform.h"

/* Doubled from 1 ms: half a second in all, more than a kdamond ever holds it for itself. */
#define LONGEST_PAUSE_MS 256
#define MS_NS		 1000000L

/* False: half a second is over. */
static bool pause_for(long *ms)
{
	if (*ms > LONGEST_PAUSE_MS)
		return false;
	nanosleep(&(struct timespec){ 0, *ms * MS_NS }, NULL);
	*ms *= 2;
	return true;
}

int damon_file_read(struct root *root, const char *path, struct strbuf *text)
{
	long ms = 1;
	int ret;

	do
		ret = root->ops->read(root, path, text);
	while (ret == -EBUSY && pause_for(&ms));
	return ret;
}

int damon_file_write(struct root *root, const char *path, const char *text)
{
	long ms = 1;
	int ret;

	do
		ret = root->ops->write(root, path, text);
	while (ret == -EBUSY && pause_for(&ms));
	return ret;
}
