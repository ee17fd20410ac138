// SPDX-License-Identifier: GPL-2.0-or-later
// Dax devices change hands as a whole or not at all, whatever refuses on the way.
#include "dax.h"

#include "dax_wish.h"
#include "fake_dax.h"
#include "fault.h"
#include "machine.h"
#include "plan.h"
#include "unit.h"

/* The plan comes from what the fake is like now; the topology only tells a kind. */
static struct tier_plan *resolve(struct root *root, enum tier_dax_action action,
				 uint32_t flags)
{
	static const char *const devices[] = { "dax0.0" };
	const struct tier_dax_wish wish = {
		.action = action, .flags = flags, .n_devices = 1, .devices = devices
	};
	struct tier_dax_info info = { .name = "dax0.0", .target_node = 1 };
	struct tier_topology t = { .dax = &info, .n_dax = 1 };
	struct tier_diag diag = { 0 };
	struct tier_plan *plan = NULL;
	struct hotplug now;

	assert_int_equal(hotplug_read(root, &now), 0);
	if (dax_resolve(&t, &now, &wish, &plan, &diag))
		fail_msg("no plan: %s", diag.message);
	hotplug_free(&now);
	return plan;
}

static int change(struct root *root, enum tier_dax_action action, uint32_t flags,
		  struct tier_report *report)
{
	struct tier_plan *plan = resolve(root, action, flags);
	int ret;

	*report = (struct tier_report){ 0 };
	ret = dax_has_steps(plan) ? dax_apply(root, &fake_dax_sys, plan, report) : 0;
	tier_plan_free(plan);
	return ret;
}

/* A machine on which the device is RAM already. */
static struct root *ram_root(void)
{
	struct root *root = fake_dax_root();
	struct tier_report report;

	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, 0, &report), 0);
	return root;
}

static void test_dax__becomes_ram_and_a_device_again(void **state)
{
	struct root *root = fake_dax_root();
	struct tier_report report;

	(void)state;

	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, 0, &report), 0);
	assert_string_equal(fake_dax_state(), "kmem kmem online '' MMNNMM");
	assert_int_equal(change(root, TIER_DAX_OFFLINE, 0, &report), 0);
	assert_string_equal(fake_dax_state(), "kmem kmem online '' 00NN00");
	assert_int_equal(change(root, TIER_DAX_ONLINE, TIER_DAX_ZONE_NORMAL, &report), 0);
	assert_string_equal(fake_dax_state(), "kmem kmem online '' NNNNNN");
	assert_int_equal(change(root, TIER_DAX_USE_AS_DEVICE, 0, &report), 0);
	assert_string_equal(fake_dax_state(), "device_dax kmem online '' ..NN..");
}

static void test_dax__stays_offline_if_asked(void **state)
{
	struct root *root = fake_dax_root();
	struct tier_report report;

	(void)state;

	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, TIER_DAX_NO_ONLINE, &report),
			 0);
	assert_string_equal(fake_dax_state(), "kmem kmem online '' 00NN00");
}

static void test_dax__changes_nothing_twice(void **state)
{
	struct root *root = ram_root();
	struct tier_report report;
	int before = fake_dax.writes;

	(void)state;

	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, 0, &report), 0);
	assert_int_equal(fake_dax.writes, before);
}

/* Every write that is refused, at its first and at its later turns. */
static void test_dax__undoes_what_was_done(void **state)
{
	static const struct {
		const char *what;
		int after;
		int error;
		const char *says;
	} rows[] = {
		{ "auto_online", 0, -EACCES, "only root" },
		{ "auto_online", 0, -EROFS, "read-only" },
		{ "device_dax/unbind", 0, -EPERM, "needs root" },
		{ "kmem/new_id", 0, -EPERM, "needs root" },
		{ "memory32/state", 0, -EPERM, "CAP_SYS_ADMIN" },
		{ "memory33/state", 0, -EBUSY,
		  "memory33 does not become online_movable" },
		{ "memory37/state", 0, -EHWPOISON, "memory37" },
		{ "memory37/state", 0, -EROFS, "read-only" },
	};
	int failures = 0;

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct root *root = fake_dax_root();
		struct tier_report report;
		int ret;

		fake_dax.refuses = rows[i].what;
		fake_dax.refuses_after = rows[i].after;
		fake_dax.refusal = rows[i].error;
		ret = change(root, TIER_DAX_USE_AS_RAM, 0, &report);
		if (ret != rows[i].error || report.stuck ||
		    !strstr(report.message, rows[i].says))
			ROW_FAILS(failures, "%s: %d, '%s'\n", rows[i].what, ret,
				  report.message);
		if (strcmp(fake_dax_state(), "device_dax - online '' ..NN.."))
			ROW_FAILS(failures, "%s: left '%s'\n", rows[i].what,
				  fake_dax_state());
	}
	assert_rows(failures);
}

