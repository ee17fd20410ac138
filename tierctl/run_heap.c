// SPDX-License-Identifier: GPL-2.0-or-later
// `tierctl run --heap`: what is asked of the command's heap, resolved to nodes here and
// handed down as one line that libtiermalloc.so obeys.
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

#include "cmd.h"
#include "diag.h"
#include "heap_spec.h"
#include "run.h"

#define PRELOAD "LD_PRELOAD"
#define LIBRARY "libtiermalloc.so"

/* A tier of which no node can be used now would only make the heap a plain one. */
static int check_usable(const struct tier_topology *t, const char *selector,
			const struct tier_nodeset *nodes, struct tier_diag *diag)
{
	struct tier_node_info info = { 0 };

	for (int node = tier_nodeset_next(nodes, -1); node >= 0;
	     node = tier_nodeset_next(nodes, node)) {
		int ret = tier_node_get(t, (unsigned int)node, &info, sizeof(info));

		if (ret)
			return ret;
		if (info.usability == TIER_USABLE_UNKNOWN ||
		    info.usability == TIER_USABLE_YES ||
		    info.usability == TIER_USABLE_GPU)
			return 0;
	}
	return diag_set(diag, -ENXIO,
			"'%s' selects nothing that can be used now: node %u is %s",
			selector, info.node, tier_usability_name(info.usability));
}

/* heap_resolver's, with all that libtier knows of this machine. */
static int select_nodes(void *arg, const char *selector, struct tier_nodeset *nodes,
			struct tier_diag *diag)
{
	const struct run *run = arg;
	int ret = tier_select(run->ctl->topology, selector, nodes, diag);

	return ret ? ret : check_usable(run->ctl->topology, selector, nodes, diag);
}

static int resolve(struct run *run, struct heap_spec *spec, struct tier_diag *diag)
{
	const struct heap_resolver resolver = { select_nodes, run };
	int ret = heap_spec_resolve(spec, &resolver, diag);

	return ret ? ret : heap_spec_check_apart(spec, diag);
}

/* The line, unless its nodes are so scattered that it could not be read again. */
static int write_line(struct run *run, const struct heap_spec *spec,
		      struct tier_diag *diag)
{
	size_t len = (size_t)heap_spec_format(spec, NULL, 0);
	struct heap_spec again;

	if (strbuf_reserve(&run->heap, len + 1))
		return -ENOMEM;
	heap_spec_format(spec, run->heap.text, len + 1);
	run->heap.len = len;
	return heap_spec_parse(strbuf_text(&run->heap), &again, diag);
}

int run_resolve_heap(struct run *run, const char *text)
{
	const struct fault fault = { 0, "run", "--heap" };
	struct tier_diag diag = { 0 };
	struct heap_spec spec;
	int status, ret = heap_spec_parse(text, &spec, &diag);

	if (!ret)
		ret = resolve(run, &spec, &diag);
	if (ret == -ENXIO || ret == -ENODATA) {
		/* As with policies: hwloc may know what the kernel's files do not. */
		status = ctl_ask_hwloc(run->ctl);
		if (status)
			return status;
		ret = resolve(run, &spec, &diag);
	}
	if (!ret)
		ret = write_line(run, &spec, &diag);
	return ret ? ctl_fail(run->ctl, &fault, ret, &diag) : STATUS_DONE;
}

/* ---- handing it down ----------------------------------------------------------------- */

/* The folder above that of this very program: what the kernel was given to execute. */
static bool find_top(char top[PATH_MAX])
{
	/* NOLINTNEXTLINE(performance-no-int-to-ptr) */
	const char *self = (const char *)getauxval(AT_EXECFN);

	if (!self || !realpath(self, top))
		return false;
	for (int levels = 0; levels < 2; levels++) {
		char *folder = strrchr(top, '/');

		if (!folder)
			return false;
		*folder = '\0';
	}
	return true;
}

/* Where the installation or the build put it. */
static bool find_library(char path[PATH_MAX])
{
	static const char *const folders[] = { TIER_LIBDIR, "lib" };
	char top[PATH_MAX];

	if (!find_top(top))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (snprintf(path, PATH_MAX, "%s/%s/%s", top, folders[i], LIBRARY) <
			    PATH_MAX &&
		    !access(path, R_OK))
			return true;
	return false;
}

int run_hand_down_heap(const struct run *run)
{
	const struct fault missing = { STATUS_RUN_FAILED, "run", LIBRARY };
	const struct fault failed = { STATUS_RUN_FAILED, "run", "--heap" };
	SCOPED_STRBUF struct strbuf preload = { 0 };
	const char *before = getenv(PRELOAD);
	char path[PATH_MAX];
	int ret;

	if (!run->heap.len)
		return STATUS_DONE;
	if (!find_library(path))
		return err_say(
			run->ctl, &missing,
			"not installed beside tierctl: it is built where jemalloc's "
			"static archive is (Debian package libjemalloc-dev)");
	/* A space or a colon would end the name. */
	if (strpbrk(path, " :"))
		return err_say(
			run->ctl, &missing,
			"the loader cannot preload a path with blanks or colons: %s",
			path);
	ret = strbuf_printf(&preload, "%s%s%s", path, before && *before ? ":" : "",
			    before ? before : "");
	if (!ret && (setenv(PRELOAD, strbuf_text(&preload), 1) ||
		     setenv("TIER_HEAP", strbuf_text(&run->heap), 1)))
		ret = -errno;
	return ret ? ctl_fail(run->ctl, &failed, ret, NULL) : STATUS_DONE;
}
