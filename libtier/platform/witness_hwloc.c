// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What hwloc says of the nodes of this machine, or of another one by its XML. A
 * module of its own. Concludes nothing, and puts nothing down that hwloc does not
 * tell: which of two nodes with the same CPUs nearby has them, for instance.
 *
 * Works with hwloc 2.9 to 3.0. Its own names for kinds and tiers are passed on as
 * words, since 2.9 cannot name all of them.
 */
#include <errno.h>
#include <hwloc.h>
#include <hwloc/plugins.h>
#include <string.h>

#include "capture_format.h"
#include "hwloc_xml.h"
#include "platform.h"

/* Older hwloc cannot load the XML that 3.0 writes by itself. */
#if HWLOC_API_VERSION >= 0x00030000
#define XML_FLAGS HWLOC_TOPOLOGY_EXPORT_XML_FLAG_V2
#else
#define XML_FLAGS 0
#endif

extern __attribute__((visibility("default"))) const struct witness_ops tier_witness;

/*
 * hwloc asks this function of its own whether to print what is wrong with the
 * machine; it has no other switch but the environment, and a library does neither.
 * As the module is loaded before the hwloc that it needs, this one answers: never.
 * A program that has hwloc already keeps its own answer.
 */
__attribute__((visibility("default"))) int hwloc_hide_errors(void)
{
	return 2;
}

static void destroy(hwloc_topology_t *topology)
{
	if (*topology)
		hwloc_topology_destroy(*topology);
}

#define SCOPED_TOPOLOGY __attribute__((cleanup(destroy)))

static int hwloc_error(void)
{
	return errno == ENOMEM ? -ENOMEM : -EIO;
}

/* Where the machine is described, if not by itself: an XML, or nothing at all. */
static int set_source(hwloc_topology_t topology, struct root *root)
{
	SCOPED_STRBUF struct strbuf xml = { 0 };
	int ret;

	if (root->is_live)
		return 0;
	ret = root->ops->read(root, CAPTURE_HWLOC_XML, &xml);
	if (!ret)
		ret = hwloc_xml_check(strbuf_text(&xml));
	if (ret)
		return ret;
	/* The length counts the NUL, as that of an export does. */
	if (hwloc_topology_set_xmlbuffer(topology, strbuf_text(&xml), (int)xml.len + 1))
		return hwloc_error();
	return 0;
}

/*
 * Devices cost time and say nothing of nodes. All other kinds of objects stay as
 * they are by default: without them, nodes lose their places (hwloc 2.9 then gives
 * each the whole machine's CPUs). Memory-side caches are among what is left out by
 * default. Nodes that this task may not use are part of the machine.
 */
static int set_scope(hwloc_topology_t topology)
{
	if (hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED) ||
	    hwloc_topology_set_io_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE) ||
	    hwloc_topology_set_type_filter(topology, HWLOC_OBJ_MEMCACHE,
					   HWLOC_TYPE_FILTER_KEEP_ALL))
		return hwloc_error();
	return 0;
}

/* -ENOENT when hwloc was told, by its environment, to look at another machine. */
static int open_topology(struct root *root, hwloc_topology_t *topology)
{
	int ret;

	if (hwloc_topology_init(topology)) {
		*topology = NULL;
		return hwloc_error();
	}
	ret = set_scope(*topology);
	if (!ret)
		ret = set_source(*topology, root);
	if (ret)
		return ret;
	if (hwloc_topology_load(*topology))
		return hwloc_error();
	if (root->is_live && !hwloc_topology_is_thissystem(*topology))
		return -ENOENT;
	return 0;
}

/* ---- CPUs ------------------------------------------------------------------ */

static bool is_dax(hwloc_obj_t node)
{
	return hwloc_obj_get_info_by_name(node, "DAXDevice") != NULL;
}

/*
 * The CPUs of a node are those that are *near* it: memory without CPUs has them
 * too, those of its neighbour. Who of the two has them is known only sometimes.
 */
enum owner { OWNER_UNKNOWN, OWNER_NONE, OWNER_THIS };

static enum owner find_owner(hwloc_topology_t topology, hwloc_obj_t node)
{
	hwloc_const_cpuset_t mine = node->complete_cpuset;
	bool has_equal = false;
	hwloc_obj_t other = NULL;

