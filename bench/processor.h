/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the processor says of itself: its last cache, and who emulates it. */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdint.h>

/* The emulator that signs CPUID's leaf 0x40000000 so, NULL: none that is known. Pure. */
const char *emulator_of(const char signature[12]);

/* The emulator that runs this processor; NULL: none that is known. */
const char *processor_emulator(void);

/* Bytes of a cache by the words ebx and ecx of CPUID's leaf 4. Pure. */
uint64_t cache_bytes_of(uint32_t ebx, uint32_t ecx);

/* Bytes of the last-level cache, 0: not known. */
uint64_t processor_cache_bytes(void);

#endif
