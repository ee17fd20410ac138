// SPDX-License-Identifier: LGPL-2.1-or-later
// Which kind of root a person means, and what else the file is that he named.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture_format.h"
#include "diag.h"
#include "errors.h"
#include "platform.h"

/* How files begin that are taken for a capture; the last row fits them all. */
static const struct kind {
	size_t offset;
	const char *bytes;
	const char *words;
} kinds[] = {
	{ 0, "\037\213", "compressed by gzip: unpack it first" },
	{ 0, "\3757zXZ", "compressed by xz: unpack it first" },
	{ 0, "\050\265\057\375", "compressed by zstd: unpack it first" },
	{ 0, "BZh", "compressed by bzip2: unpack it first" },
	{ 0, "PK\003\004", "a zip archive: unpack it and name its directory" },
	{ 257, "ustar", "a tar archive: unpack it and name its directory" },
	{ 0, "\177ELF", "a program" },
	{ 0, "#!", "a script" },
	{ 0, "{", "JSON" },
	{ 0, "", "some other text" },
};

static bool fits(const struct kind *kind, const struct strbuf *file)
{
	size_t len = strlen(kind->bytes);

	return kind->offset + len <= file->len &&
	       !memcmp(file->text + kind->offset, kind->bytes, len);
}

static const char *kind_words(const struct strbuf *file)
{
	const struct kind *kind = kinds;

	if (!file->len)
		return "an empty file";
	if (!strncmp(file->text, "<?xml", 5) || !strncmp(file->text, "<topology", 9))
		return strstr(file->text, "<topology") ?
			       "hwloc's XML, which lacks what the kernel says" :
			       "XML";
	while (!fits(kind, file))
		kind++;
	if (!*kind->bytes && memchr(file->text, '\0', file->len))
		return "a binary file";
	return kind->words;
}

/* A pipe is welcome too, as in --root <(xzcat machine.xz). */
static int read_file(int fd, struct strbuf *out)
{
	ssize_t got;

	do {
		int ret = strbuf_reserve(out, 65536);

		if (ret)
			return ret;
		got = read(fd, out->text + out->len, out->size - out->len - 1);
		if (got > 0)
			strbuf_truncate(out, out->len + (size_t)got);
		if (out->len > ROOT_FILE_MAX)
			return -EFBIG;
	} while (got > 0 || (got < 0 && errno == EINTR));
	return got < 0 ? -errno : 0;
}

static int parse_file(const struct strbuf *file, struct root **out,
		      struct tier_diag *diag)
{
	static const char magic[] = CAPTURE_MAGIC;

	if (strncmp(strbuf_text(file), magic, sizeof(magic) - 1) != 0)
		return diag_set(
			diag, -EINVAL,
			"is %s; expected '/', a directory with sys/ and proc/, or "
			"a capture, which begins with '%s'",
			kind_words(file), CAPTURE_FIRST);
	return root_capture_parse(file->text, file->len, out, diag);
}

static int open_file(const char *path, struct root **out, struct tier_diag *diag)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	SCOPED_STRBUF struct strbuf file = { 0 };
	int ret;

	if (fd < 0)
		return diag_set(diag, -errno, "%s", errno_words(errno));
	ret = read_file(fd, &file);
	if (ret)
		return diag_set(diag, ret, "%s", errno_words(ret));
	return parse_file(&file, out, diag);
}

int root_open(const char *path, struct root **out, struct tier_diag *diag)
{
	struct stat st;

	if (!path || !strcmp(path, "/"))
		return root_dir_open("/", out, diag);
	if (stat(path, &st))
		return diag_set(diag, -errno, "%s", errno_words(errno));
	if (S_ISDIR(st.st_mode))
		return root_dir_open(path, out, diag);
	if (S_ISREG(st.st_mode) || S_ISFIFO(st.st_mode))
		return open_file(path, out, diag);
	return diag_set(diag, -EINVAL, "is neither a directory nor a file");
}

void root_close(struct root *root)
{
	if (root)
		root->ops->close(root);
}
