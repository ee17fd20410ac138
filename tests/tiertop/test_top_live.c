// SPDX-License-Identifier: GPL-2.0-or-later
// A machine that changes between two records: processes end, nodes go and come. And that for long.
#include "live.h"

#include <dirent.h>
#include <malloc.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "formats.h"
#include "machine.h"
#include "parse.h"
#include "tree.h"
#include "unit.h"
#include "views.h"

#define NODES	"/sys/devices/system/node"
#define TIER_84 "/sys/devices/virtual/memory_tiering/memory_tier84/nodelist"
#define WEIGHTS "/sys/kernel/mm/mempolicy/weighted_interleave"

/* Nodes are looked for again after ten seconds. */
static time_t seconds_later;

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
	int ret = __real_clock_gettime(clock, now);

	if (clock == CLOCK_MONOTONIC)
		now->tv_sec += seconds_later;
	return ret;
}

/* ---- the machine: dram on nodes 0 and 1, pmem on 2 and 3 -------------------------------------- */

static char folder[TREE_PATH];
static struct live *live;
static struct record record;
static struct ui ui;
static struct live_wish wish;

static void drop(const char *name)
{
	char path[2 * TREE_PATH];

	snprintf(path, sizeof(path), "%s%s", folder, name);
	tree_remove(path);
}

static void add_process(int pid, unsigned int began)
{
	char name[64], text[256];

	snprintf(name, sizeof(name), "/proc/%d/stat", pid);
	snprintf(text, sizeof(text),
		 "%d (p%d) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 %u 65536 16"
		 " 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
		 pid, pid, began);
	tree_add(folder, name, text);
	snprintf(name, sizeof(name), "/proc/%d/status", pid);
	tree_add(folder, name, "Name:\tx\nUid:\t0\t0\t0\t0\nVmSize:\t    64 kB\n");
	snprintf(name, sizeof(name), "/proc/%d/maps", pid);
	tree_add(folder, name, "00600000-00610000 rw-p 00000000 00:00 0   [heap]\n");
	snprintf(name, sizeof(name), "/proc/%d/numa_maps", pid);
	tree_add(folder, name,
		 "00600000 default heap anon=16 dirty=16 N0=4 N3=12 "
		 "kernelpagesize_kB=4\n");
}

static void move(const char *from, const char *to, int node)
{
	char source[2 * TREE_PATH], target[2 * TREE_PATH];

	snprintf(source, sizeof(source), "%s%s/node%d", folder, from, node);
	snprintf(target, sizeof(target), "%s%s/node%d", folder, to, node);
	assert_int_equal(rename(source, target), 0);
}

static void tell_nodes(const char *all, const char *slow)
{
	tree_add(folder, NODES "/online", all);
	tree_add(folder, NODES "/has_memory", all);
	if (slow)
		tree_add(folder, TIER_84, slow);
	else
		drop(TIER_84);
}

/* Away from the machine, and back. */
static void take_node(int node)
{
	move(NODES, "/away", node);
	move(WEIGHTS, "/away/weights", node);
}

static void give_node(int node)
{
	move("/away", NODES, node);
	move("/away/weights", WEIGHTS, node);
}

static void take_node_3(void)
{
	take_node(3);
	tell_nodes("0-2\n", "2\n");
}

static void give_node_3(void)
{
	give_node(3);
	tell_nodes("0-3\n", "2-3\n");
}

static void make_machine(void)
{
	struct root *root = fixture_root("qemu-2s-pmem-6.12");

	tree_make(folder);
	tree_unpack(root, folder);
	root_close(root);
	drop("/hwloc.xml");
	tree_add(folder, "/away/weights", NULL);
	add_process(10, 100);
	add_process(20, 200);
}

static void look(void)
{
	record_free(&record);
	assert_int_equal(live_take(live, &wish, &record), 0);
	assert_int_equal(ui_take(&ui, &record, true), 0);
}

