// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls of tiermalloc.h.
#include "tiermalloc.h"

#include <errno.h>
#include <stdint.h>

#include "region.h"
#include "route.h"

#define EXPORT __attribute__((visibility("default")))

EXPORT int tier_heap_tiers(void)
{
	heap_settle();
	return heap.parted_size || heap.rest ? heap.n_tiers : 0;
}

static void *from(int tier, const struct request *request)
{
	int tiers = tier_heap_tiers();

	if (tier < 0 || tier >= (tiers ? tiers : 1)) {
		errno = EINVAL;
		return NULL;
	}
	return route_tier((unsigned int)tier, request);
}

EXPORT void *tier_malloc(int tier, size_t size)
{
	const struct request request = { .size = size };

	return from(tier, &request);
}

EXPORT void *tier_calloc(int tier, size_t count, size_t size)
{
	struct request request = { .zeroed = true };

	if (__builtin_mul_overflow(count, size, &request.size)) {
		errno = ENOMEM;
		return NULL;
	}
	return from(tier, &request);
}

EXPORT void *tier_aligned_alloc(int tier, size_t alignment, size_t size)
{
	const struct request request = { .size = size ? size : 1,
					 .alignment = alignment };

	if (!alignment || (alignment & (alignment - 1))) {
		errno = EINVAL;
		return NULL;
	}
	if (alignment > PTRDIFF_MAX || size > PTRDIFF_MAX - alignment) {
		errno = ENOMEM;
		return NULL;
	}
	return from(tier, &request);
}

EXPORT int tier_heap_thread(int tier)
{
	int tiers = tier_heap_tiers();

	if (tier < -1 || tier >= (tiers ? tiers : 1)) {
		errno = EINVAL;
		return -1;
	}
	if (tiers)
		route_choose(tier);
	return 0;
}

EXPORT int tier_place(int tier, void *address, size_t size)
{
	int tiers, ret;

	heap_settle();
	tiers = tiermalloc_page.state == HEAP_STATE_PLAIN ? 0 : (int)heap.spec.n_tiers;
	if (tier < 0 || tier >= (tiers ? tiers : 1)) {
		errno = EINVAL;
		return -1;
	}
	ret = tiers ? region_place((unsigned int)tier, address, size) : 0;
	if (!ret)
		return 0;
	errno = -ret;
	return -1;
}

EXPORT int tier_of(const void *address)
{
	return region_tier(heap_owner(address), address);
}
