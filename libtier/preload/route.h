/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where an object goes in a parted heap, and what is tried when there is no room. */
#ifndef ROUTE_H
#define ROUTE_H

#include <stddef.h>

#include "heap.h"

/* What is asked for, of whichever copy serves it. */
struct request {
	size_t size;
	size_t alignment; /* 0: as malloc's */
	bool zeroed;
};

/* From that copy, or when it is full from the others in their order. NULL with ENOMEM. */
void *route_from(unsigned int copy, const struct request *request);

/* The same, from a tier's own copy. */
void *route_tier(unsigned int tier, const struct request *request);

/* As the heap is asked to; settles it first. */
void *route(const struct request *request);
void *route_plain(size_t size);
void *route_zeroed(size_t size);

/* What the calling thread asks for comes from that tier now; -1: as the heap is asked
 * to. */
void route_choose(int tier);

/* realloc(3) of a block that is not NULL to a size that is not 0. */
void *route_again(void *block, size_t size);

#endif
