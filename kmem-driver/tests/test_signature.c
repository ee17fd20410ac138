// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signatures: each is found where it belongs, not with one bit changed and not in a buffer
 * that ends too early. The bytes stand here as tools write them (hexadecimal, most dumped
 * from media made by Debian 12's), not as the table under test has them.
 */
#include "signature.h"
#include "unit.h"

struct medium {
	const char *name;
	const char *bytes; /* "OFFSET: BYTES; OFFSET: BYTES" */
};

static const struct medium media[] = {
	{ "PMDK object pool", "0: 50 4d 45 4d 4f 42 4a 00" },
	{ "PMDK block pool", "0: 50 4d 45 4d 42 4c 4b 00" },
	{ "PMDK log pool", "0: 50 4d 45 4d 4c 4f 47 00" },
	{ "famfs file system", "0: ff 82 b2 87 00 00 00 00" },
	{ "NOVA file system", "4: 41 56 4f 4e" },
	{ "ext2, ext3 or ext4 file system", "419: 00 00 00; 438: 53 ef" },
	{ "XFS file system", "0: 58 46 53 42" },
	{ "btrfs file system", "10040: 5f 42 48 52 66 53 5f 4d" },
	{ "F2FS file system", "400: 10 20 f5 f2" },
	{ "bcachefs file system",
	  "1018: c6 85 73 f6 66 ce 90 a9 d9 6a 60 cf 80 3d f7 ef" },
	{ "bcache device or early bcachefs",
	  "1018: c6 85 73 f6 4e 1a 45 ca 82 65 f5 7f 48 ba 6d 81" },
	{ "JFS file system", "8000: 4a 46 53 31" },
	{ "GFS2 file system", "10000: 01 16 19 70 00 00 00 01" },
	{ "ReiserFS file system", "10034: 52 65 49 73 45 72 32 46 73" },
	{ "ReiserFS file system", "10034: 52 65 49 73 45 72 33 46 73" },
	{ "EROFS file system", "400: e2 e1 f5 e0" },
	{ "squashfs file system", "0: 68 73 71 73; 1c: 04 00" },
	{ "NTFS file system", "3: 4e 54 46 53 20 20 20 20; 1fe: 55 aa" },
	{ "exFAT file system", "3: 45 58 46 41 54 20 20 20; 1fe: 55 aa" },
	{ "FAT file system", "52: 46 41 54 33 32 20 20 20; 1fe: 55 aa" },
	{ "FAT file system", "36: 46 41 54 31 36 20 20 20; 1fe: 55 aa" },
	{ "FAT file system", "36: 46 41 54 31 32 20 20 20; 1fe: 55 aa" },
	{ "BitLocker volume", "3: 2d 46 56 45 2d 46 53 2d; 1fe: 55 aa" },
	{ "LUKS1 encrypted volume", "0: 4c 55 4b 53 ba be 00 01" },
	{ "LUKS2 encrypted volume", "0: 4c 55 4b 53 ba be 00 02" },
	{ "LUKS2 encrypted volume", "4000: 53 4b 55 4c ba be 00 02" },
	{ "dm-verity hash device", "0: 76 65 72 69 74 79 00 00 01 00 00 00" },
	{ "LVM2 physical volume",
	  "0: 4c 41 42 45 4c 4f 4e 45; 18: 4c 56 4d 32 20 30 30 31" },
	{ "LVM2 physical volume",
	  "200: 4c 41 42 45 4c 4f 4e 45; 218: 4c 56 4d 32 20 30 30 31" },
	{ "LVM2 physical volume",
	  "400: 4c 41 42 45 4c 4f 4e 45; 418: 4c 56 4d 32 20 30 30 31" },
	{ "LVM2 physical volume",
	  "600: 4c 41 42 45 4c 4f 4e 45; 618: 4c 56 4d 32 20 30 30 31" },
	{ "Linux md array member", "0: fc 4e 2b a9 01 00 00 00" },
	{ "Linux md array member", "1000: fc 4e 2b a9 01 00 00 00" },
	{ "swap area", "ff6: 53 57 41 50 53 50 41 43 45 32" },
	{ "hibernation image", "ff6: 53 31 53 55 53 50 45 4e 44 00" },
	{ "GPT partition table", "200: 45 46 49 20 50 41 52 54" },
	{ "GPT partition table", "1000: 45 46 49 20 50 41 52 54" },
};

struct byte {
	size_t offset;
	u8 value;
};

/* The medium's bytes, one by one and in order; returns how many. */
static size_t bytes_of(const struct medium *medium, struct byte *out, size_t room)
{
	const char *at = medium->bytes;
	size_t n = 0, offset = 0;

	while (*at) {
		char *end;
		unsigned long value = strtoul(at, &end, 16);

		assert_true(end > at && n < room);
		if (*end == ':') {
			offset = value;
			at = end + 1;
			continue;
		}
		out[n].offset = offset++;
		out[n++].value = (u8)value;
		at = end + (*end == ';');
	}
	return n;
}

#define BYTES	     32
#define MEDIUM_BYTES ((size_t)SIGNATURE_BYTES)

static size_t write_medium(const struct medium *medium, u8 *data, struct byte *bytes)
{
	size_t n = bytes_of(medium, bytes, BYTES);

	memset(data, 0, MEDIUM_BYTES);
	for (size_t i = 0; i < n; i++)
		data[bytes[i].offset] = bytes[i].value;
	return n;
}

static bool is_found(const u8 *data, size_t size, const char *name)
{
	const char *found = signature_find(data, size);

	return name ? found && !strcmp(found, name) : !found;
}

static void test_signature__found(void **state)
{
	u8 *data = malloc(MEDIUM_BYTES);
	struct byte bytes[BYTES];
	int failures = 0;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < ARRAY_SIZE(media); i++) {
		write_medium(&media[i], data, bytes);
		if (!is_found(data, MEDIUM_BYTES, media[i].name))
			ROW_FAILS(failures, "%s (%s)\n", media[i].name, media[i].bytes);
	}
	free(data);

	assert_rows(failures);
}

