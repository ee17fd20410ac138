/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The nets that there are. */
#ifndef ARCH_NET_H
#define ARCH_NET_H

#include "arch.h"

extern const struct arch_net net_x86_64;

#endif
