// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of what leaves its mark at the start of a medium, and of what does so at its end.
 * Knows nothing of how the bytes were read.
 */
#include "signature.h"

struct mark {
	u32 offset; /* from the start; in the other table, from the end back */
	u32 size;
	const char *bytes;
};

struct signature {
	const char *name;
	/* The second one has size 0 where the first is enough. */
	struct mark marks[2];
};

/* The bytes without the zero that ends a string literal. */
#define MARK(offset, bytes)                      \
	{                                        \
		offset, sizeof(bytes) - 1, bytes \
	}

/* What ends a boot sector, of which the names below are no proof by themselves. */
#define BOOT_SECTOR MARK(510, "\x55\xaa")

static const struct signature signatures[] = {
	/* PMDK src/common/pool_hdr.h: signature, 8 bytes with the zero; *_HDR_SIG. */
	{ "PMDK object pool", { MARK(0, "PMEMOBJ\0") } },
	{ "PMDK block pool", { MARK(0, "PMEMBLK\0") } },
	{ "PMDK log pool", { MARK(0, "PMEMLOG\0") } },
	/* famfs user space, famfs_meta.h: ts_magic, 64 bits. */
	{ "famfs file system", { MARK(0, "\xff\x82\xb2\x87\0\0\0\0") } },
	/* NOVA fs/nova/nova_def.h and super.h: s_magic behind the 32 bits of s_sum. */
	{ "NOVA file system", { MARK(4, "AVON") } },
	/*
	 * Linux fs/ext4/ext4.h, superblock at 1024: s_magic at 0x38; s_log_block_size
	 * at 0x18 is at most 6, so its other three bytes are 0.
	 */
	{ "ext2, ext3 or ext4 file system",
	  { MARK(0x438, "\x53\xef"), MARK(0x419, "\0\0\0") } },
	/* Linux fs/xfs/libxfs/xfs_format.h: XFS_SB_MAGIC. */
	{ "XFS file system", { MARK(0, "XFSB") } },
	/* Linux uapi/linux/btrfs_tree.h: BTRFS_MAGIC, 64 bytes into the superblock. */
	{ "btrfs file system", { MARK(0x10040, "_BHRfS_M") } },
	/* Linux include/linux/f2fs_fs.h: F2FS_SUPER_OFFSET; uapi/linux/magic.h. */
	{ "F2FS file system", { MARK(0x400, "\x10\x20\xf5\xf2") } },
	/* bcachefs_format.h: BCHFS_MAGIC, 24 bytes into sector 8. */
	{ "bcachefs file system",
	  { MARK(0x1018, "\xc6\x85\x73\xf6\x66\xce\x90\xa9"
			 "\xd9\x6a\x60\xcf\x80\x3d\xf7\xef") } },
	/* bcache-tools bcache.h: bcache_magic, there too; bcachefs began with it. */
	{ "bcache device or early bcachefs",
	  { MARK(0x1018, "\xc6\x85\x73\xf6\x4e\x1a\x45\xca"
			 "\x82\x65\xf5\x7f\x48\xba\x6d\x81") } },
	/* jfsutils include/jfs_filsys.h: SUPER1_OFF; JFS_MAGIC. */
	{ "JFS file system", { MARK(0x8000, "JFS1") } },
	/* Linux uapi/linux/gfs2_ondisk.h: GFS2_MAGIC, then GFS2_METATYPE_SB. */
	{ "GFS2 file system", { MARK(0x10000, "\x01\x16\x19\x70\0\0\0\x01") } },
	/* Linux fs/reiserfs/reiserfs.h: s_magic, 52 bytes into the superblock. */
	{ "ReiserFS file system", { MARK(0x10034, "ReIsEr2Fs") } },
	{ "ReiserFS file system", { MARK(0x10034, "ReIsEr3Fs") } },
	/* Linux fs/erofs/erofs_fs.h: EROFS_SUPER_OFFSET; uapi/linux/magic.h. */
	{ "EROFS file system", { MARK(0x400, "\xe2\xe1\xf5\xe0") } },
	/* Linux fs/squashfs/squashfs_fs.h: s_major 4 at 28, since Linux 2.6.29. */
	{ "squashfs file system", { MARK(0, "hsqs"), MARK(28, "\x04\0") } },
	/* Boot sectors: the OEM name of NTFS and exFAT, the file system type of FAT. */
	{ "NTFS file system", { MARK(3, "NTFS    "), BOOT_SECTOR } },
	{ "exFAT file system", { MARK(3, "EXFAT   "), BOOT_SECTOR } },
	{ "FAT file system", { MARK(0x52, "FAT32   "), BOOT_SECTOR } },
	{ "FAT file system", { MARK(0x36, "FAT16   "), BOOT_SECTOR } },
	{ "FAT file system", { MARK(0x36, "FAT12   "), BOOT_SECTOR } },
	/* util-linux libblkid/src/superblocks/bitlocker.c. */
	{ "BitLocker volume", { MARK(3, "-FVE-FS-"), BOOT_SECTOR } },
	/* cryptsetup luks.h, luks2.h: magic, version; then the second header's. */
	{ "LUKS1 encrypted volume", { MARK(0, "LUKS\xba\xbe\0\x01") } },
	{ "LUKS2 encrypted volume", { MARK(0, "LUKS\xba\xbe\0\x02") } },
	{ "LUKS2 encrypted volume", { MARK(0x4000, "SKUL\xba\xbe\0\x02") } },
	/* cryptsetup lib/verity/verity.c: VERITY_SIGNATURE, version 1. */
	{ "dm-verity hash device", { MARK(0, "verity\0\0\x01\0\0\0") } },
	/* LVM2 lib/label/label.h: LABEL_ID in a sector of the first four; the type. */
	{ "LVM2 physical volume", { MARK(0, "LABELONE"), MARK(24, "LVM2 001") } },
	{ "LVM2 physical volume", { MARK(512, "LABELONE"), MARK(536, "LVM2 001") } },
	{ "LVM2 physical volume", { MARK(1024, "LABELONE"), MARK(1048, "LVM2 001") } },
	{ "LVM2 physical volume", { MARK(1536, "LABELONE"), MARK(1560, "LVM2 001") } },
	/* Linux uapi/linux/raid/md_p.h: MD_SB_MAGIC, major_version; 1.1, then 1.2. */
	{ "Linux md array member", { MARK(0, "\xfc\x4e\x2b\xa9\x01\0\0\0") } },
	{ "Linux md array member", { MARK(0x1000, "\xfc\x4e\x2b\xa9\x01\0\0\0") } },
	/*
	 * OpenZFS vdev_impl.h, vdev_phys_t, 16 KiB into the label: an nvlist in XDR, of version
	 * 0 and with unique names, behind four bytes; its first name is "version", 7 letters.
	 */
	{ "ZFS pool member",
	  { MARK(0x4002, "\0\0\0\0\0\0\0\0\0\x01"),
	    MARK(0x4014, "\0\0\0\x07version\0") } },
	/* Linux linux/swap.h: union swap_header ends the first page, of 4 KiB here. */
	{ "swap area", { MARK(0xff6, "SWAPSPACE2") } },
	/* Linux kernel/power/swap.c: HIBERNATE_SIG takes the place of the former. */
	{ "hibernation image", { MARK(0xff6, "S1SUSPEND\0") } },
	/* UEFI specification 5.3.2: the header is in sector 1, of 512 or 4096 bytes. */
	{ "GPT partition table", { MARK(512, "EFI PART") } },
	{ "GPT partition table", { MARK(4096, "EFI PART") } },
};

