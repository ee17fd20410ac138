// SPDX-License-Identifier: GPL-2.0-or-later
// What the ends of a medium give away: marks as the formats' documents have them, each with one
// byte less, and in data that are cut short.
#include "signature.h"

#include "pure.h"

#define LOOKED_AT ((size_t)SIGNATURE_BYTES)

struct bytes {
	size_t offset;
	size_t size;
	const char *bytes;
};

#define AT(offset, bytes)                        \
	{                                        \
		offset, sizeof(bytes) - 1, bytes \
	}

static const struct {
	const char *name;
	struct bytes parts[2];
} media[] = {
	{ "PMDK object pool", { AT(0, "PMEMOBJ\0") } },
	{ "ext2, ext3 or ext4 file system", { AT(0x438, "\x53\xef") } },
	{ "XFS file system", { AT(0, "XFSB") } },
	{ "btrfs file system", { AT(0x10040, "_BHRfS_M") } },
	{ "F2FS file system", { AT(0x400, "\x10\x20\xf5\xf2") } },
	{ "NTFS file system", { AT(3, "NTFS    "), AT(510, "\x55\xaa") } },
	{ "FAT file system", { AT(0x52, "FAT32   "), AT(510, "\x55\xaa") } },
	{ "LUKS1 encrypted volume", { AT(0, "LUKS\xba\xbe\0\x01") } },
	{ "LUKS2 encrypted volume", { AT(0, "LUKS\xba\xbe\0\x02") } },
	{ "LUKS2 encrypted volume", { AT(0x4000, "SKUL\xba\xbe\0\x02") } },
	{ "LVM2 physical volume", { AT(512, "LABELONE"), AT(536, "LVM2 001") } },
	{ "LVM2 physical volume", { AT(1536, "LABELONE"), AT(1560, "LVM2 001") } },
	{ "Linux md array member", { AT(0x1000, "\xfc\x4e\x2b\xa9\x01\0\0\0") } },
	/* as written by little and by big endian machines */
	{ "ZFS pool member",
	  { AT(0x4000, "\x01\x01\0\0\0\0\0\0\0\0\0\x01"),
	    AT(0x4014, "\0\0\0\x07version\0") } },
	{ "ZFS pool member",
	  { AT(0x4000, "\x01\0\0\0\0\0\0\0\0\0\0\x01"),
	    AT(0x4014, "\0\0\0\x07version\0") } },
	{ "swap area", { AT(0xff6, "SWAPSPACE2") } },
	{ "GPT partition table", { AT(512, "EFI PART") } },
	{ "GPT partition table", { AT(4096, "EFI PART") } },
};

/* Here offsets count back from the end, for a medium of any size. */
static const struct {
	const char *name;
	struct bytes parts[2];
} ends[] = {
	{ "Linux md array member",
	  { AT(0x10000, "\xfc\x4e\x2b\xa9\0\0\0\0"), AT(0xfff8, "\x5a\0\0\0") } },
	{ "Linux md array member", { AT(0x2000, "\xfc\x4e\x2b\xa9\x01\0\0\0") } },
	{ "GPT partition table", { AT(512, "EFI PART") } },
	{ "GPT partition table", { AT(4096, "EFI PART") } },
};

static void put(u8 *data, const struct bytes *part)
{
	if (part->size)
		memcpy(data + part->offset, part->bytes, part->size);
}

static size_t end_of(size_t row)
{
	size_t a = media[row].parts[0].offset + media[row].parts[0].size;
	size_t b = media[row].parts[1].offset + media[row].parts[1].size;

	return a > b ? a : b;
}

/* By its name where it is whole; not with a byte too few or another one. Says what is wrong. */
static bool is_wrong(const char *name, const char *found, const char *cut,
		     const char *broken)
{
	if (found && !strcmp(found, name) && !cut && !broken)
		return false;
	print_error("%s: %s; cut %s; broken %s\n", name, found ? found : "-",
		    cut ? cut : "-", broken ? broken : "-");
	return true;
}

/* Found with all of its bytes, in just as many; not with one that is another, not in fewer. */
static void test_signature__found_and_not_found(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(media); i++) {
		u8 *data = calloc(1, LOOKED_AT);
		const char *found, *broken, *cut;

		assert_non_null(data);
		put(data, &media[i].parts[0]);
		put(data, &media[i].parts[1]);
		found = signature_find(data, end_of(i));
		cut = signature_find(data, end_of(i) - 1);
		data[end_of(i) - 1] ^= 0x80;
		broken = signature_find(data, LOOKED_AT);
		failures += is_wrong(media[i].name, found, cut, broken);
		free(data);
	}
	assert_rows(failures);
}

/* The same from the end; and what is at the end is no sign at the start, nor the reverse. */
static void test_signature__found_at_the_end(void **state)
{
	int failures = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		const struct bytes *parts = ends[i].parts;
		u8 *data = calloc(1, LOOKED_AT), *end = data + LOOKED_AT;
		const char *found, *broken, *cut;

		assert_non_null(data);
		for (size_t j = 0; j < ARRAY_SIZE(ends[i].parts) && parts[j].size; j++)
			memcpy(end - parts[j].offset, parts[j].bytes, parts[j].size);
		found = signature_find_end(end - parts[0].offset, parts[0].offset);
		cut = signature_find_end(end - parts[0].offset + 1, parts[0].offset - 1);
		(end - parts[0].offset)[parts[0].size - 1] ^= 0x80;
		broken = signature_find_end(data, LOOKED_AT);
		failures += is_wrong(ends[i].name, found, cut, broken);
		free(data);
	}
	assert_rows(failures);
}

static void test_signature__each_end_has_its_own(void **state)
{
	u8 *data = calloc(1, LOOKED_AT);

	(void)state;
	assert_non_null(data);
	memcpy(data + LOOKED_AT - 512, "EFI PART", 8);
	assert_null(signature_find(data, LOOKED_AT));
	assert_non_null(signature_find_end(data, LOOKED_AT));
	memset(data, 0, LOOKED_AT);
	memcpy(data, "XFSB", 4);
	assert_null(signature_find_end(data, LOOKED_AT));
	free(data);
}

/* What devices hold that nobody would miss. */
static void test_signature__nothing_is_there(void **state)
{
	static const u8 fills[] = { 0, 0xff, 0x55, 'A' };
	u8 *data = malloc(LOOKED_AT);

	(void)state;
	assert_non_null(data);
	for (size_t i = 0; i < ARRAY_SIZE(fills); i++) {
		memset(data, fills[i], LOOKED_AT);
		assert_null(signature_find(data, LOOKED_AT));
		assert_null(signature_find_end(data, LOOKED_AT));
	}
	free(data);
	assert_null(signature_find(NULL, 0));
	assert_null(signature_find_end(NULL, 0));
}

/* A magic of two bytes alone is no file system, if what it is about is absurd. */
static void test_signature__a_magic_that_is_chance(void **state)
{
	u8 *data = calloc(1, LOOKED_AT);

	(void)state;
	assert_non_null(data);
	memcpy(data + 0x438, "\x53\xef", 2);
	data[0x419] = 1; /* blocks of 2^266 bytes */
	assert_null(signature_find(data, LOOKED_AT));
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signature__found_and_not_found),
		cmocka_unit_test(test_signature__found_at_the_end),
		cmocka_unit_test(test_signature__each_end_has_its_own),
		cmocka_unit_test(test_signature__nothing_is_there),
		cmocka_unit_test(test_signature__a_magic_that_is_chance),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
