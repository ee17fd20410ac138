/* SPDX-License-Identifier: GPL-2.0-only */
/* Hearing of memory errors, and writing them into the ledger. */
#ifndef KMEM_LISTEN_H
#define KMEM_LISTEN_H

#include <linux/workqueue.h>

/*
 * Listen from now on; the work is queued whenever the ledger has grown. -ENOENT if this kernel
 * does not announce memory failures: then nothing is listened to.
 */
int listen_start(struct work_struct *on_growth);

/* After this, nothing queues the work any more. */
void listen_stop(void);

#endif
