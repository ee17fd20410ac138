// SPDX-License-Identifier: GPL-2.0-or-later
// Asks CPUID. Elsewhere the C library is asked, and nobody about emulators.
#include "processor.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "cleanup.h"

const char *emulator_of(const char signature[12])
{
	/* KVM, Hyper-V, VMware and Xen let the processor itself run, so they are not here. */
	static const struct {
		const char *signature;
		const char *name;
	} rows[] = {
		{ "TCGTCGTCGTCG", "QEMU TCG" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!memcmp(signature, rows[i].signature, 12))
			return rows[i].name;
	return NULL;
}

uint64_t cache_bytes_of(uint32_t ebx, uint32_t ecx)
{
	uint64_t ways = (ebx >> 22) + 1, parts = (ebx >> 12 & 0x3ff) + 1;

	return ways * parts * ((ebx & 0xfff) + 1) * ((uint64_t)ecx + 1);
}

static uint64_t ask_library(void)
{
	long bytes = sysconf(_SC_LEVEL3_CACHE_SIZE);

	if (bytes <= 0)
		bytes = sysconf(_SC_LEVEL2_CACHE_SIZE);
	return bytes > 0 ? (uint64_t)bytes : 0;
}

#if defined(__x86_64__)
/* Bit 31 of leaf 1's ecx: somebody runs us, who signs leaf 0x40000000. */
const char *processor_emulator(void)
{
	unsigned int a, b, c, d, words[3];
	char signature[12];

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1U << 31))
		return NULL;
	__cpuid(0x40000000, a, words[0], words[1], words[2]);
	memcpy(signature, words, sizeof(signature));
	return emulator_of(signature);
}

/* The largest cache of a leaf: 4 is Intel's, 0x8000001d AMD's. glibc 2.36 multiplies the
 * latter by the cores of a virtual machine. */
static uint64_t largest_of(unsigned int leaf)
{
	unsigned int a, b, c, d;
	uint64_t most = 0;

	for (unsigned int i = 0; i < 16; i++) {
		uint64_t bytes;

		if (!__get_cpuid_count(leaf, i, &a, &b, &c, &d) || !(a & 0x1f))
			break;
		bytes = cache_bytes_of(b, c);
		most = bytes > most ? bytes : most;
	}
	return most;
}

uint64_t processor_cache_bytes(void)
{
	uint64_t bytes = largest_of(4);

	if (!bytes)
		bytes = largest_of(0x8000001d);
	return bytes ? bytes : ask_library();
}
#else
/* arm64 has nothing that says so. */
const char *processor_emulator(void)
{
	return NULL;
}

uint64_t processor_cache_bytes(void)
{
	return ask_library();
}
#endif
