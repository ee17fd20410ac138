// SPDX-License-Identifier: GPL-2.0-or-later
// From libtier's samples to a record: by tier instead of by node, with names instead of numbers.
#include "live.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "live_bandwidth.h"
#include "live_heat.h"
#include "nodeset.h"

/* Switches are turned, and there may be more of a node: look again after so many seconds, and
 * at once when libtier says that a node came or went. */
#define TOPOLOGY_SECONDS 10

/* Descriptors that are left to the rest of us. */
#define DESCRIPTORS_KEPT 32
#define DESCRIPTORS_MOST 4096

#define USERS 64

struct user {
	uint32_t uid;
	char *name; /* NULL: the place is free */
};

struct live {
	struct tier_ctx *ctx;
	struct tier_topology *topology;
	double topology_time;
	bool nodes_changed;
	struct tier_sampler *all, *one;
	struct live_heat heat;
	struct tier_traffic *traffic; /* TIER_MAX_NODES: before, */
	struct tier_traffic *now;     /* and now */
	double time;
	double cpu; /* of the whole process, when the last record was there */
	struct user users[USERS];
	/* Copied last into the record that is being made: neighbours have the same. */
	const char *user, *cgroup, *policy;
};

static double seconds_of(clockid_t clock)
{
	struct timespec now = { 0 };

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* ---- life ------------------------------------------------------------------------------------- */

int live_open(const char *root, struct live **out, struct tier_diag *diag)
{
	const struct tier_ctx_config config = { .root = root,
						.node_words = getenv("TIERKIT_NODES") };
	struct live *live = calloc(1, sizeof(*live));
	int ret = live ? tier_ctx_new(&live->ctx, &config, sizeof(config), diag) :
			 -ENOMEM;

	if (!ret)
		ret = tier_topology_load(live->ctx, 0, &live->topology, diag);
	if (!ret) {
		live->traffic = calloc(TIER_MAX_NODES, sizeof(*live->traffic));
		live->now = calloc(TIER_MAX_NODES, sizeof(*live->now));
		live->topology_time = seconds_of(CLOCK_MONOTONIC);
		ret = live->traffic && live->now ? 0 : -ENOMEM;
	}
	if (ret) {
		live_close(live);
		return ret;
	}
	*out = live;
	return 0;
}

void live_close(struct live *live)
{
	if (!live)
		return;
	tier_sampler_free(live->all);
	tier_sampler_free(live->one);
	live_heat_end(&live->heat);
	tier_topology_unref(live->topology);
	tier_ctx_unref(live->ctx);
	for (size_t i = 0; i < USERS; i++)
		free(live->users[i].name);
	free(live->traffic);
	free(live->now);
	free(live);
}

struct tier_ctx *live_ctx(const struct live *live)
{
	return live->ctx;
}

const struct tier_topology *live_topology(const struct live *live)
{
	return live->topology;
}

static bool has_same_tiers(const struct tier_topology *a, const struct tier_topology *b)
{
	struct tier_info one, two;

	if (tier_count(a) != tier_count(b))
		return false;
	for (unsigned int i = 0; !tier_get(a, i, &one, sizeof(one)); i++)
		if (tier_get(b, i, &two, sizeof(two)) ||
		    !nodeset_equal(&one.nodes, &two.nodes))
			return false;
	return true;
}

/* Samplers know tiers by their number, so other tiers want others. */
static int renew_topology(struct live *live)
{
	double now = seconds_of(CLOCK_MONOTONIC);
	struct tier_topology *topology = NULL;
	int ret;

	if (now - live->topology_time < TOPOLOGY_SECONDS && !live->nodes_changed)
		return 0;
	live->topology_time = now;
	live->nodes_changed = false;
	ret = tier_topology_load(live->ctx, TIER_LOAD_CHEAP, &topology, NULL);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	if (!has_same_tiers(topology, live->topology)) {
		tier_topology_unref(topology);
		ret = tier_topology_load(live->ctx, 0, &topology, NULL);
		if (ret)
			return ret == -ENOMEM ? ret : 0;
		tier_sampler_free(live->all);
		tier_sampler_free(live->one);
		live_heat_end(&live->heat);
		live->all = NULL;
		live->one = NULL;
	}
	tier_topology_unref(live->topology);
	live->topology = topology;
	return 0;
}

/* ---- words -------------------------------------------------------------------------------------- */

static const char *copy(struct record *record, const char *text, int *error)
{
	const char *copied = arena_strdup(&record->arena, text);

	if (!copied)
		*error = -ENOMEM;
	return copied ? copied : "";
}

/* A copy that neighbours in the record share: two records of 10,000 processes are held while one is
 * shown and the next is taken. */
static const char *copy_shared(struct record *record, const char *text, const char **last,
			       int *error)
{
	if (!*text)
		return "";
	if (!*last || strcmp(*last, text) != 0)
		*last = copy(record, text, error);
	return *last;
}

/* getpwuid(3) may ask a server, so each is asked once. */
static const char *user_name(struct live *live, uint32_t uid, char buf[16])
{
	struct user *user = &live->users[uid % USERS];
	struct passwd *found;

	if (user->name && user->uid == uid)
		return user->name;
	found = getpwuid(uid);
	free(user->name);
	user->uid = uid;
	user->name = found ? strdup(found->pw_name) : NULL;
	if (!user->name) {
		snprintf(buf, 16, "%u", uid);
		user->name = strdup(buf);
	}
	return user->name ? user->name : buf;
}

static const char *why_text(int error)
{
	if (error == -EPERM || error == -EACCES)
		return "not permitted: be its owner, or have CAP_SYS_PTRACE; a "
		       "seccomp filter may refuse it, too";
	if (error == -ENODATA)
		return "the kernel tells of none of its pages where it is";
	return error ? tier_strerror(error) : "";
}

/* ---- processes ------------------------------------------------------------------------------------ */

static struct estimate estimate_of(const struct tier_place *place)
{
	return (struct estimate){ (double)place->bytes, (double)place->lowest_bytes,
				  (double)place->highest_bytes };
}

static struct estimate flow_of(const struct tier_flow *flow)
{
	return (struct estimate){ flow->per_sec, flow->lowest, flow->highest };
}

static int take_places(struct record *record, const struct tier_process_sample *from,
		       struct rec_process *to)
{
	if (!from->tiers)
		return 0;
	to->tiers = arena_array(&record->arena, record->n_tiers + 1, sizeof(*to->tiers));
	for (size_t i = 0; to->tiers && i <= record->n_tiers; i++)
		to->tiers[i] = estimate_of(&from->tiers[i]);
	return to->tiers ? 0 : -ENOMEM;
}

/* Of a heap that is plain the text says why. */
static const char *heap_text(struct record *record, const struct tier_heap_sample *heap,
			     int *error)
{
	if (heap->error)
		return "?";
	if (!heap->text)
		return "";
	return heap->state == TIER_HEAP_PLACED || heap->state == TIER_HEAP_PARTED ?
		       copy(record, heap->text, error) :
		       "plain";
}

static int take_process(struct live *live, struct record *record,
			const struct tier_process_sample *from, struct rec_process *to)
{
	int error = 0;
	char number[16];

	*to = (struct rec_process){
		.pid = from->pid,
		.parent = from->parent,
		.started = from->started_ticks,
		.resident = from->resident_bytes,
		.how = (enum placed)from->how,
		.age = (double)from->age_ns / 1e9,
		.knows_flows = from->flags & TIER_PROCESS_KNOWS_FLOWS,
		.promoted = flow_of(&from->promoted),
		.demoted = flow_of(&from->demoted),
		.found = from->found,
		.excluded = from->absent + from->outside + from->refused,
	};
	if (from->how == TIER_PLACED_UNKNOWN)
		to->age = 0;
	to->user = "";
	if (from->flags & TIER_PROCESS_KNOWS_UID)
		to->user = copy_shared(record, user_name(live, from->uid, number),
				       &live->user, &error);
	to->why = why_text(from->error);
	to->name = copy(record, from->name, &error);
	to->command = *from->command ? copy(record, from->command, &error) : "";
	to->cgroup = copy_shared(record, from->cgroup, &live->cgroup, &error);
	to->policy = copy_shared(record, from->policy, &live->policy, &error);
	return error ? error : take_places(record, from, to);
}

static int take_processes(struct live *live, const struct tier_sample *sample,
			  struct record *record)
{
	size_t n = sample->n_processes;
	int ret = 0;

	live->user = live->cgroup = live->policy = NULL;
	record->processes =
		arena_array(&record->arena, n + 1, sizeof(*record->processes));
	if (!record->processes)
		return -ENOMEM;
	for (size_t i = 0; !ret && i < n; i++)
		ret = take_process(live, record, &sample->processes[i],
				   &record->processes[i]);
	for (size_t i = 0; !ret && i < n; i++)
		record->processes[i].heap = heap_text(record, &sample->heaps[i], &ret);
	record->n_processes = n;
	return ret;
}

static uint64_t *take_row(struct record *record, const uint64_t *row, int *error)
{
	size_t n = record->n_tiers + 1;
	uint64_t *copied = arena_array(&record->arena, n, sizeof(*copied));

	if (copied)
		memcpy(copied, row, n * sizeof(*copied));
	else
		*error = -ENOMEM;
	return copied;
}

static int take_groups(const struct tier_sample *sample, struct record *record)
{
	size_t n = sample->n_groups;
	int error = 0;

	record->groups = arena_array(&record->arena, n + 1, sizeof(*record->groups));
	for (size_t i = 0; record->groups && i < n; i++) {
		const struct tier_group_sample *from = &sample->groups[i];
		struct rec_group *to = &record->groups[i];

		to->path = copy(record, from->path, &error);
		to->why = copy(record, from->error ? tier_strerror(from->error) : "",
			       &error);
		to->processes = from->processes;
		if (from->error)
			continue;
		to->anon = take_row(record, from->anon_bytes, &error);
		to->file = take_row(record, from->file_bytes, &error);
	}
	record->n_groups = n;
	return record->groups ? error : -ENOMEM;
}

static int take_mappings(const struct tier_sample *sample, struct record *record)
{
	/* Of a process that is refused all rows are 0. */
	bool is_known = sample->n_processes && sample->processes[0].tiers;
	size_t n = sample->n_mappings;
	int error = 0;

	record->mappings = arena_array(&record->arena, n + 1, sizeof(*record->mappings));
	for (size_t i = 0; record->mappings && i < n; i++) {
		const struct tier_mapping_sample *from = &sample->mappings[i];
		struct rec_mapping *to = &record->mappings[i];

		to->start = from->start;
		to->bytes = from->bytes;
		to->name = copy(record, from->name, &error);
		to->policy = copy(record, from->policy ? from->policy : "", &error);
		if (is_known)
			to->tiers = take_row(record, from->tier_bytes, &error);
	}
	record->n_mappings = n;
	return record->mappings ? error : -ENOMEM;
}

/* ---- tiers ------------------------------------------------------------------------------------------ */

/* A sum is known when each of its parts is. */
static void add(struct known *sum, bool is_first, bool is_known, double value)
{
	sum->is_known = is_known && (is_first || sum->is_known);
	sum->value = sum->is_known ? sum->value + value : 0;
}

static void add_gauges(struct rec_tier *tier, const struct tier_node_sample *node,
		       bool is_first, double huge_bytes)
{
	struct known *const sums[] = { [TIER_GAUGE_TOTAL] = &tier->total,
				       [TIER_GAUGE_FREE] = &tier->free,
				       [TIER_GAUGE_FILE] = &tier->file,
				       [TIER_GAUGE_ANON] = &tier->anon,
				       [TIER_GAUGE_HUGE] = &tier->huge };

	for (int gauge = 0; gauge < (int)ARRAY_SIZE(sums); gauge++)
		if (sums[gauge])
			add(sums[gauge], is_first, node->known & 1U << gauge,
			    (double)node->gauge[gauge] *
				    (gauge == TIER_GAUGE_HUGE ? huge_bytes : 1));
}

static void add_rates(struct live *live, struct rec_tier *tier, unsigned int node,
		      bool is_first)
{
	const struct tier_traffic *now = &live->now[node];
	struct tier_rates rates;

	tier_traffic_rate(&live->traffic[node], now, sizeof(*now), &rates, sizeof(rates));
	add(&tier->promoted, is_first, rates.known & 1U << TIER_PROMOTED_PAGES,
	    rates.per_sec[TIER_PROMOTED_PAGES] * now->page_bytes);
	add(&tier->demoted, is_first, rates.known & 1U << TIER_DEMOTED_PAGES,
	    rates.per_sec[TIER_DEMOTED_PAGES] * now->page_bytes);
}

static void add_losses(struct live *live, struct rec_tier *tier, unsigned int node,
		       bool is_first)
{
	struct tier_node_info info = { 0 };
	double lost = 0;

	if (tier_node_get(live->topology, node, &info, sizeof(info)))
		info = (struct tier_node_info){ 0 };
	for (int loss = 0; loss < TIER_LOSSES; loss++)
		if (info.losses.known & 1U << loss)
			lost += (double)info.losses.bytes[loss];
	add(&tier->lost, is_first, info.losses.known, lost);
	/* That of its first node. */
	if (is_first && info.flags & TIER_NODE_KNOWS_WEIGHT)
		tier->weight = (struct known){ true, info.weight };
}

/* The default size of hugetlbfs is told by no node; on the machines that libtier knows it is that
 * of a huge page of the processor, 2 MiB with pages of 4 KiB. */
static double huge_page_bytes(const struct tier_traffic *traffic)
{
	double page = traffic->page_bytes ? traffic->page_bytes : 4096;

	return page * (page / 8);
}

static void take_tier(struct live *live, const struct tier_sample *sample,
		      struct rec_tier *tier, unsigned int rank)
{
	bool is_first = true;

	for (uint32_t i = 0; i < sample->n_nodes; i++) {
		const struct tier_node_sample *node = &sample->nodes[i];

		if (node->rank != rank)
			continue;
		add_gauges(tier, node, is_first, huge_page_bytes(&live->now[node->node]));
		add_rates(live, tier, node->node, is_first);
		add_losses(live, tier, node->node, is_first);
		is_first = false;
	}
}

static int read_traffic(struct live *live, const struct tier_sample *sample)
{
	int ret = 0;

	for (uint32_t i = 0; ret != -ENOMEM && i < sample->n_nodes; i++) {
		uint32_t node = sample->nodes[i].node;

		live->traffic[node] = live->now[node];
		ret = tier_traffic_read(live->ctx, (int)node, &live->now[node],
					sizeof(live->now[node]));
		if (ret)
			live->now[node] = (struct tier_traffic){ 0 };
	}
	return ret == -ENOMEM ? ret : 0;
}

static int take_tiers(struct live *live, const struct tier_sample *sample,
		      struct record *record)
{
	struct tier_info info;
	int error = read_traffic(live, sample);

	record->tiers =
		arena_array(&record->arena, record->n_tiers + 1, sizeof(*record->tiers));
	if (!record->tiers)
		return -ENOMEM;
	for (unsigned int i = 0; i < record->n_tiers; i++) {
		struct rec_tier *tier = &record->tiers[i];
		char nodes[64];

		if (tier_get(live->topology, i, &info, sizeof(info)))
			continue;
		tier->kind =
			copy(record, info.kind ? tier_kind_name(info.kind) : "", &error);
		tier->nodes = copy(
			record, nodeset_brief(&info.nodes, nodes, sizeof(nodes)), &error);
		take_tier(live, sample, tier, i);
	}
	return error;
}

static void take_switches(const struct live *live, struct record *record)
{
	struct tier_kernel_info kernel;

	tier_kernel_get(live->topology, &kernel, sizeof(kernel));
	record->demotion = "n/a";
	record->balancing = "n/a";
	if (kernel.flags & TIER_KERNEL_KNOWS_DEMOTION)
		record->demotion = kernel.flags & TIER_KERNEL_DEMOTES ? "on" : "off";
	if (!(kernel.flags & TIER_KERNEL_KNOWS_BALANCING))
		return;
	record->balancing = kernel.numa_balancing & 1 ? "balance" : "off";
	if (kernel.numa_balancing & 2)
		record->balancing = "promote";
}

/* ---- all of it ---------------------------------------------------------------------------------------- */

static uint32_t descriptors(void)
{
	struct rlimit limit = { 0 };

	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur <= DESCRIPTORS_KEPT * 2UL)
		return 1;
	return limit.rlim_cur < DESCRIPTORS_MOST ?
		       (uint32_t)limit.rlim_cur - DESCRIPTORS_KEPT :
		       DESCRIPTORS_MOST;
}

