// SPDX-License-Identifier: LGPL-2.1-or-later
// The page is among the library's variables, and known by its first bytes.
#include "heap_look.h"

#include <errno.h>
#include <string.h>

#include "parse.h"
#include "process.h"

#define LIBRARY "/libtiermalloc.so"

/* The library has a few pages of variables. A file of its name may be of any size, and
 * searching it must not take for ever. */
#define PAGES_SEARCHED 1024

bool heap_is_named(const char *maps)
{
	return strstr(maps, LIBRARY);
}

/* "START-END rw-p ... PATH" of the library's variables. */
static bool is_library_data(const char *line, size_t len, uint64_t *start, uint64_t *end)
{
	const char *at = line;

	if (!memmem(line, len, LIBRARY, strlen(LIBRARY)))
		return false;
	return !parse_hex_digits(&at, start) && *at++ == '-' &&
	       !parse_hex_digits(&at, end) && !strncmp(at, " rw", 3);
}

static int look_at(const struct watch_ops *watch, int pid, uint64_t address,
		   struct heap_page *page)
{
	char magic[sizeof(page->magic)];
	int ret = watch->memory(pid, address, magic, sizeof(magic));

	if (ret)
		return ret;
	if (memcmp(magic, HEAP_PAGE_MAGIC, sizeof(magic)) != 0)
		return -ENODATA;
	ret = watch->memory(pid, address, page, sizeof(*page));
	if (!ret && page->version != HEAP_PAGE_VERSION)
		ret = -EPROTO;
	return ret;
}

static int search(struct root *root, const struct watch_ops *watch, int pid,
		  uint64_t *address, struct heap_page *page)
{
	SCOPED_STRBUF struct strbuf maps = { 0 };
	int ret = process_maps(root, pid, &maps), left = PAGES_SEARCHED;
	const char *cursor, *line;
	uint64_t start, end;
	size_t len;

	if (ret)
		return ret;
	cursor = strbuf_text(&maps);
	while (next_line(&cursor, &line, &len)) {
		if (!is_library_data(line, len, &start, &end))
			continue;
		for (; start < end && left-- > 0; start += HEAP_PAGE_BYTES) {
			ret = look_at(watch, pid, start, page);
			/* Beyond the end of a file there is nothing. */
			if (ret == -ENODATA || ret == -EFAULT)
				continue;
			*address = ret ? 0 : start;
			return ret;
		}
	}
	return -ENODATA;
}

int heap_page_find(struct root *root, const struct watch_ops *watch, int pid,
		   uint64_t *address, struct heap_page *page)
{
	if (*address) {
		int ret = look_at(watch, pid, *address, page);

		/* Another program may have come with execve(2). */
		if (ret != -ENODATA && ret != -EFAULT)
			return ret;
		*address = 0;
	}
	return search(root, watch, pid, address, page);
}

enum tier_heap_state heap_page_state(const struct heap_page *page)
{
	static const enum tier_heap_state states[] = {
		[HEAP_STATE_UNKNOWN] = TIER_HEAP_UNKNOWN,
		[HEAP_STATE_PLAIN] = TIER_HEAP_PLAIN,
		[HEAP_STATE_PLACED] = TIER_HEAP_PLACED,
		[HEAP_STATE_PARTED] = TIER_HEAP_PARTED,
	};
	uint32_t state = page->state;

	return state < ARRAY_SIZE(states) ? states[state] : TIER_HEAP_UNKNOWN;
}
