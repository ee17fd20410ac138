// SPDX-License-Identifier: GPL-2.0-or-later
// The only file that knows ncurses. Whatever ends the process, the terminal is left as it was.
#include "term.h"

#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <term.h>
#include <termios.h>
#include <unistd.h>

#include "ui.h"

/* Colours of a theme; -1 is the terminal's own. */
struct paint {
	short text, ground;
	attr_t more;
};

static const struct paint paints[THEME_MONO][STYLES] = {
	[THEME_DEFAULT] = {
		[STYLE_PLAIN] = { -1, -1, 0 },
		[STYLE_DIM] = { -1, -1, A_DIM },
		[STYLE_BOLD] = { -1, -1, A_BOLD },
		[STYLE_HEAD] = { COLOR_BLACK, COLOR_GREEN, 0 },
		[STYLE_SORTED] = { COLOR_BLACK, COLOR_CYAN, 0 },
		[STYLE_SELECTED] = { COLOR_BLACK, COLOR_CYAN, 0 },
		[STYLE_TAGGED] = { COLOR_YELLOW, -1, A_BOLD },
		[STYLE_KEY] = { COLOR_BLACK, COLOR_CYAN, 0 },
		[STYLE_WARN] = { COLOR_YELLOW, -1, A_BOLD },
		[STYLE_FAST] = { COLOR_GREEN, -1, 0 },
		[STYLE_SLOW] = { COLOR_MAGENTA, -1, 0 },
		[STYLE_ANON] = { COLOR_GREEN, -1, 0 },
		[STYLE_FILE] = { COLOR_BLUE, -1, 0 },
		[STYLE_HUGE] = { COLOR_YELLOW, -1, 0 },
		[STYLE_OTHER] = { COLOR_RED, -1, 0 },
		[STYLE_UP] = { COLOR_GREEN, -1, 0 },
		[STYLE_DOWN] = { COLOR_MAGENTA, -1, 0 },
	},
	[THEME_DARK] = {
		[STYLE_PLAIN] = { COLOR_WHITE, COLOR_BLACK, 0 },
		[STYLE_DIM] = { COLOR_WHITE, COLOR_BLACK, A_DIM },
		[STYLE_BOLD] = { COLOR_WHITE, COLOR_BLACK, A_BOLD },
		[STYLE_HEAD] = { COLOR_CYAN, COLOR_BLACK, A_BOLD },
		[STYLE_SORTED] = { COLOR_YELLOW, COLOR_BLACK, A_BOLD },
		[STYLE_SELECTED] = { COLOR_WHITE, COLOR_BLUE, A_BOLD },
		[STYLE_TAGGED] = { COLOR_YELLOW, COLOR_BLACK, A_BOLD },
		[STYLE_KEY] = { COLOR_WHITE, COLOR_BLUE, 0 },
		[STYLE_WARN] = { COLOR_RED, COLOR_BLACK, A_BOLD },
		[STYLE_FAST] = { COLOR_CYAN, COLOR_BLACK, 0 },
		[STYLE_SLOW] = { COLOR_YELLOW, COLOR_BLACK, 0 },
		[STYLE_ANON] = { COLOR_CYAN, COLOR_BLACK, 0 },
		[STYLE_FILE] = { COLOR_BLUE, COLOR_BLACK, 0 },
		[STYLE_HUGE] = { COLOR_YELLOW, COLOR_BLACK, 0 },
		[STYLE_OTHER] = { COLOR_RED, COLOR_BLACK, 0 },
		[STYLE_UP] = { COLOR_CYAN, COLOR_BLACK, 0 },
		[STYLE_DOWN] = { COLOR_YELLOW, COLOR_BLACK, 0 },
	},
	[THEME_LIGHT] = {
		[STYLE_PLAIN] = { COLOR_BLACK, COLOR_WHITE, 0 },
		[STYLE_DIM] = { COLOR_BLACK, COLOR_WHITE, 0 },
		[STYLE_BOLD] = { COLOR_BLACK, COLOR_WHITE, A_BOLD },
		[STYLE_HEAD] = { COLOR_WHITE, COLOR_BLUE, 0 },
		[STYLE_SORTED] = { COLOR_WHITE, COLOR_RED, 0 },
		[STYLE_SELECTED] = { COLOR_WHITE, COLOR_BLACK, 0 },
		[STYLE_TAGGED] = { COLOR_RED, COLOR_WHITE, A_BOLD },
		[STYLE_KEY] = { COLOR_WHITE, COLOR_BLUE, 0 },
		[STYLE_WARN] = { COLOR_RED, COLOR_WHITE, A_BOLD },
		[STYLE_FAST] = { COLOR_BLUE, COLOR_WHITE, 0 },
		[STYLE_SLOW] = { COLOR_RED, COLOR_WHITE, 0 },
		[STYLE_ANON] = { COLOR_BLUE, COLOR_WHITE, 0 },
		[STYLE_FILE] = { COLOR_CYAN, COLOR_WHITE, 0 },
		[STYLE_HUGE] = { COLOR_MAGENTA, COLOR_WHITE, 0 },
		[STYLE_OTHER] = { COLOR_RED, COLOR_WHITE, 0 },
		[STYLE_UP] = { COLOR_BLUE, COLOR_WHITE, 0 },
		[STYLE_DOWN] = { COLOR_RED, COLOR_WHITE, 0 },
	},
};

