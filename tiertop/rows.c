// SPDX-License-Identifier: GPL-2.0-or-later
// Which processes are shown, and in which order: filter, sort, tree; and what stays selected.
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "ui.h"
#include "views.h"

const char *ui_command(const struct rec_process *process)
{
	return *process->command ? process->command : process->name;
}

bool ui_is_tagged(const struct ui *ui, int pid)
{
	return tags_has(&ui->tagged, pid);
}

bool ui_is_folded(const struct ui *ui, int pid)
{
	return tags_has(&ui->folded, pid);
}

void ui_fold(struct ui *ui, const struct rec_process *process, bool folds)
{
	if (!process || !ui->tree)
		return;
	if (folds)
		tags_add(&ui->folded, process);
	else
		tags_remove(&ui->folded, process->pid);
}

bool ui_matches(const struct ui *ui, const struct rec_process *process)
{
	const char *command = ui_command(process);

	if (*ui->user && strncmp(process->user, ui->user, sizeof(ui->user) - 1) != 0)
		return false;
	if (!*ui->filter || ui->bad_regex)
		return true;
	if (ui->has_regex)
		return !regexec(&ui->regex, command, 0, NULL, 0) ||
		       !regexec(&ui->regex, process->name, 0, NULL, 0);
	return strcasestr(command, ui->filter) || strcasestr(process->name, ui->filter) ||
	       strcasestr(process->user, ui->filter);
}

/* ---- sorting ------------------------------------------------------------------------------- */

/* qsort_r(3) hands it to compare(). */
struct order {
	const struct ui *ui;
	const struct record *record;
};

static double share_of(const struct record *record, const struct rec_process *process,
		       size_t tier)
{
	double whole = placed_bytes(process, record->n_tiers);

	if (!process->tiers || tier > record->n_tiers || whole <= 0)
		return -1;
	return process->tiers[tier].value / whole;
}

static double bytes_of(const struct record *record, const struct rec_process *process,
		       size_t tier)
{
	if (!process->tiers || tier > record->n_tiers)
		return -1;
	return process->tiers[tier].value;
}

static double value_of(const struct order *order, const struct rec_process *process)
{
	switch (order->ui->sort) {
	case COLUMN_PID:
		return -process->pid;
	case COLUMN_RESIDENT:
		return (double)process->resident;
	case COLUMN_PROMOTED:
		return process->knows_flows ? process->promoted.value : -1;
	case COLUMN_DEMOTED:
		return process->knows_flows ? process->demoted.value : -1;
	case COLUMN_AGE:
		return process->age;
	default:
		return (order->ui->bytes ? bytes_of : share_of)(
			order->record, process, (size_t)(order->ui->sort - COLUMN_TIER));
	}
}

static const char *text_of(int column, const struct rec_process *process)
{
	switch (column) {
	case COLUMN_USER:
		return process->user;
	case COLUMN_POLICY:
		return process->policy;
	case COLUMN_HEAP:
		return process->heap;
	case COLUMN_CGROUP:
		return process->cgroup;
	case COLUMN_COMMAND:
		return ui_command(process);
	default:
		return NULL;
	}
}

/* Signature: qsort_r's. */
static int compare(const void *a, const void *b, void *data)
{
	const struct order *order = data;
	const struct row *first = a, *second = b;
	const struct rec_process *one = &order->record->processes[first->index];
	const struct rec_process *two = &order->record->processes[second->index];
	const char *text = text_of(order->ui->sort, one);
	int sign = order->ui->reverse ? -1 : 1, difference;

	if (text) {
		difference = strcmp(text, text_of(order->ui->sort, two));
	} else {
		double x = value_of(order, one), y = value_of(order, two);

		difference = (x < y) - (x > y);
	}
	/* Of equals the larger first, and at last by number: rows must not jump. */
	if (!difference)
		difference =
			(one->resident < two->resident) - (one->resident > two->resident);
	if (!difference)
		difference = (one->pid > two->pid) - (one->pid < two->pid);
	return sign * difference;
}

/* ---- the tree ------------------------------------------------------------------------------- */

/* Rows come in the order of the list; behind each its children. Whoever's parent is not shown
 * is at the top. A ring of parents, which only a file can have, is told at the top, too. */
struct tree {
	const struct ui *ui;
	const struct record *record;
	const struct row *from;
	struct row *to;
	size_t *by_parent; /* of `from`, by parent and then in its order */
	bool *done;
	size_t n, at;
};

static int pid_of(const struct tree *tree, size_t i)
{
	return tree->record->processes[tree->from[i].index].pid;
}

static int parent_of(const struct tree *tree, size_t i)
{
	return tree->record->processes[tree->from[i].index].parent;
}

/* Signature: qsort_r's. */
static int compare_parents(const void *a, const void *b, void *data)
{
	size_t first = *(const size_t *)a, second = *(const size_t *)b;
	int one = parent_of(data, first), two = parent_of(data, second);

	if (one != two)
		return one < two ? -1 : 1;
	return first < second ? -1 : first > second;
}

