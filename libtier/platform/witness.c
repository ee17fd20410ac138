// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens the modules that ask hwloc and libdaxctl. They are not linked, because
// loading them takes longer than all of `tierctl run`. Knows neither.
#include <dlfcn.h>

#include "platform.h"

/*
 * Looked for where libtier itself lies (its RUNPATH is $ORIGIN), then where the
 * system has its libraries. The loader counts and locks: a second opening is the
 * first one's module, and none is ever closed, as hwloc's plugins would not
 * survive it.
 */
const struct witness_ops *witness_open(const char *module)
{
	void *handle = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	const struct witness_ops *witness = NULL;

	if (handle)
		witness = dlsym(handle, WITNESS_SYMBOL);
	return witness && witness->layout == WITNESS_LAYOUT ? witness : NULL;
}
