// SPDX-License-Identifier: LGPL-2.1-or-later
// The user's own file of words on nodes. Does not know what they mean.
#include <errno.h>
#include <string.h>

#include "errors.h"
#include "fact_file.h"

int facts_read_node_words(struct root *root, struct facts *facts, struct strbuf *out)
{
	struct fact_reader reader = { .root = root, .facts = facts };
	int ret;

	fact_path(&reader, "/etc/tierkit.conf");
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
