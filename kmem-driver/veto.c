// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory notifier. It runs in whoever onlines a block, which may be our own hot-add with
 * the device's lock held, so it takes no lock but spinlocks.
 */
#include <linux/dev_printk.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/spinlock.h>

#include "kernel_ranges.h"
#include "ledger.h"
#include "veto.h"

static DEFINE_SPINLOCK(quiet_lock);
static LIST_HEAD(quiet_ranges);

static bool is_quiet(const struct range *block)
{
	struct quiet_range *quiet;
	bool found = false;

	spin_lock(&quiet_lock);
	list_for_each_entry(quiet, &quiet_ranges, list)
		found |= range_intersect(&quiet->range, block, &(struct range){});
	spin_unlock(&quiet_lock);
	return found;
}

static int on_memory_change(struct notifier_block *block, unsigned long action,
			    void *data)
{
	const struct memory_notify *memory = data;
	/* Down to the block, whose first pages may be its memmap and are not announced. */
	const struct range range = {
		.start = ALIGN_DOWN(PFN_PHYS(memory->start_pfn),
				    memory_block_size_bytes()),
		.end = PFN_PHYS(memory->start_pfn + memory->nr_pages) - 1,
	};

	/* Once offline, a page cannot say any more that a test has taken its flag away. */
	if (action == MEM_GOING_OFFLINE)
		ledger_look(&range);
	if (action != MEM_GOING_ONLINE)
		return NOTIFY_DONE;
	if (ledger_has(&range)) {
		pr_notice("kmem: " RANGE_FORMAT
			  " stays offline: it holds poisoned pages\n",
			  range.start, range.end);
		return notifier_from_errno(-EHWPOISON);
	}
	return is_quiet(&range) ? notifier_from_errno(-EBUSY) : NOTIFY_DONE;
}

static struct notifier_block memory_changes = { .notifier_call = on_memory_change };

int veto_start(void)
{
	return register_memory_notifier(&memory_changes);
}

void veto_stop(void)
{
	unregister_memory_notifier(&memory_changes);
}

void veto_begin(struct quiet_range *quiet, const struct range *range)
{
	quiet->range = *range;
	spin_lock(&quiet_lock);
	list_add(&quiet->list, &quiet_ranges);
	spin_unlock(&quiet_lock);
}

void veto_end(struct quiet_range *quiet)
{
	spin_lock(&quiet_lock);
	list_del(&quiet->list);
	spin_unlock(&quiet_lock);
}