static void test_signature__one_bit_changed(void **state)
{
	u8 *data = malloc(MEDIUM_BYTES);
	struct byte bytes[BYTES];
	int failures = 0;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < ARRAY_SIZE(media); i++) {
		size_t n = write_medium(&media[i], data, bytes);

		for (size_t k = 0; k < n; k++) {
			data[bytes[k].offset] ^= 0x80;
			if (!is_found(data, MEDIUM_BYTES, NULL))
				ROW_FAILS(failures, "%s: byte %#zx\n", media[i].name,
					  bytes[k].offset);
			data[bytes[k].offset] ^= 0x80;
		}
	}
	free(data);

	assert_rows(failures);
}

/* Found as soon as its last byte is there, and no byte is read that is not. */
static void test_signature__short_buffers(void **state)
{
	u8 *data = malloc(MEDIUM_BYTES);
	struct byte bytes[BYTES];
	int failures = 0;

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < ARRAY_SIZE(media); i++) {
		size_t n = write_medium(&media[i], data, bytes);
		size_t needed = n ? bytes[n - 1].offset + 1 : 1;

		for (size_t size = needed - 1; size <= needed; size++) {
			/* An exact allocation lets a sanitizer see one byte too far. */
			u8 *part = malloc(size + !size);

			assert_non_null(part);
			memcpy(part, data, size);
			if (!is_found(part, size, size == needed ? media[i].name : NULL))
				ROW_FAILS(failures, "%s in %zu bytes\n", media[i].name,
					  size);
			free(part);
		}
	}
	free(data);

	assert_rows(failures);
}

static void test_signature__nothing(void **state)
{
	u8 *data = malloc(MEDIUM_BYTES);

	(void)state;
	assert_non_null(data);
	assert_null(signature_find(data, 0));
	memset(data, 0, MEDIUM_BYTES);
	assert_null(signature_find(data, MEDIUM_BYTES));
	memset(data, 0xff, MEDIUM_BYTES);
	assert_null(signature_find(data, MEDIUM_BYTES));
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signature__found),
		cmocka_unit_test(test_signature__one_bit_changed),
		cmocka_unit_test(test_signature__short_buffers),
		cmocka_unit_test(test_signature__nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