/* What the kernel says of a node. */
static double total_of(int node)
{
	struct strbuf text = { 0 };
	char path[2 * TREE_PATH];
	const char *total;
	uint64_t kib;

	snprintf(path, sizeof(path), "%s" NODES "/node%d/meminfo", folder, node);
	tree_read(path, &text);
	total = strstr(strbuf_text(&text), "MemTotal:");
	assert_non_null(total);
	for (total += strlen("MemTotal:"); *total == ' '; total++)
		;
	assert_int_equal(parse_digits(&total, &kib), 0);
	strbuf_free(&text);
	return (double)kib * 1024;
}

static int open_machine(void **state)
{
	struct tier_diag diag;

	(void)state;
	make_machine();
	ui_init(&ui);
	wish = (struct live_wish){ .cpu_ms = 5000, .mappings_of = 20 };
	return live_open(folder, &live, &diag);
}

static int close_machine(void **state)
{
	(void)state;
	live_close(live);
	record_free(&record);
	ui_free(&ui);
	tree_remove(folder);
	return 0;
}

/* ---- processes ---------------------------------------------------------------------------------- */

static void test_live__process_that_ends(void **state)
{
	(void)state;
	look();
	assert_int_equal(record.n_processes, 2);
	assert_int_equal(record.n_mappings, 1);
	ui.follow = 20;

	drop("/proc/20");
	look();

	assert_int_equal(record.n_processes, 1);
	assert_int_equal(record.processes[0].pid, 10);
	assert_int_equal(record.processes[0].how, PLACED_EXACT);
	assert_int_equal(record.mappings_of, 20);
	assert_int_equal(record.n_mappings, 0);
	assert_int_equal(ui.n_rows, 1);
}

/* Listed, and gone before it is read. */
static void test_live__process_that_ends_meanwhile(void **state)
{
	(void)state;
	look();

	drop("/proc/20/stat");
	look();

	assert_int_equal(record.n_processes, 1);
	assert_int_equal(record.gone, 1);
}

static void test_live__number_that_comes_again(void **state)
{
	(void)state;
	look();
	assert_int_equal(record.processes[1].started, 200);

	drop("/proc/20");
	add_process(20, 777);
	look();

	assert_int_equal(record.n_processes, 2);
	assert_int_equal(record.processes[1].started, 777);
}

/* ---- nodes -------------------------------------------------------------------------------------- */

/* At once its tier does not know how much it has; with the next look at the machine it has the
 * other node only, and what processes have there is in no tier. */
static void test_live__node_that_goes(void **state)
{
	double left;

	(void)state;
	look();
	assert_int_equal(record.n_tiers, 2);
	assert_string_equal(record.tiers[1].nodes, "2-3");
	assert_true(record.tiers[1].total.value == total_of(2) + total_of(3));
	assert_true(record.processes[0].tiers[1].value == 12 * 4096);
	left = total_of(2);

	take_node_3();
	look();
	assert_false(record.tiers[1].total.is_known);
	assert_true(record.tiers[0].total.is_known);
	seconds_later += 11;
	look();

	assert_int_equal(record.n_tiers, 2);
	assert_string_equal(record.tiers[1].nodes, "2");
	assert_true(record.tiers[1].total.is_known);
	assert_true(record.tiers[1].total.value == left);
	assert_true(record.processes[0].tiers[1].value == 0);
	assert_true(record.processes[0].tiers[2].value == 12 * 4096);
}

static void test_live__node_that_comes(void **state)
{
	struct tier_diag diag;

	(void)state;
	live_close(live);
	take_node_3();
	assert_int_equal(live_open(folder, &live, &diag), 0);
	look();
	assert_string_equal(record.tiers[1].nodes, "2");
	assert_true(record.processes[0].tiers[2].value == 12 * 4096);

	give_node_3();
	seconds_later += 11;
	look();

	assert_int_equal(record.n_tiers, 2);
	assert_string_equal(record.tiers[1].nodes, "2-3");
	assert_true(record.tiers[1].total.value == total_of(2) + total_of(3));
	assert_true(record.processes[0].tiers[1].value == 12 * 4096);
	assert_true(record.processes[0].tiers[2].value == 0);
}

