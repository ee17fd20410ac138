// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two sources tell of memory errors. The tracepoint memory_failure_event fires for each page
 * that the kernel has dealt with, real or injected. The machine-check decode chain also has
 * errors that no page was poisoned for: of blocks that are offline, or found by a scrubber.
 */
#include <linux/memory_hotplug.h>
#include <linux/mm.h>
#include <linux/tracepoint.h>
#ifdef CONFIG_X86_MCE
#include <asm/mce.h>
#endif

#include "ledger.h"
#include "listen.h"

static struct work_struct *growth_work;

static void note(const struct range *range, bool is_flagged)
{
	if (ledger_note(range, is_flagged))
		schedule_work(growth_work);
}

/* ---- pages that the kernel dealt with ---- */

static struct tracepoint *failure_event;

/*
 * Runs with preemption off. What the kernel did about the page does not matter: memory whose
 * failure was ignored is bad memory still.
 */
static void on_memory_failure(void *data, unsigned long pfn, int type, int result)
{
	const struct range page = { PFN_PHYS(pfn), PFN_PHYS(pfn) + PAGE_SIZE - 1 };
	struct page *online = pfn_to_online_page(pfn);

	note(&page, online && PageHWPoison(online));
}

static void find_failure_event(struct tracepoint *tracepoint, void *data)
{
	if (!strcmp(tracepoint->name, "memory_failure_event"))
		failure_event = tracepoint;
}

static int listen_to_failures(void)
{
	/* The tracepoint itself is not exported; the list of all of them is. */
	for_each_kernel_tracepoint(find_failure_event, NULL);
	if (!failure_event)
		return -ENOENT;
	return tracepoint_probe_register(failure_event, on_memory_failure, NULL);
}

static void ignore_failures(void)
{
	tracepoint_probe_unregister(failure_event, on_memory_failure, NULL);
	tracepoint_synchronize_unregister();
}

/* ---- machine checks ---- */

#ifdef CONFIG_X86_MCE

/* An error is said to spoil 2^n bytes; more than this is taken for a mistake. */
#define MOST_SPOILED_BITS 30

static int on_machine_check(struct notifier_block *block, unsigned long value, void *data)
{
	struct mce *mce = data;
	unsigned int bits;
	struct range range;

	if (!mce || !mce_is_memory_error(mce) || mce_is_correctable(mce) ||
	    !mce_usable_address(mce))
		return NOTIFY_DONE;

	bits = min_t(unsigned int, MCI_MISC_ADDR_LSB(mce->misc), MOST_SPOILED_BITS);
	range.start = mce->addr & ~(BIT_ULL(bits) - 1);
	range.end = range.start + BIT_ULL(bits) - 1;
	note(&range, false);
	return NOTIFY_DONE;
}

/* Behind all others: nfit, which is before us, has put it into the region's list by then. */
static struct notifier_block machine_checks = {
	.notifier_call = on_machine_check,
	.priority = MCE_PRIO_LOWEST,
};

static void listen_to_machine_checks(void)
{
	mce_register_decode_chain(&machine_checks);
}

static void ignore_machine_checks(void)
{
	mce_unregister_decode_chain(&machine_checks);
}

#else

static void listen_to_machine_checks(void)
{
}

static void ignore_machine_checks(void)
{
}

#endif

int listen_start(struct work_struct *on_growth)
{
	int rc;

	growth_work = on_growth;
	rc = listen_to_failures();
	if (!rc)
		listen_to_machine_checks();
	return rc;
}

void listen_stop(void)
{
	ignore_machine_checks();
	ignore_failures();
}
