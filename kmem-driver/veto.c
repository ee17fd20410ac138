// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory notifier. It runs in whoever onlines a block, which may be our own hot-add with
 * the device's lock held, so it takes no lock but spinlocks.
 */
#include <linux/dev_printk.h>
#include <linux/memory.h>
#include <linux/mm.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "kernel_ranges.h"
#include "ledger.h"
#include "veto.h"

static DEFINE_SPINLOCK(quiet_lock);
static LIST_HEAD(quiet_ranges);
/* One at a time, as the kernel has a lock around it. */
static bool one_comes_online;
static DECLARE_WAIT_QUEUE_HEAD(has_come);

/* Unless it is to be quiet, it is known to come online, from the same moment on. */
static bool let_through(const struct range *block)
{
	struct quiet_range *quiet;
	bool found = false;

	spin_lock(&quiet_lock);
	list_for_each_entry(quiet, &quiet_ranges, list)
		found |= range_intersect(&quiet->range, block, &(struct range){});
	WRITE_ONCE(one_comes_online, !found);
	spin_unlock(&quiet_lock);
	return !found;
}

static int on_coming(const struct range *block)
{
	if (ledger_has(block)) {
		pr_notice("kmem: " RANGE_FORMAT
			  " stays offline: it holds poisoned pages\n",
			  block->start, block->end);
		return notifier_from_errno(-EHWPOISON);
	}
	return let_through(block) ? NOTIFY_DONE : notifier_from_errno(-EBUSY);
}

static void on_come(void)
{
	WRITE_ONCE(one_comes_online, false);
	wake_up_all(&has_come);
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

	switch (action) {
	case MEM_GOING_OFFLINE:
		/* Once offline, a page cannot say any more that a test took its flag away. */
		ledger_look(&range);
		return NOTIFY_DONE;
	case MEM_GOING_ONLINE:
		return on_coming(&range);
	case MEM_ONLINE:
	case MEM_CANCEL_ONLINE:
		on_come();
		return NOTIFY_DONE;
	default:
		return NOTIFY_DONE;
	}
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

void veto_settle(void)
{
	wait_event(has_come, !READ_ONCE(one_comes_online));
}