/* Not only after ten seconds: the kernel's list of nodes tells. */
static void test_live__nodes_are_seen_at_once(void **state)
{
	(void)state;
	look();
	take_node_3();

	look();
	look();
	assert_string_equal(record.tiers[1].nodes, "2");
	assert_true(record.tiers[1].total.is_known);
	give_node_3();
	look();
	look();

	assert_string_equal(record.tiers[1].nodes, "2-3");
	assert_true(record.processes[0].tiers[1].value == 12 * 4096);
}

/* The screen is sorted by a tier that is no more, and then by one that is again. */
static void test_live__tier_that_goes_and_comes(void **state)
{
	struct grid grid = { 0 };

	(void)state;
	look();
	ui.sort = COLUMN_TIER + 1;
	assert_int_equal(grid_size(&grid, 24, 80), 0);
	take_node(2);
	take_node(3);
	tell_nodes("0-1\n", NULL);

	seconds_later += 11;
	look();
	screen_draw(&grid, &ui, &record);
	assert_int_equal(record.n_tiers, 1);
	assert_int_equal(ui.n_rows, 2);
	give_node(2);
	give_node_3();
	seconds_later += 11;
	look();
	screen_draw(&grid, &ui, &record);

	assert_int_equal(record.n_tiers, 2);
	assert_true(record.processes[0].tiers[1].value == 12 * 4096);
	grid_free(&grid);
}

/* ---- bandwidth ----------------------------------------------------------------------------------- */

#define RESCTRL "/sys/fs/resctrl/mon_data/mon_L3_00"

/* Whether the screen has it in a line of its own. */
static bool is_shown(const char *text)
{
	struct strbuf drawn = { 0 };
	struct grid grid = { 0 };
	bool found;

	assert_int_equal(grid_size(&grid, 24, 200), 0);
	screen_draw(&grid, &ui, &record);
	assert_int_equal(grid_text(&grid, &drawn), 0);
	found = strstr(strbuf_text(&drawn), text);
	strbuf_free(&drawn);
	grid_free(&grid);
	return found;
}

/* Of a counter that was mounted while it ran: not known, then known, and in each stream. */
static void test_live__bandwidth(void **state)
{
	struct strbuf line = { 0 }, metrics = { 0 };
	struct record again;

	(void)state;
	look();
	assert_true(is_shown("bandwidth n/a: no counter of it"));
	tree_add(folder, RESCTRL "/mbm_total_bytes", "1000000000\n");
	tree_add(folder, RESCTRL "/mbm_local_bytes", "0\n");
	tree_add(folder, "/sys/devices/system/cpu/cpu0/cache/index3/id", "0\n");
	look();
	assert_true(is_shown("bandwidth n/a: counted from now on"));
	assert_false(record.bandwidths[0].total.is_known);

	tree_add(folder, RESCTRL "/mbm_total_bytes", "9000000000000\n");
	seconds_later++;
	look();

	assert_int_equal(record.n_bandwidths, 1);
	assert_string_equal(record.bandwidths[0].nodes, "0");
	assert_true(is_shown("bandwidth of CPUs "));
	assert_int_equal(record_write(&record, &line), 0);
	assert_int_equal(record_read(strbuf_text(&line), &again, NULL), 0);
	assert_int_equal(again.n_bandwidths, 1);
	assert_string_equal(again.bandwidths[0].nodes, "0");
	assert_true(again.bandwidths[0].total.value > 1e12);
	assert_true(again.bandwidths[0].local.is_known);
	assert_true(again.bandwidths[0].local.value == 0);
	assert_int_equal(openmetrics_write(&record, &metrics), 0);
	assert_non_null(strstr(
		strbuf_text(&metrics),
		"tier_cpu_memory_bytes_per_second{domain=\"0\",nodes=\"0\",of=\"cpus\",source=\"resctrl\"} "));
	record_free(&again);
	strbuf_free(&line);
	strbuf_free(&metrics);
}

/* ---- for long ----------------------------------------------------------------------------------- */

static size_t descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

/* Blocks that are in use, of at least 32 bytes each. Under the address sanitizer nothing, which
 * looks for leaks itself. */