	if (hwloc_bitmap_iszero(mine))
		return OWNER_NONE;
	while ((other = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE,
						   other))) {
		hwloc_const_cpuset_t theirs = other->complete_cpuset;

		if (other == node || is_dax(other) || hwloc_bitmap_iszero(theirs) ||
		    !hwloc_bitmap_isincluded(theirs, mine))
			continue;
		/* Near to several, at home at none. */
		if (!hwloc_bitmap_isequal(theirs, mine))
			return OWNER_NONE;
		has_equal = true;
	}
	if (is_dax(node))
		return has_equal ? OWNER_NONE : OWNER_UNKNOWN;
	return has_equal ? OWNER_UNKNOWN : OWNER_THIS;
}

static int read_cpus(hwloc_topology_t topology, hwloc_obj_t object, struct facts *facts,
		     struct node_fact *node)
{
	SCOPED_FREE char *list = NULL;
	enum owner owner = find_owner(topology, object);

	if (owner == OWNER_UNKNOWN)
		return 0;
	if (owner == OWNER_THIS &&
	    hwloc_bitmap_list_asprintf(&list, object->complete_cpuset) < 0)
		return -ENOMEM;
	node->cpus = arena_strdup(&facts->arena, list ? list : "");
	return node->cpus ? 0 : -ENOMEM;
}

/* ---- figures --------------------------------------------------------------- */

/* Figures come in pairs; some sources have only one for both (hwloc's own for
 * Knights Landing, XML from before 2.8). */
static const struct attribute_pair {
	enum tier_figure figure[2];
	hwloc_memattr_id_t id[2];
	hwloc_memattr_id_t both;
	uint64_t unit; /* what one of theirs is in ours */
} pairs[] = {
	{
		.figure = { TIER_READ_BANDWIDTH, TIER_WRITE_BANDWIDTH },
		.id = { HWLOC_MEMATTR_ID_READ_BANDWIDTH,
			HWLOC_MEMATTR_ID_WRITE_BANDWIDTH },
		.both = HWLOC_MEMATTR_ID_BANDWIDTH,
		.unit = 1 << 20,
	},
	{
		.figure = { TIER_READ_LATENCY, TIER_WRITE_LATENCY },
		.id = { HWLOC_MEMATTR_ID_READ_LATENCY, HWLOC_MEMATTR_ID_WRITE_LATENCY },
		.both = HWLOC_MEMATTR_ID_LATENCY,
		.unit = 1,
	},
};

/*
 * As the node's own CPUs see it; an object as initiator finds nothing, as hwloc
 * stores sets.
 */
static struct figure get_figure(hwloc_topology_t topology, hwloc_obj_t object,
				hwloc_memattr_id_t id, uint64_t unit)
{
	struct hwloc_location near = { .type = HWLOC_LOCATION_TYPE_CPUSET };
	struct figure figure = { 0 };
	hwloc_uint64_t value;

	near.location.cpuset = hwloc_bitmap_iszero(object->cpuset) ?
				       object->complete_cpuset :
				       object->cpuset;
	if (hwloc_bitmap_iszero(near.location.cpuset) ||
	    hwloc_memattr_get_value(topology, id, object, &near, 0, &value))
		return figure;
	figure.known = !__builtin_mul_overflow(value, unit, &figure.value);
	return figure;
}

/* All go to access1, as CPUs see it: hwloc reads that class where it exists, does
 * not tell when it had to take access0, and has sets of CPUs either way. */
static void read_figures(hwloc_topology_t topology, hwloc_obj_t object,
			 struct node_fact *node)
{
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const struct attribute_pair *pair = &pairs[i];
		struct figure *read = &node->access[1].figure[pair->figure[0]];
		struct figure *written = &node->access[1].figure[pair->figure[1]];

		*read = get_figure(topology, object, pair->id[0], pair->unit);
		*written = get_figure(topology, object, pair->id[1], pair->unit);
		if (read->known || written->known)
			continue;
		*read = get_figure(topology, object, pair->both, pair->unit);
		*written = *read;
	}
}

