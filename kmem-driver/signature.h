/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the first and the last bytes of a device's data area give away: file systems,
 * encryption, volumes and pools that somebody would miss. A belt, no proof: data needs no
 * signature.
 */
#ifndef KMEM_SIGNATURE_H
#define KMEM_SIGNATURE_H

#include "portable.h"

/* So much from the start is looked at: as far as btrfs keeps its first superblock. */
#define SIGNATURE_BYTES (68 * 1024)

/* And from the end: as far as Linux md keeps its superblock of version 0.90. */
#define SIGNATURE_END_BYTES (64 * 1024)

/* The name of what is there ("ext4 file system"), or NULL. Less than all may be given. */
const char *signature_find(const u8 *data, size_t size);

/* The same of the last bytes. */
const char *signature_find_end(const u8 *data, size_t size);

#endif
