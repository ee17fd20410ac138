// SPDX-License-Identifier: GPL-2.0-or-later
// Text for people. The only place that writes to stdout, besides a capture's bytes.
#include "out.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

#include "write_all.h"

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST   60

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || size.ws_col == 0)
		return WIDTH_DEFAULT;
	return size.ws_col < WIDTH_LEAST ? WIDTH_LEAST : size.ws_col;
}

/* For a person who wants it, on a terminal that can. */
static bool wants_colour(void)
{
	const char *no_color = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return (!no_color || !*no_color) && (!terminal || strcmp(terminal, "dumb") != 0);
}

void out_init(struct out *out)
{
	out->width = WIDTH_DEFAULT;
	if (!isatty(STDOUT_FILENO))
		return;
	out->width = terminal_width();
	out->colour = wants_colour();
}

static void note_loss(struct out *out, int ret)
{
	if (ret)
		out->lost = true;
}

void out_text(struct out *out, const char *text, ...)
{
	char line[1024];
	va_list args;
	int len;

	va_start(args, text);
	len = vsnprintf(line, sizeof(line), text, args);
	va_end(args);
	if (len < (int)sizeof(line)) {
		note_loss(out, strbuf_add(&out->text, line, (size_t)(len < 0 ? 0 : len)));
		return;
	}
	if (strbuf_reserve(&out->text, (size_t)len)) {
		out->lost = true;
		return;
	}
	va_start(args, text);
	vsnprintf(out->text.text + out->text.len, (size_t)len + 1, text, args);
	va_end(args);
	out->text.len += (size_t)len;
}

void out_string(struct out *out, const char *text)
{
	note_loss(out, strbuf_puts(&out->text, text));
}

void out_blanks(struct out *out, size_t count)
{
	int ret = strbuf_reserve(&out->text, count);

	note_loss(out, ret);
	if (ret)
		return;
	memset(out->text.text + out->text.len, ' ', count);
	strbuf_truncate(&out->text, out->text.len + count);
}

const char *out_tint(const struct out *out, enum tint tint)
{
	static const char *const start[] = {
		[TINT_NONE] = "",
		[TINT_BOLD] = "\033[1m",
		[TINT_DIM] = "\033[2m",
		[TINT_GREEN] = "\033[32m",
		[TINT_CYAN] = "\033[36m",
		[TINT_YELLOW] = "\033[33m",
		[TINT_MAGENTA] = "\033[35m",
		[TINT_BLUE] = "\033[34m",
	};

	return out->colour ? start[tint] : "";
}

const char *out_plain(const struct out *out, enum tint tint)
{
	return out->colour && tint != TINT_NONE ? "\033[0m" : "";
}

void out_heading(struct out *out, const char *text)
{
	out_text(out, "%s%s%s\n", out_tint(out, TINT_BOLD), text,
		 out_plain(out, TINT_BOLD));
}

/* The end of a word that is too long for a line: behind a comma, if there is one. */
static const char *cut_word(const char *word, size_t room)
{
	for (size_t len = room; len > 0; len--)
		if (word[len - 1] == ',')
			return word + len;
	return word + room;
}

/* The end of the words from `text` on that fit into `room`. */
static const char *fitting(const char *text, size_t room)
{
	const char *end = text + strcspn(text, " ");

	if ((size_t)(end - text) > room)
		return cut_word(text, room);
	while (*end) {
		const char *next = end + strspn(end, " ");

		next += strcspn(next, " ");
		if ((size_t)(next - text) > room)
			break;
		end = next;
	}
	return end;
}

void out_wrapped(struct out *out, const char *lead, const char *text)
{
	size_t indent = strlen(lead);
	size_t room = out->width > indent + 20 ? out->width - indent : 20;
	bool first = true;

	do {
		const char *end = fitting(text, room);

		out_text(out, "%*s%.*s\n", first ? 0 : (int)indent, first ? lead : "",
			 (int)(end - text), text);
		text = end + strspn(end, " ");
		first = false;
	} while (*text);
}

int out_flush(struct out *out)
{
	int ret;

	if (out->lost)
		return -ENOMEM;
	if (!out->text.len)
		return 0;
	/* A reader that went away is an error to report, not a reason to die. */
	signal(SIGPIPE, SIG_IGN);
	ret = write_all(STDOUT_FILENO, out->text.text, out->text.len);
	strbuf_reset(&out->text);
	return ret;
}

void out_free(struct out *out)
{
	strbuf_free(&out->text);
}
