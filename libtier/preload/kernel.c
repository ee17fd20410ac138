// SPDX-License-Identifier: LGPL-2.1-or-later
// System calls and small files, for code that runs inside of malloc: allocates nothing,
// keeps errno, takes no lock.
#include "kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>

#include "copies.h"
#include "nodeset.h"
#include "parse.h"

#define HUGE_PAGE	   (2UL << 20)
#define STATIC_NODES	   (1 << 15)		  /* MPOL_F_STATIC_NODES */
#define MEMS_ALLOWED	   (1UL << 2)		  /* MPOL_F_MEMS_ALLOWED */
#define MAXNODE		   (TIER_MAX_NODES + 1UL) /* the kernel takes one off */
#define KERNEL_RANKS	   8			  /* far more tiers than kernels make */
#define ENTRY_MAX	   256			  /* NAME_MAX and a NUL */
#define ARGUMENTS_MOST	   (1UL << 20)		  /* there is no room for more */
#define NODES_FOLDER	   "/sys/devices/system/node"
#define KERNEL_TIER_FOLDER "/sys/devices/virtual/memory_tiering"
#define DAX_FOLDER	   "/sys/bus/dax/devices"

/* The result as the kernel gives it, with errno left alone. */
#define QUIETLY(...)                                     \
	({                                               \
		int errno_before = errno;                \
		long result = syscall(__VA_ARGS__);      \
                                                         \
		result = result == -1 ? -errno : result; \
		errno = errno_before;                    \
		result;                                  \
	})

/* ---- memory ---------------------------------------------------------------------- */

