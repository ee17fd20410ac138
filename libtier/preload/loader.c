// SPDX-License-Identifier: LGPL-2.1-or-later
// Asks for libraries by their names, so that they are found under plugins, too, whose libraries
// are not everybody's.
#include "loader.h"

#include <dlfcn.h>
#include <stddef.h>

void *loader_runtime(const char *name)
{
	static const char *const runtimes[] = { "libstdc++.so.6", "libc++.so.1" };
	void *found = NULL;

	for (size_t i = 0; !found && i < sizeof(runtimes) / sizeof(*runtimes); i++) {
		void *runtime = dlopen(runtimes[i], RTLD_LAZY | RTLD_NOLOAD);

		if (!runtime)
			continue;
		found = dlsym(runtime, name);
		dlclose(runtime);
	}
	return found;
}