static int look_at_one(struct live *live, const struct live_wish *wish,
		       struct record *record)
{
	const struct tier_sampling sampling = { .flags = TIER_SAMPLE_MAPPINGS,
						.topology = live->topology,
						.pid = wish->mappings_of };
	const struct tier_sample *sample = NULL;
	int ret;

	if (!wish->mappings_of)
		return 0;
	record->mappings_of = wish->mappings_of;
	ret = tier_sampler_look(live->ctx, &live->one, &sampling, sizeof(sampling),
				&sample);
	if (ret)
		return ret == -ENOMEM ? ret : 0;
	record->asked += sample->asked_pages;
	return take_mappings(sample, record);
}

static void take_costs(const struct tier_sample *sample, struct record *record)
{
	record->asked = sample->asked_pages;
	record->looks = sample->looks;
	record->walks = sample->walks;
	record->waiting = sample->waiting;
	record->gone = sample->gone;
	record->pressure_some = (struct known){ !sample->pressure_error,
						(double)sample->pressure_some / 1000 };
	record->pressure_full = (struct known){ !sample->pressure_error,
						(double)sample->pressure_full / 1000 };
}

static int look_at_all(struct live *live, const struct live_wish *wish,
		       struct record *record)
{
	const struct tier_sampling sampling = {
		.flags = TIER_SAMPLE_NAMES | (wish->groups ? TIER_SAMPLE_GROUPS : 0U),
		.topology = live->topology,
		.pages = wish->pages,
		.cpu_ns = (uint64_t)(wish->cpu_ms * 1e6),
		.descriptors = descriptors(),
	};
	const struct tier_sample *sample = NULL;
	int ret = tier_sampler_look(live->ctx, &live->all, &sampling, sizeof(sampling),
				    &sample);

