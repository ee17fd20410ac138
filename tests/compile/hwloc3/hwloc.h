/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The face of hwloc 3.0 as far as libtier uses it, so that the module is compiled
 * against it where only 2.9 is installed. Declarations, nothing to link. What 3.0
 * changed of these: infos are a struct of their own, a NUMA node has the number of
 * its memory tier instead of the info "MemoryTier" (open-mpi/hwloc#801; the type is
 * not relied on), and exporting older XML takes a flag.
 */
#ifndef HWLOC_H
#define HWLOC_H

#include <stddef.h>
#include <stdint.h>

#define HWLOC_API_VERSION 0x00030000

typedef uint64_t hwloc_uint64_t;
typedef struct hwloc_topology *hwloc_topology_t;
typedef struct hwloc_bitmap_s *hwloc_bitmap_t;
typedef const struct hwloc_bitmap_s *hwloc_const_bitmap_t;
typedef hwloc_bitmap_t hwloc_cpuset_t;
typedef hwloc_const_bitmap_t hwloc_const_cpuset_t;
typedef hwloc_bitmap_t hwloc_nodeset_t;

typedef enum {
	HWLOC_OBJ_MACHINE,
	HWLOC_OBJ_NUMANODE,
	HWLOC_OBJ_MEMCACHE,
} hwloc_obj_type_t;

struct hwloc_info_s {
	char *name;
	char *value;
};

struct hwloc_infos_s {
	struct hwloc_info_s *array;
	unsigned int count;
	unsigned int allocated;
};

union hwloc_obj_attr_u {
	struct hwloc_numanode_attr_s {
		hwloc_uint64_t local_memory;
		int memory_tier;
	} numanode;
	struct hwloc_cache_attr_s {
		hwloc_uint64_t size;
	} cache;
};

struct hwloc_obj {
	hwloc_obj_type_t type;
	char *subtype;
	unsigned int os_index;
	union hwloc_obj_attr_u *attr;
	struct hwloc_obj *parent;
	hwloc_cpuset_t cpuset;
	hwloc_cpuset_t complete_cpuset;
	hwloc_nodeset_t nodeset;
	hwloc_nodeset_t complete_nodeset;
	struct hwloc_infos_s infos;
};

typedef struct hwloc_obj *hwloc_obj_t;

enum hwloc_topology_flags_e {
	HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED = 1UL << 0,
};

enum hwloc_topology_export_xml_flags_e {
	HWLOC_TOPOLOGY_EXPORT_XML_FLAG_V2 = 1UL << 1,
};

enum hwloc_type_filter_e {
	HWLOC_TYPE_FILTER_KEEP_ALL = 0,
	HWLOC_TYPE_FILTER_KEEP_NONE = 1,
};

typedef unsigned int hwloc_memattr_id_t;

enum hwloc_memattr_id_e {
	HWLOC_MEMATTR_ID_BANDWIDTH = 2,
	HWLOC_MEMATTR_ID_LATENCY = 3,
	HWLOC_MEMATTR_ID_READ_BANDWIDTH = 4,
	HWLOC_MEMATTR_ID_WRITE_BANDWIDTH = 5,
	HWLOC_MEMATTR_ID_READ_LATENCY = 6,
	HWLOC_MEMATTR_ID_WRITE_LATENCY = 7,
};

enum hwloc_location_type_e {
	HWLOC_LOCATION_TYPE_OBJECT = 0,
	HWLOC_LOCATION_TYPE_CPUSET = 1,
};

struct hwloc_location {
	enum hwloc_location_type_e type;
	union hwloc_location_u {
		hwloc_cpuset_t cpuset;
		hwloc_obj_t object;
	} location;
};

struct hwloc_distances_s {
	unsigned int nbobjs;
	hwloc_obj_t *objs;
	unsigned long kind;
	hwloc_uint64_t *values;
};

int hwloc_topology_init(hwloc_topology_t *topology);
int hwloc_topology_load(hwloc_topology_t topology);
void hwloc_topology_destroy(hwloc_topology_t topology);
int hwloc_topology_set_xmlbuffer(hwloc_topology_t topology, const char *buffer, int size);
int hwloc_topology_set_flags(hwloc_topology_t topology, unsigned long flags);
int hwloc_topology_set_type_filter(hwloc_topology_t topology, hwloc_obj_type_t type,
				   enum hwloc_type_filter_e filter);
int hwloc_topology_set_io_types_filter(hwloc_topology_t topology,
				       enum hwloc_type_filter_e filter);
int hwloc_topology_is_thissystem(hwloc_topology_t topology);
int hwloc_topology_export_xmlbuffer(hwloc_topology_t topology, char **buffer, int *len,
				    unsigned long flags);
void hwloc_free_xmlbuffer(hwloc_topology_t topology, char *buffer);

hwloc_obj_t hwloc_get_next_obj_by_type(hwloc_topology_t topology, hwloc_obj_type_t type,
				       hwloc_obj_t before);
const char *hwloc_get_info_by_name(struct hwloc_infos_s *infos, const char *name);
const char *hwloc_obj_get_info_by_name(hwloc_obj_t object, const char *name);

int hwloc_bitmap_iszero(hwloc_const_bitmap_t bitmap);
int hwloc_bitmap_isequal(hwloc_const_bitmap_t one, hwloc_const_bitmap_t other);
int hwloc_bitmap_isincluded(hwloc_const_bitmap_t part, hwloc_const_bitmap_t whole);
int hwloc_bitmap_list_asprintf(char **text, hwloc_const_bitmap_t bitmap);

int hwloc_memattr_get_value(hwloc_topology_t topology, hwloc_memattr_id_t attribute,
			    hwloc_obj_t target, struct hwloc_location *initiator,
			    unsigned long flags, hwloc_uint64_t *value);
int hwloc_distances_get_by_name(hwloc_topology_t topology, const char *name,
				unsigned int *count, struct hwloc_distances_s **distances,
				unsigned long flags);
void hwloc_distances_release(hwloc_topology_t topology,
			     struct hwloc_distances_s *distances);

#endif
