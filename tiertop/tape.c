// SPDX-License-Identifier: GPL-2.0-or-later
// Where each line of a recording begins is found once; lines are read when they are wanted. One
// that is cut short, as its writer was killed, is left out.
#include "tape.h"

#include <errno.h>
#include <stdio.h>

#include "write_all.h"

struct tape {
	FILE *file;
	struct strbuf starts; /* array of off_t, and the end of the last line */
	char *line;
	size_t room;
};

static int index_lines(struct tape *tape)
{
	off_t at = 0;
	int ret = strbuf_add(&tape->starts, &at, sizeof(at));
	ssize_t len;

	while (!ret && (len = getline(&tape->line, &tape->room, tape->file)) > 0) {
		if (tape->line[len - 1] != '\n')
			break;
		at += len;
		ret = strbuf_add(&tape->starts, &at, sizeof(at));
	}
	if (!ret && ferror(tape->file))
		ret = -EIO;
	return ret;
}

int tape_open(const char *path, struct tape **out)
{
	struct tape *tape = calloc(1, sizeof(*tape));
	int ret = tape ? 0 : -ENOMEM;

	if (!ret) {
		tape->file = fopen(path, "re");
		ret = tape->file ? index_lines(tape) : -errno;
	}
	if (ret) {
		tape_close(tape);
		return ret;
	}
	*out = tape;
	return 0;
}

void tape_close(struct tape *tape)
{
	if (!tape)
		return;
	if (tape->file)
		fclose(tape->file);
	strbuf_free(&tape->starts);
	free(tape->line);
	free(tape);
}

size_t tape_length(const struct tape *tape)
{
	return tape->starts.len / sizeof(off_t) - 1;
}

int tape_read(struct tape *tape, size_t n, struct record *record, const char **why)
{
	const off_t *starts = (const void *)tape->starts.text;

	*record = (struct record){ 0 };
	*why = "it cannot be read";
	if (n >= tape_length(tape))
		return -ENOENT;
	clearerr(tape->file);
	if (fseeko(tape->file, starts[n], SEEK_SET) ||
	    getline(&tape->line, &tape->room, tape->file) <= 0)
		return -EIO;
	return record_read(tape->line, record, why);
}

int tape_add(int fd, const struct record *record)
{
	SCOPED_STRBUF struct strbuf line = { 0 };
	int ret = record_write(record, &line);

	return ret ? ret : write_all(fd, line.text, line.len);
}
