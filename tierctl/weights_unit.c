// SPDX-License-Identifier: GPL-2.0-or-later
// The systemd unit that sets weights again at boot: written whole, enabled by the link
// that `systemctl enable` makes, and taken back. Asks nothing of a running systemd.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>

#include "cmd.h"
#include "json.h"
#include "weights.h"
#include "write_all.h"

#define UNITS  "/etc/systemd/system"
#define WANTS  UNITS "/multi-user.target.wants"
#define NAME   "tierkit-weights.service"
#define UNIT   UNITS "/" NAME
#define LINK   WANTS "/" NAME
#define TARGET "../" NAME

static const char head[] =
	"# Written by tierctl weights --persist; tierctl weights reset --persist removes it.\n"
	"[Unit]\n"
	"Description=Weights of the kernel's weighted interleave\n"
	"Documentation=man:tierctl-weights(1)\n"
	"\n"
	"[Service]\n"
	"Type=oneshot\n"
	"RemainAfterExit=yes\n";

static const char tail[] = "\n"
			   "[Install]\n"
			   "WantedBy=multi-user.target\n";

/* This very program, wherever it is installed. */
int unit_text(struct unit *unit, const struct weights *weights)
{
	SCOPED_FREE char *program = realpath((const char *)getauxval(AT_EXECFN), NULL);
	SCOPED_STRBUF struct strbuf spec = { 0 };
	int ret = program ? weights_spec(weights, &spec) : -ENOMEM;

	if (!ret)
		ret = strbuf_printf(&unit->text, "%sExecStart=%s weights set %s\n%s",
				    head, program, strbuf_text(&spec), tail);
	return ret;
}

/* ---- one file after the other ------------------------------------------------------ */

static int read_before(struct unit *unit)
{
	SCOPED_FD int fd = open(UNIT, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct stat link;
	ssize_t got;
	int ret;

	unit->was_enabled = !lstat(LINK, &link);
	unit->had_folder = !lstat(WANTS, &link);
	if (fd < 0)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
	unit->was_there = true;
	do {
		ret = strbuf_reserve(&unit->before, 4096);
		if (ret)
			return ret;
		got = read(fd, unit->before.text + unit->before.len,
			   unit->before.size - unit->before.len - 1);
		if (got > 0)
			strbuf_truncate(&unit->before, unit->before.len + (size_t)got);
	} while (got > 0);
	return got < 0 ? -errno : 0;
}

/* Never half a unit: what systemd may read is there whole. */
static int put_file(const struct strbuf *text)
{
	static const char temporary[] = UNITS "/." NAME ".new";
	SCOPED_FD int fd =
		open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	int ret;

	if (fd < 0)
		return -errno;
	ret = write_all(fd, strbuf_text(text), text->len);
	if (!ret && fsync(fd))
		ret = -errno;
	if (!ret && rename(temporary, UNIT))
		ret = -errno;
	if (ret)
		unlink(temporary);
	return ret;
}

static int enable(void)
{
	if (mkdir(WANTS, 0755) && errno != EEXIST)
		return -errno;
	return symlink(TARGET, LINK) && errno != EEXIST ? -errno : 0;
}

static int take_away(const char *path)
{
	return unlink(path) && errno != ENOENT && errno != ENOTDIR ? -errno : 0;
}

static int put_unit(const struct strbuf *text)
{
	int ret;

	if (!text->len) {
		ret = take_away(LINK);
		return ret ? ret : take_away(UNIT);
	}
	ret = put_file(text);
	return ret ? ret : enable();
}

void unit_undo(struct unit *unit)
{
	if (!unit->is_written)
		return;
	if (!unit->was_enabled)
		(void)take_away(LINK);
	else
		(void)enable();
	if (!unit->was_there)
		(void)take_away(UNIT);
	else
		(void)put_file(&unit->before);
	if (!unit->had_folder)
		(void)rmdir(WANTS);
	unit->is_written = false;
}

int unit_write(struct ctl *ctl, struct unit *unit)
{
	const struct fault missing = { STATUS_UNSUPPORTED, "weights", UNITS };
	const struct fault fault = { 0, "weights", UNIT };
	int ret = read_before(unit);

	if (ret)
		return ctl_fail_system(ctl, &fault, ret);
	if (unit->text.len && access(UNITS, F_OK))
		return err_say(ctl, &missing,
			       "is missing, so there is no systemd to set them at boot");
	unit->is_written = true;
	ret = put_unit(&unit->text);
	if (!ret)
		return STATUS_DONE;
	unit_undo(unit);
	return ctl_fail_system(ctl, &fault, ret);
}

/* ---- telling --------------------------------------------------------------------------- */

void unit_print(struct out *out, const struct unit *unit)
{
	const char *text = strbuf_text(&unit->text);

	out_text(out, "\n");
	if (!unit->text.len) {
		out_text(out, "unit    %s: removed if it is there\n", UNIT);
		return;
	}
	out_text(out, "unit    %s\n", UNIT);
	while (*text) {
		int len = (int)strcspn(text, "\n");

		out_text(out, len ? "        %.*s\n" : "%.*s\n", len, text);
		text += len + 1;
	}
	out_text(out, "link    %s\n        -> %s\n", LINK, TARGET);
}

void unit_json(struct out *out, struct json_object *in, const struct unit *unit)
{
	struct json_object *object = js_child(out, in, "unit");

	js_text(out, object, "file", UNIT);
	js_text(out, object, "link", LINK);
	js_text(out, object, "text", unit->text.len ? strbuf_text(&unit->text) : NULL);
}

void unit_free(struct unit *unit)
{
	strbuf_free(&unit->text);
	strbuf_free(&unit->before);
}
