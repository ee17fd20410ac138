// SPDX-License-Identifier: LGPL-2.1-or-later
// What can be said before anything moves.
#include "migrate_check.h"

#include <errno.h>

#include "diag.h"
#include "nodeset.h"

#define KNOWN_FLAGS                                               \
	((uint64_t)(TIER_MIGRATION_LOOK | TIER_MIGRATION_SHARED | \
		    TIER_MIGRATION_ONLY_ANON | TIER_MIGRATION_ONLY_FILE))
#define BOTH_ONLY ((uint64_t)(TIER_MIGRATION_ONLY_ANON | TIER_MIGRATION_ONLY_FILE))

/* More pages would need more memory than a call is worth (64 GiB of 4 KiB pages). */
#define MOST_BATCH_PAGES (1UL << 24)

int migrate_check(const struct tier_migration_config *config, bool is_live,
		  struct tier_diag *diag)
{
	struct tier_nodeset from = nodeset_minus(&config->from, &config->to);

	if (config->flags & ~KNOWN_FLAGS || (config->flags & BOTH_ONLY) == BOTH_ONLY)
		return diag_set(diag, -EINVAL,
				"unknown flags, or flags that exclude each other");
	if (!is_live && !(config->flags & TIER_MIGRATION_LOOK))
		return diag_set(diag, -EOPNOTSUPP, "%s", tier_strerror(-EOPNOTSUPP));
	if (!config->cgroup == (config->pid <= 0))
		return diag_set(diag, -EINVAL, "neither a process nor a cgroup, or both");
	if (config->percent > 100)
		return diag_set(diag, -EINVAL, "more than 100 per cent");
	if (config->batch_pages > MOST_BATCH_PAGES)
		return diag_set(diag, -EINVAL, "a batch of more than %lu pages",
				MOST_BATCH_PAGES);
	if (nodeset_is_empty(&config->to))
		return diag_set(diag, -ENXIO, "no node to move to");
	if (nodeset_is_empty(&from))
		return diag_set(diag, -ENXIO,
				"no node to move from that is not a target too");
	return 0;
}

int migrate_no_process(struct tier_diag *diag, int error, bool is_shared)
{
	switch (error) {
	case 0:
		return 0;
	case -ESRCH:
		return diag_set(diag, error, "no such process");
	case -EINVAL:
		return diag_set(diag, -EOPNOTSUPP,
				"is a thread of the kernel, which has no memory to move");
	case -EPERM:
	case -EACCES:
		return diag_set(diag, error,
				is_shared ? "moving shared pages needs CAP_SYS_NICE, "
					    "and another user's CAP_SYS_PTRACE" :
					    "not permitted to move its pages: be its "
					    "user, or have CAP_SYS_PTRACE; a seccomp "
					    "filter may forbid move_pages too");
	case -ENOSYS:
		return diag_set(diag, error,
				"move_pages is missing: a kernel without NUMA migration, "
				"or a seccomp filter that hides it");
	default:
		return diag_set(diag, error, "%s", tier_strerror(error));
	}
}

int migrate_no_group(struct tier_diag *diag, int error)
{
	switch (error) {
	case 0:
		return 0;
	case -ENOENT:
	case -ENOTDIR:
		return diag_set(diag, -ENOENT, "no such control group");
	case -EOPNOTSUPP:
		return diag_set(diag, error,
				"is a threaded group: name the one above it, whose its "
				"processes are");
	default:
		return diag_set(diag, error, "%s", tier_strerror(error));
	}
}
