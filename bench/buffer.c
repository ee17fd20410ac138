// SPDX-License-Identifier: GPL-2.0-or-later
// Maps memory, has it placed page by page, and proves it. Measures nothing.
#include "buffer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define SMALL_PAGE 4096UL

#if !defined(MAP_HUGE_2MB)
#define MAP_HUGE_2MB (21 << 26)
#endif

/* ---- mapping ------------------------------------------------------------------------ */

static int say_no_memory(const struct bench *bench, int error)
{
	if (bench->wishes.pages == PAGES_HUGE)
		return say(error == EPERM ? STATUS_NOT_PERMITTED : STATUS_FAILED,
			   "memory",
			   "no %" PRIu64 " MiB of huge pages (%s): as root, sysctl "
			   "vm.nr_hugepages=N reserves N of 2 MiB",
			   bench->wishes.bytes >> 20, strerror(error));
	return say(STATUS_FAILED, "memory",
		   "no %" PRIu64 " MiB: %s; use a smaller --size",
		   bench->wishes.bytes >> 20, strerror(error));
}

/* Kernels without huge pages have neither advice, and nothing to forbid. */
static void advise(const struct bench *bench, const struct buffer *buffer)
{
	bool thp = bench->wishes.pages == PAGES_THP;

	(void)madvise(buffer->start, buffer->bytes,
		      thp ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
}

/* A cgroup's or a machine's last memory is not for us: nothing is locked or reserved. */
static int map(const struct bench *bench, struct buffer *buffer)
{
	bool huge = bench->wishes.pages == PAGES_HUGE;
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	uintptr_t start;

	buffer->bytes = (bench->wishes.bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
	buffer->mapped = buffer->bytes + (huge ? 0 : HUGE_BYTES);
	if (huge)
		flags |= MAP_HUGETLB | MAP_HUGE_2MB;
	buffer->mapping =
		mmap(NULL, buffer->mapped, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (buffer->mapping == MAP_FAILED) {
		buffer->mapping = NULL;
		return say_no_memory(bench, errno);
	}
	start = (uintptr_t)buffer->mapping;
	start = (start + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
	buffer->start = (char *)buffer->mapping + (start - (uintptr_t)buffer->mapping);
	if (!huge)
		advise(bench, buffer);
	return STATUS_DONE;
}

/* As any program gets it, for whoever stands behind malloc to place. */
static int allocate(const struct bench *bench, struct buffer *buffer)
{
	if (bench->wishes.pages == PAGES_HUGE)
		return say(STATUS_USAGE, "--pages", "a heap has no reserved huge pages");
	buffer->bytes = (bench->wishes.bytes + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES;
	buffer->block = aligned_alloc(HUGE_BYTES, buffer->bytes);
	if (!buffer->block)
		return say_no_memory(bench, ENOMEM);
	buffer->start = buffer->block;
	advise(bench, buffer);
	return STATUS_DONE;
}

/* ---- placing ------------------------------------------------------------------------ */

/* This thread's policy, from now on. */
static int set_policy(struct bench *bench, const char *text)
{
	struct tier_policy *policy = NULL;
	struct tier_plan *plan = NULL;
	struct tier_diag diag = { 0 };
	struct tier_report report = { 0 };
	int ret = tier_policy_parse(text, &policy, &diag);

	if (!ret)
		ret = tier_policy_resolve(policy, bench->machine.topology, NULL, &plan,
					  &diag);
	if (!ret)
		ret = tier_plan_apply(bench->machine.ctx, plan, 0, &report,
				      sizeof(report));
	tier_plan_free(plan);
	tier_policy_free(policy);
	if (!ret)
		return STATUS_DONE;
	if (report.message[0])
		return say(ret == -EPERM ? STATUS_NOT_PERMITTED : STATUS_UNSUPPORTED,
			   text, "%s", report.message);
	if (diag.message[0])
		return say(ret == -EINVAL ? STATUS_USAGE : STATUS_NOT_FOUND, text, "%s",
			   diag.message);
	return say_error(text, "cannot be applied", ret);
}

static void touch(volatile char *from, size_t bytes)
{
	for (size_t at = 0; at < bytes && !interrupted(); at += SMALL_PAGE)
		from[at] = 1;
}

/* Each page on its node: preferred and not bound, as a full node then shows in the proof,
 * where a bound thread would be killed. */
static int touch_by_page(struct bench *bench, const struct place *place,
			 const struct buffer *buffer)
{
	size_t unit = bench->wishes.pages == PAGES_4K ? SMALL_PAGE : HUGE_BYTES;
	int status = STATUS_DONE;

	for (unsigned int i = 0; !status && i < place->count; i++) {
		char text[32];

		(void)snprintf(text, sizeof(text), "prefer:node:%u", place->node[i]);
		status = set_policy(bench, text);
		for (size_t at = 0; !status && at < buffer->bytes; at += unit)
			if (place_of_page(place, at / unit) == place->node[i])
				touch((char *)buffer->start + at, unit);
	}
	return status;
}

/* Where we chose the places, pages shall stay there. NUMA balancing would fetch each to the
 * CPU that touches it, the proof's own included, but leaves threads with a policy alone; all
 * nodes are preferred alike, so what they allocate meanwhile is near them as ever. */
static int touch_all(struct bench *bench, const struct place *place,
		     const struct buffer *buffer)
{
	int status;

	if (!place->policy) {
		status = touch_by_page(bench, place, buffer);
	} else {
		status = set_policy(bench, place->policy);
		if (!status)
			touch(buffer->start, buffer->bytes);
	}
	return status ? status :
			set_policy(bench, place->policy ? "default" : "prefer:all");
}

/* ---- proving ------------------------------------------------------------------------ */

/* Pages that are looked at together. */
#define PIECE_BYTES HUGE_BYTES

/* NUMA balancing of Linux 6.1 hides pages until somebody touches them, and may do so again
 * between touching and asking. */
#define TRIES 8

static int count_piece(const char *start, struct tier_page_counts *counts)
{
	int ret = 0;

	for (int i = 0; !ret && i < TRIES; i++) {
		const volatile char *at = start;

		for (size_t page = 0; page < PIECE_BYTES; page += SMALL_PAGE)
			(void)at[page];
		ret = tier_pages_count(start, PIECE_BYTES, counts, sizeof(*counts));
		if (!ret && !counts->absent)
			break;
	}
	return ret;
}

static int count_pages(const struct buffer *buffer, struct tier_page_counts *counts)
{
	int ret = 0;

	*counts = (struct tier_page_counts){ .page_bytes = SMALL_PAGE };
	for (size_t at = 0; !ret && at < buffer->bytes; at += PIECE_BYTES) {
		struct tier_page_counts piece;

		ret = count_piece((const char *)buffer->start + at, &piece);
		if (ret)
			break;
		counts->absent += piece.absent;
		counts->unknown += piece.unknown;
		for (size_t node = 0; node < TIER_MAX_NODES; node++)
			counts->node[node] += piece.node[node];
	}
	return ret;
}

int buffer_count(const struct buffer *buffer, struct tier_page_counts *counts)
{
	int ret = count_pages(buffer, counts);

	return ret ? say_error("proof", "cannot ask where the pages lie", ret) :
		     STATUS_DONE;
}

int buffer_prove(struct bench *bench, const struct place *place, struct buffer *buffer)
{
	SCOPED_STRBUF struct strbuf why = { 0 };
	struct tier_page_counts counts;
	int status = buffer_count(buffer, &counts);

	if (status)
		return status;
	if (!place_check(place, &counts, &why)) {
		buffer->pages_proved = buffer->bytes / SMALL_PAGE;
		return STATUS_DONE;
	}
	return say(STATUS_FAILED, bench->cmd->name,
		   "%s; the node is full, forbidden, or pages were moved. There is no "
		   "result",
		   strbuf_text(&why));
}

/* What is free on all the nodes together; UINT64_MAX: not known. */
static uint64_t free_bytes(const struct bench *bench, const struct place *place)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < place->count; i++) {
		struct tier_node_info info;

		if (tier_node_get(bench->machine.topology, place->node[i], &info,
				  sizeof(info)) ||
		    !(info.flags & TIER_NODE_KNOWS_FREE))
			return UINT64_MAX;
		sum += info.free_bytes;
	}
	return sum;
}

/* Better than to push others out of a node, or to be killed in a control group. */
int buffer_room(const struct bench *bench, const struct place *place, uint64_t bytes)
{
	uint64_t room = free_bytes(bench, place);
	char object[PLACE_TEXT_BYTES];

	/* Reserved pages are none of the free memory; mmap(2) knows how many there are. */
	if (bench->wishes.pages == PAGES_HUGE || room >= bytes)
		return STATUS_DONE;
	(void)snprintf(object, sizeof(object), "%s", place->text);
	if (place->count == 1 && !place->policy)
		(void)snprintf(object, sizeof(object), "node %u", place->node[0]);
	return say(STATUS_FAILED, object,
		   "%" PRIu64 " MiB are free, and %" PRIu64
		   " MiB are needed; use a smaller --size",
		   room >> 20, bytes >> 20);
}

int buffer_open(struct bench *bench, const struct place *place, struct buffer *buffer)
{
	int status;

	*buffer = (struct buffer){ 0 };
	status = place->is_heap ? allocate(bench, buffer) : map(bench, buffer);
	if (!status)
		status = touch_all(bench, place, buffer);
	if (!status && !interrupted())
		status = buffer_prove(bench, place, buffer);
	if (status)
		buffer_close(buffer);
	return status;
}

void buffer_close(struct buffer *buffer)
{
	if (buffer->mapping)
		(void)munmap(buffer->mapping, buffer->mapped);
	free(buffer->block);
	*buffer = (struct buffer){ 0 };
}
