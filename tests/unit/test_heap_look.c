// SPDX-License-Identifier: GPL-2.0-or-later
// What a process's heap says of itself, seen by the sampler: who is asked, how often, and what
// becomes of it when another program comes.
#include "fault.h"
#include "heap_page.h"
#include "machine.h"
#include "pages.h"
#include "sampler.h"
#include "unit.h"

#define PID	20
#define HEAP_AT 0x703000
#define LIBRARY "/usr/lib/libtiermalloc.so"

#define PROGRAM_MAPS                                           \
	"00400000 default file=/bin/small mapped=4 N0=3 N2=1 " \
	"kernelpagesize_kB=4\n"

#define STAT(bytes)                                                                     \
	{                                                                               \
		"/proc/20/stat",                                                        \
			"20 (small) S 1 1 1 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 0 200 " bytes \
			" 16 0 0 0 0 0 0 0 0 0 0 0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n", \
			0                                                               \
	}

static const struct test_file files[] = {
	STAT("65536"),
	{ "/proc/20/status", "Name:\tx\nUid:\t0\t0\t0\t0\nVmSize:\t    64 kB\n", 0 },
	{ "/proc/20/numa_maps",
	  PROGRAM_MAPS "00700000 default file=" LIBRARY
		       " dirty=1 N0=1 kernelpagesize_kB=4\n",
	  0 },
	{ "/proc/20/maps",
	  "006f0000-00700000 r-xp 00000000 08:01 7   " LIBRARY "\n"
	  "00700000-00708000 rw-p 00010000 08:01 7   " LIBRARY "\n",
	  0 },
	{ "/proc/20/cmdline", "small", 0 },
	{ "/proc/20/cgroup", "0::/a\n", 0 },
	{ 0 },
};

static const struct test_file without[] = {
	{ "/proc/20/numa_maps", PROGRAM_MAPS, 0 },
	{ "/proc/20/maps", "00400000-00404000 r-xp 00000000 08:01 3   /bin/small\n", 0 },
	{ 0 },
};

static const struct test_file grown[] = {
	STAT("69632"),
	{ 0 },
};

static const struct test_file vast[] = {
	{ "/proc/20/maps", "00800000-7fff00000000 rw-p 00010000 08:01 7   " LIBRARY "\n",
	  0 },
	{ 0 },
};

/* ---- its memory ------------------------------------------------------------------------------- */

static struct heap_page page;
static bool has_page;
static unsigned int reads;
static uint64_t now_ns;
static const char *statm;

static int fake_memory(int pid, uint64_t address, void *buf, size_t size)
{
	reads++;
	if (fault_point())
		return -EPERM;
	assert_int_equal(pid, PID);
	memset(buf, 0, size);
	if (has_page && address == HEAP_AT)
		memcpy(buf, &page, size);
	/* Pages behind it are beyond the end of the file. */
	return address > HEAP_AT ? -EFAULT : 0;
}

static int fake_open(int pid)
{
	return fault_point() ? -EMFILE : pid;
}

static int fake_read(int fd, char *text, size_t size)
{
	(void)fd;
	if (fault_point())
		return -ESRCH;
	snprintf(text, size, "%s", statm);
	return 0;
}

static void fake_close(int fd)
{
	(void)fd;
}

static int fake_peek(int pid, const char *name, char *text, size_t size)
{
	(void)pid;
	(void)name;
	snprintf(text, size, PROGRAM_MAPS);
	return fault_point() ? -EACCES : 0;
}

/* Flows are asked about its pages; none of them is there. */
static int find_none(const struct page_request *request)
{
	for (size_t i = 0; i < request->count; i++)
		request->status[i] = -ENOENT;
	return fault_point() ? -EPERM : 0;
}

static const struct page_ops no_pages = { .move = find_none };

static uint64_t fake_now(void)
{
	return now_ns;
}

static const struct watch_ops fake_watch = {
	.open = fake_open,
	.read = fake_read,
	.close = fake_close,
	.peek = fake_peek,
	.memory = fake_memory,
	.now_ns = fake_now,
	.cpu_ns = fake_now,
};

/* ---- its sampler ------------------------------------------------------------------------------ */

static struct root *root;
static struct sampler sampler;

static int begin(struct sampler *fresh, struct root *from)
{
	static const struct tier_nodeset tiers[] = { { .bits = { 3 } },
						     { .bits = { 4 } } };
	int ret = sampler_init(fresh, from, tiers, 2);

	fresh->looking.watch = &fake_watch;
	fresh->looking.pages = &no_pages;
	fresh->looking.page_bytes = 4096;
	fresh->looking.hold_ns = 100000;
	return ret;
}

