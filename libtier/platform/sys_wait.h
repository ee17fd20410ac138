/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What takes its time and is done by a child, so that it can be given up. */
#ifndef SYS_WAIT_H
#define SYS_WAIT_H

#include <stdint.h>

#include "strbuf.h"

/* As root_ops' write_for, to an open file. */
int wait_for_write(int fd, const char *text, uint64_t limit_ms,
		   int (*stop)(void)) MUST_CHECK;

/* As sys_ops' modprobe. */
int wait_for_modprobe(const char *const *args, struct strbuf *words) MUST_CHECK;

#endif
