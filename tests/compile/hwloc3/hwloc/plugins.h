/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What libtier uses of hwloc 3.0's header for plugins; see ../hwloc.h. */
#ifndef HWLOC_PLUGINS_H
#define HWLOC_PLUGINS_H

int hwloc_hide_errors(void);

#endif
