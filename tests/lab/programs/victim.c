// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process with memory on one node, which says what becomes of it when a page goes bad. Must
 * not know libtier, which it is a witness against.
 *
 *   victim [-d] [-e] [-m] [-p] [-s MARK] NODE
 *       -d: dies of a bad page; -e: wants to know early; -m: spoils its page itself; -p: has it
 *       in a pipe, so that it cannot be moved; -s: goes on reading its page, with the mark in R15
 *
 * Prints "page ADDRESS pfn PFN" for one of its pages, waits for a line on standard input, then
 * reads all of them. Prints "action-optional ADDRESS" when it is told of a bad page while it
 * waits; in the end "action-required ADDRESS" if it was stopped by one, or else "unharmed".
 */
#include <fcntl.h>
#include <linux/mempolicy.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PAGE_BYTES 4096UL
#define PAGES	   64UL
#define SPOILED	   5UL /* which page it names */
#define USAGE	   "usage: victim [-d] [-e] [-m] [-p] [-s MARK] NODE\n"

static void on_sigbus(int number, siginfo_t *info, void *context)
{
	char line[64];
	const char *what = info->si_code == BUS_MCEERR_AR ? "action-required" :
			   info->si_code == BUS_MCEERR_AO ? "action-optional" :
							    "other";
	int length = snprintf(line, sizeof(line), "%s %p\n", what, info->si_addr);

	(void)number;
	(void)context;
	if (write(STDOUT_FILENO, line, (size_t)length) != length)
		_exit(1);
	if (info->si_code != BUS_MCEERR_AO)
		_exit(0);
}

static char *map_on(unsigned int node)
{
	unsigned long mask = 1UL << node;
	char *start = mmap(NULL, PAGES * PAGE_BYTES, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (start == MAP_FAILED)
		return NULL;
	madvise(start, PAGES * PAGE_BYTES, MADV_NOHUGEPAGE);
	if (syscall(SYS_mbind, start, PAGES * PAGE_BYTES, MPOL_BIND, &mask,
		    sizeof(mask) * 8, 0))
		return NULL;
	for (unsigned long page = 0; page < PAGES; page++)
		start[page * PAGE_BYTES] = 1;
	return start;
}

/* 0 if it cannot be told. */
static uint64_t pfn_of(const char *address)
{
	uint64_t entry = 0;
	off_t at = (off_t)((uintptr_t)address / PAGE_BYTES * sizeof(entry));
	int fd = open("/proc/self/pagemap", O_RDONLY);

	if (fd < 0 || pread(fd, &entry, sizeof(entry), at) != sizeof(entry))
		entry = 0;
	close(fd);
	return entry & ((1ULL << 55) - 1);
}

static int put_into_pipe(char *page)
{
	struct iovec part = { .iov_base = page, .iov_len = PAGE_BYTES };
	int ends[2];

	if (pipe(ends))
		return -1;
	return vmsplice(ends[1], &part, 1, 0) == (ssize_t)PAGE_BYTES ? 0 : -1;
}

static void read_all(const char *start)
{
	for (unsigned long page = 0; page < PAGES; page++)
		(void)*(volatile const char *)(start + page * PAGE_BYTES);
}

/* Nothing else but this read, until a signal ends it. Who looks at the registers sees the mark. */
static _Noreturn void go_on_reading(const char *page, unsigned long mark)
{
	__asm__ volatile("mov %1, %%r15\n"
			 "1:\n\t"
			 "movb (%0), %%al\n\t"
			 "jmp 1b"
			 :
			 : "r"(page), "r"(mark)
			 : "rax", "r15", "memory");
	__builtin_unreachable();
}

static void await_signal(int dies, int early)
{
	struct sigaction action = { .sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO };

	if (!dies)
		sigaction(SIGBUS, &action, NULL);
	if (early)
		prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_EARLY, 0, 0);
}

int main(int argc, char **argv)
{
	int dies = 0, early = 0, itself = 0, pinned = 0, option;
	unsigned long mark = 0;
	char *start, *page;

	while ((option = getopt(argc, argv, "demps:")) != -1) {
		dies |= option == 'd';
		early |= option == 'e';
		itself |= option == 'm';
		pinned |= option == 'p';
		if (option == 's')
			mark = strtoul(optarg, NULL, 0);
		if (option == '?')
			return fputs(USAGE, stderr), 2;
	}
	if (optind + 1 != argc)
		return fputs(USAGE, stderr), 2;
	await_signal(dies, early);
	start = map_on((unsigned int)strtoul(argv[optind], NULL, 10));
	if (!start)
		return perror("victim"), 1;

	page = start + SPOILED * PAGE_BYTES;
	if (pinned && put_into_pipe(page))
		return perror("victim: vmsplice"), 1;
	printf("page %p pfn %#llx\n", (void *)page, (unsigned long long)pfn_of(page));
	fflush(stdout);
	if (itself && madvise(page, PAGE_BYTES, MADV_HWPOISON))
		return perror("victim: madvise"), 1;
	while (getchar() != '\n')
		if (feof(stdin))
			return 1;
	if (mark)
		go_on_reading(page, mark);
	read_all(start);
	puts("unharmed");
	return 0;
}
