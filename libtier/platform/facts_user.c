// SPDX-License-Identifier: LGPL-2.1-or-later
// Texts on nodes that no kernel writes: the user's own words, and what a benchmark measured.
// Does not know what they mean.
#include <errno.h>
#include <string.h>

#include "errors.h"
#include "fact_file.h"

const char *const user_text_paths[USER_TEXTS] = {
	[USER_TEXT_WORDS] = "/etc/tierkit.conf",
	[USER_TEXT_MEASURED] = "/var/lib/tierkit/measured",
};

int facts_read_text(struct root *root, struct facts *facts, enum user_text which,
		    struct strbuf *out)
{
	struct fact_reader reader = { .root = root, .facts = facts };
	int ret;

	fact_path(&reader, "%s", user_text_paths[which]);
	ret = root->ops->read(root, reader.path, out);
	if (ret == -ENOMEM)
		return ret;
	if (ret == -ENOENT || ret == -ENOTDIR)
		return 0;
	if (ret)
		return fact_problem(&reader, errno_words(ret));
	/* A person may leave it empty; half of it must not be taken for all. */
	if (strlen(strbuf_text(out)) == out->len)
		return 0;
	strbuf_reset(out);
	return fact_problem(&reader, "holds a NUL byte");
}
