// SPDX-License-Identifier: GPL-2.0-or-later
// `tierctl show --explain`: four facts per node, each with who says so.

#include "cmd.h"
#include "kinds.h"
#include "nodeset.h"
#include "notes.h"
#include "show.h"

/* A rate and a time. */
#define FIGURES_BYTES (2 * FIGURE_BYTES + 2)

/* Lists of CPUs of a thousand entries exist, but nobody reads them here. */
#define CPUS_BYTES 256

static void add_fact(struct out *out, const char *fact, const char *value,
		     const struct tier_evidence *why)
{
	char lead[FIGURES_BYTES + 32];

	snprintf(lead, sizeof(lead), "  %-7s%-18s  %-11s  ", fact, value,
		 why ? tier_source_name(why->source) : "");
	if (why && why->text && *why->text)
		out_wrapped(out, lead, why->text);
	else
		out_text(out, "  %-7s%s\n", fact, value);
}

static void add_title(struct out *out, const struct tier_node_info *info)
{
	bool knows_total = info->flags & TIER_NODE_KNOWS_TOTAL;
	bool knows_free = info->flags & TIER_NODE_KNOWS_FREE;
	char total[FIGURE_BYTES], free_text[FIGURE_BYTES], near[64], cpus[CPUS_BYTES];
	SCOPED_STRBUF struct strbuf title = { 0 };

	figure_size(out, knows_total, info->total_bytes, total);
	figure_size(out, knows_free, info->free_bytes, free_text);
	nodes_text(&info->near_nodes, near, sizeof(near));
	if (strbuf_printf(&title, "%s total, %s free, %s%s%s%s%s%s%s", total, free_text,
			  *info->cpus ? "CPUs " : "no CPUs",
			  *info->cpus ? list_short(info->cpus, cpus, sizeof(cpus)) : "",
			  *info->cpus ? "" : ", near node ", *info->cpus ? "" : near,
			  *info->dax ? ", " : "", info->dax,
			  info->flags & TIER_NODE_MOVABLE_ONLY ? ", movable only" : ""))
		out->lost = true;
	out_text(out, "%snode %u%s\n", out_tint(out, TINT_BOLD), info->node,
		 out_plain(out, TINT_BOLD));
	out_wrapped(out, "  ", strbuf_text(&title));
}

/* "30.0 GB/s, 300 ns" of one direction. */
static void direction_text(const struct out *out, const struct tier_perf *perf,
			   bool is_write, char text[FIGURES_BYTES])
{
	enum tier_figure bandwidth = is_write ? TIER_WRITE_BANDWIDTH :
						TIER_READ_BANDWIDTH;
	enum tier_figure latency = is_write ? TIER_WRITE_LATENCY : TIER_READ_LATENCY;
	char rate[FIGURE_BYTES], time[FIGURE_BYTES];

	figure_rate(out, knows_figure(perf, bandwidth), perf->value[bandwidth], rate);
	figure_time(out, knows_figure(perf, latency), perf->value[latency], time);
	snprintf(text, FIGURES_BYTES, "%s, %s", rate, time);
}

static void add_speed(struct out *out, const char *name, const struct tier_perf *perf,
		      bool is_write)
{
	char text[FIGURES_BYTES];

	direction_text(out, perf, is_write, text);
	add_fact(out, name, text, is_write ? NULL : &perf->why);
}

static void add_figures(struct out *out, const struct tier_perf *perf)
{
	if (!perf->known) {
		add_fact(out, "speed", "-", &perf->why);
		return;
	}
	add_speed(out, "read", perf, false);
	add_speed(out, "write", perf, true);
}

/* What was measured and does not count, as the firmware's figures do. */
static void add_measured(struct out *out, const struct tier_node_info *info)
{
	if (!info->measured.known || info->perf.why.source == TIER_SOURCE_MEASURED)
		return;
	add_speed(out, "beside", &info->measured, false);
	if (knows_figure(&info->measured, TIER_WRITE_BANDWIDTH))
		add_speed(out, "", &info->measured, true);
}

/* For CPUs that have none of their own to use. */
static void add_near_memory(struct out *out, const struct tier_node_info *info)
{
	char text[FIGURE_BYTES] = "-";

	if (!(info->flags & TIER_NODE_HAS_CPUS) || info->usability == TIER_USABLE_YES)
		return;
	if (info->flags & TIER_NODE_KNOWS_NEAR_MEMORY)
		snprintf(text, sizeof(text), "of node %u", info->near_memory);
	add_fact(out, "memory", text, &info->near_memory_why);
}

static void add_kernel_facts(struct out *out, const struct tier_node_info *info)
{
	char text[FIGURE_BYTES];

	if (info->side_cache_bytes)
		add_fact(out, "cache",
			 figure_size(out, true, info->side_cache_bytes, text),
			 &(struct tier_evidence){ TIER_SOURCE_KERNEL,
						  "other memory caches this node" });
	if (info->flags & TIER_NODE_KNOWS_KERNEL_TIER) {
		snprintf(text, sizeof(text), "tier %u", info->kernel_tier);
		add_fact(out, "kernel", text,
			 &(struct tier_evidence){
				 TIER_SOURCE_KERNEL_TIER,
				 "smaller is faster to it; not our count" });
	}
	if (info->flags & TIER_NODE_KNOWS_WEIGHT)
		add_fact(out, "weight", figure_count(true, info->weight, text),
			 &(struct tier_evidence){ TIER_SOURCE_KERNEL,
						  "for weighted interleave" });
}

