// SPDX-License-Identifier: GPL-2.0-or-later
// do_pages_move() and its kin as mm/migrate.c has them, in its order of checks.
#include "fake_pages.h"

#include "fault.h"
#include "nodeset.h"
#include "unit.h"

#define PAGE_BYTES 4096

struct fake_pages fake_pages;

/* Pages that are taken hold of and will move together. */
static struct {
	size_t heads[FAKE_PAGES];
	size_t count;
	bool is_queued[FAKE_PAGES]; /* by the first page of a folio */
} queue;

void fake_pages_reset(void)
{
	fake_pages = (struct fake_pages){ 0 };
	for (int node = 0; node < FAKE_NODES; node++)
		fake_pages.free[node] = FAKE_PAGES;
	assert_int_equal(tier_nodeset_parse("0-3", &fake_pages.allowed, NULL), 0);
}

void fake_pages_fill(size_t first, size_t count, int node)
{
	assert_true(first + count <= FAKE_PAGES);
	for (size_t i = first; i < first + count; i++)
		fake_pages.pages[i] = (struct fake_page){ .present = true, .node = node };
}

size_t fake_pages_on(int node)
{
	size_t count = 0;

	for (size_t i = 0; i < FAKE_PAGES; i++)
		count += fake_pages.pages[i].present && fake_pages.pages[i].node == node;
	return count;
}

static struct fake_page *page_at(uintptr_t address, size_t *number)
{
	assert_int_equal(address % PAGE_BYTES, 0);
	assert_in_range(address, FAKE_START,
			FAKE_START + (FAKE_PAGES - 1) * (uint64_t)PAGE_BYTES);
	*number = (address - FAKE_START) / PAGE_BYTES;
	return &fake_pages.pages[*number];
}

static unsigned int folio_pages(const struct fake_page *page)
{
	return page->folio ? page->folio : 1;
}

static int absence(const struct fake_page *page)
{
	return page->present && page->folio == FAKE_EXTENT ? -EFAULT : -ENOENT;
}

static int node_of(uintptr_t address)
{
	size_t number;
	const struct fake_page *page = page_at(address, &number);

	return page->present && !page->hidden ? page->node : absence(page);
}

/* 1: taken hold of; 0: is there already; or a negative errno. */
static int take_hold(uintptr_t address, int node, bool shared)
{
	size_t number, head;
	const struct fake_page *page = page_at(address, &number);

	if (!page->present || page->hidden)
		return absence(page);
	if (page->node == node)
		return 0;
	if (page->shared && !shared)
		return -EACCES;
	head = number - number % folio_pages(page);
	if (fake_pages.is_hugetlb && head != number)
		return -EACCES;
	if (page->held || queue.is_queued[head])
		return -EBUSY;
	queue.is_queued[head] = true;
	queue.heads[queue.count++] = head;
	return 1;
}

/* Move one folio: 0, 1 when it does not move, or -ENOMEM. */
static int move_folio(size_t head, int node)
{
	struct fake_page *page = &fake_pages.pages[head];
	unsigned int count = folio_pages(page);

	if (page->pinned)
		return 1;
	if (fake_pages.free[node] < count)
		return -ENOMEM;
	fake_pages.free[node] -= count;
	fake_pages.free[page->node] += count;
	for (size_t i = 0; i < count; i++)
		page[i].node = node;
	return 0;
}

/* Move what is in the queue; how many did not, or -ENOMEM. */
static int move_queue(int node)
{
	int failed = 0, ret = 0;

	for (size_t i = 0; i < queue.count; i++) {
		if (ret >= 0) {
			ret = move_folio(queue.heads[i], node);
			failed += ret > 0;
		}
		queue.is_queued[queue.heads[i]] = false;
	}
	queue.count = 0;
	return ret < 0 ? ret : failed;
}

/* What is queued from entry `start` on; 0 to go on, else what the call gives. */
static int flush(const struct page_request *request, size_t start, size_t i)
{
	int node = request->nodes[start];
	int ret;

	if (!queue.count)
		return 0;
	ret = move_queue(node);
	if (ret)
		return ret < 0 ? ret : ret + (int)(request->count - i);
	for (size_t at = start; at < i; at++)
		request->status[at] = node;
	return 0;
}

static int check_node(int node)
{
	if (node < 0 || node >= FAKE_NODES)
		return -ENODEV;
	return tier_nodeset_has(&fake_pages.allowed, (unsigned int)node) ? 0 : -EACCES;
}

/* Of the kernel, and so of no process. */
static bool is_kernels(uintptr_t address)
{
	return address > INT64_MAX;
}

