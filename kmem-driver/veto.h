/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A say in which blocks come online: none with remembered poison, which Linux 6.1 would hand
 * out again, none while its adder wants it offline whatever the kernel's policy is, and none
 * that is about to be removed.
 */
#ifndef KMEM_VETO_H
#define KMEM_VETO_H

#include <linux/list.h>
#include <linux/range.h>

int veto_start(void);
void veto_stop(void);

/* The caller's, from veto_begin() to veto_end(). */
struct quiet_range {
	struct list_head list;
	struct range range;
};

/* Until veto_end(), nobody onlines blocks of the range. */
void veto_begin(struct quiet_range *quiet, const struct range *range);
void veto_end(struct quiet_range *quiet);

/*
 * After veto_begin(): wait for whoever was let through before. From then on, what is offline in
 * the range stays so until veto_end().
 */
void veto_settle(void);

#endif