/* The number of the node's tier by bandwidth; hwloc 2.9 has none. */
static int read_tier(hwloc_obj_t object, struct facts *facts, struct node_fact *node)
{
#if HWLOC_API_VERSION >= 0x00030000
	/* Whatever stands for "none", it is no number of a tier. */
	const long long tier = (long long)object->attr->numanode.memory_tier;

	if (tier < 0 || tier >= TIER_MAX_NODES)
		return 0;
	node->hwloc_tier = arena_printf(&facts->arena, "%lld", tier);
#else
	const char *tier = hwloc_obj_get_info_by_name(object, "MemoryTier");

	if (!tier)
		return 0;
	node->hwloc_tier = arena_strdup(&facts->arena, tier);
#endif
	return node->hwloc_tier ? 0 : -ENOMEM;
}

/* ---- nodes ------------------------------------------------------------------ */

static int read_node(hwloc_topology_t topology, hwloc_obj_t object, struct facts *facts)
{
	struct node_fact *node = facts_add_node(facts, object->os_index);
	int ret;

	if (!node)
		return -ENOMEM;
	node->total_bytes = (struct figure){ true, object->attr->numanode.local_memory };
	if (object->parent && object->parent->type == HWLOC_OBJ_MEMCACHE)
		node->side_cache_bytes =
			(struct figure){ true, object->parent->attr->cache.size };
	if (object->subtype) {
		node->subtype = arena_strdup(&facts->arena, object->subtype);
		if (!node->subtype)
			return -ENOMEM;
	}
	ret = read_cpus(topology, object, facts, node);
	if (!ret)
		ret = read_tier(object, facts, node);
	if (!ret)
		read_figures(topology, object, node);
	return ret;
}

static int read_nodes(hwloc_topology_t topology, struct facts *facts)
{
	hwloc_obj_t object = NULL;

	while ((object = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE,
						    object))) {
		int ret = 0;

		if (object->os_index < TIER_MAX_NODES && object->attr)
			ret = read_node(topology, object, facts);
		if (ret)
			return ret;
	}
	return 0;
}

/* One row of hwloc's matrix into the node's, whose places are those of facts. */
static int read_row(const struct hwloc_distances_s *matrix, unsigned int row,
		    struct facts *facts)
{
	struct node_fact *from = facts_node(facts, matrix->objs[row]->os_index);
	uint16_t *distance;

	if (!from)
		return 0;
	distance = arena_array(&facts->arena, facts->n_nodes, sizeof(*distance));
	if (!distance)
		return -ENOMEM;
	for (unsigned int i = 0; i < matrix->nbobjs; i++) {
		const struct node_fact *to = facts_node(facts, matrix->objs[i]->os_index);
		hwloc_uint64_t value = matrix->values[row * matrix->nbobjs + i];

		if (to && value <= UINT16_MAX)
			distance[to - facts->nodes] = (uint16_t)value;
	}
	from->distance = distance;
	return 0;
}

static int read_distances(hwloc_topology_t topology, struct facts *facts)
{
	struct hwloc_distances_s *matrix = NULL;
	unsigned int count = 1;
	int ret = 0;

	/* What the kernel says, by its name in hwloc. */
	if (hwloc_distances_get_by_name(topology, "NUMALatency", &count, &matrix, 0) ||
	    !count)
		return 0;
	for (unsigned int i = 0; !ret && i < matrix->nbobjs; i++)
		ret = read_row(matrix, i, facts);
	hwloc_distances_release(topology, matrix);
	return ret;
}

static int load(struct root *root, struct facts *facts)
{
	SCOPED_TOPOLOGY hwloc_topology_t topology = NULL;
	int ret = open_topology(root, &topology);

	if (!ret)
		ret = read_nodes(topology, facts);
	return ret ? ret : read_distances(topology, facts);
}

/* Another machine's XML is passed on as it is: only its own hwloc knows better. */
static int export_xml(struct root *root, struct strbuf *out)
{
	SCOPED_TOPOLOGY hwloc_topology_t topology = NULL;
	char *xml;
	int len, ret;

	if (!root->is_live)
		return root->ops->read(root, CAPTURE_HWLOC_XML, out);
	ret = open_topology(root, &topology);
	if (ret)
		return ret;
	if (hwloc_topology_export_xmlbuffer(topology, &xml, &len, XML_FLAGS))
		return hwloc_error();
	ret = strbuf_puts(out, xml);
	hwloc_free_xmlbuffer(topology, xml);
	return ret;
}

const struct witness_ops tier_witness = {
	.layout = WITNESS_LAYOUT,
	.name = "hwloc",
	.load = load,
	.export_xml = export_xml,
};
