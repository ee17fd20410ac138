// SPDX-License-Identifier: GPL-2.0-or-later
// Keeps a device's use for the next boot the way daxctl does: its configuration, which its
// udev rule has it read. Knows no other way.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "cmd.h"
#include "dax.h"
#include "strbuf.h"
#include "write_all.h"

#define CONF_DIR "/etc/daxctl.conf.d"

/* daxctl 76 as Debian 12 has it ships a rule whose command lacks a word, so that nothing
 * comes of it. udev prefers a file of that name in /etc. */
#define RULE_NAME   "90-daxctl-device.rules"
#define RULE_OWN    "/etc/udev/rules.d/" RULE_NAME
#define RULE_BROKEN "/usr/bin/daxctl -C"

static const char rule_text[] =
	"# Written by tierctl: daxctl's own rule, whose command lacks 'reconfigure-device'.\n"
	"ACTION==\"add\", SUBSYSTEM==\"dax\",\\\n"
	"  RUN+=\"/usr/bin/daxctl reconfigure-device -C $env{DEVNAME}\"\n";

static const char *conf_path(const char *uuid, char buf[128])
{
	snprintf(buf, 128, CONF_DIR "/tierkit-%s.conf", uuid);
	return buf;
}

static int uuid_of(const struct dax_persist *persist, const char *device, char uuid[40])
{
	const struct fault fault = { STATUS_UNSUPPORTED, "dax", device };
	struct tier_dax_memory memory;
	int ret = tier_dax_memory_get(persist->ctl->ctx, device, &memory, sizeof(memory));

	if (ret)
		return ctl_fail_system(persist->ctl, &fault, ret);
	if (!memory.uuid[0])
		return err_say(
			persist->ctl, &fault,
			"--persist: daxctl knows a device again by the UUID of its "
			"NVDIMM namespace, and this one has none");
	snprintf(uuid, 40, "%s", memory.uuid);
	return STATUS_DONE;
}

int dax_persist_check(const struct dax_persist *persist)
{
	const struct fault fault = { STATUS_UNSUPPORTED, "dax", CONF_DIR };
	struct stat st;
	char uuid[40];
	int status = STATUS_DONE;

	if (stat(CONF_DIR, &st) || !S_ISDIR(st.st_mode))
		return err_say(
			persist->ctl, &fault,
			"--persist: there is no such folder: install daxctl, which "
			"reads it at boot");
	for (size_t i = 0; !status && persist->devices[i]; i++)
		status = uuid_of(persist, persist->devices[i], uuid);
	return status;
}

/* ---- the rule ------------------------------------------------------------------------- */

static int read_text(const char *path, struct strbuf *text)
{
	SCOPED_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t got;

	if (fd < 0)
		return -errno;
	do {
		int ret = strbuf_reserve(text, 4096);

		if (ret)
			return ret;
		got = read(fd, text->text + text->len, 4095);
		if (got > 0)
			strbuf_truncate(text, text->len + (size_t)got);
	} while (got > 0);
	return got < 0 ? -errno : 0;
}

enum rule { RULE_MISSING, RULE_WORKS, RULE_BREAKS };

static enum rule find_rule(void)
{
	static const char *const paths[] = {
		RULE_OWN,
		"/run/udev/rules.d/" RULE_NAME,
		"/usr/lib/udev/rules.d/" RULE_NAME,
		"/lib/udev/rules.d/" RULE_NAME,
	};

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		SCOPED_STRBUF struct strbuf text = { 0 };

		if (!read_text(paths[i], &text))
			return strstr(strbuf_text(&text), RULE_BROKEN) ? RULE_BREAKS :
									 RULE_WORKS;
	}
	return RULE_MISSING;
}

/* ---- files ------------------------------------------------------------------------------- */

/* All of it or nothing, also when the machine stops in between. */
static int write_file(const char *path, const char *text)
{
	char temporary[160];
	SCOPED_FD int fd = -1;
	int ret;

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, text, strlen(text));
	if (!ret && (fsync(fd) || rename(temporary, path)))
		ret = -errno;
	if (ret)
		unlink(temporary);
	return ret;
}

static const char *word(bool value)
{
	return value ? "true" : "false";
}

static int write_conf(const struct dax_persist *persist, const char *uuid)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	char path[128];
	int ret;

	conf_path(uuid, path);
	/* Without a section a namespace is a device, which is what it boots as. */
	if (!persist->is_ram)
		return unlink(path) && errno != ENOENT ? -errno : 0;
	ret = strbuf_printf(&text,
			    "# Written by tierctl; daxctl-reconfigure-device(1) explains "
			    "it.\n"
			    "[reconfigure-device tierkit-%s]\n"
			    "nvdimm.uuid = %s\n"
			    "mode = system-ram\n"
			    "online = %s\n"
			    "movable = %s\n",
			    uuid, uuid, word(persist->online), word(persist->movable));
	return ret ? ret : write_file(path, strbuf_text(&text));
}

static int say_unwritten(const struct dax_persist *persist, const char *path, int error)
{
	const struct fault fault = { err_status(error), "dax", path };

	return err_say(persist->ctl, &fault,
		       "%s; the devices are used as asked until the next boot only",
		       strerror(-error));
}

int dax_persist_write(const struct dax_persist *persist)
{
	char uuid[40], path[128];
	int ret, status;

	for (size_t i = 0; persist->devices[i]; i++) {
		status = uuid_of(persist, persist->devices[i], uuid);
		if (status)
			return status;
		ret = write_conf(persist, uuid);
		if (ret)
			return say_unwritten(persist, conf_path(uuid, path), ret);
	}
	if (!persist->is_ram || find_rule() != RULE_BREAKS)
		return STATUS_DONE;
	ret = write_file(RULE_OWN, rule_text);
	return ret ? say_unwritten(persist, RULE_OWN, ret) : STATUS_DONE;
}

int dax_persist_print(const struct dax_persist *persist)
{
	static const char *const words[][2] = { { "remove", "removed" },
						{ "write", "wrote" } };
	struct out *out = &persist->ctl->out;
	struct tier_kernel_info kernel;
	char uuid[40], path[128];

	for (size_t i = 0; persist->devices[i]; i++) {
		int status = uuid_of(persist, persist->devices[i], uuid);

		if (status)
			return status;
		out_text(out, "%-8s%s\n", words[persist->is_ram][persist->is_done],
			 conf_path(uuid, path));
	}
	if (!persist->is_ram)
		return STATUS_DONE;
	tier_kernel_get(persist->ctl->topology, &kernel, sizeof(kernel));
	if (find_rule() == RULE_BREAKS)
		out_wrapped(out, "write   ",
			    RULE_OWN
			    ": daxctl's own rule runs 'daxctl -C', a command that "
			    "it does not have");
	if (find_rule() == RULE_MISSING)
		out_wrapped(out, "note    ",
			    "daxctl's udev rule " RULE_NAME
			    " is missing, so nothing reads "
			    "the configuration at boot: install daxctl");
	if (persist->online && !strncmp(kernel.auto_online, "online", 6))
		out_wrapped(
			out, "note    ",
			"the kernel brings new memory online by itself, and daxctl "
			"then refuses at boot: boot with memhp_default_state=offline");
	return STATUS_DONE;
}
