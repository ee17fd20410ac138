// SPDX-License-Identifier: GPL-2.0-or-later
// A C++17 program that uses every call of tier.h: the header must pass with all warnings,
// and each name must be there to link.
#include <tier.h>

#include <cstdio>
#include <cstring>

namespace
{

int failures;

void expect(const char *what, bool holds)
{
	if (holds)
		return;
	std::fprintf(stderr, "abi: C++ program: %s\n", what);
	failures++;
}

void use_sets()
{
	tier_nodeset set{};
	tier_diag diag{};
	char text[16];

	tier_nodeset_zero(&set);
	expect("adding", tier_nodeset_add(&set, 1) == 0);
	expect("members", tier_nodeset_has(&set, 1) && tier_nodeset_count(&set) == 1 &&
				  tier_nodeset_next(&set, -1) == 1);
	expect("parsing", tier_nodeset_parse("0-2", &set, &diag) == 0);
	expect("formatting", tier_nodeset_format(&set, text, sizeof(text)) == 3);
}

void use_words()
{
	expect("words", *tier_version() && *tier_strerror(-1) &&
				*tier_kind_name(TIER_KIND_DRAM) &&
				*tier_source_name(TIER_SOURCE_USER) &&
				*tier_usability_name(TIER_USABLE_YES) &&
				*tier_dax_mode_name(TIER_DAX_DEVDAX) &&
				*tier_mode_name(TIER_MODE_BIND) &&
				*tier_word(TIER_WORDS_KIND, TIER_KIND_HBM));
}

void use_topology(const tier_topology *t)
{
	tier_nodeset nodes{};
	tier_node_info node{};
	tier_info tier{};
	tier_dax_info dax{};
	tier_note note{};
	tier_kernel_info kernel{};
	tier_diag diag{};

	tier_kernel_get(t, &kernel, sizeof(kernel));
	expect("a memory block", kernel.flags & TIER_KERNEL_KNOWS_BLOCK);
	tier_topology_nodes(t, &nodes);
	expect("nodes", tier_nodeset_count(&nodes) == 4);
	expect("a node", tier_node_get(t, 2, &node, sizeof(node)) == 0 &&
				 node.kind == TIER_KIND_PMEM);
	expect("a distance", tier_node_distance(t, 0, 0) == 10);
	expect("a tier", tier_count(t) == 2 && tier_get(t, 0, &tier, sizeof(tier)) == 0);
	expect("a device", tier_dax_get(t, 1, &dax, sizeof(dax)) == 0);
	expect("no note", tier_note_get(t, 0, &note, sizeof(note)) < 0);
	expect("invariants", tier_topology_check(t, &diag) == 0);
	expect("a selector", tier_select(t, "dram", &nodes, &diag) == 0);
}

void use_plan(tier_ctx *ctx, const tier_topology *t)
{
	tier_policy *policy = nullptr;
	tier_plan *plan = nullptr, *again = nullptr;
	tier_diag diag{};
	tier_step step{};
	tier_report report{};
	char line[64];

	expect("a policy", tier_policy_parse("bind:pmem", &policy, &diag) == 0);
	expect("a plan", tier_policy_resolve(policy, t, "near", &plan, &diag) == 0);
	tier_policy_free(policy);
	expect("steps", tier_plan_step_count(plan) == 2 &&
				tier_plan_step(plan, 0, &step, sizeof(step)) == 0);
	expect("a remark", tier_plan_remark(plan, 0) && !tier_plan_remark(plan, 1));
	expect("a line", tier_plan_encode(plan, line, sizeof(line)) > 0);
	expect("and back", tier_plan_decode(line, &again, &diag) == 0);
	expect("applying elsewhere", tier_plan_apply(ctx, plan, TIER_APPLY_BEST_EFFORT,
						     &report, sizeof(report)) < 0);
	tier_plan_free(again);
	tier_plan_free(plan);
}

void use_processes(tier_ctx *ctx)
{
	uint64_t bytes[4];
	int pids[4];
	tier_steering steering{};
	tier_steer_report report{};
	tier_page_counts counts{};

	steering.pid = 1;
	steering.each = [](const tier_steered *, void *) {};
	steering.each_size = sizeof(tier_steered);
	expect("no policies", tier_steer(ctx, &steering, sizeof(steering), &report,
					 sizeof(report)) < 0 &&
				      report.error < 0);
	expect("no process", tier_process_bytes(ctx, 1, bytes, 4) < 0 &&
				     tier_process_children(ctx, 1, pids, 4) < 0);
	tier_heap heap;

	expect("no heap", tier_heap_read(ctx, 1, &heap, sizeof(heap)) < 0);

	tier_sampler *sampler = nullptr;
	const tier_sample *sample = nullptr;
	tier_sampling sampling{};

	sampling.pid = 1;
	expect("nothing to sample", tier_sampler_look(ctx, &sampler, &sampling,
						      sizeof(sampling), &sample) < 0 &&
					    !sample);
	tier_sampler_free(sampler);
	expect("no bytes", tier_pages_count(&report, 0, &counts, sizeof(counts)) < 0);
	expect("nowhere to write", tier_ctx_capture(ctx, -1) < 0);
}

void use_switches(tier_ctx *ctx, const tier_topology *t)
{
	tier_plan *plan = nullptr;
	tier_diag diag{};
	tier_step step{};
	tier_traffic traffic{};
	tier_rates rate{};

	expect("a wish",
	       tier_switches_resolve(ctx, t, "demotion:on", &plan, &diag) == 0 &&
		       tier_plan_step(plan, 0, &step, sizeof(step)) == 0 &&
		       step.kind == TIER_STEP_SWITCH && step.file && step.wants);
	tier_plan_free(plan);
	expect("no counters elsewhere",
	       tier_traffic_read(ctx, -1, &traffic, sizeof(traffic)) == 0 &&
		       traffic.known == 0);
	tier_traffic_rate(&traffic, &traffic, sizeof(traffic), &rate, sizeof(rate));
	expect("no rate at no time", rate.known == 0);
}

void use_migration(tier_ctx *ctx, const tier_topology *t)
{
	tier_migration_config config{};
	tier_migration *migration = nullptr;
	tier_migration_stats stats{};
	tier_diag diag{};

	config.pid = 1;
	config.topology = t;
	expect("nodes", tier_nodeset_add(&config.from, 0) == 0 &&
				tier_nodeset_add(&config.to, 1) == 0);
	expect("moving elsewhere",
	       tier_migration_new(ctx, &config, sizeof(config), &migration, &diag) < 0);
	config.flags = TIER_MIGRATION_LOOK;
	expect("looking",
	       tier_migration_new(ctx, &config, sizeof(config), &migration, &diag) == 0);
	expect("at nothing", tier_migration_step(migration, 1) == 0);
	tier_migration_get(migration, &stats, sizeof(stats));
	expect("a route", stats.n_routes == 1 && stats.routes[0].to[0] == 1);
	tier_migration_free(migration);
}

void count_findings(const tier_finding *finding, void *data)
{
	expect("a whole finding", finding->check && finding->evidence && finding->mend);
	++*static_cast<int *>(data);
}

void use_doctor(tier_ctx *ctx, const tier_topology *t)
{
	tier_check_info info{};
	int found = 0;

	expect("a check",
	       tier_check_get(0, &info, sizeof(info)) == 0 && info.name && info.see);
	expect("findings",
	       tier_diagnose(ctx, t, count_findings, &found, sizeof(tier_finding)) >= 0 &&
		       found > 0);
}

void use_dax(tier_ctx *ctx, const tier_topology *t)
{
	const char *const names[] = { "dax0.0", "dax0.0" };
	tier_dax_memory memory{};
	tier_dax_wish wish{};
	tier_plan *plan = nullptr;
	tier_diag diag{};
	tier_dax_info dax{};

	expect("a device's memory",
	       tier_dax_get(t, 0, &dax, sizeof(dax)) == 0 &&
		       tier_dax_memory_get(ctx, dax.name, &memory, sizeof(memory)) == 0);
	wish.size = sizeof(wish);
	wish.action = TIER_DAX_OFFLINE;
	wish.n_devices = 2;
	wish.devices = names;
	expect("a device twice", tier_dax_resolve(ctx, t, &wish, &plan, &diag) < 0);
}

void use_auto(tier_ctx *ctx, const tier_topology *t)
{
	tier_auto_wish wish{};
	tier_auto_info info{};
	tier_auto_scheme scheme{};
	tier_plan *plan = nullptr;
	tier_diag diag{};

	wish.size = sizeof(wish);
	expect("no action", tier_auto_resolve(ctx, t, &wish, &plan, &diag) < 0);
	expect("nothing was started", tier_auto_get(ctx, &info, sizeof(info)) == 0 &&
					      info.phase == TIER_AUTO_OFF);
	expect("no scheme", tier_auto_scheme_get(ctx, 0, &scheme, sizeof(scheme)) < 0);
}

} // namespace

int main(int argc, char **argv)
{
	tier_ctx_config config{};
	tier_topology *t = nullptr;
	tier_ctx *ctx = nullptr;
	tier_diag diag{};

	config.root = argc > 1 ? argv[1] : nullptr;
	if (tier_ctx_new(&ctx, &config, sizeof(config), &diag) ||
	    tier_topology_load(ctx, TIER_LOAD_CHEAP, &t, &diag)) {
		std::fprintf(stderr, "abi: C++ program: %s\n", diag.message);
		return 1;
	}
	tier_ctx_unref(tier_ctx_ref(ctx));
	tier_topology_unref(tier_topology_ref(t));
	expect("another machine", !tier_ctx_is_live(ctx));
	use_sets();
	use_words();
	use_topology(t);
	use_plan(ctx, t);
	use_processes(ctx);
	use_switches(ctx, t);
	use_doctor(ctx, t);
	use_migration(ctx, t);
	use_dax(ctx, t);
	use_auto(ctx, t);
	tier_topology_unref(t);
	tier_ctx_unref(ctx);
	return failures ? 1 : 0;
}
