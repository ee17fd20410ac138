// SPDX-License-Identifier: GPL-2.0-or-later
// Every machine in tests/fixtures against the `expect` lines of its card, once with
// hwloc as a witness and once by the kernel's files alone. Knows the language of those
// lines (tests/fixtures/README.md) and no machine.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nodeset.h"
#include "platform.h"
#include "topology.h"

#define LINE 512

/* One run of one machine: the topology, and which lines count. */
struct run {
	const char *machine;
	bool has_hwloc;
	struct tier_topology *t;
	int failures;
};

static void miss(struct run *run, const char *what, const char *want, const char *got)
{
	print_error("%s (%s): %s: expected %s, got %s\n", run->machine,
		    run->has_hwloc ? "hwloc" : "sysfs", what, want, got);
	run->failures++;
}

/* ---- one value of a node, as the card writes it ----------------------------------- */

static const char *yes_no(bool value)
{
	return value ? "yes" : "no";
}

static const char *number_if(uint32_t known, uint32_t value, char *buf)
{
	if (!known)
		return "-";
	sprintf(buf, "%u", value);
	return buf;
}

static const char *near_text(const struct tier_node_info *node, char *buf)
{
	return tier_nodeset_format(&node->near_nodes, buf, LINE) ? buf : "-";
}

/* As in cards: exact, in the largest unit that is. */
static const char *loss_text(const struct tier_losses *losses, enum tier_loss loss,
			     char *buf)
{
	uint64_t bytes = losses->bytes[loss];
	const char *unit = " KMGT";

	if (!(losses->known >> loss & 1))
		return "-";
	for (; bytes && bytes % 1024 == 0 && unit[1]; unit++)
		bytes /= 1024;
	sprintf(buf, "%llu%.1s", (unsigned long long)bytes, *unit == ' ' ? "" : unit);
	return buf;
}

static const char *value_of(const struct tier_node_info *node, const char *key, char *buf)
{
	if (!strcmp(key, "kind"))
		return tier_kind_name(node->kind);
	if (!strcmp(key, "kind_source"))
		return tier_source_name(node->kind_why.source);
	if (!strcmp(key, "rank"))
		return number_if(node->flags & TIER_NODE_KNOWS_RANK, node->rank, buf);
	if (!strcmp(key, "usable"))
		return tier_usability_name(node->usability);
	if (!strcmp(key, "perf_source"))
		return tier_source_name(node->perf.why.source);
	if (!strcmp(key, "has_cpus"))
		return yes_no(node->flags & TIER_NODE_HAS_CPUS);
	if (!strcmp(key, "movable"))
		return yes_no(node->flags & TIER_NODE_MOVABLE_ONLY);
	if (!strcmp(key, "kernel_tier"))
		return number_if(node->flags & TIER_NODE_KNOWS_KERNEL_TIER,
				 node->kernel_tier, buf);
	if (!strcmp(key, "weight"))
		return number_if(node->flags & TIER_NODE_KNOWS_WEIGHT, node->weight, buf);
	if (!strcmp(key, "near"))
		return near_text(node, buf);
	if (!strcmp(key, "near_memory"))
		return number_if(node->flags & TIER_NODE_KNOWS_NEAR_MEMORY,
				 node->near_memory, buf);
	if (!strcmp(key, "near_memory_source"))
		return tier_source_name(node->near_memory_why.source);
	if (!strcmp(key, "lost"))
		return loss_text(&node->losses, TIER_LOSS_ALIGNMENT, buf);
	if (!strcmp(key, "skipped"))
		return loss_text(&node->losses, TIER_LOSS_BAD_BLOCKS, buf);
	if (!strcmp(key, "failed"))
		return loss_text(&node->losses, TIER_LOSS_FAILED, buf);
	if (!strcmp(key, "poisoned"))
		return loss_text(&node->losses, TIER_LOSS_POISON, buf);
	return "a key that this test does not know";
}

/* ---- expectations --------------------------------------------------------------------- */

struct card {
	char lines[128][LINE]; /* what follows "expect " */
	int count;
};

/* Whether a sysfs- line says something else about this node and key. */
static bool is_overridden(const struct card *card, unsigned int node, const char *key)
{
	char head[64], word[64];

	snprintf(head, sizeof(head), "sysfs-node %u ", node);
	snprintf(word, sizeof(word), " %s=", key);
	for (int i = 0; i < card->count; i++)
		if (!strncmp(card->lines[i], head, strlen(head)) &&
		    strstr(card->lines[i], word))
			return true;
	return false;
}