static int move_pages(const struct page_request *request)
{
	size_t start = 0;
	int ret;

	for (size_t i = 0; i < request->count; i++) {
		ret = check_node(request->nodes[i]);
		if (ret)
			return ret;
		assert_int_equal(request->nodes[i], request->nodes[0]);
		ret = is_kernels(request->pages[i]) ?
			      -EFAULT :
			      take_hold(request->pages[i], request->nodes[i],
					request->shared);
		if (ret > 0)
			continue;
		request->status[i] = ret ? ret : request->nodes[i];
		ret = flush(request, start, i);
		if (ret)
			return ret > 0 ? ret - 1 : ret;
		start = i + 1;
	}
	return request->count > start ? flush(request, start, request->count) : 0;
}

static void count_addresses(const struct page_request *request)
{
	unsigned int count = 0, run = 0;

	for (size_t i = 0; i < request->count; i++) {
		run = is_kernels(request->pages[i]) ? 0 : run + 1;
		count += run > 0;
		if (fake_pages.longest_run < run)
			fake_pages.longest_run = run;
	}
	fake_pages.sent += count;
	if (fake_pages.longest < count)
		fake_pages.longest = count;
}

static void flee(bool late)
{
	if (fake_pages.fleeting && fake_pages.flees_late == late)
		fake_pages.pages[fake_pages.fleeting].present = false;
}

static int fake_move(const struct page_request *request)
{
	if (fault_point())
		return fault_sys_error();
	assert_int_equal(request->pid, FAKE_PID);
	if (fake_pages.is_dead)
		return -ESRCH;
	if (fake_pages.refusal)
		return fake_pages.refusal;
	if (!request->nodes) {
		for (size_t i = 0; i < request->count; i++)
			request->status[i] = node_of(request->pages[i]);
		return 0;
	}
	fake_pages.moves++;
	count_addresses(request);
	flee(true);
	if (fake_pages.moves == fake_pages.strange_call) {
		fake_pages.is_dead = fake_pages.strange_error == -ESRCH;
		return fake_pages.strange_error;
	}
	return move_pages(request);
}

static int fake_touch(int pid, const uintptr_t *pages, size_t count)
{
	size_t number;

	assert_int_equal(pid, FAKE_PID);
	if (fault_point())
		return fault_sys_error();
	if (fake_pages.touch_refusal)
		return fake_pages.touch_refusal;
	/* A part only, as process_vm_readv(2) takes 1024. */
	if (count > 100)
		count = 100;
	for (size_t i = 0; i < count; i++)
		page_at(pages[i], &number)->hidden = false;
	fake_pages.touched += (unsigned int)count;
	return (int)count;
}

static int fake_open(int pid)
{
	if (fault_point())
		return fault_root_error();
	assert_int_equal(pid, FAKE_PID);
	fake_pages.open++;
	return 7;
}

static int fake_read(int map, uint64_t page, uint64_t *words, size_t count)
{
	assert_int_equal(map, 7);
	if (fault_point())
		return fault_root_error();
	if (fake_pages.is_dead)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const struct fake_page *at;
		size_t number;

		at = page_at((page + i) * PAGE_BYTES, &number);
		words[i] = (at->present ? PAGEMAP_PRESENT : 0) |
			   (at->file ? PAGEMAP_FILE : 0) |
			   (at->present && !at->shared ? PAGEMAP_EXCLUSIVE : 0);
	}
	flee(false);
	return (int)count;
}

static void fake_close(int map)
{
	assert_int_equal(map, 7);
	fake_pages.open--;
}

const struct page_ops fake_page_ops = {
	.move = fake_move,
	.touch = fake_touch,
	.open = fake_open,
	.read = fake_read,
	.close = fake_close,
};

struct root *fake_process_root(const char *maps)
{
	static const char all[] = "7f0000000000-7f0001000000 rw-p 00000000 00:00 0 \n"
				  "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 "
				  "0                  [vsyscall]\n";
	char status[512], nodes[64];
	const struct test_file files[] = {
		{ "/proc/10/maps", maps ? maps : all, 0 },
		{ "/proc/10/status", status, 0 },
		{ "/proc/10/numa_maps",
		  "7f0000000000 default file=/anon_hugepage huge anon=2 "
		  "dirty=2 N0=2 kernelpagesize_kB=2048\n",
		  0 },
		{ 0 },
	};
	struct root *root;

	tier_nodeset_format(&fake_pages.allowed, nodes, sizeof(nodes));
	snprintf(status, sizeof(status),
		 "Name:\tfill\nState:\tS (sleeping)\nVmSize:\t  16384 kB\n"
		 "RssAnon:\t 16384 kB\nRssFile:\t 0 kB\nRssShmem:\t 0 kB\n"
		 "HugetlbPages:\t %d kB\nMems_allowed_list:\t%s\n",
		 fake_pages.is_hugetlb ? 4096 : 0, nodes);
	root = files_root(files);
	root->is_live = true;
	return root;
}
