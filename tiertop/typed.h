/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of --keys: "f", "<F5>", "<Down>". */
#ifndef TYPED_H
#define TYPED_H

#include "source.h"

/* The next key of the text; KEY_NONE_YET: it has ended, or is none. */
int typed_next(const char **text);

/* Type them all; what needs another record gets it. 0, -ENOMEM, or a status that was said. */
int typed_keys(const char *text, struct ui *ui, struct source *source,
	       const struct options *options) MUST_CHECK;

#endif
