// SPDX-License-Identifier: LGPL-2.1-or-later
// What is asked of the heap, from the environment to bound ranges, at the first call of
// any thread. Whatever cannot be done costs one line on standard error and leaves a
// plain heap: the program is not ours to end.
#include "heap.h"

#include <string.h>

#include "choose.h"
#include "diag.h"
#include "kernel.h"
#include "life.h"
#include "memkind.h"
#include "nodeset.h"
#include "region.h"

/* Addresses for one copy: far more than memory, since what is taken is never given
 * back. Less where the process may not have as many. */
#define SPAN_MOST  (1ULL << 42)
#define SPAN_LEAST (1ULL << 28)

/* The part of a limit on addresses (ulimit -v) that the heap's ranges may have. */
#define LIMIT_PART 2

/* Without parts no address is beyond the first. */
struct heap heap = { .below = HEAP_NEW, .parted_base = UINTPTR_MAX };

struct heap_page tiermalloc_page __attribute__((aligned(HEAP_PAGE_BYTES))) = {
	.magic = HEAP_PAGE_MAGIC,
	.version = HEAP_PAGE_VERSION,
};

/* ---- words ------------------------------------------------------------------------- */

static void complain(const char *object, const struct tier_diag *diag)
{
	char line[512], place[32] = "";
	int len;

	if (diag->column)
		snprintf(place, sizeof(place), "column %u: ", diag->column);
	snprintf(tiermalloc_page.text, sizeof(tiermalloc_page.text), "%s: %s%s", object,
		 place, diag->message);
	len = snprintf(line, sizeof(line), "tiermalloc: %s: %s%s; the heap stays plain\n",
		       object, place, diag->message);
	kernel_tell(line, len < (int)sizeof(line) ? (size_t)len : sizeof(line) - 1);
}

/* ---- what is asked ------------------------------------------------------------------ */

/* 0: nothing; 1: heap.spec says what; a negative errno. */
static int read_wish(const char **object, struct tier_diag *diag)
{
	const char *text = kernel_environment("TIER_HEAP");
	int ret;

	*object = "TIER_HEAP";
	if (text && *text) {
		ret = heap_spec_parse(text, &heap.spec, diag);
		return ret ? ret : 1;
	}
	text = kernel_environment("MEMKIND_MEM_TIERS");
	if (text) {
		*object = "MEMKIND_MEM_TIERS";
		ret = memkind_parse(text, kernel_environment("MEMKIND_MEM_THRESHOLDS"),
				    &heap.spec, diag);
		return ret ? ret : 1;
	}
	return 0;
}

/* The nodes of each tier that this task may use. */
static int keep_allowed(struct tier_diag *diag)
{
	struct tier_nodeset allowed;
	int ret = kernel_allowed(&allowed);

	if (ret)
		return diag_set(diag, ret,
				"the kernel does not tell which nodes may be used");
	for (unsigned int i = 0; i < heap.spec.n_tiers; i++) {
		struct heap_tier *tier = &heap.spec.tiers[i];
		char list[32];

		nodeset_brief(&tier->nodes, list, sizeof(list));
		tier->nodes = nodeset_and(&tier->nodes, &allowed);
		if (nodeset_is_empty(&tier->nodes))
			return diag_set(diag, -1,
					"node %s has no memory for this process", list);
	}
	return 0;
}

/* ---- ranges ------------------------------------------------------------------------- */

static bool has_limits(void)
{
	for (unsigned int i = 0; i < heap.spec.n_tiers; i++)
		if (heap.spec.tiers[i].limit_bytes)
			return true;
	return false;
}

/* Which copy is for what. Returns how many there are. */
static unsigned int give_roles(void)
{
	unsigned int copies = 0;

	heap.kind = (unsigned char)heap.spec.kind;
	heap.n_tiers = (unsigned char)heap.spec.n_tiers;
	heap.limited = has_limits();
	if (heap.spec.kind == HEAP_RATIO)
		regions[copies++].role = REGION_STRIPES;
	heap.first = (unsigned char)copies;
	for (unsigned int i = 0; i < heap.spec.n_tiers; i++) {
		regions[copies].role = REGION_TIER;
		regions[copies++].tier = i;
	}
	if (heap.limited && heap.spec.kind != HEAP_BIND) {
		heap.rest = (unsigned char)copies;
		regions[copies++].role = REGION_REST;
	}
	/* Nobody asks another copy where there are no limits. */
	regions[0].may_be_plain = !heap.limited;
	return copies;
}

/* As many addresses for each as can be had; they lie side by side. */
static bool reserve(unsigned int copies)
{
	uint64_t limit = kernel_address_limit();
	char *base = NULL;

	heap.shift = (unsigned char)__builtin_ctzll(SPAN_MOST);
	for (; 1ULL << heap.shift >= SPAN_LEAST; heap.shift--) {
		uint64_t size = (uint64_t)copies << heap.shift;

		if (size > limit / LIMIT_PART)
			continue;
		base = kernel_reserve(size);
		if (base)
			break;
	}
	if (!base)
		return false;
	for (unsigned int i = 0; i < copies; i++) {
		uint64_t span = 1ULL << heap.shift;

		regions[i].range.base = (uintptr_t)base + i * span;
		regions[i].range.size = span;
		tiermalloc_page.ranges[i].base = regions[i].range.base;
		tiermalloc_page.ranges[i].bytes = span;
	}
	tiermalloc_page.n_ranges = copies;
	return true;
}