void *kernel_reserve(uint64_t size)
{
	long at = QUIETLY(SYS_mmap, NULL, size + HUGE_PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uintptr_t start, aligned;

	if (at < 0 && at > -(long)KERNEL_PAGE)
		return NULL;
	start = (uintptr_t)at;
	aligned = (start + HUGE_PAGE - 1) & -HUGE_PAGE;
	if (aligned > start)
		QUIETLY(SYS_munmap, start, aligned - start);
	if (start + HUGE_PAGE > aligned)
		QUIETLY(SYS_munmap, aligned + size, start + HUGE_PAGE - aligned);
	return (void *)aligned; /* NOLINT(performance-no-int-to-ptr) */
}

void kernel_release(void *address, uint64_t size)
{
	QUIETLY(SYS_munmap, address, size);
}

int kernel_open_memory(void *address, uint64_t size)
{
	return (int)QUIETLY(SYS_mprotect, address, size, PROT_READ | PROT_WRITE);
}

int kernel_drop_pages(void *address, uint64_t size)
{
	return (int)QUIETLY(SYS_madvise, address, size, MADV_DONTNEED);
}

int kernel_no_huge_pages(void *address, uint64_t size)
{
	return (int)QUIETLY(SYS_madvise, address, size, MADV_NOHUGEPAGE);
}

int kernel_place(void *address, uint64_t size, enum kernel_mode mode,
		 const struct tier_nodeset *nodes)
{
	return (int)QUIETLY(SYS_mbind, address, size, mode | STATIC_NODES, nodes->bits,
			    MAXNODE, 0);
}

long kernel_count_pages(void *address, uint64_t size)
{
	unsigned char pages[KERNEL_COUNTED / KERNEL_PAGE];
	long count = 0, ret;

	if (size > KERNEL_COUNTED)
		return -EINVAL;
	ret = QUIETLY(SYS_mincore, address, size, pages);
	for (uint64_t i = 0; !ret && i < size / KERNEL_PAGE; i++)
		count += pages[i] & 1;
	return ret ? ret : count;
}

int kernel_allowed(struct tier_nodeset *nodes)
{
	struct tier_nodeset found = { 0 };
	int ret = (int)QUIETLY(SYS_get_mempolicy, NULL, found.bits, MAXNODE, NULL,
			       MEMS_ALLOWED);

	if (!ret)
		*nodes = found;
	return ret;
}

uint64_t kernel_address_limit(void)
{
	struct rlimit limit;

	if (QUIETLY(SYS_prlimit64, 0, RLIMIT_AS, NULL, &limit))
		return UINT64_MAX;
	return limit.rlim_cur == RLIM_INFINITY ? UINT64_MAX : limit.rlim_cur;
}

/* ---- files ------------------------------------------------------------------------ */

/* A small file as text. */
static int read_text(const char *path, char *text, size_t size)
{
	long fd = QUIETLY(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC), len;

	if (fd < 0)
		return (int)fd;
	len = QUIETLY(SYS_read, fd, text, size - 1);
	QUIETLY(SYS_close, fd);
	if (len < 0)
		return (int)len;
	text[len] = '\0';
	return 0;
}

static int read_nodes(const char *path, struct tier_nodeset *nodes)
{
	char text[NODESET_TEXT + 1];
	int ret = read_text(path, text, sizeof(text));

	return ret ? ret : tier_nodeset_parse(text, nodes, NULL);
}

int kernel_nodes(const char *name, struct tier_nodeset *nodes)
{
	char path[128];

	snprintf(path, sizeof(path), NODES_FOLDER "/%s", name);
	return read_nodes(path, nodes);
}

struct folder_entry { /* getdents64(2) */
	uint64_t inode;
	int64_t offset;
	unsigned short length;
	unsigned char type;
	char name[];
};

/* Each entry that is not hidden; stops at what the visitor returns, unless it is 0. */
static int walk(const char *path, int (*visit)(void *arg, const char *name), void *arg)
{
	char buf[2048] __attribute__((aligned(8)));
	long fd = QUIETLY(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC | O_DIRECTORY);
	long len = 0;
	int ret = 0;

	if (fd < 0)
		return (int)fd;
	while (!ret && (len = QUIETLY(SYS_getdents64, fd, buf, sizeof(buf))) > 0) {
		for (long at = 0; !ret && at < len;) {
			const struct folder_entry *entry = (const void *)(buf + at);

			at += entry->length;
			if (entry->name[0] != '.')
				ret = visit(arg, entry->name);
		}
	}
	QUIETLY(SYS_close, fd);
	return ret ? ret : (int)(len < 0 ? len : 0);
}

struct ranks {
	uint64_t numbers[KERNEL_RANKS];
	unsigned int count;
};

/* "memory_tier4": kept in order, as a smaller number is a faster tier. */
static int note_rank(void *arg, const char *name)
{
	static const char prefix[] = "memory_tier";
	struct ranks *ranks = arg;
	uint64_t number;
	unsigned int at;

	if (strncmp(name, prefix, sizeof(prefix) - 1) ||
	    parse_u64(name + sizeof(prefix) - 1, &number) || ranks->count == KERNEL_RANKS)
		return 0;
	for (at = ranks->count++; at && ranks->numbers[at - 1] > number; at--)
		ranks->numbers[at] = ranks->numbers[at - 1];
	ranks->numbers[at] = number;
	return 0;
}

int kernel_tier(unsigned int rank, struct tier_nodeset *nodes)
{
	struct ranks ranks = { .count = 0 };
	int ret = walk(KERNEL_TIER_FOLDER, note_rank, &ranks);
	unsigned int seen = 0;

	for (unsigned int i = 0; !ret && i < ranks.count; i++) {
		struct tier_nodeset found = { 0 };
		char path[128];

		snprintf(path, sizeof(path),
			 KERNEL_TIER_FOLDER "/memory_tier%llu/nodelist",
			 (unsigned long long)ranks.numbers[i]);
		ret = read_nodes(path, &found);
		if (ret || nodeset_is_empty(&found) || seen++ != rank)
			continue;
		*nodes = found;
		return 0;
	}
	return ret ? ret : -ENOENT;
}

struct devices {
	const char *word;
	struct tier_nodeset nodes;
};

static int note_device(void *arg, const char *name)
{
	struct devices *devices = arg;
	char path[sizeof(DAX_FOLDER) + ENTRY_MAX + 16], text[1024];
	uint64_t node;
	long len;

	if (strlen(name) >= ENTRY_MAX)
		return 0;
	snprintf(path, sizeof(path), DAX_FOLDER "/%s", name);
	len = QUIETLY(SYS_readlinkat, AT_FDCWD, path, text, sizeof(text) - 1);
	if (len < 0)
		return 0;
	text[len] = '\0';
	if (!strstr(text, devices->word))
		return 0;
	snprintf(path, sizeof(path), DAX_FOLDER "/%s/target_node", name);
	if (!read_text(path, text, sizeof(text)) && !parse_u64(text, &node) &&
	    node < TIER_MAX_NODES)
		(void)tier_nodeset_add(&devices->nodes, (unsigned int)node);
	return 0;
}

int kernel_dax(const char *word, struct tier_nodeset *nodes)
{
	struct devices devices = { .word = word };
	struct tier_nodeset memory;
	int ret = walk(DAX_FOLDER, note_device, &devices);

	if (!ret)
		ret = kernel_nodes("has_memory", &memory);
	if (!ret)
		*nodes = nodeset_and(&devices.nodes, &memory);
	return ret;
}

/* ---- words ------------------------------------------------------------------------ */

void kernel_tell(const char *text, size_t len)
{
	QUIETLY(SYS_write, 2, text, len);
}

/* Where the loader found what the kernel left on the stack: the number of arguments,
 * they, a NULL, and the environment. */
/* NOLINTNEXTLINE(bugprone-reserved-identifier) */
extern void *__libc_stack_end __attribute__((weak));

/* Before the C library's constructor has run, which a program can be ahead of, `environ` is
 * empty. */
static char **find_environment(void)
{
	char **arguments;
	size_t count;

	if (environ || !&__libc_stack_end)
		return environ;
	count = *(const size_t *)__libc_stack_end;
	arguments = (char **)__libc_stack_end + 1;
	return count < ARGUMENTS_MOST && !arguments[count] ? arguments + count + 1 : NULL;
}

const char *kernel_environment(const char *name)
{
	char **entry = find_environment();
	size_t len = strlen(name);

	if (!entry || getauxval(AT_SECURE))
		return NULL;
	for (; *entry; entry++)
		if (!strncmp(*entry, name, len) && (*entry)[len] == '=')
			return *entry + len + 1;
	return NULL;
}

/* ---- what jemalloc calls ----------------------------------------------------------- */

/* Signature: mmap(2)'s. */
void *copy_mmap(void *address, size_t size, int protection, int flags, int fd,
		long offset)
{
	long at = QUIETLY(SYS_mmap, address, size, protection, flags, fd, offset);

	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	return at < 0 && at > -(long)KERNEL_PAGE ? MAP_FAILED : (void *)at;
}

int copy_munmap(void *address, size_t size)
{
	return QUIETLY(SYS_munmap, address, size) ? -1 : 0;
}

int copy_madvise(void *address, size_t size, int advice)
{
	return QUIETLY(SYS_madvise, address, size, advice) ? -1 : 0;
}