/* The first of by_parent with that parent or a larger one. */
static size_t first_child(const struct tree *tree, int parent)
{
	size_t first = 0, end = tree->n;

	while (first < end) {
		size_t middle = first + (end - first) / 2;

		if (parent_of(tree, tree->by_parent[middle]) < parent)
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

#define DEEPEST 40

/* Below one that is folded they are done without a row. */
static void add_with_children(struct tree *tree, size_t i, int depth, bool is_hidden)
{
	int pid = pid_of(tree, i);

	if (tree->done[i])
		return;
	tree->done[i] = true;
	if (!is_hidden)
		tree->to[tree->at++] = (struct row){ tree->from[i].index, depth };
	is_hidden |= ui_is_folded(tree->ui, pid);
	if (depth == DEEPEST)
		return;
	for (size_t at = first_child(tree, pid); at < tree->n; at++) {
		size_t child = tree->by_parent[at];

		if (parent_of(tree, child) != pid)
			break;
		add_with_children(tree, child, depth + 1, is_hidden);
	}
}

/* A filter may have left the parent out. */
static bool has_parent(const struct ui *ui, const struct tree *tree, size_t i)
{
	const struct rec_process *parent =
		record_process(tree->record, parent_of(tree, i));

	return parent && ui_matches(ui, parent);
}

static void fill_tree(const struct ui *ui, struct tree *tree)
{
	for (size_t i = 0; i < tree->n; i++)
		tree->by_parent[i] = i;
	qsort_r(tree->by_parent, tree->n, sizeof(*tree->by_parent), compare_parents,
		tree);
	for (size_t i = 0; i < tree->n; i++)
		if (!has_parent(ui, tree, i))
			add_with_children(tree, i, 0, false);
	for (size_t i = 0; i < tree->n; i++)
		add_with_children(tree, i, 0, false);
}

static int make_tree(struct ui *ui, const struct record *record)
{
	struct tree tree = {
		.ui = ui, .record = record, .from = ui->rows, .n = ui->n_rows
	};
	int ret = -ENOMEM;

	if (!tree.n)
		return 0;
	tree.to = calloc(ui->rows_room, sizeof(*tree.to));
	tree.done = calloc(tree.n, sizeof(*tree.done));
	tree.by_parent = calloc(tree.n, sizeof(*tree.by_parent));
	if (tree.to && tree.done && tree.by_parent) {
		fill_tree(ui, &tree);
		memcpy(ui->rows, tree.to, tree.at * sizeof(*tree.to));
		ui->n_rows = tree.at;
		ret = 0;
	}
	free(tree.to);
	free(tree.done);
	free(tree.by_parent);
	return ret;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static void reselect(struct ui *ui, const struct record *record)
{
	int wanted = ui->follow ? ui->follow : ui->selected_pid;

	if (ui->view != VIEW_PROCESSES)
		return;
	for (size_t i = 0; i < ui->n_rows; i++)
		if (record->processes[ui->rows[i].index].pid == wanted) {
			ui->selected = i;
			return;
		}
	if (ui->selected >= ui->n_rows)
		ui->selected = ui->n_rows ? ui->n_rows - 1 : 0;
}

int ui_arrange(struct ui *ui, const struct record *record)
{
	const struct order order = { ui, record };

	if (record->n_processes > ui->rows_room) {
		size_t room = 2 * record->n_processes;
		struct row *grown = realloc(ui->rows, room * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		ui->rows = grown;
		ui->rows_room = room;
	}
	ui->n_rows = 0;
	for (size_t i = 0; i < record->n_processes; i++)
		if (ui_matches(ui, &record->processes[i]))
			ui->rows[ui->n_rows++] = (struct row){ i, 0 };
	if (ui->n_rows)
		qsort_r(ui->rows, ui->n_rows, sizeof(*ui->rows), compare, (void *)&order);
	if (ui->tree && make_tree(ui, record))
		return -ENOMEM;
	reselect(ui, record);
	return 0;
}

static void note_rates(struct ui *ui, const struct record *record)
{
	bool is_full = ui->n_history == HISTORY;
	size_t n = is_full ? HISTORY - 1 : ui->n_history++;

	for (size_t i = 0; i < record->n_tiers && i < RECORD_TIERS; i++) {
		const struct rec_tier *tier = &record->tiers[i];

		if (is_full)
			memmove(ui->history[i], ui->history[i] + 1,
				n * sizeof(ui->history[i][0]));
		ui->history[i][n] = (float)(tier->promoted.value + tier->demoted.value);
	}
}

int ui_take(struct ui *ui, const struct record *record, bool is_next)
{
	tags_drop_ended(&ui->tagged, record);
	tags_drop_ended(&ui->folded, record);
	if (!is_next)
		ui->n_history = 0;
	note_rates(ui, record);
	return ui_arrange(ui, record);
}