/* Only what somebody tells of: most nodes were never a device. */
static void add_losses(struct out *out, const struct tier_losses *losses)
{
	static const char *const names[TIER_LOSSES] = {
		[TIER_LOSS_ALIGNMENT] = "lost",
		[TIER_LOSS_BAD_BLOCKS] = "skip",
		[TIER_LOSS_FAILED] = "failed",
		[TIER_LOSS_POISON] = "poison",
	};
	char text[FIGURE_BYTES];

	for (int loss = 0; loss < TIER_LOSSES; loss++)
		if (is_told(losses, loss))
			add_fact(out, names[loss],
				 figure_size(out, knows_loss(losses, loss),
					     losses->bytes[loss], text),
				 &losses->why[loss]);
}

/* How far the devices that are to be this node have come. */
static void add_states(struct out *out, const struct tier_topology *topology,
		       const struct tier_node_info *info)
{
	struct tier_dax_info dax;

	if (!*info->dax)
		return;
	for (unsigned int i = 0; !tier_dax_get(topology, i, &dax, sizeof(dax)); i++) {
		struct tier_evidence why = { TIER_SOURCE_KERNEL, dax.name };

		if (*dax.state && dax.target_node == (int32_t)info->node)
			add_fact(out, "state", dax.state, &why);
	}
}

static void add_node(struct out *out, const struct tier_topology *topology,
		     const struct tier_node_info *info)
{
	char rank[FIGURE_BYTES] = "-";

	if (info->flags & TIER_NODE_KNOWS_RANK)
		snprintf(rank, sizeof(rank), "tier %u", info->rank);
	add_title(out, info);
	add_fact(out, "kind", kind_text(info->kind), &info->kind_why);
	add_figures(out, &info->perf);
	add_measured(out, info);
	add_fact(out, "rank", rank, &info->rank_why);
	add_fact(out, "usable",
		 info->usability ? tier_usability_name(info->usability) : "-",
		 &info->usability_why);
	add_near_memory(out, info);
	add_kernel_facts(out, info);
	add_states(out, topology, info);
	add_losses(out, &info->losses);
}

static const char *on_off(uint32_t flags, uint32_t knows, uint32_t is_on)
{
	if (!(flags & knows))
		return "-";
	return flags & is_on ? "on" : "off";
}

/* Bit 1 makes NUMA balancing promote hot pages from slower tiers. */
static const char *balancing_text(const struct tier_kernel_info *kernel)
{
	if (!(kernel->flags & TIER_KERNEL_KNOWS_BALANCING))
		return "-";
	if (kernel->numa_balancing & 2)
		return "promotes";
	return kernel->numa_balancing ? "on, no promotion" : "off";
}

static void add_switch(struct out *out, const char *name, const char *value,
		       const char *what)
{
	char lead[64];

	snprintf(lead, sizeof(lead), "  %-12s%-18.18s", name, value);
	out_wrapped(out, lead, what);
}

static void add_switches(struct out *out, const struct tier_topology *topology)
{
	char block[FIGURE_BYTES];
	struct tier_kernel_info kernel;

	tier_kernel_get(topology, &kernel, sizeof(kernel));
	out_text(out, "\nkernel\n");
	add_switch(out, "demotion",
		   on_off(kernel.flags, TIER_KERNEL_KNOWS_DEMOTION, TIER_KERNEL_DEMOTES),
		   "reclaim moves cold pages to a slower tier");
	add_switch(out, "balancing", balancing_text(&kernel),
		   "NUMA balancing brings pages to where they are used");
	add_switch(out, "weights",
		   kernel.flags & TIER_KERNEL_KNOWS_AUTO_WEIGHTS ?
			   kernel.flags & TIER_KERNEL_SETS_WEIGHTS ? "automatic" :
								     "manual" :
			   "-",
		   "who sets the weights of weighted interleave");
	add_switch(out, "new memory", *kernel.auto_online ? kernel.auto_online : "-",
		   "what becomes of memory that is added");
	add_switch(out, "block",
		   figure_size(out, kernel.flags & TIER_KERNEL_KNOWS_BLOCK,
			       kernel.block_bytes, block),
		   "memory is added and removed in such pieces");
}

void show_evidence(struct ctl *ctl)
{
	struct tier_nodeset nodes;
	struct tier_node_info info;
	const char *gap = "";

	tier_topology_nodes(ctl->topology, &nodes);
	for_each_node(node, &nodes) {
		if (tier_node_get(ctl->topology, (unsigned int)node, &info, sizeof(info)))
			continue;
		out_text(&ctl->out, "%s", gap);
		add_node(&ctl->out, ctl->topology, &info);
		gap = "\n";
	}
	add_switches(&ctl->out, ctl->topology);
	notes_print(&ctl->out, ctl->topology);
}
