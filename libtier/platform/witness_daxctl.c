// SPDX-License-Identifier: LGPL-2.1-or-later
// What libdaxctl says of this machine's dax devices. A module of its own.
// Concludes nothing; it cannot be pointed at another machine.
#include <daxctl/libdaxctl.h>
#include <errno.h>
#include <string.h>

#include "platform.h"

#define DAX_DIR "/sys/bus/dax/devices"

extern __attribute__((visibility("default"))) const struct witness_ops tier_witness;

/* libdaxctl writes to stderr unless somebody takes what it has to say. */
static void ignore_log(struct daxctl_ctx *ctx, int priority, const char *file, int line,
		       const char *function, const char *format, va_list args)
	PRINTF_LIKE(6, 0);

/* Signature: libdaxctl's. */
static void ignore_log(struct daxctl_ctx *ctx, int priority, const char *file, int line,
		       const char *function, const char *format, va_list args)
{
	(void)ctx;
	(void)priority;
	(void)file;
	(void)line;
	(void)function;
	(void)format;
	(void)args;
}

static void unref(struct daxctl_ctx **ctx)
{
	if (*ctx)
		daxctl_unref(*ctx);
}

#define SCOPED_DAXCTL __attribute__((cleanup(unref)))

/* DAX_DIR/NAME, or a link in it, with links followed; NULL in *real if missing. */
static int resolve(struct root *root, struct facts *facts, const char *path, char **real)
{
	SCOPED_STRBUF struct strbuf found = { 0 };
	int ret = root->ops->realpath(root, path, &found);

	*real = NULL;
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	*real = arena_strndup(&facts->arena, strbuf_text(&found), found.len);
	return *real ? 0 : -ENOMEM;
}

/* Neither path nor driver can be had of libdaxctl 76: it keeps the one for itself
 * and takes the other for "system-ram" or not. */
static int read_links(struct root *root, struct facts *facts, struct dax_fact *dax)
{
	char path[512], *driver = NULL;
	int ret;

	snprintf(path, sizeof(path), DAX_DIR "/%s", dax->name);
	ret = resolve(root, facts, path, &dax->path);
	if (ret)
		return ret;
	snprintf(path, sizeof(path), DAX_DIR "/%s/driver", dax->name);
	ret = resolve(root, facts, path, &driver);
	dax->driver = driver && strrchr(driver, '/') ? strrchr(driver, '/') + 1 : "";
	return ret;
}

static int read_device(struct root *root, struct daxctl_dev *device, struct facts *facts)
{
	struct dax_fact *dax = facts_add_dax(facts, daxctl_dev_get_devname(device));
	int target = daxctl_dev_get_target_node(device);

	if (!dax)
		return -ENOMEM;
	dax->size_bytes = (struct figure){ true, daxctl_dev_get_size(device) };
	dax->target_known = true;
	dax->target_node = target < 0 ? -1 : target;
	return read_links(root, facts, dax);
}

static int load(struct root *root, struct facts *facts)
{
	SCOPED_DAXCTL struct daxctl_ctx *ctx = NULL;
	struct daxctl_region *region;
	struct daxctl_dev *device;
	int ret;

	if (!root->is_live)
		return -ENOENT;
	ret = daxctl_new(&ctx);
	if (ret) {
		ctx = NULL;
		return ret;
	}
	daxctl_set_log_fn(ctx, ignore_log);
	daxctl_region_foreach(ctx, region)
	{
		daxctl_dev_foreach(region, device)
		{
			ret = read_device(root, device, facts);
			if (ret)
				return ret;
		}
	}
	return 0;
}

const struct witness_ops tier_witness = {
	.layout = WITNESS_LAYOUT,
	.name = "libdaxctl",
	.load = load,
};
