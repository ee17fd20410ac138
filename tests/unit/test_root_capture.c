// SPDX-License-Identifier: GPL-2.0-or-later
// A capture as a root: lookups, listings and links that stay inside.
#include "fault.h"
#include "path_walk.h"
#include "platform.h"
#include "unit.h"

static const char machine[] = "tierkit-capture 1\n"
			      "file /sys/devices/d0/size\n\t4096\n"
			      "link /sys/devices/d0/driver\n\t../../bus/drivers/kmem\n"
			      "link /sys/bus/devices/d0\n\t../../devices/d0\n"
			      "dir /sys/bus/drivers/kmem\n"
			      "file /sys/bus-1/x\n"
			      "file /sys/empty\n"
			      "link /sys/absolute\n\t/sys/devices/d0\n"
			      "link /sys/out\n\t../../../../etc/passwd\n"
			      "link /sys/dangling\n\tnowhere\n"
			      "link /sys/self\n\tself\n"
			      "link /sys/ping\n\tpong\n"
			      "link /sys/pong\n\tping\n"
			      "link /sys/chain\n\tbus/devices/../devices/d0/./driver\n"
			      "fail /proc/iomem\n\tEACCES\n"
			      "fail /proc/driver\n\tEPERM\n";

static struct root *open_text(const char *text)
{
	struct tier_diag diag = { 0 };
	struct root *root = NULL;

	if (root_capture_parse(text, strlen(text), &root, &diag))
		fail_msg("%u:%u: %s", diag.line, diag.column, diag.message);
	return root;
}

typedef int operation(struct root *root, const char *path, struct strbuf *out);

/* Result and text of one operation; names of a list are joined by blanks. */
static void expect(operation *run, struct root *root, const char *path, int result,
		   const char *text)
{
	SCOPED_STRBUF struct strbuf out = { 0 };
	int ret;

	assert_int_equal(strbuf_puts(&out, "before"), 0);
	ret = run(root, path, &out);
	for (size_t i = 0; i + 1 < out.len; i++)
		if (!out.text[i])
			out.text[i] = ' ';
	if (ret != result || strcmp(strbuf_text(&out) + strlen("before"), text) != 0)
		fail_msg("%s: %d '%s', expected %d '%s'", path, ret, out.text, result,
			 text);
}

static void test_root_capture__reads(void **state)
{
	static const struct {
		const char *path;
		int result;
		const char *text;
	} rows[] = {
		{ "/sys/devices/d0/size", 0, "4096\n" },
		{ "/sys/bus/devices/d0/size", 0, "4096\n" },
		{ "/sys/absolute/size", 0, "4096\n" },
		{ "/sys/empty", 0, "" },
		{ "/", -EISDIR, "" },
		{ "/sys", -EISDIR, "" },
		{ "/sys/devices/d0", -EISDIR, "" },
		{ "/sys/bus/devices/d0", -EISDIR, "" },
		{ "/sys/bus/drivers/kmem", -EISDIR, "" },
		{ "/sys/chain", -EISDIR, "" },
		{ "/nothing", -ENOENT, "" },
		{ "/sy", -ENOENT, "" },
		{ "/sys/dev", -ENOENT, "" },
		{ "/sys/bus/drivers/kmem/new_id", -ENOENT, "" },
		{ "/sys/bus/devices/d0/none", -ENOENT, "" },
		{ "/sys/empty/below", -ENOTDIR, "" },
		{ "/sys/devices/d0/size/below/more", -ENOTDIR, "" },
		{ "/sys/out", -ENOENT, "" },
		{ "/sys/dangling", -ENOENT, "" },
		{ "/sys/dangling/below", -ENOENT, "" },
		{ "/sys/self", -ELOOP, "" },
		{ "/sys/ping/below", -ELOOP, "" },
		{ "/proc/iomem", -EACCES, "" },
		{ "/proc/driver", -EPERM, "" },
		{ "/proc/driver/nvidia/gpus", -EPERM, "" },
	};
	struct root *root = open_text(machine);

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(root->ops->read, root, rows[i].path, rows[i].result, rows[i].text);
	root_close(root);
}

static void test_root_capture__lists(void **state)
{
	static const struct {
		const char *path;
		int result;
		const char *text;
	} rows[] = {
		{ "/", 0, "proc sys" },
		{ "/sys", 0,
		  "absolute bus bus-1 chain dangling devices empty out ping pong self" },
		{ "/sys/bus", 0, "devices drivers" },
		{ "/sys/devices/d0", 0, "driver size" },
		{ "/sys/bus/devices/d0", 0, "driver size" },
		{ "/sys/absolute", 0, "driver size" },
		{ "/sys/bus/drivers/kmem", 0, "" },
		{ "/sys/chain", 0, "" },
		{ "/sys/empty", -ENOTDIR, "" },
		{ "/sys/devices/d0/size", -ENOTDIR, "" },
		{ "/none", -ENOENT, "" },
		{ "/sys/self", -ELOOP, "" },
		{ "/proc/driver", -EPERM, "" },
	};
	struct root *root = open_text(machine);

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(root->ops->list, root, rows[i].path, rows[i].result, rows[i].text);
	root_close(root);
}

