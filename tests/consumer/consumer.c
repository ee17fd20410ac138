// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The smallest program that uses libtier, built against what was installed. It knows
 * nothing of the source tree: its argument is the capture to look at.
 */
#include <stdio.h>
#include <tier.h>

int main(int argc, char **argv)
{
	struct tier_ctx_config config = { .root = argc > 1 ? argv[1] : NULL };
	struct tier_topology *topology = NULL;
	struct tier_ctx *ctx = NULL;
	struct tier_diag diag = { .message = "" };
	int err;

	err = tier_ctx_new(&ctx, &config, sizeof(config), &diag);
	if (!err)
		err = tier_topology_load(ctx, 0, &topology, &diag);
	if (err)
		fprintf(stderr, "consumer: %s: %s\n", tier_strerror(err), diag.message);
	else
		printf("libtier %s: %d tiers\n", tier_version(), tier_count(topology));
	tier_topology_unref(topology);
	tier_ctx_unref(ctx);
	return err ? 1 : 0;
}