/* Without colour, what must stand out does so by its attribute. */
static const attr_t mono[STYLES] = {
	[STYLE_DIM] = A_DIM,	      [STYLE_BOLD] = A_BOLD,
	[STYLE_HEAD] = A_REVERSE,     [STYLE_SORTED] = A_UNDERLINE,
	[STYLE_SELECTED] = A_REVERSE, [STYLE_TAGGED] = A_BOLD,
	[STYLE_KEY] = A_REVERSE,      [STYLE_WARN] = A_BOLD,
};

static SCREEN *screen;
static bool has_colour;
static int theme_shown = -1;
static struct termios before;
static char leave[128]; /* what puts the terminal back */
static volatile sig_atomic_t ended_by;

/* ---- signals -------------------------------------------------------------------------------- */

static void on_end(int signal)
{
	ended_by = signal;
}

/* Only what a handler may call. */
static void on_crash(int number)
{
	ssize_t done = write(STDOUT_FILENO, leave, strlen(leave));

	(void)done;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	signal(number, SIG_DFL);
	raise(number);
}

static void handle(int number, void (*handler)(int))
{
	struct sigaction action = { .sa_handler = handler };

	sigaction(number, &action, NULL);
}

static void handle_all(void)
{
	static const int ends[] = { SIGINT,  SIGTERM, SIGHUP,  SIGQUIT,
				    SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU };
	static const int crashes[] = { SIGSEGV, SIGBUS, SIGABRT, SIGFPE,
				       SIGILL,	SIGSYS, SIGTRAP };

	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		handle(ends[i], on_end);
	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++)
		handle(crashes[i], on_crash);
}

int term_ended_by(void)
{
	return ended_by;
}

/* ---- life ------------------------------------------------------------------------------------ */

static void add_sequence(const char *name)
{
	const char *text = tigetstr(name);
	size_t len = strlen(leave);

	if (text && text != (char *)-1)
		snprintf(leave + len, sizeof(leave) - len, "%s", text);
}

/* Of the mouse as xterm has it, which no terminfo entry has. */
static void note_leaving(void)
{
	add_sequence("sgr0");
	add_sequence("op");
	add_sequence("cnorm");
	add_sequence("rmkx");
	snprintf(leave + strlen(leave), sizeof(leave) - strlen(leave),
		 "\033[?1000l\033[?1006l");
	add_sequence("rmcup");
}

static bool can_place_cursor(void)
{
	const char *text = tigetstr("cup");

	return text && text != (char *)-1;
}

int term_open(bool wants_colour)
{
	setlocale(LC_ALL, "");
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) ||
	    tcgetattr(STDIN_FILENO, &before))
		return -ENOTTY;
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		return -ENOTTY;
	if (!can_place_cursor()) {
		term_close();
		return -ENOTTY;
	}
	note_leaving();
	handle_all();
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	set_escdelay(25);
	mouseinterval(0);
	mousemask(BUTTON1_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
	has_colour = wants_colour && has_colors();
	if (has_colour) {
		start_color();
		use_default_colors();
	}
	return 0;
}

void term_close(void)
{
	if (!screen)
		return;
	endwin();
	delscreen(screen);
	screen = NULL;
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
}

bool term_has_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

void term_size(int *rows, int *columns)
{
	getmaxyx(stdscr, *rows, *columns);
}

/* ---- drawing --------------------------------------------------------------------------------- */

static void use_theme(int theme)
{
	if (theme == theme_shown || !has_colour || theme >= THEME_MONO)
		return;
	theme_shown = theme;
	for (int style = 0; style < STYLES; style++)
		init_pair((short)(style + 1), paints[theme][style].text,
			  paints[theme][style].ground);
	bkgd((chtype)COLOR_PAIR(STYLE_PLAIN + 1));
	clearok(stdscr, TRUE);
}