static void release(unsigned int copies)
{
	char *base = (char *)0 + regions[0].range.base;

	if (regions[0].range.size)
		kernel_release(base, (uint64_t)copies << heap.shift);
	memset(regions, 0, sizeof(regions[0]) * copies);
	memset(tiermalloc_page.ranges, 0, sizeof(tiermalloc_page.ranges));
	tiermalloc_page.n_ranges = 0;
	heap.kind = HEAP_NOTHING;
	heap.first = heap.rest = heap.limited = 0;
}

static int lay_out(unsigned int copies, struct tier_diag *diag)
{
	if (!reserve(copies))
		return diag_set(diag, -1, "no room for its addresses (ulimit -v?)");
	for (unsigned int i = 0; i < copies; i++) {
		int ret = region_bind(i);

		if (!ret)
			continue;
		return diag_set(diag, ret,
				"the kernel refuses to place memory (mbind: %s)",
				tier_strerror(ret));
	}
	return 0;
}

/* ---- settling ----------------------------------------------------------------------- */

static void describe(void)
{
	heap_spec_format(&heap.spec, tiermalloc_page.text, sizeof(tiermalloc_page.text));
	tiermalloc_page.n_tiers = heap.spec.n_tiers;
	for (unsigned int i = 0; i < heap.spec.n_tiers; i++) {
		tiermalloc_page.tiers[i].limit_bytes = heap.spec.tiers[i].limit_bytes;
		tiermalloc_page.tiers[i].weight = heap.spec.tiers[i].weight;
		tiermalloc_page.tiers[i].nodes = heap.spec.tiers[i].nodes;
	}
}

static int64_t at_most(uint64_t bytes)
{
	return bytes > INT64_MAX ? INT64_MAX : (int64_t)bytes;
}

static void set_steps(void)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(heap.steps); i++)
		heap.steps[i] = i + 1 < heap.spec.n_tiers ?
					heap.spec.tiers[i + 1].from_bytes :
					UINT64_MAX;
}

static void set_boundary(void)
{
	uint64_t start = heap.spec.start_bytes ? heap.spec.start_bytes : KERNEL_PAGE;

	if (heap.spec.kind != HEAP_AUTO_THRESHOLD)
		return;
	if (start < heap.spec.low_bytes)
		start = heap.spec.low_bytes;
	if (start > heap.spec.high_bytes)
		start = heap.spec.high_bytes;
	atomic_store(&heap.boundary, start);
	atomic_store(&heap.inner_boundary, start);
	atomic_store(&tiermalloc_page.boundary_bytes, start);
}

static void part(unsigned int copies)
{
	heap.parted_size = (uint64_t)(copies - 1) << heap.shift;
	heap.parted_second = regions[1].range.base + regions[1].range.size;
	heap.parted_base = regions[1].range.base;
	if (heap.kind == HEAP_THRESHOLD)
		heap.second = at_most(heap.steps[1]);
	if (heap.kind == HEAP_AUTO_THRESHOLD)
		heap.second = CHOOSE_LARGE;
	if (heap.kind == HEAP_RATIO && !heap.limited)
		return;
	for (unsigned int i = 0; i < copies; i++)
		life_wake(i);
}

static void settle(void)
{
	static const struct heap_resolver resolver = { words_select, NULL };
	struct tier_diag diag = { 0 };
	const char *object;
	unsigned int copies;
	int ret = read_wish(&object, &diag);

	if (!ret)
		return;
	if (ret > 0)
		ret = heap_spec_resolve(&heap.spec, &resolver, &diag);
	if (!ret)
		ret = keep_allowed(&diag);
	if (ret) {
		complain(object, &diag);
		return;
	}
	copies = give_roles();
	if (lay_out(copies, &diag)) {
		release(copies);
		complain(object, &diag);
		return;
	}
	describe();
	set_steps();
	set_boundary();
	if (copies > 1)
		part(copies);
}

static enum heap_state find_state(void)
{
	if (heap.parted_size)
		return HEAP_STATE_PARTED;
	return regions[0].role == REGION_NONE ? HEAP_STATE_PLAIN : HEAP_STATE_PLACED;
}

bool heap_settle(void)
{
	int64_t below = atomic_load_explicit(&heap.below, memory_order_acquire);

	if (below != HEAP_NEW)
		return below != HEAP_SETTLING;
	/* Whoever comes while it is being settled, its own calls among them, is served
	 * by copy 0. */
	if (!atomic_compare_exchange_strong(&heap.below, &below, HEAP_SETTLING))
		return below != HEAP_SETTLING;
	settle();
	life_wake(0);
	atomic_store(&tiermalloc_page.state, find_state());
	below = HEAP_SETTLING;
	atomic_compare_exchange_strong(&heap.below, &below, heap_below());
	return true;
}

/* ---- the way of each call ----------------------------------------------------------- */

int64_t heap_below(void)
{
	uint64_t boundary = atomic_load(&heap.boundary);

	if (heap.parted_size && heap.limited)
		return HEAP_CAREFUL;
	if (heap.kind == HEAP_THRESHOLD)
		return at_most(heap.steps[0]);
	if (heap.kind != HEAP_AUTO_THRESHOLD)
		return INT64_MAX;
	if (boundary)
		return at_most(boundary < CHOOSE_LARGE ? boundary : CHOOSE_LARGE);
	return atomic_load(&heap.choice) ? 0 : CHOOSE_LARGE;
}

void heap_aim(void)
{
	int64_t old = atomic_load(&heap.below), new;

	do {
		new = heap_below();
		if (old < 0 || old == new)
			return;
	} while (!atomic_compare_exchange_weak(&heap.below, &old, new));
}

uint64_t heap_used(void)
{
	uint64_t all = 0;

	for (unsigned int i = 0; i < heap.n_tiers; i++)
		all += atomic_load_explicit(&tiermalloc_page.tiers[i].used_bytes,
					    memory_order_relaxed);
	return all;
}