static int look(struct sampler *with)
{
	static const struct allowance everybody = { .pages = 64,
						    .cpu_ns = 1,
						    .names = true };
	int ret;

	/* A process is looked at once in a moment. */
	now_ns += 1000000000;
	ret = sampler_refresh(with, &everybody);
	return ret ? ret : sampler_publish(with, 0);
}

static const struct tier_heap_sample *heap(void)
{
	assert_int_equal(look(&sampler), 0);
	assert_int_equal(sampler.sample.n_processes, 1);
	assert_int_equal(sampler.sample.processes[0].how, TIER_PLACED_EXACT);
	return &sampler.sample.heaps[0];
}

static void patch(const struct test_file *patched)
{
	root = patched_root(root, patched);
	sampler.looking.root = root;
}

static int set_up(void **state)
{
	(void)state;
	page = (struct heap_page){ .magic = HEAP_PAGE_MAGIC,
				   .version = HEAP_PAGE_VERSION,
				   .state = HEAP_STATE_PARTED,
				   .text = "ratio:node:0=3,\tnode:2=1" };
	has_page = true;
	reads = 0;
	statm = "16 16 0 0 0 0 0\n";
	root = files_root(files);
	return begin(&sampler, root);
}

static int tear_down(void **state)
{
	(void)state;
	sampler_free(&sampler);
	root_close(root);
	return 0;
}

/* ---- what is found ---------------------------------------------------------------------------- */

/* By a search first, and from then on where that found it: its magic, then all of it. */
static void test_heap_look__spec(void **state)
{
	(void)state;

	assert_int_equal(heap()->state, TIER_HEAP_PARTED);
	assert_string_equal(sampler.sample.heaps[0].text, "ratio:node:0=3, node:2=1");
	assert_int_equal(sampler.sample.heaps[0].error, 0);
	assert_int_equal(reads, 3 + 2);
	page.state = HEAP_STATE_PLAIN;
	page.text[0] = '\0';

	assert_int_equal(heap()->state, TIER_HEAP_PLAIN);
	assert_string_equal(sampler.sample.heaps[0].text, "");
	assert_int_equal(reads, 3 + 2 + 2);
}

/* A hostile page has a text without an end. */
static void test_heap_look__endless_text(void **state)
{
	(void)state;
	memset(page.text, 'x', sizeof(page.text));

	assert_int_equal(strlen(heap()->text), sizeof(page.text));
}

static void test_heap_look__without_the_library(void **state)
{
	(void)state;
	patch(without);

	for (int i = 0; i < 3; i++)
		assert_null(heap()->text);
	assert_int_equal(reads, 0);
}

/* It may be there as a file only, and is searched again when more is mapped. */
static void test_heap_look__without_a_page(void **state)
{
	(void)state;
	has_page = false;

	for (int i = 0; i < 3; i++) {
		assert_null(heap()->text);
		assert_int_equal(sampler.sample.heaps[0].error, 0);
		assert_int_equal(reads, 8);
	}
	has_page = true;
	assert_null(heap()->text);
	statm = "17 16 0 0 0 0 0\n";
	patch(grown);

	assert_non_null(heap()->text);
}

/* execve(2) leaves the number and the descriptor, and takes the heap. */
static void test_heap_look__goes(void **state)
{
	(void)state;
	page.version++;
	assert_int_equal(heap()->error, -EPROTO);
	assert_null(sampler.sample.heaps[0].text);
	page.version--;
	assert_non_null(heap()->text);

	has_page = false;
	assert_null(heap()->text);
	patch(without);
	reads = 0;
	assert_null(heap()->text);
	assert_int_equal(reads, 0);
}

/* A file may have the library's name and any size. */
static void test_heap_look__search_ends(void **state)
{
	(void)state;
	patch(vast);

	assert_null(heap()->text);
	assert_int_equal(reads, 1024);
}

/* ---- everything fails in turn ------------------------------------------------------------------ */

static int scenario(void *arg)
{
	struct root *lent = fault_lent_root(arg);
	struct sampler one = { 0 };
	int ret = lent ? begin(&one, lent) : -ENOMEM;

	for (int i = 0; !ret && i < 2; i++)
		ret = look(&one);
	for (uint32_t i = 0; !ret && i < one.sample.n_processes; i++)
		if (one.sample.heaps[i].text && one.sample.heaps[i].error)
			ret = 1;
	sampler_free(&one);
	root_close(lent);
	return ret;
}

static void test_heap_look__survives_faults(void **state)
{
	(void)state;

	assert_true(fault_each(scenario, root) > 30);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_heap_look__spec),
		TEST(test_heap_look__endless_text),
		TEST(test_heap_look__without_the_library),
		TEST(test_heap_look__without_a_page),
		TEST(test_heap_look__goes),
		TEST(test_heap_look__search_ends),
		TEST(test_heap_look__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
