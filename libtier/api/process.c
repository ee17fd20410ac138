// SPDX-License-Identifier: LGPL-2.1-or-later
// The calls that look at processes: their memory and their descendants.
#include <errno.h>
#include <string.h>

#include "ctx.h"
#include "fill.h"
#include "numa_maps.h"
#include "pages.h"
#include "parse.h"

int tier_process_bytes(struct tier_ctx *ctx, int pid, uint64_t *node_bytes, size_t len)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = process_numa_maps(ctx->root, pid, &text);

	if (ret)
		return ret;
	if (strlen(strbuf_text(&text)) != text.len)
		return -EINVAL;
	for (size_t i = 0; i < len; i++)
		node_bytes[i] = 0;
	return numa_maps_add(strbuf_text(&text), node_bytes, len);
}

int tier_pages_count(const void *start, size_t bytes, struct tier_page_counts *counts,
		     size_t size)
{
	struct tier_page_counts found;
	int ret = bytes ? pages_count(&pages_linux, (uintptr_t)start, bytes, &found) :
			  -EINVAL;

	if (!ret)
		fill_struct(counts, size, &found, sizeof(found));
	return ret;
}

/* ---- descendants ---------------------------------------------------------------- */

/* More process ids than Linux gives (include/linux/threads.h, PID_MAX_LIMIT). */
#define MOST_PIDS (4 << 20)

struct family {
	struct strbuf pids;  /* ints, parents before children */
	unsigned char *seen; /* a bit per process id */
};

static size_t family_count(const struct family *family)
{
	return family->pids.len / sizeof(int);
}

static int nth_pid(const struct family *family, size_t n)
{
	int pid;

	memcpy(&pid, family->pids.text + n * sizeof(pid), sizeof(pid));
	return pid;
}

/* A process may be met twice: it moves to a new parent when its own ends, and in a root
 * that is not this machine anybody may be anybody's child. True the first time. */
static bool is_new(struct family *family, uint64_t pid)
{
	unsigned char *byte = &family->seen[pid / 8];
	unsigned char bit = (unsigned char)(1U << pid % 8);
	bool is_first = !(*byte & bit);

	*byte |= bit;
	return is_first;
}

static int add_pids(struct family *family, const struct strbuf *text)
{
	const char *at = strbuf_text(text), *end = at + text->len;

	while (*(at += strspn(at, " \n"))) {
		uint64_t value;
		int pid, ret;

		if (parse_digits(&at, &value) || value >= MOST_PIDS ||
		    !strchr(" \n", *at))
			return -EINVAL;
		if (!is_new(family, value))
			continue;
		pid = (int)value;
		ret = strbuf_add(&family->pids, &pid, sizeof(pid));
		if (ret)
			return ret;
	}
	return at == end ? 0 : -EINVAL;
}

/* Breadth first: each member that is found is asked for its own children. One that
 * cannot be asked, as it is gone meanwhile, has none. */
static int find_descendants(struct root *root, int pid, struct family *family)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	int ret = process_children(root, pid, &text);

	if (!ret && (pid < 0 || pid >= MOST_PIDS || !is_new(family, (uint64_t)pid)))
		ret = -ESRCH;
	for (size_t next = 0; !ret; next++) {
		ret = add_pids(family, &text);
		if (ret || next == family_count(family))
			break;
		strbuf_reset(&text);
		ret = process_children(root, nth_pid(family, next), &text);
		if (ret != -ENOMEM)
			ret = 0;
	}
	return ret;
}

int tier_process_children(struct tier_ctx *ctx, int pid, int *pids, size_t len)
{
	struct family family = { .seen = calloc(1, MOST_PIDS / 8) };
	int ret = family.seen ? find_descendants(ctx->root, pid, &family) : -ENOMEM;
	size_t count = family_count(&family);

	for (size_t i = 0; !ret && i < count && i < len; i++)
		pids[i] = nth_pid(&family, i);
	strbuf_free(&family.pids);
	free(family.seen);
	return ret ? ret : (int)count;
}
