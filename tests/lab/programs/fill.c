// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Fill memory and say on which nodes its pages came to lie: the workload of tests and demo.
 * Asks the kernel page by page; must not know libtier, which it is a witness against.
 *
 *   fill [-s] [-H] [-w] [-f] [-t THREADS] [-k HOT [-b NODE]] [-p N -b NODE] [-c] SIZE
 *
 * SIZE as 512M or 2G; -s: small pages only; -H: huge pages of hugetlbfs; -w: wait for a signal;
 * -f: a child has the pages too; -t: threads go on writing to the pages; -k: only to so many
 * bytes at its beginning; -b: which are allocated on that node, by a policy that is then taken off
 * again; -p: instead of these every N-th page is, the last of each N; -c: another one maps, touches
 * and unmaps memory all the time.
 *
 * Prints "pages N", then "node N PAGES" for each node that has any, then "elsewhere N" if the
 * kernel names no node for some; at SIGUSR1 again. With -k also "hot N PAGES" for each node, which
 * are those that are written to, and "start ADDRESS", where they begin. With -c also "loops N" and
 * "stall N", the microseconds of the longest loop since the last time, and these alone at SIGUSR2,
 * as counting disturbs them; then "end". A page is 4 KiB here, also inside a huge one.
 */
#include <errno.h>
#include <linux/mempolicy.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE_BYTES  4096UL
#define NODES_MAX   1024
#define BATCH_PAGES 4096
#define CHURN_BYTES (16 * PAGE_BYTES)
#define USAGE                                                              \
	"usage: fill [-s] [-H] [-w] [-f] [-t THREADS] [-k HOT [-b NODE]] " \
	"[-p N -b NODE] [-c] SIZE\n"

struct counts {
	unsigned long node[NODES_MAX];
	unsigned long elsewhere;
};

struct options {
	int small, huge, wait, fork, churn;
	long threads;
	size_t bytes;
	size_t hot;    /* of these, from the first on; 0: all */
	long hot_node; /* where they are allocated; -1: as all others */
	size_t nth;    /* or one of so many pages; 0 */
};

static atomic_ulong loops, longest_us;

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
}

/* A policy of some bytes' own, or none again. */
static int bind_bytes(const struct options *options, char *start, size_t bytes, int mode)
{
	unsigned long nodes[NODES_MAX / (8 * sizeof(unsigned long))] = { 0 };
	const size_t bits = 8 * sizeof(nodes[0]);

	if (options->hot_node < 0)
		return 0;
	nodes[(size_t)options->hot_node / bits] = 1UL
						  << ((size_t)options->hot_node % bits);
	return syscall(SYS_mbind, start, bytes, mode, mode ? nodes : NULL,
		       mode ? NODES_MAX : 0, 0);
}

static int bind_hot(const struct options *options, char *start, int mode)
{
	return options->nth ? 0 : bind_bytes(options, start, options->hot, mode);
}

/* Each on its own, and no policy stays: its mappings are as many as without. */
static int touch(const struct options *options, char *start, size_t at)
{
	int is_bound = options->nth && (at / PAGE_BYTES + 1) % options->nth == 0;

	if (is_bound && bind_bytes(options, start + at, PAGE_BYTES, MPOL_BIND))
		return -errno;
	start[at] = 1;
	if (is_bound && bind_bytes(options, start + at, PAGE_BYTES, MPOL_DEFAULT))
		return -errno;
	return 0;
}

static char *fill(const struct options *options)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (options->huge ? MAP_HUGETLB : 0);
	char *start = mmap(NULL, options->bytes, PROT_READ | PROT_WRITE, flags, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	/* a kernel without huge pages refuses the advice, and has none to avoid */
	if (options->small)
		madvise(start, options->bytes, MADV_NOHUGEPAGE);
	if (bind_hot(options, start, MPOL_BIND))
		return NULL;
	for (size_t at = 0; at < options->bytes; at += PAGE_BYTES)
		if (touch(options, start, at))
			return NULL;
	return bind_hot(options, start, MPOL_DEFAULT) ? NULL : start;
}

/* ---- what goes on beside it ------------------------------------------------------ */

struct part {
	volatile char *start;
	size_t bytes;
};

static void *keep_writing(void *arg)
{
	const struct part *part = arg;

	for (;;)
		for (size_t at = 0; at < part->bytes; at += PAGE_BYTES)
			part->start[at]++;
	return NULL;
}

static unsigned long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long)now.tv_sec * 1000000 + (unsigned long)now.tv_nsec / 1000;
}

