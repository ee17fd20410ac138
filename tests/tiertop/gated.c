// SPDX-License-Identifier: GPL-2.0-or-later
// tiertop with a gate before each record of this machine: what a source that hangs does to it. The gate
// is the FIFO that TIERTOP_GATE names; none is there, none is waited at. Who opens it for writing knows
// that the thread stands there, and lets it go by closing; "c" makes the thread crash.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>

#include "live.h"

int __real_live_take(struct live *live, const struct live_wish *wish,
		     struct record *record);
int __wrap_live_take(struct live *live, const struct live_wish *wish,
		     struct record *record);

static void stand_at(const char *path)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	char what = 0;
	ssize_t got = 1;

	while (fd >= 0 && (got > 0 || (got < 0 && errno == EINTR)))
		if ((got = read(fd, &what, 1)) > 0 && what == 'c')
			raise(SIGSEGV);
}

int __wrap_live_take(struct live *live, const struct live_wish *wish,
		     struct record *record)
{
	const char *path = getenv("TIERTOP_GATE");

	if (path)
		stand_at(path);
	return __real_live_take(live, wish, record);
}