static void test_dax__is_ram_again_where_a_block_stays(void **state)
{
	static const int errors[] = { -EBUSY, -ETIMEDOUT, -EINTR };
	struct tier_report report;

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct root *root = ram_root();

		fake_dax.refuses = "memory32/state";
		fake_dax.refusal = errors[i];
		assert_int_equal(change(root, TIER_DAX_USE_AS_DEVICE, 0, &report),
				 errors[i]);
		assert_string_equal(fake_dax_state(), "kmem kmem online '' MMNNMM");
		assert_int_equal(report.stuck, 0);
		assert_says(report.message,
			    errors[i] == -EINTR ? "interrupted" : "memory32");
	}
}

/* Its time is up, or a signal is there, when the kernel was through with it. */
static void test_dax__sees_a_block_that_went_at_the_last_moment(void **state)
{
	static const int errors[] = { -ETIMEDOUT, -EINTR };
	struct tier_report report;

	(void)state;

	for (size_t i = 0; i < ARRAY_SIZE(errors); i++) {
		struct root *root = ram_root();

		fake_dax.refuses = "memory37/state";
		fake_dax.refusal = errors[i];
		fake_dax.is_late = true;
		assert_int_equal(change(root, TIER_DAX_OFFLINE, 0, &report), 0);
		assert_string_equal(fake_dax_state(), "kmem kmem online '' 00NN00");
		/* So too when it comes back. */
		assert_int_equal(change(root, TIER_DAX_ONLINE, 0, &report), 0);
		assert_string_equal(fake_dax_state(), "kmem kmem online '' MMNNMM");
	}
}

static void test_dax__is_ram_again_where_nobody_takes_it(void **state)
{
	struct root *root = ram_root();
	struct tier_report report;

	(void)state;

	fake_dax.refuses = "device_dax/new_id";
	fake_dax.refusal = -EIO;
	assert_int_equal(change(root, TIER_DAX_USE_AS_DEVICE, 0, &report), -EIO);
	assert_int_equal(report.stuck, 0);
	assert_string_equal(fake_dax_state(), "kmem kmem online '' MMNNMM");
}

static void test_dax__says_what_cannot_be_undone(void **state)
{
	struct root *root = ram_root();
	struct tier_report report;

	(void)state;

	/* Down go 37, 36, 33; then nothing is to be had of any state file. */
	fake_dax.refuses = "/state";
	fake_dax.refuses_after = 3;
	fake_dax.refusal = -EIO;
	assert_int_equal(change(root, TIER_DAX_OFFLINE, 0, &report), -EIO);
	assert_int_equal(report.stuck, 3);
	assert_says(report.message, "memory37");
}

static void test_dax__survives_a_device_that_vanishes(void **state)
{
	struct root *root = fake_dax_root();
	struct tier_report report;

	(void)state;

	fake_dax.refuses = "kmem/new_id";
	fake_dax.refusal = -ENODEV;
	fake_dax.vanishes = true;
	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, 0, &report), -ENODEV);
	assert_says(report.message, "gone");
	assert_string_equal(fake_dax.policy, "online");
	assert_false(fake_dax.has_kmem);
}