	if (ret)
		return ret;
	live->nodes_changed = sample->nodes_changed;
	record->n_tiers = sample->n_tiers;
	take_costs(sample, record);
	ret = live_bandwidth_take(sample, record);
	if (!ret)
		ret = take_tiers(live, sample, record);
	if (!ret)
		ret = take_processes(live, sample, record);
	return ret ? ret : take_groups(sample, record);
}

int live_take(struct live *live, const struct live_wish *wish, struct record *record)
{
	double cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	double began = seconds_of(CLOCK_MONOTONIC);
	int ret = renew_topology(live);

	*record = (struct record){ .time = seconds_of(CLOCK_REALTIME) };
	take_switches(live, record);
	if (!ret)
		ret = look_at_all(live, wish, record);
	if (!ret)
		ret = look_at_one(live, wish, record);
	if (!ret)
		ret = live_heat_take(&live->heat, live, wish->heat_of, record);
	record->interval = live->time > 0 ? began - live->time : 0;
	live->time = began;
	cpu = live->cpu > 0 ? live->cpu : cpu;
	live->cpu = seconds_of(CLOCK_PROCESS_CPUTIME_ID);
	record->cpu_ms = 1e3 * (live->cpu - cpu);
	record->elapsed_ms = 1e3 * (seconds_of(CLOCK_MONOTONIC) - began);
	return ret;
}
