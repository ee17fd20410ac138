// SPDX-License-Identifier: LGPL-2.1-or-later
// What an errno means when the kernel gives it, and when this library does.
#include "errors.h"

#include <errno.h>
#include <string.h>

#include "cleanup.h"
#include "tier.h"

/* What this library means by them; all else is the kernel's word that it hands on. */
static const struct {
	int error;
	const char *words;
} meanings[] = {
	{ ENODATA, "not known" },
	{ ENXIO, "nothing matches" },
	{ EOPNOTSUPP, "not this machine, so nothing is changed" },
	{ ESTALE, "changed by somebody else meanwhile" },
};

/* Not on the int itself: there is no -INT_MIN. */
static unsigned int number_of(int error)
{
	return error < 0 ? 0U - (unsigned int)error : (unsigned int)error;
}

const char *errno_words(int error)
{
	const char *words = strerrordesc_np((int)number_of(error));

	/* Of reading: there is a limit, see ROOT_FILE_MAX. */
	if (number_of(error) == EFBIG)
		return "larger than any file of its kind";
	return words ? words : "unknown error";
}

const char *tier_strerror(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++)
		if ((unsigned int)meanings[i].error == number_of(error))
			return meanings[i].words;
	return errno_words(error);
}