#define LEAST_BLOCK 32U
static size_t heap_bytes(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

static void look_later(int times)
{
	while (times--) {
		seconds_later++;
		look();
	}
}

/* Processes come, become others and go, a node goes and comes back, and so does a tier. */
static void churn(unsigned int round)
{
	struct grid grid = { 0 };
	char name[64];
	int pid = 1000 + (int)(round % 7);

	add_process(pid, round);
	look_later(1);
	snprintf(name, sizeof(name), "/proc/%d/cmdline", pid);
	tree_add(folder, name, "another");
	take_node_3();
	look_later(2);
	take_node(2);
	tell_nodes("0-1\n", NULL);
	look_later(2);
	give_node(2);
	give_node_3();
	look_later(2);
	assert_int_equal(record.n_tiers, 2);
	assert_int_equal(record.n_processes, 3);
	assert_int_equal(grid_size(&grid, 24, 80), 0);
	screen_draw(&grid, &ui, &record);
	grid_free(&grid);
	snprintf(name, sizeof(name), "/proc/%d", pid);
	drop(name);
	look_later(1);
}

static unsigned int churn_until(unsigned int round, unsigned int end)
{
	while (round < end)
		churn(round++);
	return round;
}

/* Both tests run so many times as long by hand: with 84 the first takes more than a day of refreshes
 * once a second. What may be held then is the same. */
static unsigned int times(void)
{
	const char *text = getenv("TEST_TIMES");
	uint64_t n;

	return text && !parse_u64(text, &n) && n < 10000 ? (unsigned int)n : 1;
}

/* 1,040 refreshes: not a block more is held than after the first 80. */
static void test_live__nothing_grows(void **state)
{
	enum { ROUNDS = 130 };
	unsigned int round = churn_until(0, 10);
	size_t bytes = heap_bytes(), files = descriptors();

	(void)state;
	churn_until(round, ROUNDS * times());

	print_message("from %zu to %zu bytes\n", bytes, heap_bytes());
	assert_int_equal(descriptors(), files);
	assert_true(heap_bytes() < bytes + (ROUNDS - round) * LEAST_BLOCK / 2);
}

static pid_t begin_child(void)
{
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

static void end_child(pid_t pid)
{
	if (!pid)
		return;
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

/* This machine, whose processes nobody keeps still: what is held is given back at the end. */
static void look_at_this_machine(int looks)
{
	struct tier_diag diag;
	pid_t child = 0;

	assert_int_equal(live_open(NULL, &live, &diag), 0);
	wish = (struct live_wish){ .groups = true, .mappings_of = getpid() };
	for (int i = 0; i < looks; i++) {
		if (i % 10 == 0) {
			end_child(child);
			child = begin_child();
		}
		look_later(1);
		assert_non_null(record_process(&record, child));
	}
	end_child(child);
	live_close(live);
	live = NULL;
	record_free(&record);
	ui_free(&ui);
	ui_init(&ui);
}

static void test_live__nothing_is_left(void **state)
{
	enum { LOOKS = 200 };
	size_t bytes, files;

	(void)state;
	live_close(live);
	/* What the C library and hwloc keep for good. */
	look_at_this_machine(20);
	bytes = heap_bytes();
	files = descriptors();

	look_at_this_machine((int)(LOOKS * times()));

	print_message("from %zu to %zu bytes\n", bytes, heap_bytes());
	assert_int_equal(descriptors(), files);
	assert_true(heap_bytes() < bytes + LOOKS);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_machine, close_machine)

/* The C library's cache of free blocks would count as blocks in use. */
static void count_exactly(char **argv)
{
	if (getenv("GLIBC_TUNABLES"))
		return;
	setenv("GLIBC_TUNABLES", "glibc.malloc.tcache_count=0", 1);
	execv("/proc/self/exe", argv);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(test_live__process_that_ends),
		TEST(test_live__process_that_ends_meanwhile),
		TEST(test_live__number_that_comes_again),
		TEST(test_live__node_that_goes),
		TEST(test_live__node_that_comes),
		TEST(test_live__nodes_are_seen_at_once),
		TEST(test_live__tier_that_goes_and_comes),
		TEST(test_live__bandwidth),
		TEST(test_live__nothing_grows),
		TEST(test_live__nothing_is_left),
	};

	(void)argc;
	count_exactly(argv);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
