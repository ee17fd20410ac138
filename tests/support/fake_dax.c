// SPDX-License-Identifier: GPL-2.0-or-later
// Linux's side of dax devices, as far as libtier sees it. Knows nothing of what is tested.
#include "fake_dax.h"

#include "unit.h"

#define BLOCK_BYTES (128ULL << 20)

struct fake_dax fake_dax;
int fake_dax_signal_at;
static int looks;

static bool is_ours(unsigned int block)
{
	return block < 2 || block >= 4;
}

static bool ends(const char *path, const char *end)
{
	size_t len = strlen(path), end_len = strlen(end);

	return len >= end_len && !strcmp(path + len - end_len, end);
}

/* "/sys/devices/system/memory/memory33/state": block 1 and "state"; NULL: none such. */
static const char *block_file(const char *path, unsigned int *block)
{
	const char *name = strstr(path, "/memory/memory");
	char *end;
	unsigned long id;

	if (!name)
		return NULL;
	id = strtoul(name + 14, &end, 10);
	if (id < FAKE_DAX_FIRST_BLOCK || id >= FAKE_DAX_FIRST_BLOCK + FAKE_DAX_BLOCKS ||
	    *end != '/' || !*fake_dax.block[id - FAKE_DAX_FIRST_BLOCK])
		return NULL;
	*block = (unsigned int)id - FAKE_DAX_FIRST_BLOCK;
	return end + 1;
}

static int read_block(const char *name, unsigned int block, struct strbuf *out)
{
	const char *state = fake_dax.block[block];
	bool online = strcmp(state, "offline") != 0;

	if (!strcmp(name, "state"))
		return strbuf_puts(out, online ? "online\n" : "offline\n");
	if (!strcmp(name, "removable"))
		return strbuf_puts(out, "1\n");
	return strbuf_puts(out, !online				 ? "Normal Movable\n" :
				!strcmp(state, "online_movable") ? "Movable\n" :
								   "Normal\n");
}

static int read_mapping(const char *path, struct strbuf *out)
{
	unsigned int at = strstr(path, "mapping1") ? 4 : 0;
	uint64_t start = (FAKE_DAX_FIRST_BLOCK + at) * BLOCK_BYTES;

	return strbuf_printf(out, "0x%llx\n",
			     (unsigned long long)(ends(path, "start") ?
							  start :
							  start + 2 * BLOCK_BYTES - 1));
}

static int fake_read(struct root *root, const char *path, struct strbuf *out)
{
	unsigned int block;
	const char *name = block_file(path, &block);

	(void)root;
	if (name)
		return read_block(name, block, out);
	if (ends(path, "/block_size_bytes"))
		return strbuf_puts(out, "8000000\n");
	if (ends(path, "/auto_online_blocks"))
		return strbuf_printf(out, "%s\n", fake_dax.policy);
	if (ends(path, "/osrelease"))
		return strbuf_puts(out, "6.1.0\n");
	if (ends(path, "/modules.dep"))
		return strbuf_printf(out, "kernel/x.ko:\n%s/kmem.ko: kernel/x.ko\n",
				     fake_dax.is_ours ? "updates" : "kernel/drivers/dax");
	if (ends(path, "/left_behind") && fake_dax.has_kmem && fake_dax.is_ours)
		return strbuf_puts(out, "");
	if (ends(path, "/overwrite") && fake_dax.has_kmem && fake_dax.is_ours)
		return strbuf_printf(out, "%s\n", fake_dax.overwrite);
	if (strstr(path, "/dax0.0/mapping") && !fake_dax.is_gone)
		return read_mapping(path, out);
	return -ENOENT;
}

static int list_blocks(struct strbuf *out)
{
	int ret = 0;

	for (unsigned int i = 0; !ret && i < FAKE_DAX_BLOCKS; i++)
		if (*fake_dax.block[i]) {
			ret = strbuf_printf(out, "memory%u", FAKE_DAX_FIRST_BLOCK + i);
			if (!ret)
				ret = strbuf_add(out, "", 1);
		}
	return ret;
}

static int fake_list(struct root *root, const char *path, struct strbuf *out)
{
	static const char mappings[] = "mapping0\0mapping1";

	(void)root;
	if (ends(path, "/system/memory"))
		return list_blocks(out);
	if (ends(path, "/drivers/kmem"))
		return fake_dax.has_kmem ? 0 : -ENOENT;
	if (ends(path, "/drivers/device_dax"))
		return 0;
	if (fake_dax.is_gone)
		return ends(path, "/bus/dax/devices") ? 0 : -ENOENT;
	if (ends(path, "/bus/dax/devices"))
		return strbuf_add(out, "dax0.0", 7);
	return ends(path, "/dax0.0") ? strbuf_add(out, mappings, sizeof(mappings)) :
				       -ENOENT;
}

static int fake_realpath(struct root *root, const char *path, struct strbuf *out)
{
	(void)root;
	if (fake_dax.is_gone)
		return -ENOENT;
	if (ends(path, "/dax0.0"))
		return strbuf_puts(out, "/sys/devices/platform/hmem.0/dax0.0");
	if (ends(path, "/dax0.0/driver") && *fake_dax.driver)
		return strbuf_printf(out, "/sys/bus/dax/drivers/%s", fake_dax.driver);
	return -ENOENT;
}

/* ---- writing ------------------------------------------------------------------------- */

