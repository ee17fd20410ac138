// SPDX-License-Identifier: GPL-2.0-or-later
// Options out of one table.
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "parse.h"
#include "tier.h"

int fail(int status, const char *format, ...)
{
	va_list args;

	fputs("tiertop: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return status;
}

enum id {
	OPT_ONCE = 1,
	OPT_BATCH,
	OPT_TEXT,
	OPT_JSON,
	OPT_CSV,
	OPT_OPENMETRICS,
	OPT_TEXTFILE,
	OPT_RECORD,
	OPT_REPLAY,
	OPT_INTERVAL,
	OPT_COUNT,
	OPT_CPU,
	OPT_PAGES,
	OPT_GROUPS,
	OPT_MAPPINGS,
	OPT_HEAT,
	OPT_SIZE,
	OPT_KEYS,
	OPT_SET,
	OPT_ASCII,
	OPT_ACTIONS,
	OPT_READONLY,
	OPT_NO_CONFIG,
	OPT_ROOT,
	OPT_COMPLETION,
	OPT_HELP,
	OPT_VERSION,
};

static const struct row_of_help {
	const char *name;
	const char *value; /* NULL: a flag */
	const char *help;
} rows[] = {
	[OPT_ONCE] = { "once", NULL, "one record on standard output, and end" },
	[OPT_BATCH] = { "batch", NULL, "records on standard output, one each interval" },
	[OPT_TEXT] = { "text", NULL,
		       "as the screen would show them (the default of these)" },
	[OPT_JSON] = { "json", NULL, "as JSON Lines, the whole record" },
	[OPT_CSV] = { "csv", NULL, "as CSV, a line for each process" },
	[OPT_OPENMETRICS] = { "openmetrics", NULL, "as OpenMetrics text" },
	[OPT_TEXTFILE] = { "textfile", "FILE",
			   "replace FILE by OpenMetrics text each interval, for a node exporter" },
	[OPT_RECORD] = { "record", "FILE", "add each record to FILE as JSON Lines" },
	[OPT_REPLAY] = { "replay", "FILE",
			 "show such a file; , and . step, { and } by ten" },
	[OPT_INTERVAL] = { "interval", "SECONDS", "between records (1)" },
	[OPT_COUNT] = { "count", "N", "end after so many records" },
	[OPT_CPU] = { "cpu", "MS",
		      "CPU time that looking may cost (3; at first 30, with --once 200)" },
	[OPT_PAGES] = { "pages", "N", "pages to ask about in one record (20000)" },
	[OPT_GROUPS] = { "groups", NULL, "control groups, too" },
	[OPT_MAPPINGS] = { "mappings", "PID", "the mappings of this process, too" },
	[OPT_HEAT] = { "heat", "PID",
		       "watch by DAMON how often this process uses which memory" },
	[OPT_SIZE] = { "size", "COLUMNSxROWS", "of --text (80x24)" },
	[OPT_KEYS] = { "keys", "KEYS",
		       "as if typed first: characters, <Enter>, <Esc>, <Tab>, <Down>, <F5>" },
	[OPT_SET] = { "set", "NAME=VALUE", "a setting, as in the configuration file" },
	[OPT_ASCII] = { "ascii", NULL, "no character beyond ASCII" },
	[OPT_ACTIONS] = { "actions", NULL, "allow actions (the default for root)" },
	[OPT_READONLY] = { "readonly", NULL, "allow none" },
	[OPT_NO_CONFIG] = { "no-config", NULL, "do not read the configuration file" },
	[OPT_ROOT] = { "root", "DIRECTORY", "another machine's sys/ and proc/" },
	[OPT_COMPLETION] = { "completion", "SHELL",
			     "print completion for bash, and end" },
	[OPT_HELP] = { "help", NULL, "print this, and end" },
	[OPT_VERSION] = { "version", NULL, "print the version, and end" },
};

/* ---- printed ----------------------------------------------------------------------------- */

/* What is printed must arrive. */
static int done(void)
{
	if (fflush(stdout) || ferror(stdout))
		return 1 + fail(STATUS_FAILED, "stdout: write: %s", strerror(errno));
	return 1 + STATUS_DONE;
}

static int help(void)
{
	puts("tiertop - see where every process's memory lies, tier by tier\n\n"
	     "Usage: tiertop [OPTIONS]\n\nOptions:");
	for (size_t i = 1; i < ARRAY_SIZE(rows); i++) {
		char lead[64];

		snprintf(lead, sizeof(lead), "--%s %s", rows[i].name,
			 rows[i].value ? rows[i].value : "");
		printf("  %-22s %s\n", lead, rows[i].help);
	}
	puts("\nExamples:\n"
	     "  tiertop                         the screen; F1 there has the keys\n"
	     "  tiertop --once --json           one record for a program\n"
	     "  tiertop --record night.jsonl --batch --interval 10 >/dev/null\n"
	     "  tiertop --replay night.jsonl    look at it later\n"
	     "\nThe whole story: man tiertop");
	return done();
}

static int completion(const char *shell)
{
	if (strcmp(shell, "bash"))
		return 1 +
		       fail(STATUS_USAGE, "--completion: %s: only bash is known", shell);
	puts("# bash completion for tiertop, made by `tiertop --completion bash`.\n"
	     "_tiertop()\n{\n"
	     "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
	     "\tcase $prev in\n"
	     "\t--record | --replay | --textfile | --root)\n"
	     "\t\tcompopt -o filenames\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
	     "\t\treturn ;;\n"
	     "\t--mappings | --heat)\n"
	     "\t\tmapfile -t COMPREPLY < <(compgen -W \"$(ps -e -o pid= 2>/dev/null)\" -- "
	     "\"$cur\")\n"
	     "\t\treturn ;;\n"
	     "\tesac");
	fputs("\tmapfile -t COMPREPLY < <(compgen -W \"", stdout);
	for (size_t i = 1; i < ARRAY_SIZE(rows); i++)
		printf("%s--%s", i > 1 ? " " : "", rows[i].name);
	puts("\" -- \"$cur\")\n}\ncomplete -F _tiertop tiertop");
	return done();
}

/* ---- values -------------------------------------------------------------------------------- */

static int wrong(enum id id, const char *text, const char *what)
{
	return 1 + fail(STATUS_USAGE, "--%s: %s: %s", rows[id].name, text, what);
}

static int take_count(enum id id, const char *text, uint64_t most, uint64_t *value)
{
	if (parse_u64(text, value) || !*value || *value > most)
		return wrong(id, text, "not such a number");
	return 0;
}

static int take_seconds(enum id id, const char *text, double *value)
{
	char *end;
	double number = strtod(text, &end);

	if (*end || end == text || !(number >= 0.1 && number <= 3600000))
		return wrong(id, text, "not a number, from 0.1 up");
	*value = number;
	return 0;
}

static int take_size(const char *text, struct options *options)
{
	char columns[16];
	size_t len = strcspn(text, "x");

	snprintf(columns, sizeof(columns), "%.*s", (int)(len < 15 ? len : 15), text);
	if (text[len] != 'x' || parse_u64(columns, &options->columns) ||
	    parse_u64(text + len + 1, &options->rows) || options->columns < 1 ||
	    options->rows < 1 || options->columns > 1000 || options->rows > 1000)
		return wrong(OPT_SIZE, text, "not as in 80x24");
	return 0;
}

static int take_format(struct options *options, enum format format, bool is_batch)
{
	options->format = format;
	options->batch |= is_batch;
	return 0;
}

static int take_value(struct options *options, enum id id, const char *text)
{
	switch (id) {
	case OPT_INTERVAL:
		return take_seconds(id, text, &options->ui->interval);
	case OPT_COUNT:
		return take_count(id, text, UINT32_MAX, &options->count);
	case OPT_CPU:
		return take_seconds(id, text, &options->cpu_ms);
	case OPT_PAGES:
		return take_count(id, text, 100000000, &options->pages);
	case OPT_MAPPINGS:
		return take_count(id, text, INT32_MAX, &options->mappings_of);
	case OPT_HEAT:
		return take_count(id, text, INT32_MAX, &options->heat_of);
	case OPT_SIZE:
		return take_size(text, options);
	case OPT_SET:
		return setting_take(options->ui, text) ?
			       wrong(id, text, "no such setting; man tiertop has them") :
			       0;
	case OPT_COMPLETION:
		return completion(text);
	case OPT_RECORD:
		options->record = text;
		return 0;
	case OPT_REPLAY:
		options->replay = text;
		return 0;
	case OPT_TEXTFILE:
		options->textfile = text;
		return 0;
	case OPT_KEYS:
		options->keys = text;
		return 0;
	case OPT_ROOT:
		options->root = text;
		return 0;
	default:
		return 0;
	}
}

static int take_flag(struct options *options, enum id id)
{
	switch (id) {
	case OPT_ONCE:
		options->count = 1;
		options->batch = true;
		return 0;
	case OPT_BATCH:
		options->batch = true;
		return 0;
	case OPT_TEXT:
		return take_format(options, FORMAT_TEXT, true);
	case OPT_JSON:
		return take_format(options, FORMAT_JSON, true);
	case OPT_CSV:
		return take_format(options, FORMAT_CSV, true);
	case OPT_OPENMETRICS:
		return take_format(options, FORMAT_OPENMETRICS, true);
	case OPT_GROUPS:
		options->groups = true;
		return 0;
	case OPT_ASCII:
		options->ui->ascii = true;
		return 0;
	case OPT_ACTIONS:
		options->actions = true;
		return 0;
	case OPT_READONLY:
		options->readonly = true;
		return 0;
	case OPT_NO_CONFIG:
		options->no_config = true;
		return 0;
	case OPT_HELP:
		return help();
	case OPT_VERSION:
		printf("tiertop %s\n", tier_version());
		return done();
	default:
		return 0;
	}
}

int options_parse(struct options *options, int argc, char **argv)
{
	struct option table[ARRAY_SIZE(rows)] = { 0 };
	int id, ret = 0;

	for (size_t i = 1; i < ARRAY_SIZE(rows); i++)
		table[i - 1] = (struct option){ rows[i].name, rows[i].value != NULL, NULL,
						(int)i };
	options->columns = 80;
	options->rows = 24;
	opterr = 0;
	while (!ret && (id = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
		if (id == '?' || id == ':')
			return 1 + fail(STATUS_USAGE,
					"%s: %s; 'tiertop --help' lists them",
					argv[optind - 1],
					id == '?' ? "no such option" :
						    "its value is missing");
		if (id == 'h')
			return help();
		ret = rows[id].value ? take_value(options, (enum id)id, optarg) :
				       take_flag(options, (enum id)id);
	}
	if (!ret && optind < argc)
		return 1 + fail(STATUS_USAGE,
				"%s: unexpected; 'tiertop --help' lists the options",
				argv[optind]);
	/* With a text file and nothing else, nothing is printed. */
	if (options->batch && options->format == FORMAT_SCREEN && !options->textfile)
		options->format = FORMAT_TEXT;
	options->batch |= options->textfile != NULL;
	return ret;
}
