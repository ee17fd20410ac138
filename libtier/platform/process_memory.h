/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The memory of another process of this very machine. */
#ifndef PROCESS_MEMORY_H
#define PROCESS_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "cleanup.h"

/* Fewer bytes than asked for is -EIO. -ESRCH, -EPERM, -EFAULT. */
int process_memory(int pid, uint64_t address, void *buf, size_t size) MUST_CHECK;

#endif