static int refuse(const char *path)
{
	if (!fake_dax.refuses || !strstr(path, fake_dax.refuses) ||
	    fake_dax.refuses_after-- > 0)
		return 0;
	fake_dax.refuses_after = 0;
	fake_dax.is_gone |= fake_dax.vanishes;
	return fake_dax.refusal;
}

static void plug(void)
{
	const char *state = strcmp(fake_dax.policy, "online") ? "offline" :
								"online_kernel";

	for (unsigned int i = 0; i < FAKE_DAX_BLOCKS; i++)
		if (is_ours(i))
			strcpy(fake_dax.block[i],
			       fake_dax.others ? fake_dax.others : state);
}

/* 1: bound; what new_id does in silence and bind says aloud. */
static int probe(const char *driver)
{
	if (*fake_dax.driver)
		return -EBUSY;
	if (!strcmp(driver, "kmem") && fake_dax.holds_data && fake_dax.is_ours &&
	    !strstr(fake_dax.overwrite, "dax0.0"))
		return -EEXIST;
	strcpy(fake_dax.driver, driver);
	if (!strcmp(driver, "kmem"))
		plug();
	return 0;
}

/* What is online stays. */
static void unplug(void)
{
	for (unsigned int i = 0; i < FAKE_DAX_BLOCKS; i++)
		if (is_ours(i) && !strcmp(fake_dax.block[i], "offline"))
			*fake_dax.block[i] = '\0';
}

static int write_driver(const char *path)
{
	const char *driver = strstr(path, "/drivers/kmem/") ? "kmem" : "device_dax";

	if (fake_dax.is_gone || (!strcmp(driver, "kmem") && !fake_dax.has_kmem))
		return -ENOENT;
	if (ends(path, "/new_id"))
		(void)probe(driver);
	if (ends(path, "/bind"))
		return probe(driver);
	if (ends(path, "/unbind")) {
		if (strcmp(fake_dax.driver, driver) != 0)
			return -ENODEV;
		if (!strcmp(driver, "kmem"))
			unplug();
		*fake_dax.driver = '\0';
	}
	return 0;
}

static int fake_write(struct root *root, const char *path, const char *text)
{
	unsigned int block;
	int ret = refuse(path);

	(void)root;
	if (ret && !fake_dax.is_late)
		return ret;
	fake_dax.writes++;
	if (block_file(path, &block)) {
		snprintf(fake_dax.block[block], sizeof(*fake_dax.block), "%s", text);
		return ret;
	}
	if (ends(path, "/auto_online_blocks"))
		snprintf(fake_dax.policy, sizeof(fake_dax.policy), "%s", text);
	else if (ends(path, "/overwrite"))
		snprintf(fake_dax.overwrite, sizeof(fake_dax.overwrite), "%s",
			 strcmp(text, "\n") ? text : "");
	else if (strstr(path, "/bus/dax/drivers/"))
		return write_driver(path);
	else
		return -ENOENT;
	return 0;
}

static int fake_write_for(struct root *root, const char *path, const char *text,
			  uint64_t limit_ms, int (*stop)(void))
{
	assert_true(limit_ms > 0);
	if (stop && stop() > 0)
		return -EINTR;
	return fake_write(root, path, text);
}

static int fake_modprobe(const char *const *args, struct strbuf *words)
{
	bool removes = !strcmp(args[0], "-r");

	if (!fake_dax.has_modprobe)
		return -ENOENT;
	/* device_dax is always there. */
	if (strcmp(args[removes], "kmem") != 0)
		return 0;
	if (removes && !strcmp(fake_dax.driver, "kmem"))
		return strbuf_puts(words, "Module kmem is in use") ? -ENOMEM : -ENODEV;
	fake_dax.has_kmem = !removes;
	return 0;
}

static int fake_interrupted(void)
{
	return looks++ == fake_dax_signal_at;
}

const struct sys_ops fake_dax_sys = {
	.interrupted = fake_interrupted,
	.modprobe = fake_modprobe,
};

/* ---- a new one ---------------------------------------------------------------------------- */

static void fake_close(struct root *root)
{
	(void)root;
}

struct root *fake_dax_root(void)
{
	static const struct root_ops ops = {
		.read = fake_read,
		.list = fake_list,
		.realpath = fake_realpath,
		.write = fake_write,
		.write_for = fake_write_for,
		.close = fake_close,
	};
	static struct root root = { .ops = &ops, .is_live = true };

	looks = 0;
	fake_dax_signal_at = -1;
	fake_dax = (struct fake_dax){ .driver = "device_dax",
				      .has_modprobe = true,
				      .policy = "online" };
	/* The other's blocks. */
	strcpy(fake_dax.block[2], "online_kernel");
	strcpy(fake_dax.block[3], "online_kernel");
	return &root;
}

const char *fake_dax_state(void)
{
	static char text[128];
	size_t len = (size_t)snprintf(text, sizeof(text), "%s %s %s '%s' ",
				      *fake_dax.driver ? fake_dax.driver : "none",
				      fake_dax.has_kmem ? "kmem" : "-", fake_dax.policy,
				      fake_dax.overwrite);

	for (unsigned int i = 0; i < FAKE_DAX_BLOCKS; i++) {
		const char *block = fake_dax.block[i];
		char letter = '.';

		if (*block)
			letter = !strcmp(block, "offline")	  ? '0' :
				 !strcmp(block, "online_movable") ? 'M' :
								    'N';
		text[len++] = letter;
	}
	text[len] = '\0';
	return text;
}