static void check_node(struct run *run, const struct card *card, char *rest, bool is_base)
{
	char buf[LINE], what[LINE], *save = NULL;
	unsigned int id = (unsigned int)strtoul(strtok_r(rest, " ", &save), NULL, 10);
	const struct tier_node_info *node = topology_node(run->t, id);

	for (char *word; (word = strtok_r(NULL, " ", &save));) {
		char *value = strchr(word, '=');
		const char *got;

		*value++ = '\0';
		if (is_base && !run->has_hwloc && is_overridden(card, id, word))
			continue;
		snprintf(what, sizeof(what), "node %u %s", id, word);
		got = node ? value_of(node, word, buf) : "no such node";
		if (strcmp(got, value))
			miss(run, what, value, got);
	}
}

static void check_dax_word(struct run *run, const struct tier_dax_info *dax, char *word)
{
	char *value = strchr(word, '=');
	char node[16];
	const char *got;

	*value++ = '\0';
	snprintf(node, sizeof(node), "%d", dax->target_node);
	got = !strcmp(word, "mode")  ? tier_dax_mode_name(dax->mode) :
	      !strcmp(word, "kind")  ? tier_kind_name(dax->kind) :
	      !strcmp(word, "state") ? (*dax->state ? dax->state : "-") :
	      dax->target_node < 0   ? "-" :
				       node;
	if (strcmp(got, value))
		miss(run, dax->name, value, got);
}

static void check_dax(struct run *run, char *rest)
{
	char *save = NULL, *name = strtok_r(rest, " ", &save), *word;

	for (size_t i = 0; i < run->t->n_dax; i++) {
		if (strcmp(run->t->dax[i].name, name))
			continue;
		while ((word = strtok_r(NULL, " ", &save)))
			check_dax_word(run, &run->t->dax[i], word);
		return;
	}
	miss(run, "dax device", name, "none of that name");
}

static void check_tiers(struct run *run, const char *rest)
{
	char count[16];

	snprintf(count, sizeof(count), "%zu", run->t->n_tiers);
	if (strcmp(count, rest))
		miss(run, "tiers", rest, count);
}

/* ---- the kernel's switches ------------------------------------------------------------- */

static const char *switch_value(const struct tier_kernel_info *kernel, const char *name,
				char *buf)
{
	if (!strcmp(name, "demotion"))
		return kernel->flags & TIER_KERNEL_KNOWS_DEMOTION ?
			       yes_no(kernel->flags & TIER_KERNEL_DEMOTES) :
			       "-";
	if (!strcmp(name, "weights") && !(kernel->flags & TIER_KERNEL_KNOWS_AUTO_WEIGHTS))
		return "-";
	if (!strcmp(name, "weights"))
		return kernel->flags & TIER_KERNEL_SETS_WEIGHTS ? "auto" : "manual";
	return number_if(kernel->flags & TIER_KERNEL_KNOWS_BALANCING,
			 kernel->numa_balancing, buf);
}

static void check_switch(struct run *run, char *rest)
{
	char buf[LINE], *save = NULL, *name = strtok_r(rest, " ", &save);
	const char *value = strchr(strtok_r(NULL, " ", &save), '=') + 1;
	struct tier_kernel_info kernel;
	const char *got;

	tier_kernel_get(run->t, &kernel, sizeof(kernel));
	got = switch_value(&kernel, name, buf);
	if (strcmp(got, value))
		miss(run, name, value, got);
}

/* ---- notes: complete both ways ------------------------------------------------------------ */

static const struct tier_note *find_note(const struct run *run, const char *id)
{
	for (size_t i = 0; i < run->t->n_notes; i++)
		if (!strcmp(run->t->notes[i].id, id))
			return &run->t->notes[i];
	return NULL;
}

static void check_note(struct run *run, char *rest)
{
	char got[LINE], *save = NULL, *id = strtok_r(rest, " ", &save);
	const char *nodes = strtok_r(NULL, " ", &save);
	const struct tier_note *note = find_note(run, id);

	if (!note) {
		miss(run, "note", id, "none");
		return;
	}
	if (!nodes)
		return;
	tier_nodeset_format(&note->nodes, got, sizeof(got));
	if (strcmp(got, nodes + strlen("nodes=")))
		miss(run, id, nodes, got);
}

static bool is_expected_note(const struct run *run, const struct card *card,
			     const char *id)
{
	char plain[80], sysfs[80];

	snprintf(plain, sizeof(plain), "note %s", id);
	snprintf(sysfs, sizeof(sysfs), "sysfs-note %s", id);
	for (int i = 0; i < card->count; i++) {
		const char *line = card->lines[i];
		size_t len = strcspn(line, " ") + 1;

		len += strcspn(line + len, " ");
		if (strlen(plain) == len && !strncmp(line, plain, len))
			return true;
		if (!run->has_hwloc && strlen(sysfs) == len && !strncmp(line, sysfs, len))
			return true;
	}
	return false;
}

