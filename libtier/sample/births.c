// SPDX-License-Identifier: LGPL-2.1-or-later
// By /proc/loadavg (proc(5)): behind a slash, how many threads the kernel has, and the number that
// it gave away last. A list of 1,000 processes costs 1.2 ms, this some microseconds.
#include "births.h"

#include <string.h>

#include "parse.h"
#include "process.h"

/* The number is of our PID namespace, and /proc may show another one, whose births then show in
 * the count of threads only; and numbers come round again. So it is not believed for ever. */
#define MOST_BELIEVED 15

struct births births_read(struct root *root)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct births now = { 0 };
	const char *at = NULL;

	if (!process_births(root, &text))
		at = strchr(strbuf_text(&text), '/');
	if (!at)
		return now;
	at++;
	now.is_known = !parse_digits(&at, &now.threads) && *at++ == ' ' &&
		       !parse_u64(at, &now.last_pid);
	return now;
}

bool births_none(struct births *last, const struct births *now)
{
	bool is_same = last->is_known && now->is_known &&
		       last->last_pid == now->last_pid && last->threads == now->threads;

	return is_same && last->believed++ < MOST_BELIEVED;
}
