// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fill memory and say on which nodes its pages came to lie: the workload of tests and demo.
 * Asks the kernel page by page; must not know libtier, which it is a witness against.
 *
 *   fill [-s] [-w] SIZE       SIZE as 512M or 2G; -s: small pages only; -w: wait for a signal
 *
 * Prints "pages N", then "node N PAGES" for each node that has any, then "elsewhere N" if the
 * kernel names no node for some. A page is 4 KiB here, also inside a huge one.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE_BYTES  4096UL
#define NODES_MAX   1024
#define BATCH_PAGES 4096
#define USAGE	    "usage: fill [-s] [-w] SIZE\n"

struct counts {
	unsigned long node[NODES_MAX];
	unsigned long elsewhere;
};

static size_t parse_size(const char *text)
{
	static const char units[] = "KMG";
	char *end;
	unsigned long value = strtoul(text, &end, 10);
	const char *unit = *end ? strchr(units, *end) : NULL;

	if (end == text || (*end && (!unit || end[1])))
		return 0;
	return unit ? value << (10 * (unit - units + 1)) : value;
}

/*
 * Which node a page is on: move_pages() with no target only answers. Linux 6.1 calls a page
 * absent while NUMA balancing has it marked; touching it takes the mark away.
 */
static int ask_again(char *page, int *node)
{
	void *address = page;

	for (int tries = 0; *node < 0 && tries < 3; tries++) {
		*(volatile char *)page = 1;
		if (syscall(SYS_move_pages, 0, 1, &address, NULL, node, 0))
			return -errno;
	}
	return 0;
}

static int count_batch(char *start, unsigned long pages, struct counts *counts)
{
	static void *addresses[BATCH_PAGES];
	static int nodes[BATCH_PAGES];

	for (unsigned long i = 0; i < pages; i++)
		addresses[i] = start + i * PAGE_BYTES;
	if (syscall(SYS_move_pages, 0, pages, addresses, NULL, nodes, 0))
		return -errno;
	for (unsigned long i = 0; i < pages; i++) {
		int err = ask_again(addresses[i], &nodes[i]);

		if (err)
			return err;
		if (nodes[i] >= 0 && nodes[i] < NODES_MAX)
			counts->node[nodes[i]]++;
		else
			counts->elsewhere++;
	}
	return 0;
}

static int count(char *start, unsigned long pages, struct counts *counts)
{
	for (unsigned long done = 0; done < pages; done += BATCH_PAGES) {
		unsigned long left = pages - done;
		int err = count_batch(start + done * PAGE_BYTES,
				      left < BATCH_PAGES ? left : BATCH_PAGES, counts);

		if (err)
			return err;
	}
	return 0;
}

static void print(unsigned long pages, const struct counts *counts)
{
	printf("pages %lu\n", pages);
	for (int node = 0; node < NODES_MAX; node++) {
		if (counts->node[node])
			printf("node %d %lu\n", node, counts->node[node]);
	}
	if (counts->elsewhere)
		printf("elsewhere %lu\n", counts->elsewhere);
	fflush(stdout);
}

static char *fill(size_t bytes, int small)
{
	char *start = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	/* a kernel without huge pages refuses the advice, and has none to avoid */
	if (small)
		madvise(start, bytes, MADV_NOHUGEPAGE);
	for (size_t at = 0; at < bytes; at += PAGE_BYTES)
		start[at] = 1;
	return start;
}

int main(int argc, char **argv)
{
	static struct counts counts;
	int small = 0, wait = 0, option, err;
	size_t bytes;
	char *start;

	while ((option = getopt(argc, argv, "sw")) != -1) {
		small |= option == 's';
		wait |= option == 'w';
		if (option == '?')
			return fputs(USAGE, stderr), 2;
	}
	bytes = optind + 1 == argc ? parse_size(argv[optind]) : 0;
	if (!bytes)
		return fputs(USAGE, stderr), 2;
	start = fill(bytes, small);
	if (!start)
		return perror("fill: mmap"), 1;
	err = count(start, bytes / PAGE_BYTES, &counts);
	if (err)
		return fprintf(stderr, "fill: move_pages: %s\n", strerror(-err)), 1;
	print(bytes / PAGE_BYTES, &counts);
	if (wait)
		pause();
	return 0;
}