static void test_root_capture__reads_links(void **state)
{
	static const struct {
		const char *path;
		int result;
		const char *text;
	} rows[] = {
		{ "/sys/bus/devices/d0", 0, "../../devices/d0" },
		{ "/sys/devices/d0/driver", 0, "../../bus/drivers/kmem" },
		{ "/sys/bus/devices/d0/driver", 0, "../../bus/drivers/kmem" },
		{ "/sys/self", 0, "self" },
		{ "/sys/out", 0, "../../../../etc/passwd" },
		{ "/sys/devices/d0", -EINVAL, "" },
		{ "/sys/devices/d0/size", -EINVAL, "" },
		{ "/sys/bus/devices/d0/size", -EINVAL, "" },
		{ "/proc/iomem", -EINVAL, "" },
		{ "/sys/none", -ENOENT, "" },
		{ "/sys/self/none", -ELOOP, "" },
	};
	struct root *root = open_text(machine);

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(root->ops->readlink, root, rows[i].path, rows[i].result,
		       rows[i].text);
	root_close(root);
}

static void test_root_capture__resolves(void **state)
{
	static const struct {
		const char *path;
		int result;
		const char *text;
	} rows[] = {
		{ "/", 0, "/" },
		{ "/sys", 0, "/sys" },
		{ "/sys/bus/devices/d0", 0, "/sys/devices/d0" },
		{ "/sys/bus/devices/d0/driver", 0, "/sys/bus/drivers/kmem" },
		{ "/sys/chain", 0, "/sys/bus/drivers/kmem" },
		{ "/sys/absolute/size", 0, "/sys/devices/d0/size" },
		{ "/proc/iomem", 0, "/proc/iomem" },
		{ "/sys/out", -ENOENT, "" },
		{ "/sys/none", -ENOENT, "" },
		{ "/sys/ping", -ELOOP, "" },
	};
	struct root *root = open_text(machine);

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		expect(root->ops->realpath, root, rows[i].path, rows[i].result,
		       rows[i].text);
	root_close(root);
}

/* A chain of links, as long as the kernel follows and one longer. */
static void test_root_capture__follows_forty_links(void **state)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct root *root;

	(void)state;
	assert_int_equal(strbuf_puts(&text, "tierkit-capture 1\nfile /l0\n\tend\n"), 0);
	for (int i = 1; i <= PATH_WALK_MAX_LINKS + 1; i++)
		assert_int_equal(strbuf_printf(&text, "link /l%d\n\tl%d\n", i, i - 1), 0);
	root = open_text(text.text);

	expect(root->ops->read, root, "/l40", 0, "end\n");
	expect(root->ops->read, root, "/l41", -ELOOP, "");
	root_close(root);
}

static void test_root_capture__is_not_this_machine(void **state)
{
	struct root *root = open_text(machine);

	(void)state;

	assert_false(root->is_live);
	assert_int_equal(root->ops->write(root, "/a", "x"), -EOPNOTSUPP);
	root_close(root);
}

/* Each entry of a large capture is found, and its neighbours that are not there are
 * not. */
static void test_root_capture__finds_among_many(void **state)
{
	SCOPED_STRBUF struct strbuf text = { 0 };
	struct root *root;

	(void)state;
	assert_int_equal(strbuf_puts(&text, "tierkit-capture 1\n"), 0);
	for (int i = 0; i < 3000; i += 2)
		assert_int_equal(strbuf_printf(&text, "file /n/%d/v\n\t%d\n", i, i), 0);
	root = open_text(text.text);

	for (int i = 0; i < 3000; i++) {
		char path[32], value[16];

		snprintf(path, sizeof(path), "/n/%d/v", i);
		snprintf(value, sizeof(value), "%d\n", i);
		expect(root->ops->read, root, path, i % 2 ? -ENOENT : 0,
		       i % 2 ? "" : value);
	}
	root_close(root);
}

static int all_operations(void *arg)
{
	static const char *const paths[] = { "/sys/bus/devices/d0/size", "/sys",
					     "/sys/chain", "/sys/self" };
	struct root *root = NULL;
	int ret = root_capture_parse(machine, sizeof(machine) - 1, &root, NULL);

	(void)arg;
	if (ret)
		return ret;
	for (size_t i = 0; i < ARRAY_SIZE(paths) && ret != -ENOMEM; i++) {
		operation *const operations[] = { root->ops->read, root->ops->list,
						  root->ops->readlink,
						  root->ops->realpath };

		for (size_t k = 0; k < ARRAY_SIZE(operations) && ret != -ENOMEM; k++) {
			SCOPED_STRBUF struct strbuf out = { 0 };

			ret = operations[k](root, paths[i], &out);
			if (ret && out.len)
				ret = 1;
		}
	}
	root_close(root);
	return ret == -ENOMEM || ret > 0 ? ret : 0;
}

static void test_root_capture__survives_faults(void **state)
{
	(void)state;

	assert_true(fault_each(all_operations, NULL) > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_capture__reads),
		cmocka_unit_test(test_root_capture__lists),
		cmocka_unit_test(test_root_capture__reads_links),
		cmocka_unit_test(test_root_capture__resolves),
		cmocka_unit_test(test_root_capture__follows_forty_links),
		cmocka_unit_test(test_root_capture__is_not_this_machine),
		cmocka_unit_test(test_root_capture__finds_among_many),
		cmocka_unit_test(test_root_capture__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
