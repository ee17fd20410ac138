/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Bytes to a descriptor, all of them. */
#ifndef WRITE_ALL_H
#define WRITE_ALL_H

#include <stddef.h>

#include "cleanup.h"

/* 0 or what write(2) gave; some of the bytes may have been written then. */
int write_all(int fd, const char *bytes, size_t len) MUST_CHECK;

#endif
