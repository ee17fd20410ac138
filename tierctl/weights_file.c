// SPDX-License-Identifier: GPL-2.0-or-later
// Reads the file of a benchmark, or standard input. What it means is weights_bench.c's.
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "cmd.h"
#include "weights.h"

/* One byte more than is allowed is enough to know. */
static int read_to_end(int fd, struct strbuf *text)
{
	ssize_t got;

	do {
		int ret = strbuf_reserve(text, 4096);

		if (ret)
			return ret;
		got = read(fd, text->text + text->len, text->size - text->len - 1);
		if (got > 0)
			strbuf_truncate(text, text->len + (size_t)got);
	} while (text->len <= WEIGHTS_FILE_MOST &&
		 (got > 0 || (got < 0 && errno == EINTR)));
	return got < 0 ? -errno : 0;
}

static int read_file(const char *path, struct strbuf *text)
{
	SCOPED_FD int fd = -1;

	if (!path)
		return read_to_end(STDIN_FILENO, text);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	return fd < 0 ? -errno : read_to_end(fd, text);
}

int weights_from_file(struct ctl *ctl, const char *path, struct strbuf *wish,
		      struct tier_nodeset *measured)
{
	const bool is_stdin = !path || !strcmp(path, "-");
	const char *name = is_stdin ? "standard input" : path;
	const struct fault fault = { STATUS_USAGE, "weights", name };
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct tier_diag diag = { 0 };
	int ret;

	if (is_stdin && isatty(STDIN_FILENO))
		return err_say(ctl, &fault, "is a terminal; name a file");
	ret = read_file(is_stdin ? NULL : path, &text);
	if (ret)
		return ctl_fail_system(ctl, &fault, ret);
	ret = weights_from_text(strbuf_text(&text), text.len, wish, measured, &diag);
	return ret ? ctl_fail(ctl, &fault, ret, &diag) : STATUS_DONE;
}