static attr_t attribute(int theme, uint32_t style)
{
	if (!has_colour || theme >= THEME_MONO)
		return mono[style];
	return (attr_t)COLOR_PAIR((int)style + 1) | paints[theme][style].more;
}

static void show_row(const struct grid *grid, int row, int theme)
{
	const struct grid_cell *cells = &grid->cells[(ptrdiff_t)row * grid->columns];

	move(row, 0);
	for (int column = 0; column < grid->columns; column++) {
		char text[5];

		utf8(cells[column].ch, text);
		attrset(attribute(theme, cells[column].style));
		addstr(text);
	}
}

void term_show(const struct grid *grid, int theme)
{
	use_theme(theme);
	if (theme >= THEME_MONO && has_colour && theme_shown != theme) {
		theme_shown = theme;
		bkgd(A_NORMAL);
	}
	for (int row = 0; row < grid->rows; row++)
		show_row(grid, row, theme);
	refresh();
}

/* For terminals that know it; others pass over it. */
void term_copy(const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789+/";
	size_t len = strlen(text);

	fputs("\033]52;c;", stdout);
	for (size_t i = 0; i < len; i += 3) {
		uint32_t three = 0;

		for (size_t j = 0; j < 3; j++)
			three = three << 8 |
				(i + j < len ? (unsigned char)text[i + j] : 0);
		for (size_t j = 0; j < 4; j++)
			putchar(i + j > len ? '=' : digits[three >> (18 - 6 * j) & 63]);
	}
	fputs("\a", stdout);
	fflush(stdout);
}

/* ---- keys ------------------------------------------------------------------------------------- */

static const struct {
	int theirs, ours;
} keys[] = {
	{ KEY_UP, KEY_GO_UP },	      { KEY_DOWN, KEY_GO_DOWN },
	{ KEY_LEFT, KEY_GO_LEFT },    { KEY_RIGHT, KEY_GO_RIGHT },
	{ KEY_PPAGE, KEY_PAGE_UP },   { KEY_NPAGE, KEY_PAGE_DOWN },
	{ KEY_HOME, KEY_FIRST },      { KEY_END, KEY_LAST },
	{ KEY_BACKSPACE, KEY_ERASE }, { 127, KEY_ERASE },
	{ '\b', KEY_ERASE },	      { '\r', KEY_RETURN },
	{ KEY_ENTER, KEY_RETURN },
};

#define CTRL_L ('L' & 0x1f)

static struct term_event mouse_event(void)
{
	struct term_event event = { 0 };
	MEVENT mouse;

	if (getmouse(&mouse) != OK)
		return event;
	if (mouse.bstate & BUTTON4_PRESSED)
		event.key = KEY_WHEEL_UP;
	else if (mouse.bstate & BUTTON5_PRESSED)
		event.key = KEY_WHEEL_DOWN;
	else
		event = (struct term_event){ .is_click = true,
					     .row = mouse.y,
					     .column = mouse.x };
	return event;
}

/* ncurses may have read more than it has given, so it is asked before and after. A terminal that does not
 * control us goes without a signal, and would be ready to read for ever. */
static int wait_for_key(int ms, int fd)
{
	struct pollfd both[] = { { .fd = STDIN_FILENO, .events = POLLIN },
				 { .fd = fd, .events = POLLIN } };
	int key;

	timeout(0);
	key = getch();
	if (key != ERR)
		return key;
	if (poll(both, ARRAY_SIZE(both), ms) > 0 &&
	    both[0].revents & (POLLHUP | POLLERR | POLLNVAL))
		ended_by = SIGHUP;
	return getch();
}

struct term_event term_wait(int ms, int fd)
{
	struct term_event event = { 0 };
	int key = wait_for_key(ms, fd);

	if (key == KEY_MOUSE)
		return mouse_event();
	/* Somebody else has written there. */
	if (key == CTRL_L)
		clearok(curscr, TRUE);
	if (key == ERR || key == KEY_RESIZE)
		return event;
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (keys[i].theirs == key)
			event.key = keys[i].ours;
	if (!event.key && key > KEY_F0 && key <= KEY_F0 + 10)
		event.key = KEY_F1 + (key - KEY_F0 - 1);
	if (!event.key && key > 0 && key < 256)
		event.key = key;
	return event;
}