static void *churn(void *arg)
{
	for (unsigned long before = now_us();;) {
		char *memory = mmap(NULL, CHURN_BYTES, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		unsigned long after;

		if (memory == MAP_FAILED)
			return arg;
		for (size_t at = 0; at < CHURN_BYTES; at += PAGE_BYTES)
			memory[at] = 1;
		munmap(memory, CHURN_BYTES);
		after = now_us();
		atomic_fetch_add(&loops, 1);
		if (after - before > atomic_load(&longest_us))
			atomic_store(&longest_us, after - before);
		before = after;
	}
}

static int start_thread(void *(*work)(void *arg), void *arg)
{
	pthread_t thread;

	return pthread_create(&thread, NULL, work, arg);
}

/* Threads and a child; they end with the process. */
static int start_others(const struct options *options, char *start)
{
	static struct part parts[64];
	int err = options->churn ? start_thread(churn, NULL) : 0;

	for (long i = 0; !err && i < options->threads && i < 64; i++) {
		parts[i].bytes = (options->hot ? options->hot : options->bytes) /
				 (size_t)options->threads;
		parts[i].start = start + (size_t)i * parts[i].bytes;
		err = start_thread(keep_writing, &parts[i]);
	}
	if (err || !options->fork || fork())
		return err;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (;;)
		pause();
}

static int print_loops(const struct options *options)
{
	if (options->churn)
		printf("loops %lu\nstall %lu\n", atomic_exchange(&loops, 0),
		       atomic_exchange(&longest_us, 0));
	if (options->wait)
		puts("end");
	fflush(stdout);
	return 0;
}

static int print_hot(const struct options *options, char *start)
{
	static struct counts counts;
	int err;

	memset(&counts, 0, sizeof(counts));
	if (options->hot)
		printf("start %lu\n", (unsigned long)start);
	err = count(start, options->hot / PAGE_BYTES, &counts);
	for (int node = 0; !err && node < NODES_MAX; node++)
		if (counts.node[node])
			printf("hot %d %lu\n", node, counts.node[node]);
	return err;
}

static int count_and_print(const struct options *options, char *start)
{
	static struct counts counts;
	unsigned long pages = options->bytes / PAGE_BYTES;
	int err;

	memset(&counts, 0, sizeof(counts));
	err = count(start, pages, &counts);
	if (err)
		return err;
	print(pages, &counts);
	err = print_hot(options, start);
	return err ? err : print_loops(options);
}

static int parse(int argc, char **argv, struct options *options)
{
	int option;

	while ((option = getopt(argc, argv, "sHwft:k:b:p:c")) != -1) {
		options->small |= option == 's';
		options->huge |= option == 'H';
		options->wait |= option == 'w';
		options->fork |= option == 'f';
		options->churn |= option == 'c';
		if (option == 't')
			options->threads = strtol(optarg, NULL, 10);
		if (option == 'k')
			options->hot = parse_size(optarg);
		if (option == 'b')
			options->hot_node = strtol(optarg, NULL, 10);
		if (option == 'p')
			options->nth = strtoul(optarg, NULL, 10);
		if (option == '?')
			return -EINVAL;
	}
	options->bytes = optind + 1 == argc ? parse_size(argv[optind]) : 0;
	if (options->hot_node >= (options->hot || options->nth ? NODES_MAX : 0) ||
	    (options->nth && options->hot_node < 0))
		return -EINVAL;
	return options->bytes && options->hot <= options->bytes ? 0 : -EINVAL;
}

int main(int argc, char **argv)
{
	struct options options = { .hot_node = -1 };
	sigset_t again;
	char *start;
	int err, signal = SIGUSR1;

	if (parse(argc, argv, &options))
		return fputs(USAGE, stderr), 2;
	sigemptyset(&again);
	sigaddset(&again, SIGUSR1);
	sigaddset(&again, SIGUSR2);
	sigprocmask(SIG_BLOCK, &again, NULL);
	start = fill(&options);
	if (!start)
		return perror("fill: memory"), 1;
	err = start_others(&options, start);
	if (err)
		return fprintf(stderr, "fill: threads: %s\n", strerror(err)), 1;
	do {
		err = signal == SIGUSR2 ? print_loops(&options) :
					  count_and_print(&options, start);
		if (err)
			return fprintf(stderr, "fill: move_pages: %s\n", strerror(-err)),
			       1;
	} while (options.wait && !sigwait(&again, &signal));
	return 0;
}