static const struct signature end_signatures[] = {
	/* Linux uapi/linux/raid/md_p.h: MD_NEW_SIZE_SECTORS; major_version 0, minor 90. */
	{ "Linux md array member",
	  { MARK(0x10000, "\xfc\x4e\x2b\xa9\0\0\0\0"), MARK(0xfff8, "\x5a\0\0\0") } },
	/* Linux drivers/md/md.c, super_1_load(): 8 KiB before the end; 1.0. */
	{ "Linux md array member", { MARK(0x2000, "\xfc\x4e\x2b\xa9\x01\0\0\0") } },
	/* UEFI specification 5.3.2: the copy is in the last sector. */
	{ "GPT partition table", { MARK(512, "EFI PART") } },
	{ "GPT partition table", { MARK(4096, "EFI PART") } },
};

struct medium {
	const u8 *data;
	size_t size;
	bool is_end;
};

static bool is_there(const struct mark *mark, const struct medium *medium)
{
	size_t at = mark->offset;

	if (!mark->size)
		return true;
	if (at > medium->size)
		return false;
	if (medium->is_end)
		at = medium->size - at;
	return mark->size <= medium->size - at &&
	       !memcmp(medium->data + at, mark->bytes, mark->size);
}

static const char *find(const struct signature *table, size_t count,
			const struct medium *medium)
{
	for (size_t i = 0; i < count; i++)
		if (is_there(&table[i].marks[0], medium) &&
		    is_there(&table[i].marks[1], medium))
			return table[i].name;
	return NULL;
}

const char *signature_find(const u8 *data, size_t size)
{
	const struct medium medium = { data, size, .is_end = false };

	return find(signatures, ARRAY_SIZE(signatures), &medium);
}

const char *signature_find_end(const u8 *data, size_t size)
{
	const struct medium medium = { data, size, .is_end = true };

	return find(end_signatures, ARRAY_SIZE(end_signatures), &medium);
}
