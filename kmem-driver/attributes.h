/* SPDX-License-Identifier: GPL-2.0-only */
/* The files below a bound device, and below the driver. */
#ifndef KMEM_ATTRIBUTES_H
#define KMEM_ATTRIBUTES_H

struct attribute_group;

/* state, and the folder kmem; NULL ends the list. Each device's drvdata is its bound_device. */
extern const struct attribute_group *attributes_of_device[];

extern const struct attribute_group *attributes_of_driver[];

#endif
