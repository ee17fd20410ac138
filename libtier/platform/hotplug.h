/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Dax devices and the memory blocks in their ranges as they are at this moment. Read anew
 * each time, as anybody may change them; knows nothing of what somebody wants of them.
 */
#ifndef HOTPLUG_H
#define HOTPLUG_H

#include "arena.h"
#include "facts.h"
#include "udev_rules.h"

struct root;
struct strbuf;

/* Where a device's driver stands, and what both have to do with it. */
#define DAX_DRIVER_RAM	  "kmem"
#define DAX_DRIVER_DEVICE "device_dax"

/* Physical addresses, both included. */
struct dax_span {
	uint64_t first;
	uint64_t last;
};

enum block_zone {
	BLOCK_ZONE_UNKNOWN = 0, /* also: in several */
	BLOCK_ZONE_NORMAL,	/* kernel data may lie in it: it may never leave */
	BLOCK_ZONE_MOVABLE,
};

struct memory_block {
	uint64_t id; /* of memoryN: its first address / block_bytes */
	bool is_online;
	bool is_fixed; /* `removable` reads 0, as kernels before 5.9 may say */
	enum block_zone zone;
};

struct dax_state {
	const char *name;
	const char *driver; /* "kmem", "device_dax", "" when none is bound */
	const char *uuid;   /* of the NVDIMM namespace that it is; or NULL */
	/* Its ranges, ascending; several are possible since Linux 5.10. Root only. */
	bool knows_spans;
	struct dax_span *spans;
	size_t n_spans;
	uint64_t bytes;	      /* of the spans */
	uint64_t whole_bytes; /* of the whole memory blocks in them */
	/* Blocks that exist in its spans, ascending. */
	bool knows_blocks;
	struct memory_block *blocks;
	size_t n_blocks;
};

/* Which kmem driver there is or would be. */
enum kmem_module {
	KMEM_MODULE_UNKNOWN = 0, /* the root does not say */
	KMEM_MODULE_MISSING,
	KMEM_MODULE_LOADED,	   /* the kernel's own */
	KMEM_MODULE_LOADED_OURS,   /* tierkit's */
	KMEM_MODULE_LOADABLE,	   /* modprobe would load the kernel's own */
	KMEM_MODULE_LOADABLE_OURS, /* one that was installed beside the kernel's */
};

struct hotplug {
	struct arena arena;
	struct figure block_bytes;
	uint64_t page_bytes;	 /* of the kernel that runs */
	const char *auto_online; /* what becomes of added memory; NULL unknown */
	enum kmem_module module;
	const char *module_file; /* below /lib/modules/RELEASE; NULL unless loadable */
	const char *overwrite;	 /* tierkit's parameter of that name; NULL without it */
	struct udev_rules rules; /* with hotplug_read_rules() only */
	struct dax_state *devices;
	size_t n_devices;
};

/* All of it. 0 or -ENOMEM: what cannot be read is not known. */
int hotplug_read(struct root *root, struct hotplug *hotplug) MUST_CHECK;
void hotplug_free(struct hotplug *hotplug);

/* Rules of udev too, which change less often than all this: on top of hotplug_read(). */
int hotplug_read_rules(struct root *root, struct hotplug *hotplug) MUST_CHECK;

/* Nothing but the module. 0 or -ENOMEM. */
int hotplug_module(struct root *root, enum kmem_module *module) MUST_CHECK;

/* NULL when there is no such device. */
const struct dax_state *hotplug_find(const struct hotplug *hotplug, const char *name);

/* Files that a change of all this writes; each returns buf. */
#define HOTPLUG_PATH 160

/* `what`: a file below the device. */
const char *dax_device_path(const char *name, const char *what, char *buf);
/* `what`: new_id, remove_id, bind, unbind. */
const char *dax_driver_path(const char *driver, const char *what, char *buf);
const char *memory_block_path(uint64_t id, char *buf);

extern const char auto_online_path[];
extern const char kmem_overwrite_path[];

/* Bound to which driver now: 0, with its name in `driver`, "" for none; -ENODEV: the
 * device is gone. */
int dax_driver_now(struct root *root, const char *name, struct strbuf *driver) MUST_CHECK;

#endif
