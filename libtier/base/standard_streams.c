// SPDX-License-Identifier: LGPL-2.1-or-later
// Keeps files that are opened later from becoming standard streams.
#include "standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void hold_standard_streams(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
			(void)!open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}
