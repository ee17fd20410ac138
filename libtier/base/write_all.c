// SPDX-License-Identifier: LGPL-2.1-or-later
// write(2) until nothing is left. Knows nothing of who reads it.
#include "write_all.h"

#include <errno.h>

int write_all(int fd, const char *bytes, size_t len)
{
	while (len) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return -errno;
		bytes += done;
		len -= (size_t)done;
	}
	return 0;
}
