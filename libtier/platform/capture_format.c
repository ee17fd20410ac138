// SPDX-License-Identifier: LGPL-2.1-or-later
// What reader and writer of captures agree on. Reads and writes nothing itself.
#include "capture_format.h"

#include <errno.h>
#include <string.h>

const char *const capture_keywords[] = {
	[CAPTURE_FILE] = "file",
	[CAPTURE_LINK] = "link",
	[CAPTURE_FAIL] = "fail",
	[CAPTURE_DIR] = "dir",
};

/* The ones that reading a file of /sys or /proc gives. */
static const struct {
	const char *name;
	int error;
} errors[] = {
	{ "EACCES", EACCES }, { "EPERM", EPERM },   { "EIO", EIO },
	{ "ENXIO", ENXIO },   { "EINVAL", EINVAL },
};

/* The end of a path comes first, then '/', then the rest. */
static int weight(char c)
{
	return c == '\0' ? 0 : c == '/' ? 1 : (unsigned char)c + 1;
}

int capture_compare(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return weight(*a) - weight(*b);
}

bool capture_is_below(const char *path, const char *above)
{
	size_t len = strlen(above);

	return !strncmp(path, above, len) && path[len] == '/';
}

int capture_errno(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (!strcmp(errors[i].name, name))
			return errors[i].error;
	return 0;
}

const char *capture_errno_name(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
		if (errors[i].error == error)
			return errors[i].name;
	return NULL;
}
