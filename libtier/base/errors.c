// SPDX-License-Identifier: LGPL-2.1-or-later
// What an errno means when this library returns it.
#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "tier.h"

/* Where strerror(3)'s words would mislead; all else is left to it. */
static const struct {
	int error;
	const char *words;
} meanings[] = {
	{ ENODATA, "not known" },
	{ ENXIO, "nothing matches" },
	{ EOPNOTSUPP, "not this machine, so nothing is changed" },
	{ EFBIG, "larger than any file of its kind" },
	{ ESTALE, "changed by somebody else meanwhile" },
	{ EAGAIN, "the kernel's weights differ from those asked for" },
};

const char *tier_strerror(int error)
{
	/* Not on the int itself: there is no -INT_MIN. */
	unsigned int number = error < 0 ? 0U - (unsigned int)error : (unsigned int)error;
	const char *words;

	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if ((unsigned int)meanings[i].error == number)
			return meanings[i].words;
	words = strerrordesc_np((int)number);
	return words ? words : "unknown error";
}
