// SPDX-License-Identifier: GPL-2.0-or-later
// Where the configuration is, and its lines.
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "parse.h"
#include "write_all.h"

#define LINE_BYTES 128
#define MOST_BYTES 65536

unsigned int config_take(struct ui *ui, const char *text)
{
	unsigned int number = 0, bad = 0;
	const char *line;
	size_t len;

	while (next_line(&text, &line, &len)) {
		char copy[LINE_BYTES];

		number++;
		if (!len || *line == '#')
			continue;
		snprintf(copy, sizeof(copy), "%.*s",
			 (int)(len < sizeof(copy) ? len : sizeof(copy)), line);
		if ((len >= sizeof(copy) || setting_take(ui, copy)) && !bad)
			bad = number;
	}
	return bad;
}

/* $XDG_CONFIG_HOME or ~/.config; false: there is neither. */
static bool config_path(char *buf, size_t size, bool make)
{
	const char *home = getenv("HOME"), *config = getenv("XDG_CONFIG_HOME");
	int len;

	if (config && *config == '/')
		len = snprintf(buf, size, "%s", config);
	else if (home && *home == '/')
		len = snprintf(buf, size, "%s/.config", home);
	else
		return false;
	if (len < 0 || (size_t)len + sizeof("/tiertop/config") > size)
		return false;
	if (make)
		mkdir(buf, 0777);
	strcat(buf, "/tiertop");
	if (make)
		mkdir(buf, 0777);
	strcat(buf, "/config");
	return true;
}

void config_load(struct ui *ui)
{
	char path[4096], text[MOST_BYTES];
	unsigned int bad;
	ssize_t got;
	int fd;

	if (!config_path(path, sizeof(path), false))
		return;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return;
	text[got] = '\0';
	bad = config_take(ui, text);
	if (bad)
		snprintf(ui->message, sizeof(ui->message),
			 "the configuration's line %u is none", bad);
}

int config_save(const struct ui *ui)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	SCOPED_FD int fd = -1;
	char path[4096];
	int ret = settings_text(ui, &text);

	if (ret)
		return ret;
	if (!config_path(path, sizeof(path), true))
		return -ENOENT;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return fd < 0 ? -errno : write_all(fd, text.text, text.len);
}