static void test_dax__stops_at_each_signal(void **state)
{
	struct tier_report report;
	int at = 0, ret;

	(void)state;

	do {
		struct root *root = fake_dax_root();

		fake_dax_signal_at = at++;
		ret = change(root, TIER_DAX_USE_AS_RAM, 0, &report);
		if (!ret)
			break;
		assert_int_equal(ret, -EINTR);
		assert_int_equal(report.stuck, 0);
		assert_string_equal(fake_dax_state(), "device_dax - online '' ..NN..");
	} while (at < 100);
	/* Once before each of four steps, and at each of four blocks. */
	assert_int_equal(at - 1, 8);
}

static void test_dax__sees_a_faster_udev(void **state)
{
	struct root *root = fake_dax_root();
	struct tier_report report;

	(void)state;

	fake_dax.others = "online_kernel";
	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, 0, &report), -EBUSY);
	assert_says(report.message, "online_kernel and not online_movable");
	assert_string_equal(fake_dax_state(), "device_dax - online '' ..NN..");
}

static void test_dax__keeps_data_unless_told(void **state)
{
	struct root *root = fake_dax_root();
	struct tier_report report;

	(void)state;

	fake_dax.is_ours = true;
	fake_dax.holds_data = true;
	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, 0, &report), -EEXIST);
	assert_says(report.message, "--yes");
	assert_string_equal(fake_dax_state(), "device_dax - online '' ..NN..");
	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, TIER_DAX_DESTROY, &report), 0);
	assert_string_equal(fake_dax_state(), "kmem kmem online '' MMNNMM");
}

static void test_dax__wants_modprobe(void **state)
{
	struct root *root = fake_dax_root();
	struct tier_report report;

	(void)state;

	fake_dax.has_modprobe = false;
	assert_int_equal(change(root, TIER_DAX_USE_AS_RAM, 0, &report), -EOPNOTSUPP);
	assert_says(report.message, "modprobe");
}

/* ---- everything that can fail ---------------------------------------------------------- */

static int to_ram_and_back(void *arg)
{
	struct root *root = fault_root(fake_dax_root());
	static const enum tier_dax_action actions[] = { TIER_DAX_USE_AS_RAM,
							TIER_DAX_USE_AS_DEVICE };
	static const char *const devices[] = { "dax0.0" };
	struct tier_dax_info info = { .name = "dax0.0", .target_node = 1 };
	struct tier_topology t = { .dax = &info, .n_dax = 1 };
	const struct sys_ops *sys = fault_sys(&fake_dax_sys);
	int ret = root ? 0 : -ENOMEM;

	(void)arg;
	for (size_t i = 0; !ret && i < ARRAY_SIZE(actions); i++) {
		struct tier_dax_wish wish = { .action = actions[i],
					      .n_devices = 1,
					      .devices = devices };
		struct tier_plan *plan = NULL;
		struct tier_report report = { 0 };
		struct hotplug now;

		ret = hotplug_read(root, &now);
		if (ret)
			break;
		ret = dax_resolve(&t, &now, &wish, &plan, NULL);
		hotplug_free(&now);
		if (!ret && dax_has_steps(plan))
			ret = dax_apply(root, sys, plan, &report);
		tier_plan_free(plan);
	}
	root_close(root);
	return ret;
}

static void test_dax__survives_faults(void **state)
{
	(void)state;

	assert_in_range(fault_each(to_ram_and_back, NULL), 50, 5000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dax__becomes_ram_and_a_device_again),
		cmocka_unit_test(test_dax__stays_offline_if_asked),
		cmocka_unit_test(test_dax__changes_nothing_twice),
		cmocka_unit_test(test_dax__undoes_what_was_done),
		cmocka_unit_test(test_dax__is_ram_again_where_a_block_stays),
		cmocka_unit_test(test_dax__sees_a_block_that_went_at_the_last_moment),
		cmocka_unit_test(test_dax__is_ram_again_where_nobody_takes_it),
		cmocka_unit_test(test_dax__says_what_cannot_be_undone),
		cmocka_unit_test(test_dax__survives_a_device_that_vanishes),
		cmocka_unit_test(test_dax__stops_at_each_signal),
		cmocka_unit_test(test_dax__sees_a_faster_udev),
		cmocka_unit_test(test_dax__keeps_data_unless_told),
		cmocka_unit_test(test_dax__wants_modprobe),
		cmocka_unit_test(test_dax__survives_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