static void check_no_other_note(struct run *run, const struct card *card)
{
	for (size_t i = 0; i < run->t->n_notes; i++)
		if (!is_expected_note(run, card, run->t->notes[i].id))
			miss(run, "note", "none such", run->t->notes[i].id);
}

static bool has_line(const struct card *card, const char *head)
{
	for (int i = 0; i < card->count; i++)
		if (!strncmp(card->lines[i], head, strlen(head)))
			return true;
	return false;
}

static void check_line(struct run *run, const struct card *card, const char *text)
{
	char line[LINE], *rest;
	bool is_sysfs = !strncmp(text, "sysfs-", 6);

	if (is_sysfs && run->has_hwloc)
		return;
	strcpy(line, text + (is_sysfs ? 6 : 0));
	rest = strchr(line, ' ');
	*rest++ = '\0';
	if (!strcmp(line, "node"))
		check_node(run, card, rest, !is_sysfs);
	else if (!strcmp(line, "dax"))
		check_dax(run, rest);
	else if (!strcmp(line, "switch"))
		check_switch(run, rest);
	else if (!strcmp(line, "tiers")) {
		if (is_sysfs || run->has_hwloc || !has_line(card, "sysfs-tiers"))
			check_tiers(run, rest);
	} else if (run->has_hwloc || strncmp(rest, "hwloc-disagrees", 15))
		check_note(run, rest);
}

/* ---- running -------------------------------------------------------------------------------- */

static void read_card(const char *machine, struct card *card)
{
	char path[LINE], line[LINE];
	FILE *file;

	snprintf(path, sizeof(path), TEST_FIXTURES "/%s/card", machine);
	file = fopen(path, "r");
	assert_non_null(file);
	card->count = 0;
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "expect ", 7))
			continue;
		assert_true(card->count < (int)ARRAY_SIZE(card->lines));
		strcpy(card->lines[card->count++], line + 7);
	}
	fclose(file);
}

static int check_machine(const char *machine, const struct card *card,
			 const struct witness_ops *hwloc)
{
	struct run run = { .machine = machine, .has_hwloc = hwloc };
	struct topology_source source = { .hwloc = hwloc };
	struct tier_diag diag = { 0 };
	char path[LINE];

	snprintf(path, sizeof(path), TEST_FIXTURES "/%s/capture", machine);
	if (root_open(path, &source.root, &diag) ||
	    topology_read(&source, &run.t, &diag)) {
		miss(&run, "loading", "a topology", diag.message);
		root_close(source.root);
		return run.failures;
	}
	for (int i = 0; i < card->count; i++)
		check_line(&run, card, card->lines[i]);
	check_no_other_note(&run, card);
	if (tier_topology_check(run.t, &diag))
		miss(&run, "invariants", "none broken", diag.message);
	tier_topology_unref(run.t);
	root_close(source.root);
	return run.failures;
}

static void test_traps__machine(void **state)
{
	const char *machine = *state;
	static const char module[] = TEST_BUILD "/lib/" WITNESS_HWLOC_MODULE;
	const struct witness_ops *hwloc = witness_open(module);
	struct card card;
	int failures;

	read_card(machine, &card);
	assert_true(card.count > 0);

	failures = check_machine(machine, &card, NULL);
	if (hwloc)
		failures += check_machine(machine, &card, hwloc);

	assert_int_equal(failures, 0);
	if (!hwloc) {
		assert_int_equal(access(module, F_OK), -1);
		print_message("skip: %s was not built\n", module);
		skip();
	}
}

static int has_card(const struct dirent *entry)
{
	char path[LINE];

	if (entry->d_name[0] == '.')
		return 0;
	snprintf(path, sizeof(path), TEST_FIXTURES "/%s/card", entry->d_name);
	return access(path, R_OK) == 0;
}

int main(void)
{
	struct dirent **machines;
	int count = scandir(TEST_FIXTURES, &machines, has_card, alphasort);
	struct CMUnitTest *tests;
	int failed;

	if (count < 1)
		return 1;
	tests = calloc((size_t)count, sizeof(*tests));
	for (int i = 0; i < count; i++) {
		tests[i].name = machines[i]->d_name;
		tests[i].test_func = test_traps__machine;
		tests[i].initial_state = machines[i]->d_name;
	}
	failed = _cmocka_run_group_tests("traps", tests, (size_t)count, NULL, NULL);
	for (int i = 0; i < count; i++)
		free(machines[i]);
	free(machines);
	free(tests);
	return failed;
}
