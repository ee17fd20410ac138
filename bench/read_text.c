// SPDX-License-Identifier: GPL-2.0-or-later
// One read, as the kernel makes these files anew for each.
#include "read_text.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int read_text(const char *path, char *text, size_t size)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? -ENODATA : -errno;
	len = read(fd, text, size - 1);
	if (len < 0)
		return -errno;
	text[len] = '\0';
	return 0;
}
