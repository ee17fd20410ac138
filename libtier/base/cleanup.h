/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Scope cleanup for the resources that have one owner and one block. */
#ifndef CLEANUP_H
#define CLEANUP_H

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free(void *pointer)
{
	free(*(void **)pointer);
}

static inline void cleanup_close(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_closedir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

#define SCOPED_FREE		 __attribute__((cleanup(cleanup_free)))
#define SCOPED_FD		 __attribute__((cleanup(cleanup_close)))
#define SCOPED_DIR		 __attribute__((cleanup(cleanup_closedir)))
#define MUST_CHECK		 __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

#endif
