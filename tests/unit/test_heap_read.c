// SPDX-License-Identifier: GPL-2.0-or-later
// Looking at the heap of a process, which is this one: a file of the library's name is
// mapped as the library's variables are, with a page as the library writes it.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "heap_page.h"
#include "unit.h"

#define BEFORE 3 /* pages of other variables */

struct fake {
	char folder[64], path[96];
	char *mapping;
	struct heap_page *page;
	struct tier_ctx *ctx;
};

static struct fake fake;

static int map_library(void **state)
{
	size_t size = (BEFORE + 1UL) * HEAP_PAGE_BYTES;
	int fd;

	(void)state;
	snprintf(fake.folder, sizeof(fake.folder), "/tmp/heap-read-XXXXXX");
	assert_non_null(mkdtemp(fake.folder));
	snprintf(fake.path, sizeof(fake.path), "%s/libtiermalloc.so", fake.folder);
	fd = open(fake.path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, (off_t)size), 0);
	fake.mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	assert_ptr_not_equal(fake.mapping, MAP_FAILED);
	close(fd);
	fake.page = (struct heap_page *)(void *)(fake.mapping + BEFORE * 4096L);
	strcpy(fake.page->magic, HEAP_PAGE_MAGIC);
	fake.page->version = HEAP_PAGE_VERSION;
	return tier_ctx_new(&fake.ctx, NULL, 0, NULL);
}

static int unmap_library(void **state)
{
	(void)state;
	munmap(fake.mapping, (BEFORE + 1UL) * HEAP_PAGE_BYTES);
	unlink(fake.path);
	rmdir(fake.folder);
	tier_ctx_unref(fake.ctx);
	return 0;
}

static int look(struct tier_heap *heap)
{
	return tier_heap_read(fake.ctx, getpid(), heap, sizeof(*heap));
}

static void test_heap_read__plain(void **state)
{
	struct tier_heap heap;

	(void)state;
	fake.page->state = HEAP_STATE_PLAIN;
	strcpy(fake.page->text, "TIER_HEAP: column 1: no");

	assert_int_equal(look(&heap), 0);
	assert_int_equal(heap.state, TIER_HEAP_PLAIN);
	assert_int_equal(heap.n_tiers, 0);
	assert_string_equal(heap.text, "TIER_HEAP: column 1: no");
}

static void test_heap_read__parted(void **state)
{
	struct tier_heap heap;
	struct tier_heap_tier *second = &heap.tiers[1];
	/* Between pages without access, so that no neighbour merges with it. */
	char *around = mmap(NULL, 3 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *memory = around + (1 << 20);

	(void)state;
	assert_ptr_not_equal(around, MAP_FAILED);
	assert_int_equal(mprotect(memory, 1 << 20, PROT_READ | PROT_WRITE), 0);
	memset(memory, 1, 1 << 20);
	fake.page->state = HEAP_STATE_PARTED;
	strcpy(fake.page->text, "ratio:node:0-999=3,node:1000=1;limit:node:1000=4096");
	fake.page->n_tiers = 2;
	assert_int_equal(tier_nodeset_parse("0-999", &fake.page->tiers[0].nodes, NULL),
			 0);
	fake.page->tiers[1] = (struct heap_page_tier){
		.limit_bytes = 4096, .used_bytes = 4000, .spilled_count = 7, .weight = 1
	};
	assert_int_equal(tier_nodeset_add(&fake.page->tiers[1].nodes, 1000), 0);
	fake.page->rest_bytes = 5;
	fake.page->n_ranges = 1;
	fake.page->ranges[0] = (struct heap_page_range){ (uintptr_t)memory, 1 << 20 };

	assert_int_equal(look(&heap), 0);
	assert_int_equal(heap.state, TIER_HEAP_PARTED);
	assert_int_equal(heap.n_tiers, 2);
	assert_true(tier_nodeset_has(&second->nodes, 1000));
	assert_int_equal(second->used_bytes, 4000);
	assert_int_equal(second->limit_bytes, 4096);
	assert_int_equal(second->spilled_count, 7);
	assert_int_equal(second->resident_bytes, 0);
	assert_int_equal(heap.rest_bytes, 5);
	assert_int_equal(heap.tiers[0].resident_bytes, 1 << 20);
	fake.page->n_ranges = 0;
	munmap(around, 3 << 20);
}

/* Two selectors may mean the same nodes: what lies there is told of both. */
static void test_heap_read__same_nodes(void **state)
{
	struct tier_heap heap;

	(void)state;
	fake.page->state = HEAP_STATE_PARTED;
	strcpy(fake.page->text, "ratio:node:3=3,node:3=1");
	fake.page->n_tiers = 2;
	for (int i = 0; i < 2; i++) {
		fake.page->tiers[i] = (struct heap_page_tier){ .used_bytes = 100 };
		assert_int_equal(tier_nodeset_add(&fake.page->tiers[i].nodes, 3), 0);
	}

	assert_int_equal(look(&heap), 0);
	assert_int_equal(heap.n_tiers, 2);
	for (int i = 0; i < 2; i++) {
		assert_true(tier_nodeset_has(&heap.tiers[i].nodes, 3));
		assert_int_equal(heap.tiers[i].used_bytes, 100);
	}
}

/* What is no page of ours is not believed, and an older caller gets its part. */
static void test_heap_read__refused(void **state)
{
	struct tier_heap heap;

	(void)state;
	fake.page->state = HEAP_STATE_PARTED;
	memset(fake.page->text, 'x', sizeof(fake.page->text));
	fake.page->n_tiers = HEAP_TIERS + 1;
	assert_int_equal(look(&heap), -EPROTO);
	fake.page->n_tiers = 0;
	assert_int_equal(look(&heap), 0);
	assert_int_equal(strlen(heap.text), sizeof(heap.text) - 1);
	fake.page->version++;
	assert_int_equal(look(&heap), -EPROTO);
	fake.page->version--;
	fake.page->state = 77;
	assert_int_equal(look(&heap), 0);
	assert_int_equal(heap.state, TIER_HEAP_UNKNOWN);
	fake.page->magic[0]++;
	assert_int_equal(look(&heap), -ENODATA);
	fake.page->magic[0]--;
	assert_int_equal(tier_heap_read(fake.ctx, 4 << 20, &heap, sizeof(heap)), -ESRCH);
}

static void test_heap_read__elsewhere(void **state)
{
	const struct tier_ctx_config config = { .root = TEST_FIXTURES "/2s/capture" };
	struct tier_ctx *ctx;
	struct tier_heap heap;

	(void)state;
	assert_int_equal(tier_ctx_new(&ctx, &config, sizeof(config), NULL), 0);
	assert_int_equal(tier_heap_read(ctx, getpid(), &heap, sizeof(heap)), -EOPNOTSUPP);
	tier_ctx_unref(ctx);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_heap_read__plain),
		cmocka_unit_test(test_heap_read__parted),
		cmocka_unit_test(test_heap_read__same_nodes),
		cmocka_unit_test(test_heap_read__refused),
		cmocka_unit_test(test_heap_read__elsewhere),
	};

	return cmocka_run_group_tests(tests, map_library, unmap_library);
}
