// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Write into a device-dax device, which takes no write(): what a file system or somebody's data
 * would look like to whoever binds the device next. Knows nothing of what it writes.
 *
 *   poke DEVICE OFFSET HEX         these bytes, two digits each
 *   poke -f DEVICE OFFSET BYTES    fill: each 8 bytes hold their own offset in the device
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGN_BYTES (2ULL << 20) /* of the devices in the lab: huge pages only */
#define USAGE	    "usage: poke [-f] DEVICE OFFSET HEX|BYTES\n"

/* The part of a device that was asked for, in a mapping that is aligned as the device wants. */
static char *map(const char *path, uint64_t offset, uint64_t bytes)
{
	uint64_t start = offset & ~(ALIGN_BYTES - 1);
	uint64_t end = (offset + bytes + ALIGN_BYTES - 1) & ~(ALIGN_BYTES - 1);
	int fd = open(path, O_RDWR);
	char *mapped;

	if (fd < 0)
		return NULL;
	mapped = mmap(NULL, end - start, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		      (off_t)start);
	close(fd);
	return mapped == MAP_FAILED ? NULL : mapped + (offset - start);
}

static int write_hex(char *to, const char *hex)
{
	for (; *hex; hex += 2) {
		const char digits[] = { hex[0], hex[1], '\0' };
		char *end;
		unsigned long byte = strtoul(digits, &end, 16);

		if (end != digits + 2)
			return -EINVAL;
		*to++ = (char)byte;
	}
	return 0;
}

static void fill(char *to, uint64_t offset, uint64_t bytes)
{
	for (uint64_t at = 0; at + sizeof(at) <= bytes; at += sizeof(at)) {
		uint64_t word = offset + at;

		memcpy(to + at, &word, sizeof(word));
	}
}

int main(int argc, char **argv)
{
	int filling = argc > 1 && !strcmp(argv[1], "-f");
	uint64_t offset, bytes;
	char *to;

	argv += filling;
	if (argc - filling != 4)
		return fputs(USAGE, stderr), 2;
	offset = strtoull(argv[2], NULL, 0);
	bytes = filling ? strtoull(argv[3], NULL, 0) : strlen(argv[3]) / 2;
	to = map(argv[1], offset, bytes);
	if (!to)
		return perror("poke"), 1;
	if (filling)
		fill(to, offset, bytes);
	else if (write_hex(to, argv[3]))
		return fputs(USAGE, stderr), 2;
	return 0;
}
