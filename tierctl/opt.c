// SPDX-License-Identifier: GPL-2.0-or-later
// Option tables to values. Knows no option and no command by name.
#include "opt.h"

#include <string.h>

#include "cmd.h"
#include "err.h"
#include "suggest.h"

/* An option as it was typed. */
struct typed {
	const char *word;  /* the whole argument */
	const char *name;  /* behind the dashes */
	size_t name_len;   /* up to a '=' */
	const char *value; /* behind the '=', or NULL */
};

static struct typed take_apart(const char *word)
{
	struct typed typed = { .word = word, .name = word + 2 };
	const char *equals = strchr(typed.name, '=');

	if (!strcmp(word, "-h"))
		return (struct typed){ .word = word, .name = "help", .name_len = 4 };
	typed.name_len = equals ? (size_t)(equals - typed.name) : strlen(typed.name);
	typed.value = equals ? equals + 1 : NULL;
	return typed;
}

static int fault(struct ctl *ctl, const char *what, const char *why)
{
	const struct fault fault = { STATUS_USAGE, ctl_object(ctl), what };

	return -err_say(ctl, &fault, "%s", why);
}

static bool is_named(const struct opt *opt, const struct typed *typed)
{
	return opt->name && strlen(opt->name) == typed->name_len &&
	       !memcmp(opt->name, typed->name, typed->name_len);
}

static bool is_end(const struct opt *opt)
{
	return !opt->name && !opt->help;
}

static const struct opt *find(const struct opt_set *set, const struct typed *typed)
{
	for (const struct opt *opt = set->opts; opt && !is_end(opt); opt++)
		if (is_named(opt, typed))
			return opt;
	return NULL;
}

static int unknown(struct ctl *ctl, const struct typed *typed, const struct opt_set *sets,
		   size_t count)
{
	char name[64] = "";
	struct suggestion suggestion = { .typed = name };
	const struct fault fault = { STATUS_USAGE, ctl_object(ctl), typed->word };

	if (!strncmp(typed->word, "--", 2))
		snprintf(name, sizeof(name), "%.*s", (int)typed->name_len, typed->name);
	for (size_t i = 0; i < count; i++)
		for (const struct opt *opt = sets[i].opts; opt && !is_end(opt); opt++)
			if (opt->name && opt_fits(opt, sets[i].flags))
				suggest_consider(&suggestion, opt->name);
	if (suggestion.best)
		return -err_say(ctl, &fault, "no such option; did you mean --%s?",
				suggestion.best);
	return -err_say(ctl, &fault, "no such option; 'tierctl help%s%s' lists them",
			ctl->cmd ? " " : "", ctl->cmd ? ctl->cmd->name : "");
}

/* Store a flag or a value. Returns how many further arguments that took. */
static int store(struct ctl *ctl, const struct opt *opt, const struct typed *typed,
		 void *values, char *next)
{
	void *slot = (char *)values + opt->offset;
	const char *value = typed->value ? typed->value : next;

	if (!opt->value) {
		if (typed->value)
			return fault(ctl, typed->word, "this option takes no value");
		*(bool *)slot = true;
		return 0;
	}
	if (!value)
		return fault(ctl, typed->word, "this option needs a value");
	if (*(const char **)slot)
		return fault(ctl, typed->word, "given twice");
	*(const char **)slot = value;
	return !typed->value;
}

static bool is_set(const struct opt *opt, const void *values)
{
	const void *slot = (const char *)values + opt->offset;

	if (!opt->value)
		return *(const bool *)slot;
	return *(const char *const *)slot != NULL;
}

/* Two options of one group are a contradiction. */
static int check_groups(struct ctl *ctl, const struct opt_set *set)
{
	const struct opt *first[8] = { NULL };

	for (const struct opt *opt = set->opts; opt && !is_end(opt); opt++) {
		if (!opt->name || !opt->group || !is_set(opt, set->values))
			continue;
		if (first[opt->group]) {
			const struct fault fault = { STATUS_USAGE, ctl_object(ctl),
						     NULL };

			return -err_say(ctl, &fault, "--%s and --%s: choose one",
					first[opt->group]->name, opt->name);
		}
		first[opt->group] = opt;
	}
	return 0;
}

/* One option. Returns how many arguments behind it belong to it. */
static int parse_one(struct ctl *ctl, char **argv, const struct opt_set *sets,
		     size_t count)
{
	struct typed typed = take_apart(argv[0]);

	if (argv[0][1] != '-' && strcmp(argv[0], "-h") != 0)
		return unknown(ctl, &typed, sets, count);
	for (size_t i = 0; i < count; i++) {
		const struct opt *opt = find(&sets[i], &typed);

		if (opt && !opt_fits(opt, sets[i].flags))
			return fault(ctl, typed.word, "this command does not take it");
		if (opt)
			return store(ctl, opt, &typed, sets[i].values, argv[1]);
	}
	return unknown(ctl, &typed, sets, count);
}

static bool is_option(const char *word)
{
	return word[0] == '-' && word[1];
}

/* Keep what is left as operands, behind the `kept` ones that are there. */
static void keep_rest(char **argv, int at, int kept)
{
	while (argv[at])
		argv[kept++] = argv[at++];
	argv[kept] = NULL;
}

static int check_sets(struct ctl *ctl, const struct opt_set *sets, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int ret = check_groups(ctl, &sets[i]);

		if (ret)
			return ret;
	}
	return 0;
}

int opt_parse(struct ctl *ctl, char **argv, const struct opt_set *sets, size_t count)
{
	bool stops = sets[0].flags & CMD_STOPS;
	int at = 0, kept = 0, ret;

	while (argv[at] && strcmp(argv[at], "--") != 0) {
		if (!is_option(argv[at])) {
			if (stops)
				break;
			argv[kept++] = argv[at++];
			continue;
		}
		ret = parse_one(ctl, argv + at, sets, count);
		if (ret < 0)
			return ret;
		at += 1 + ret;
	}
	keep_rest(argv, at + (argv[at] && !strcmp(argv[at], "--")), kept);
	return check_sets(ctl, sets, count);
}
