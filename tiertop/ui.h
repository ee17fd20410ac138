/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a person has chosen to see, and what he is doing. Keys change it, screens are drawn from
 * it; neither touches anything outside. */
#ifndef UI_H
#define UI_H

#include <regex.h>

#include "grid.h"
#include "keys.h"
#include "record.h"
#include "tags.h"

enum view {
	VIEW_PROCESSES = 0,
	VIEW_GROUPS,
	VIEW_MAPPINGS,
	VIEW_HEAT,
	VIEW_HELP,
	VIEW_SETUP,
	VIEWS,
};

/* Columns of the process table. Those of the tiers come behind COLUMN_TIER. */
enum column {
	COLUMN_PID = 0,
	COLUMN_USER,
	COLUMN_RESIDENT,
	COLUMN_PROMOTED,
	COLUMN_DEMOTED,
	COLUMN_POLICY,
	COLUMN_HEAP,
	COLUMN_AGE,
	COLUMN_CGROUP,
	COLUMN_COMMAND,
	COLUMN_TIER,
	COLUMNS_MOST = COLUMN_TIER + RECORD_TIERS,
};

enum theme { THEME_DEFAULT = 0, THEME_DARK, THEME_LIGHT, THEME_MONO, THEMES };

/* What shall be done outside after a key. */
enum request {
	REQUEST_NONE = 0,
	REQUEST_QUIT,
	REQUEST_NOW,  /* a new record at once */
	REQUEST_SAVE, /* the configuration */
	REQUEST_COPY, /* the dialog's command */
	REQUEST_ACT,
	REQUEST_STOP, /* what is being done */
	REQUEST_STEP, /* through a recording, by ui.step records */
};

enum prompt { PROMPT_NONE = 0, PROMPT_SEARCH, PROMPT_FILTER };

enum dialog { DIALOG_NONE = 0, DIALOG_CHOOSE, DIALOG_CONFIRM, DIALOG_DONE };

enum deed {
	DEED_MIGRATE = 0,
	DEED_PREFER,
	DEED_BIND,
	DEED_INTERLEAVE,
	DEED_WEIGHTED,
	DEED_DEFAULT,
	DEEDS,
};

/* "tier:63=255," for each tier. */
#define ACTION_WEIGHTS (12 * RECORD_TIERS + 1)
#define ACTION_POLICY  (ACTION_WEIGHTS + 16)

/* One thing to be done to a process, to one of its mappings, or to all that are tagged. */
struct action {
	enum deed deed;
	int tier;
	char weights[ACTION_WEIGHTS]; /* in force; "": the kernel has none */
	int pid;
	bool is_tagged;	     /* all of ui.tagged; pid is 0 */
	uint64_t start, end; /* of a mapping; both 0: the whole process */
	double resident;     /* bytes of the mapping, about */
};

#define HISTORY 120

/* Where the head of a column ends on the screen. */
struct head {
	int end, column; /* enum column */
};

struct row {
	size_t index; /* in the record */
	int depth;    /* in the tree */
};

struct ui {
	/* Chosen. */
	enum view view, behind; /* what help and setup stand before */
	enum theme theme;
	int sort; /* enum column */
	bool reverse, tree, paused, ascii, readonly;
	bool bytes;	 /* of tiers, not shares */
	uint32_t hidden; /* bit 1 << column */
	double interval; /* seconds */
	char filter[64];
	regex_t regex;
	bool has_regex, bad_regex;
	char user[64]; /* only that one's; "": all */
	int follow;    /* pid; 0: nobody */
	int selected_pid;
	int mappings_of;
	int heat_for; /* whom the view is about */
	int heat_of; /* who is watched, after that was confirmed and as long as the view is
		       * there; 0: nobody */
	struct tags tagged, folded; /* folded in the tree */

	/* Being done. */
	enum prompt prompt;
	char typed[64];
	enum dialog dialog;
	struct action action;
	int choice; /* line of the dialog, or of the setup */
	char message[512];
	double progress; /* of an action, 0 to 1; below 0: none */
	int step;
	size_t replay_at, replay_of; /* place in a recording, from 1 on; 0: it is none */

	/* Made from the record. */
	struct row *rows;
	size_t n_rows, rows_room;
	size_t top, selected;		 /* of the view's rows */
	int page;			 /* rows on the screen */
	int table_row;			 /* of the screen, where they begin */
	struct head heads[COLUMNS_MOST]; /* of processes, as they were drawn last */
	size_t n_heads;
	float history[RECORD_TIERS][HISTORY]; /* moved bytes per second */
	size_t n_history;
};

void ui_init(struct ui *ui);
void ui_free(struct ui *ui);

/* A new record: rows are filtered and sorted, rates noted; behind the others when it `is_next`, or else the
 * others are of another time, and forgotten. 0 or -ENOMEM. */
int ui_take(struct ui *ui, const struct record *record, bool is_next) MUST_CHECK;
enum request ui_key(struct ui *ui, const struct record *record, int key);
/* A click at a place of the screen. */
enum request ui_click(struct ui *ui, const struct record *record, int row, int column);

/* The rows anew, after the filter or the order changed. 0 or -ENOMEM. */
int ui_arrange(struct ui *ui, const struct record *record) MUST_CHECK;
void ui_set_filter(struct ui *ui, const char *text);
bool ui_is_tagged(const struct ui *ui, int pid);
bool ui_is_folded(const struct ui *ui, int pid);
/* Its children are not shown in the tree, or are. Without memory they stay as they are. */
void ui_fold(struct ui *ui, const struct rec_process *process, bool folds);
/* How many rows the view has; how many mappings, as the record may have those of another process. */
size_t ui_count(const struct ui *ui, const struct record *record);
size_t ui_mappings(const struct ui *ui, const struct record *record);
/* The process that is selected; NULL: none. */
const struct rec_process *ui_process(const struct ui *ui, const struct record *record);
/* What stands in the table for it. */
const char *ui_command(const struct rec_process *process);
bool ui_matches(const struct ui *ui, const struct rec_process *process);

/* The keys of dialogs. */
enum request dialog_key(struct ui *ui, const struct record *record, int key);
void dialog_open(struct ui *ui, const struct record *record);
/* The command for a shell that does the same by tierctl, appended. 0 or -ENOMEM. */
int action_command(const struct ui *ui, struct strbuf *out) MUST_CHECK;
/* The policy as tier_policy_parse() takes it; "" for a migration. */
const char *action_policy(const struct action *action, char buf[ACTION_POLICY]);

/* All that is on the screen. */
void screen_draw(struct grid *grid, struct ui *ui, const struct record *record);

/* ---- settings, which setup, configuration and options share ------------------------------ */

extern const char *const theme_names[THEMES];
extern const char *const view_names[VIEWS];
extern const char *const column_names[COLUMN_TIER];

/* "theme=dark" and its kin; 0 or -EINVAL. Pure. */
int setting_take(struct ui *ui, const char *line) MUST_CHECK;
/* All settings, a line each. 0 or -ENOMEM. */
int settings_text(const struct ui *ui, struct strbuf *out) MUST_CHECK;

#endif
